"""The system log of a Linux host."""

from collections.abc import Sequence

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_met
from baselines.mlps.linux import journal
from baselines.mlps.linux.processes import running
from baselines.mlps.linux.rsyslog import rules
from baselines.mlps.reading import listed

OTHERS = ("syslog-ng", "syslogd")


def system_log(host: Host, *, facilities: Sequence[str]) -> Verdict:
    """Rsyslog runs and its rules write these facilities to a file, or the journal is kept on disk."""
    names = running(host)
    if "rsyslogd" not in names:
        return _without_rsyslog(host, names)
    found = rules(host)
    files = {facility: found.file(facility) for facility in facilities}
    missing = [facility for facility, file in files.items() if not file]
    if not missing:
        return met("log.files", files=listed(f"{facility} → {file}" for facility, file in files.items()))
    if found.odd:
        return manual("log.script", names=listed(missing))
    return not_met("log.missing", names=listed(missing))


def _without_rsyslog(host: Host, names: set[str]) -> Verdict:
    """A journal that is kept holds the same records; other programs have rules that are not read."""
    other = [each for each in OTHERS if each in names]
    if other:
        return manual("log.other", name=listed(other))
    if "systemd-journal" in names and journal.storage(host) == "persistent":
        return manual("watch.log.journal")
    return not_met("log.stopped")
