"""What Tomcat logs, what its records say, how long they are kept, and who can read them."""

from collections.abc import Collection, Iterator, Mapping
from xml.etree.ElementTree import Element

from testinfra.host import Host

from anwei.baseline.verdict import Verdict
from baselines.mlps.tomcat.instances import Instance, instances, limits, shown
from baselines.mlps.tomcat.xml import kind
from baselines.mlps.web.seen import Seen

VALVES = ("AccessLogValve", "ExtendedAccessLogValve")
PATTERNS = {"common": '%h %l %u %t "%r" %s %b', "combined": '%h %l %u %t "%r" %s %b "%{Referer}i"'}


def access_log(host: Host) -> Verdict:
    """Every host of every instance logs requests."""
    seen = Seen()
    for one in instances(host):
        for name, valves in _valves(one):
            on = [each for each in valves if each.get("enabled", "true") != "false"]
            if any(each.get(condition) for each in on for condition in ("condition", "conditionIf", "conditionUnless")):
                seen.odd.append(f"{one.name}: {name} condition")
            else:
                seen.put(f"{one.name}: {name} {kind(on[0]) if on else 'AccessLogValve -'}", good=bool(on))
    return seen.verdict("AccessLogValve")


def log_format(host: Host, *, fields: Mapping[str, Collection[str]]) -> Verdict:
    """The records say when, from where, who, what was asked, and with what result."""
    seen = Seen()
    for one in instances(host):
        for name, valves in _valves(one):
            for each in valves:
                pattern = each.get("pattern", "common")
                whole = PATTERNS.get(pattern, pattern)
                missing = [field for field, words in fields.items() if not any(word in whole for word in words)]
                row = f"{one.name}: {name} {pattern}" + (f": - {', '.join(missing)}" if missing else "")
                if kind(each) == "AccessLogValve":
                    seen.put(row, good=not missing)
                else:
                    seen.odd.append(row)
    return seen.verdict("pattern")


def log_files(host: Host, *, log_mode: str, min_days: int) -> Verdict:
    """Logs are not open to everybody, and Tomcat does not delete them too early. -1 keeps all."""
    seen = Seen()
    for one in instances(host):
        seen.add(_modes(one, int(log_mode, 8)))
        days = {shown(one, each): int(each.get("maxDays", "-1")) for _, valves in _valves(one) for each in valves}
        days |= {f"{one.name}: {name} {value}": value for name, value in limits(one).items()}
        for row, value in days.items():
            seen.put(row, good=value <= 0 or value >= min_days)
    return seen.verdict("log")


def _modes(one: Instance, expected: int) -> Seen:
    """The modes of the logs; in a folder that others cannot enter it does not matter what they could read."""
    folders = {each.path: each for each in one.modes("folder")}
    logs = folders.get(f"{one.base}/logs")
    if logs is None:
        return Seen(odd=[f"{one.base}/logs"])
    if not logs.rights & 0o007:
        return Seen(good=[str(logs)])
    seen = Seen(good=[str(logs)])
    for each in one.modes("log"):
        seen.put(str(each), good=not each.rights & ~expected & 0o777 & ~0o111)
    return seen


def _valves(one: Instance) -> Iterator[tuple[str, list[Element]]]:
    """Every host with the valves that log its requests: its own, or those of its engine."""
    for engine in one.server.iter("Engine"):
        shared = [each for each in engine.findall("Valve") if kind(each) in VALVES]
        for host in engine.findall("Host"):
            own = [each for each in host.findall("Valve") if kind(each) in VALVES]
            yield f"<Host {host.get('name', '-')}>", [*own, *shared]
