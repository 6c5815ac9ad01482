"""Packages and services of a Linux host that are there without need. What is needed is for the site to say."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError, Verdict, met, not_met
from anwei.texts import text
from baselines.mlps.linux.sockets import listening
from baselines.mlps.reading import commands, lines, listed, output

COMMANDS = commands("linux")
DPKG = 5


class Package(NamedTuple):
    """An installed package; dpkg does not know when it came."""

    name: str
    version: str
    installed: int = 0


def packages(host: Host) -> list[Package]:
    """All installed packages, by rpm or dpkg. A host always has some."""
    rows = [line.split() for line in lines(output(host, COMMANDS["packages"]))]
    found = [Package(row[3], row[4]) for row in rows if len(row) == DPKG and row[2] == "installed"]
    found += [Package(row[1], row[2], int(row[0])) for row in rows if len(row) == DPKG - 2 and row[0].isdecimal()]
    if not found:
        raise NotReadableError(COMMANDS["packages"], text("verdict.watch.empty"))
    return found


def unneeded_packages(host: Host, *, names: Sequence[str]) -> Verdict:
    """None of these packages is installed."""
    installed = packages(host)
    found = [f"{each.name} {each.version}" for each in installed if each.name in names]
    if found:
        return not_met("seen", what=text("verdict.watch.packages"), rows=listed(found))
    return met("watch.packages-none", count=len(installed))


def unneeded_services(host: Host, *, names: Sequence[str], outside: Mapping[str, int]) -> Verdict:
    """None of these services runs or starts by itself; some may, as long as others cannot reach their port."""
    rows = [line.split() for line in lines(output(host, COMMANDS["services"]))]
    services = {row[1].partition(".")[0]: row[0] for row in rows if len(row) > 1 and row[0] in ("enabled", "active")}
    if not services:
        raise NotReadableError(COMMANDS["services"], text("verdict.watch.empty"))
    found = [f"{name} {services[name]}" for name in names if name in services]
    if set(outside) & set(services):
        reachable = {each.port: str(each) for each in listening(host) if each.is_reachable}
        found += [
            f"{name} {reachable[port]}" for name, port in outside.items() if name in services and port in reachable
        ]
    if found:
        return not_met("seen", what=text("verdict.watch.services"), rows=listed(found))
    return met("watch.services-none", count=len(services))
