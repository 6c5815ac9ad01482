"""What Apache shows or takes that it need not: modules, listings, its version, TRACE, status pages, large requests."""

from collections.abc import Collection

from testinfra.host import Host

from anwei.baseline.verdict import Verdict
from baselines.mlps.apache.instances import Instance, instances, versions
from baselines.mlps.apache.syntax import Setting
from baselines.mlps.web.seen import Seen
from baselines.mlps.web.versions import judged, number

MEGABYTE = 1024**2
LIMITED_BY_DEFAULT = (2, 4, 53)
CLOSED_BY_DEFAULT = (2, 3, 11)


def modules(host: Host, *, unneeded: Collection[str]) -> Verdict:
    """None of these modules is loaded."""
    seen = Seen()
    for one in instances(host):
        loaded = sorted(each for each in one.modules if each in unneeded)
        seen.bad += loaded
        different = {each.removeprefix("mod_").removesuffix("_module") for each in one.modules}
        seen.good.append(f"{len(different)} modules")
    return seen.verdict("LoadModule")


def listing(host: Host) -> Verdict:
    """No folder lists its files. Where .htaccess may say so, a person has to look for such files."""
    seen = Seen()
    for one in instances(host):
        if not {"autoindex_module", "mod_autoindex"} & one.modules:
            seen.good.append("autoindex_module -")
            continue
        options = one.all("options")
        for each in options:
            words = {word.lower().removeprefix("+") for word in each.words}
            _put(seen, each, good=not words & {"indexes", "all"})
        if not options:
            (seen.good if number(one.version) >= CLOSED_BY_DEFAULT else seen.odd).append("Options (default)")
        lax = [
            each for each in one.all("allowoverride") if each.text.lower() == "all" or "options" in each.text.lower()
        ]
        seen.odd += map(str, lax)
    return seen.verdict("Options")


def version_shown(host: Host) -> Verdict:
    """Answers and error pages do not tell the version."""
    seen = Seen()
    for one in instances(host):
        tokens = one.main("servertokens")
        value = tokens[-1].text if tokens else "Full (default)"
        seen.put(f"ServerTokens {value}", good=value.lower() in ("prod", "productonly"))
        for each in [*one.main("serversignature")[-1:], *(row for row in one.all("serversignature") if row.place)]:
            _put(seen, each, good=each.text.lower() == "off")
    return seen.verdict("ServerTokens, ServerSignature")


def trace(host: Host) -> Verdict:
    """TRACE is not answered. It is, unless it is switched off."""
    seen = Seen()
    for one in instances(host):
        for each in one.hosts:
            value = each.value("traceenable", "on (default)")
            seen.put(f"{each} TraceEnable {value}", good=value.lower() == "off")
    return seen.verdict("TraceEnable")


def status_pages(host: Host, *, handlers: Collection[str]) -> Verdict:
    """Pages about the server itself are for some addresses or with a password, or there are none."""
    seen = Seen()
    for one in instances(host):
        pages = [each for each in one.all("sethandler") if each.text.lower() in handlers]
        for each in pages:
            _put(seen, each, good=_is_limited(one, each))
    return (seen if seen.bad or seen.odd or seen.good else Seen(good=["-"])).verdict("SetHandler")


def request_limits(host: Host, *, max_megabytes: int) -> Verdict:
    """Requests have a limit; newer versions have one of 1 GB by default. One that is large is for a person."""
    seen = Seen()
    for one in instances(host):
        if not one.main("limitrequestbody"):
            row = f"LimitRequestBody (default) {one.version}"
            seen.put(row, good=number(one.version.partition("/")[2]) >= LIMITED_BY_DEFAULT)
        for each in one.all("limitrequestbody"):
            size = int(each.words[0])
            rows = seen.bad if size == 0 else seen.good if size <= max_megabytes * MEGABYTE else seen.odd
            rows.append(str(each))
    return seen.verdict("LimitRequestBody")


def version(host: Host, *, lowest: str) -> Verdict:
    """The version that runs has no known serious hole, or is a distribution's, which a person compares."""
    seen = Seen()
    for program, found in versions(host).items():
        seen.add(judged(program, found, lowest) if found.startswith("Apache/") else Seen(odd=[f"{found} {program}"]))
    return seen.verdict("version")


def _put(seen: Seen, setting: Setting, *, good: bool) -> None:
    """A directive; one that is bad, but perhaps does not hold, is for a person."""
    if good or setting.sure:
        seen.put(str(setting), good=good)
    else:
        seen.odd.append(str(setting))


def _is_limited(one: Instance, page: Setting) -> bool:
    """Whether only some may see a page, by the rules in its own section or a part of it."""
    rules = [each for each in one.all("require", "deny") if each.place[: len(page.place)] == page.place]
    granted = any(each.name == "require" and each.text.lower() == "all granted" for each in rules)
    denied = any(each.name == "require" or "all" in each.text.lower().split() for each in rules)
    return bool(page.place) and denied and not granted
