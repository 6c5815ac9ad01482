"""TLS of Tomcat: protocols, ciphers, certificates, and what is still served in the clear."""

from collections.abc import Collection, Iterator
from posixpath import join
from xml.etree.ElementTree import Element

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual
from baselines.mlps.tomcat.instances import COMMANDS, Instance, instances, is_local, is_tls, shown
from baselines.mlps.web import tls
from baselines.mlps.web.certificates import certificates
from baselines.mlps.web.seen import Seen

WORDS = ("protocols", "sslEnabledProtocols")


def protocols(host: Host, *, allowed: Collection[str], weak: Collection[str]) -> Verdict:
    """Connectors with TLS offer neither old protocols nor weak ciphers. Without a list Java decides by its own."""
    seen = Seen()
    for one, connector in _secure(host):
        for each in [*connector.iter("SSLHostConfig")] or [connector]:
            row = f"{one.name}: port {connector.get('port', '?')}"
            said = next((each.get(name, "") for name in WORDS if each.get(name)), "")
            words = [word.lstrip("+") for word in said.replace(",", " ").replace("+", " +").split()]
            if not words or "all" in map(str.lower, words):
                seen.odd.append(f"{row} protocols {said or '(default)'}")
            else:
                seen.add(tls.protocols(f"{row} protocols", words, allowed))
            if each.get("ciphers"):
                seen.add(tls.ciphers(f"{row} ciphers", each.get("ciphers", ""), weak))
    return seen.verdict("TLS") if seen.bad or seen.odd or seen.good else manual("web.no-tls")


def certificate_dates(host: Host, *, min_days: int) -> Verdict:
    """The certificates are good for some time more. A key store opens with its password alone, so a person looks."""
    paths: list[str] = []
    stores: list[str] = []
    for one, connector in _secure(host):
        files = [
            each.get("certificateFile", "") for each in connector.iter("Certificate") if each.get("certificateFile")
        ]
        paths += [join(one.base, each.replace("${catalina.base}", one.base)) for each in files]
        stores += [] if files else [shown(one, connector)]
    if not paths and not stores:
        return manual("web.no-tls")
    seen = certificates(host, COMMANDS["certificates"], paths, min_days=min_days) if paths else Seen()
    seen.odd += stores
    return seen.verdict("openssl x509")


def plain_connectors(host: Host) -> Verdict:
    """Nothing is served in the clear. Where there is no TLS at all it may end in front of Tomcat."""
    seen = Seen()
    for one in instances(host):
        secure = any(is_tls(each) for each in one.connectors())
        forced = _is_forced(one)
        for each in one.connectors():
            if is_tls(each) or is_local(each) or (forced and secure):
                seen.good.append(shown(one, each))
            else:
                (seen.bad if secure else seen.odd).append(shown(one, each))
        seen.good += [] if one.connectors() else [f"{one.name}: Connector -"]
    return seen.verdict("Connector")


def _secure(host: Host) -> Iterator[tuple[Instance, Element]]:
    """The connectors with TLS."""
    return ((one, each) for one in instances(host) for each in one.connectors() if is_tls(each))


def _is_forced(one: Instance) -> bool:
    """Whether all applications send their users from HTTP to TLS."""
    said = one.xml("conf/web.xml") if one.has("conf/web.xml") else None
    rules = [] if said is None else list(said.iter("security-constraint"))
    return any(
        "/*" in [(url.text or "").strip() for url in rule.iter("url-pattern")]
        and any((each.text or "").strip() in ("CONFIDENTIAL", "INTEGRAL") for each in rule.iter("transport-guarantee"))
        for rule in rules
    )
