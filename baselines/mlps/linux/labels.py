"""How finely a Linux host decides about access, and whether by labels."""

from collections.abc import Sequence

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError, Verdict, manual, met, not_met
from anwei.texts import text
from baselines.mlps.reading import commands, lines, listed, output

COMMANDS = commands("linux")


def mandatory_access(host: Host) -> Verdict:
    """SELinux enforces its labels, now and after a start. Kylin's own mechanism is for a person to judge."""
    asked, *said = lines(output(host, COMMANDS["mandatory_access"])) or [""]
    if asked != "asked":
        raise NotReadableError("getenforce", text("verdict.no-heading"))
    now = next((row.split()[-1] for row in said if row.startswith("getenforce ")), "")
    later = next((row.partition("=")[2].strip("\"' ") for row in said if row.startswith("SELINUX=")), "")
    rows = listed(said) or "-"
    if now == "Enforcing":
        return (met if later.lower() == "enforcing" else manual)("access.labels", rows=rows)
    if any(row.lower().startswith("kysec status") and not row.lower().endswith("disabled") for row in said):
        return manual("access.labels", rows=rows)
    return not_met("access.no-labels", rows=rows)


def granularity(host: Host, *, without_owners: Sequence[str], apart: Sequence[str]) -> Verdict:
    """Every file system knows owner, group and rights of each file. Some kinds know none; a start partition may."""
    rows = [line.split() for line in lines(output(host, COMMANDS["file_systems"]))]
    if not any(row[0] == "/" for row in rows):
        raise NotReadableError("/proc/mounts", text("verdict.access.no-lines"))
    coarse = [f"{place} {kind}" for place, kind in rows if kind in without_owners and place not in apart]
    if coarse:
        return not_met("access.coarse", rows=listed(coarse))
    return met("access.fine", rows=listed(f"{place} {kind}" for place, kind in rows if place == "/"))
