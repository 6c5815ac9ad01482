"""What a device writes down, and whether it leaves the device."""

import re

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_met
from baselines.mlps.device.configuration import Configuration
from baselines.mlps.device.reading import configuration
from baselines.mlps.device.weighing import Rows, by_default, some

HOST = r"info-center loghost (?!source\b|level\b)(.+)"
DENIED = r"info-center source default (?:channel )?(?:loghost|2) (?:.*\bstate off|deny).*"


def log_hosts(found: Configuration) -> list[str]:
    """The log servers."""
    return [match[1] for match in found.found(HOST)]


def logging(host: Host) -> Verdict:
    """The information centre is on, as it is by default, and sends what it writes to a server."""
    found = configuration(host)
    if found.is_on("info-center enable", default=True) is False:
        return not_met("device.logging-off")
    denied = [match[0] for match in found.found(DENIED)]
    if denied:
        return not_met("seen", what="info-center source", rows=some(denied))
    return log_server(host)


def log_server(host: Host) -> Verdict:
    """The logs leave the device."""
    rows = log_hosts(configuration(host))
    return (
        met("seen", what="info-center loghost", rows=some(rows))
        if rows
        else not_met("unset", what="info-center loghost")
    )


def log_protection(host: Host) -> Verdict:
    """Logs on the device are overwritten in time. How long the server keeps them, the device does not say."""
    rows = log_hosts(configuration(host))
    return manual("device.retention", rows=some(rows)) if rows else not_met("unset", what="info-center loghost")


def commands_recorded(host: Host) -> Verdict:
    """What managers type is recorded on a server. Without one only the device's own log has it."""
    found = configuration(host)
    lines = [each.line for each in found.everywhere()]
    rows = [line for line in lines if re.match(r"cmd recording-scheme |accounting command |command accounting$", line)]
    if rows:
        return met("seen", what="command", rows=some(rows))
    if found.is_on("info-center enable", default=True) is False:
        return not_met("device.logging-off")
    accounting = [
        line for line in lines if re.match(r"accounting-mode (?!none)|accounting (?:login|default) \S+-scheme", line)
    ]
    return manual("device.commands-local", rows=some(accounting) or "accounting: -")


def timestamps(host: Host) -> Verdict:
    """Log lines carry the date; both families write it unless told otherwise."""
    rows = [match[0] for match in configuration(host).found(r"info-center timestamp (?:log|loghost) .+")]
    bad = [row for row in rows if re.search(r" (?:none|boot|short-date|no-year-date|format-date without)\b", row)]
    return Rows(rows or [by_default("date")], bad).verdict("info-center timestamp")
