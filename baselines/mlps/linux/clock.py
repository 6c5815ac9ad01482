"""The clock of a Linux host: whether something keeps it, and how far it is off."""

import re
from datetime import UTC, datetime

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError, Verdict, manual, met, not_met
from anwei.texts import text
from baselines.mlps.linux.processes import running
from baselines.mlps.reading import commands, lines, output, ran

COMMANDS = commands("linux")
NOW, CHRONY, NTP = "date '+%s %Y-%m-%d %H:%M:%S %z'", "chronyc -h 127.0.0.1 -n tracking", "ntpq -pn"
KEEPERS = {"chronyd": "chronyd", "ntpd": "ntpd", "systemd-timesyn": "systemd-timesyncd"}


def time_synchronised(host: Host, *, max_seconds: float) -> Verdict:
    """A program keeps the clock, and by its own word the clock is not far off."""
    keeper = next((name for process, name in KEEPERS.items() if process in running(host)), "")
    off = _off(host, keeper)
    if off is None:
        return _by_the_system(host, keeper)
    if off < 0:
        return not_met("watch.clock.unsynchronised", keeper=keeper, now=_now(host))
    return (met if off <= max_seconds else not_met)("watch.clock.off", keeper=keeper, off=f"{off:.6f}", now=_now(host))


def seconds_now(host: Host) -> int:
    """The time of the host when it was asked."""
    return int(output(host, NOW).split()[0])


def day(seconds: int) -> str:
    """A time as a sentence names it."""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def _now(host: Host) -> str:
    """Date, time and zone of the host."""
    return output(host, NOW).strip().partition(" ")[2]


def _off(host: Host, keeper: str) -> float | None:
    """How many seconds the clock is off, -1 when it follows no source, nothing when the program does not say."""
    if keeper not in ("chronyd", "ntpd"):
        return None
    try:
        result = ran(host, CHRONY if keeper == "chronyd" else NTP)
    except NotReadableError:
        return None
    if result.rc != 0:
        return None
    return _chrony(result.stdout) if keeper == "chronyd" else _ntp(result.stdout)


def _chrony(said: str) -> float | None:
    """What `chronyc tracking` says."""
    off, leap = re.search(r"System time\s*: ([\d.]+) seconds", said), re.search(r"Leap status\s*: (\S.*)", said)
    if not off or not leap:
        return None
    return -1.0 if leap[1].startswith("Not") else float(off[1])


def _ntp(said: str) -> float | None:
    """What `ntpq -p` says: its source is marked by `*`, or `o` for a pulse; the offset stands before the jitter."""
    if "offset" not in said:
        return None
    source = next((line.split() for line in lines(said) if line[0] in "*o"), None)
    return abs(float(source[-2])) / 1000 if source else -1.0


def _set_by_jobs(host: Host) -> bool:
    """Whether a job sets the clock."""
    return "ntpdate" in output(host, COMMANDS["jobs"])


def _by_the_system(host: Host, keeper: str) -> Verdict:
    """What systemd knows: it has set the clock lately. A host without such a program may be set by a job."""
    try:
        said = re.search(r"(?:System clock|NTP) synchronized: (yes|no)", output(host, COMMANDS["clock_state"]))
    except NotReadableError:
        said = None
    if said and said[1] == "yes":
        return met("watch.clock.by-system", keeper=keeper or text("verdict.watch.unknown"), now=_now(host))
    if said and (keeper == "systemd-timesyncd" or not (keeper or _set_by_jobs(host))):
        return not_met("watch.clock.unsynchronised", keeper=keeper or "-", now=_now(host))
    if keeper:
        return manual("watch.clock.unknown", keeper=keeper, now=_now(host))
    return manual("watch.clock.nobody", now=_now(host))
