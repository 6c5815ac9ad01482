"""What Nginx shows or takes that it need not: listings, its version, writing methods, status pages, large requests."""

import re

from testinfra.host import Host

from anwei.baseline.verdict import Verdict
from baselines.mlps.nginx.facts import versions
from baselines.mlps.nginx.instances import scopes
from baselines.mlps.nginx.scopes import Scope
from baselines.mlps.web.seen import Seen
from baselines.mlps.web.versions import judged

UNITS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}


def listing(host: Host) -> Verdict:
    """No folder lists its files."""
    return _each(host, "autoindex", "off", {"off"})


def version_shown(host: Host) -> Verdict:
    """Answers and error pages do not tell the version."""
    return _each(host, "server_tokens", "on", {"off", ""})


def writing(host: Host) -> Verdict:
    """No WebDAV method writes."""
    return _each(host, "dav_methods", "off", {"off"})


def status_page(host: Host) -> Verdict:
    """The status page is for some addresses or with a password, or there is none."""
    seen = Seen()
    for scope in scopes(host):
        if scope.own("stub_status"):
            seen.put(f"{scope} stub_status", good=_is_limited(scope))
    return (seen if seen.bad or seen.good else Seen(good=["-"])).verdict("stub_status")


def request_limits(host: Host, *, max_megabytes: int) -> Verdict:
    """Requests have a limit. One that is large is for a person: uploads may need it."""
    seen = Seen()
    for scope in scopes(host):
        if scope.directive.name == "server" or scope.own("client_max_body_size"):
            value = scope.value("client_max_body_size", "1m")
            size, row = _bytes(value), f"{scope} client_max_body_size {value}"
            rows = seen.bad if size == 0 else seen.good if size <= max_megabytes * UNITS["m"] else seen.odd
            rows.append(row)
    return seen.verdict("client_max_body_size")


def version(host: Host, *, lowest: str) -> Verdict:
    """The version that runs has no known serious hole, or is a distribution's, which a person compares."""
    seen = Seen()
    for program, found in versions(host).items():
        seen.add(judged(program, found, lowest) if found.startswith("nginx/") else Seen(odd=[f"{found} {program}"]))
    return seen.verdict("version")


def _each(host: Host, name: str, default: str, good: set[str]) -> Verdict:
    """One setting in every server, and in every block that sets it itself."""
    seen = Seen()
    for scope in scopes(host):
        if scope.directive.name == "server" or (scope.own(name) and scope.directive.name != "http"):
            value = scope.value(name, default)
            seen.put(f"{scope} {name} {value or '-'}", good=value in good)
    return seen.verdict(name)


def _is_limited(scope: Scope) -> bool:
    """Whether only some may see a page."""
    denied = any(each.text == "all" for each in scope.effective("deny"))
    open_ = any(each.text == "all" for each in scope.effective("allow"))
    return (denied and not open_) or scope.value("auth_basic", "off") != "off" or not (scope.is_tls or scope.plain)


def _bytes(value: str) -> int:
    """A size as Nginx writes it."""
    found = re.fullmatch(r"(\d+)([kmg]?)", value.lower())
    if not found:
        raise ValueError(value)
    return int(found[1]) * UNITS[found[2]]
