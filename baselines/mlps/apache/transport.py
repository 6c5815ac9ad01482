"""TLS of Apache: protocols, ciphers, certificates, and what is still served in the clear."""

from collections.abc import Collection, Sequence

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual
from baselines.mlps.apache.instances import COMMANDS, VirtualHost, instances
from baselines.mlps.web import tls
from baselines.mlps.web.certificates import certificates
from baselines.mlps.web.seen import Seen

ALL = ("SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
AWAY = ("redirect", "redirectmatch", "redirectpermanent", "rewriterule")


def protocols(host: Host, *, allowed: Collection[str], weak: Collection[str]) -> Verdict:
    """Virtual hosts with TLS offer neither old protocols nor weak ciphers."""
    seen = Seen()
    for each in _secure(host):
        seen.add(
            tls.protocols(f"{each} SSLProtocol", offered(each.value("sslprotocol", "all -SSLv3").split()), allowed)
        )
        suites = [row for row in each.effective("sslciphersuite") if row.words[0] != "TLSv1.3"]
        seen.add(tls.ciphers(f"{each} SSLCipherSuite", suites[-1].words[-1] if suites else "", weak))
    return seen.verdict("TLS") if seen.bad or seen.odd or seen.good else manual("web.no-tls")


def offered(words: Sequence[str]) -> list[str]:
    """What SSLProtocol adds up to. A word without a sign replaces all before it."""
    chosen: set[str] = set()
    known = {each.lower(): {each} for each in ALL} | {"all": set(ALL)}
    for word in words:
        named = known.get(word.lstrip("+-").lower(), {word})
        chosen = chosen | named if word[0] == "+" else chosen - named if word[0] == "-" else named
    return sorted(chosen)


def certificate_dates(host: Host, *, min_days: int) -> Verdict:
    """The certificates are good for some time more."""
    paths = [
        each.instance.absolute(row.words[0]) for each in _secure(host) for row in each.effective("sslcertificatefile")
    ]
    if not paths:
        return manual("web.no-tls")
    return certificates(host, COMMANDS["certificates"], paths, min_days=min_days).verdict("openssl x509")


def plain_hosts(host: Host) -> Verdict:
    """Nothing is served in the clear but the way to TLS. Where there is no TLS at all it may end in front of Apache."""
    seen = Seen()
    for one in instances(host):
        is_tls = any(each.is_tls for each in one.hosts)
        for each in one.hosts:
            away = [row for row in each.inside(*AWAY) if "https://" in row.text]
            if not each.is_plain or away:
                seen.good.append(f"{each} {away[0].name if away else ''}".strip())
            else:
                (seen.bad if is_tls else seen.odd).append(str(each))
    return seen.verdict("VirtualHost")


def _secure(host: Host) -> list[VirtualHost]:
    """The virtual hosts with TLS."""
    return [each for one in instances(host) for each in one.hosts if each.is_tls]
