"""How current a Linux host is: its kernel, its last change of packages, what waits, and the end of its support."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError, Verdict, manual, met, not_met
from anwei.texts import text
from baselines.mlps.linux.clock import day, seconds_now
from baselines.mlps.linux.software import packages
from baselines.mlps.reading import commands, lines, listed, output

COMMANDS = commands("linux")
DAY = 86400
KERNEL = re.compile(r"kernel(-core|-lt|-ml|-uek|-default)?|linux-image-(\d\S*)")
MARKED = ("debian", "ubuntu")


def last_update(host: Host, *, max_days: int) -> Verdict:
    """When a package last came, by rpm; for dpkg when its list last changed."""
    came = max(each.installed for each in packages(host)) or int(output(host, COMMANDS["package_change"]))
    days = (seconds_now(host) - came) // DAY
    return (met if days <= max_days else not_met)("watch.updates.last", day=day(came), days=days)


def newest_kernel(host: Host) -> Verdict:
    """The newest installed kernel is the one that runs; of several lines of kernels only its own counts."""
    running = output(host, "uname -r").strip()
    found = [(each.version, match) for each in packages(host) if (match := KERNEL.fullmatch(each.name))]
    kernels = {match[2] or version: re.sub(r"[\d.]+", "", match[0]) for version, match in found}
    same = [each for each in kernels if running == each or running.startswith(f"{each}.")]
    if not same:
        return manual("watch.updates.own-kernel", running=running, installed=listed(kernels) or "-")
    newest = max((each for each, line in kernels.items() if line == kernels[same[0]]), key=_version)
    return (met if newest in same else not_met)("watch.updates.kernel", running=running, newest=newest)


def pending_updates(host: Host, *, max_days: int) -> Verdict:
    """Security updates that apt would install by its lists, where these mark them. Asking dnf or yum would write."""
    if any(each.installed for each in packages(host)):
        return manual("watch.updates.rpm")
    head, *rows = lines(output(host, COMMANDS["pending_updates"]))
    days = (seconds_now(host) - int(head.split()[1])) // DAY
    if not any(" upgraded, " in row for row in rows):
        raise NotReadableError(COMMANDS["pending_updates"], text("verdict.watch.empty"))
    waiting = [row.split()[1] for row in rows if row.startswith("Inst") and "ecurity" in row]
    others = sum(row.startswith("Inst") for row in rows)
    if others and not waiting and _release(host)[0] not in MARKED:
        return manual("watch.updates.unmarked", count=others, days=days)
    if waiting:
        return not_met("watch.updates.waiting", count=len(waiting), names=listed(waiting[:10]), days=days)
    return (met if days <= max_days else manual)("watch.updates.none-waiting", days=days)


def supported(host: Host, *, ends: Mapping[str, date]) -> Verdict:
    """The distribution is still supported by its maker, as far as its end is known. Paid support may last longer."""
    name, version = _release(host)
    known = [each for each in (f"{name} {version}", f"{name} {version.partition('.')[0]}") if each in ends]
    if not known:
        return manual("watch.support.unknown", release=f"{name} {version}")
    end = ends[known[0]]
    if date.fromisoformat(day(seconds_now(host))) > end:
        return not_met("watch.support.ended", release=known[0], end=end)
    return met("watch.support.lasts", release=known[0], end=end)


def _release(host: Host) -> tuple[str, str]:
    """Name and version of the distribution; those that are too old for os-release have a line of their own."""
    try:
        pairs = [line.partition("=") for line in lines(output(host, "cat -- %s", "/etc/os-release"))]
        said = {key: value.strip("\"'") for key, _, value in pairs}
        return said["ID"].lower(), said["VERSION_ID"]
    except NotReadableError:
        line = output(host, "cat -- %s", "/etc/system-release")
        found = re.match(r"(CentOS|Red Hat)\D*(\d[\d.]*)", line)
        return ("centos" if found[1] == "CentOS" else "rhel", found[2]) if found else (line.strip(), "")


def _version(words: str) -> list[tuple[int, int, str]]:
    """A version in an order in which 10 comes after 9."""
    parts: Sequence[str] = re.findall(r"\d+|[a-zA-Z]+", words)
    return [(1, int(part), "") if part.isdigit() else (0, 0, part) for part in parts]
