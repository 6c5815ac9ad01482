"""TLS of Nginx: protocols, ciphers, certificates, and what is still served in the clear."""

from collections.abc import Collection

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual
from baselines.mlps.nginx.facts import versions
from baselines.mlps.nginx.instances import COMMANDS, instances, scopes
from baselines.mlps.nginx.scopes import Scope
from baselines.mlps.web import tls
from baselines.mlps.web.certificates import certificates
from baselines.mlps.web.seen import Seen
from baselines.mlps.web.versions import number

OLD_DEFAULT, NEW_DEFAULT = "TLSv1 TLSv1.1 TLSv1.2", "TLSv1.2 TLSv1.3"
CHANGED = (1, 27, 3)


def protocols(host: Host, *, allowed: Collection[str], weak: Collection[str]) -> Verdict:
    """Servers with TLS offer neither old protocols nor weak ciphers."""
    numbers = [number(each.partition("/")[2]) for each in versions(host).values()]
    default = NEW_DEFAULT if numbers and min(numbers) >= CHANGED else OLD_DEFAULT
    seen = Seen()
    for server in _secure(host):
        offered = server.value("ssl_protocols", default).split()
        seen.add(tls.protocols(f"{server} ssl_protocols", offered, allowed))
        seen.add(tls.ciphers(f"{server} ssl_ciphers", server.value("ssl_ciphers", "HIGH:!aNULL:!MD5"), weak))
    return seen.verdict("TLS") if seen.bad or seen.odd or seen.good else manual("web.no-tls")


def certificate_dates(host: Host, *, min_days: int) -> Verdict:
    """The certificates are good for some time more."""
    paths = [
        one.absolute(each.words[0])
        for one in instances(host)
        for server in one.servers
        if server.is_tls
        for each in server.effective("ssl_certificate")
    ]
    if not paths:
        return manual("web.no-tls")
    return certificates(host, COMMANDS["certificates"], paths, min_days=min_days).verdict("openssl x509")


def plain_servers(host: Host) -> Verdict:
    """Nothing is served in the clear but the way to TLS. Where there is no TLS at all it may end in front of Nginx."""
    seen = Seen()
    for one in instances(host):
        is_tls = any(server.is_tls for server in one.servers)
        for server in one.servers:
            row = f"{server} {' '.join(server.plain)}".strip()
            if not server.plain or _leads_away(server):
                seen.good.append(row)
            else:
                (seen.bad if is_tls else seen.odd).append(row)
    return seen.verdict("listen")


def _secure(host: Host) -> list[Scope]:
    """The servers with TLS."""
    return [each for each in scopes(host) if each.directive.name == "server" and each.is_tls]


def _leads_away(server: Scope) -> bool:
    """Whether a server without TLS only sends to one with it, or refuses."""
    whole = [server, *(each for each in server.inner if each.directive.text in ("/", "($scheme = http)"))]
    answers = [each for scope in whole for name in ("return", "rewrite") for each in scope.own(name)]
    return any("https://" in each.text or each.text in ("403", "404", "410", "444") for each in answers)
