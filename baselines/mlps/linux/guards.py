"""What guards a Linux host: against malware and intrusion, over its files, and its hardware's root of trust."""

from collections.abc import Sequence
from datetime import datetime

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_met
from anwei.texts import text
from baselines.mlps.linux.clock import day, seconds_now
from baselines.mlps.linux.processes import among, running
from baselines.mlps.reading import commands, lines, listed, output

COMMANDS = commands("linux")
DAY = 86400
CLAMAV, ON_DEMAND = {"clamd", "clamonacc"}, "freshclam"
WRITTEN = "%d %b %Y %H-%M %z"


def malware(host: Host, *, products: Sequence[str], max_days: int) -> Verdict:
    """A product against malware runs. Only ClamAV shows the age of its signatures on the host itself."""
    found = among(host, products)
    if found:
        return manual("watch.malware.product", names=listed(found))
    names = running(host)
    if not CLAMAV & names:
        return manual("watch.malware.on-demand") if ON_DEMAND in names else not_met("watch.malware.none")
    dates = [_written(line.partition(" ")[2]) for line in lines(output(host, COMMANDS["signatures"]))]
    if not dates:
        return not_met("watch.malware.no-signatures")
    days = (seconds_now(host) - max(dates)) // DAY
    return (met if days <= max_days else not_met)("watch.malware.clamav", day=day(max(dates)), days=days)


def intrusion(host: Host, *, agents: Sequence[str]) -> Verdict:
    """An agent that watches the host runs, or AIDE has a database and runs by a schedule."""
    found = among(host, agents)
    if found:
        return met("watch.guards.agents", names=listed(found))
    return aide(host)


def stored_integrity(host: Host, *, agents: Sequence[str]) -> Verdict:
    """Changes of stored configuration are noticed: by AIDE, or by an agent whose policy a person must look at."""
    if aide_parts(host)[0]:
        return aide(host)
    found = among(host, agents)
    return manual("watch.guards.agents", names=listed(found)) if found else not_met("watch.guards.none")


def aide(host: Host) -> Verdict:
    """AIDE as far as it goes: one without a schedule, or without a database, notices nothing."""
    databases, jobs = aide_parts(host)
    if not databases:
        return not_met("watch.guards.none")
    return (met if jobs else not_met)("watch.guards.aide", databases=listed(databases), jobs=listed(jobs) or "-")


def aide_parts(host: Host) -> tuple[list[str], list[str]]:
    """The databases of AIDE with their day, and the jobs and timers that run it."""
    rows = [line.split() for line in lines(output(host, COMMANDS["aide_database"]))]
    jobs = [line for line in lines(output(host, COMMANDS["jobs"])) if "aide" in line.lower()]
    return [f"{row[1]}（{day(int(row[0]))}）" for row in rows], jobs


def trust(host: Host) -> Verdict:
    """What there is for trusted verification. The clause says may, and whether it is used is for a person."""
    rows = lines(output(host, COMMANDS["trust"]))
    what = text("verdict.watch.trust")
    return manual("seen", what=what, rows=listed(rows)) if rows else manual("none", what=what)


def backup(host: Host, *, agents: Sequence[str], words: Sequence[str]) -> Verdict:
    """Jobs and programs that make backups; whether they hold what they should, a person must see."""
    jobs = [line for line in lines(output(host, COMMANDS["jobs"])) if any(word in line.lower() for word in words)]
    found = [*among(host, agents), *dict.fromkeys(jobs)]
    what = text("verdict.watch.backup")
    return manual("seen", what=what, rows=listed(found)) if found else manual("none", what=what)


def monitored(host: Host, *, agents: Sequence[str]) -> Verdict:
    """An agent of a monitoring system runs; some systems watch hosts without one."""
    found = among(host, agents)
    return met("watch.monitored", names=listed(found)) if found else manual("none", what=text("verdict.watch.monitor"))


def _written(words: str) -> int:
    """When signatures were made, e.g. `07 Jun 2023 03-29 -0400`."""
    return int(datetime.strptime(words.strip(), WRITTEN).timestamp())
