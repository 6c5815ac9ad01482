"""Who may do what: Nginx has no login of its own, and its workers run as a plain user."""

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, not_applicable
from baselines.mlps.nginx.instances import running, scopes
from baselines.mlps.nginx.scopes import Scope
from baselines.mlps.web.processes import privilege
from baselines.mlps.web.seen import Seen, quoted


def no_login(host: Host) -> Verdict:
    """Nginx has no accounts, unless the configuration asks for a password somewhere."""
    asking = _asking(host)
    return manual("nginx.login", rows=quoted(map(str, asking))) if asking else not_applicable("nginx.no-login")


def plain_login(host: Host) -> Verdict:
    """A password that Nginx asks for is not sent in the clear."""
    asking = _asking(host)
    seen = Seen()
    for each in asking:
        seen.put(f"{each} {' '.join(each.plain)}".strip(), good=not each.plain)
    return seen.verdict("auth_basic") if asking else not_applicable("nginx.no-login")


def worker_user(host: Host) -> Verdict:
    """The workers do not run as root."""
    return privilege(running(host)).verdict("nginx: worker process")


def _asking(host: Host) -> list[Scope]:
    """The blocks that ask for a password."""
    return [each for each in scopes(host) if each.own("auth_basic") and each.value("auth_basic", "off") != "off"]
