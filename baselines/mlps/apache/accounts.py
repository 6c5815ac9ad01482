"""Who may do what: Apache has no login of its own, and its children run as a plain user."""

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, not_applicable
from baselines.mlps.apache.instances import instances, running
from baselines.mlps.apache.syntax import Setting
from baselines.mlps.web.processes import privilege
from baselines.mlps.web.seen import Seen, quoted


def no_login(host: Host) -> Verdict:
    """Apache has no accounts, unless the configuration asks for a password somewhere."""
    asking = [each for one in instances(host) for each in _asking(one.all("authtype"))]
    return manual("apache.login", rows=quoted(map(str, asking))) if asking else not_applicable("apache.no-login")


def plain_login(host: Host) -> Verdict:
    """A password that Apache asks for is not sent in the clear."""
    seen = Seen()
    for one in instances(host):
        for each in one.hosts:
            for setting in _asking(each.inside("authtype")):
                seen.put(f"{each} {setting}", good=not each.is_plain)
        outside = [
            each for each in _asking(one.all("authtype")) if not each.place or each.place[0].kind != "virtualhost"
        ]
        if outside and any(each.is_plain and each.section for each in one.hosts):
            seen.odd += map(str, outside)
    return seen.verdict("AuthType") if seen.bad or seen.odd or seen.good else not_applicable("apache.no-login")


def worker_user(host: Host) -> Verdict:
    """The children do not run as root."""
    return privilege(running(host)).verdict("httpd")


def _asking(settings: list[Setting]) -> list[Setting]:
    """The places that ask for a password."""
    return [each for each in settings if each.text.lower() != "none"]
