"""The files of audit and system logs on a Linux host: who may read them, and what happens when they are full."""

import re
from collections.abc import Mapping, Sequence

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_met
from baselines.mlps.linux.forwarding import is_forwarded
from baselines.mlps.reading import commands, lines, listed, output, ran, why

COMMANDS = commands("linux")
DAY = 86400


def log_modes(host: Host, *, modes: Mapping[str, str], owners: Sequence[str]) -> Verdict:
    """The logs that are there have no more rights than expected; which are there differs by family."""
    result = ran(host, COMMANDS["log_modes"])
    rows = re.findall(r"^([0-7]+) (\S+) (\S+) (/\S+)\s*$", result.stdout, re.MULTILINE)
    rows = [row for row in rows if row[3] in modes]
    quoted = {name: f"{mode} {user}:{group} {name}" for mode, user, group, name in rows}
    bad = [name for mode, user, _, name in rows if int(mode, 8) & ~int(modes[name], 8) or user not in owners]
    if bad:
        return not_met("modes.open", rows=listed(quoted[name] for name in bad))
    if "denied" in result.stderr or len(rows) < 2:  # noqa: PLR2004 - the folder alone says nothing of the logs
        return manual("modes.unseen", names=listed(name for name in modes if name not in quoted), why=why(result))
    return met("modes.good", rows=listed(quoted.values()))


def audit_rotation(host: Host, *, keeping: Sequence[str], warning: Sequence[str], min_days: int) -> Verdict:
    """Auditd keeps its full files, or enough of them for the time expected, and warns before the disk is full."""
    said = settings(host)
    full, low = said.get("max_log_file_action", ""), said.get("space_left_action", "")
    rows = listed(f"{key} = {value}" for key, value in said.items())
    if low not in warning:
        return not_met("watch.auditd.silent", value=low or "?", rows=rows)
    if full in keeping:
        return met("seen", what="auditd.conf", rows=rows)
    if full != "rotate":
        return manual("watch.auditd.action", value=full or "?", rows=rows)
    return _rotated(host, int(said.get("num_logs", "0")), min_days, rows)


def settings(host: Host) -> dict[str, str]:
    """The settings of auditd that matter here, in small letters."""
    pairs = [line.partition("=") for line in lines(output(host, COMMANDS["auditd_settings"]))]
    return {key.strip().lower(): value.strip().lower() for key, _, value in pairs}


def _rotated(host: Host, most: int, min_days: int, rows: str) -> Verdict:
    """Files that are thrown away by number: how far back the oldest goes once all of them are there."""
    now, *files = lines(output(host, COMMANDS["audit_files"]))
    ages = [int(now) - int(line.split()[0]) for line in files]
    days = max(ages) // DAY
    if days >= min_days:
        return met("watch.auditd.days", count=len(files), days=days, rows=rows)
    if len(files) < most:
        return manual("watch.auditd.days", count=len(files), days=days, rows=rows)
    where = is_forwarded(host)
    return (manual if where else not_met)("watch.auditd.short", days=days, rows=rows, where=where or "-")
