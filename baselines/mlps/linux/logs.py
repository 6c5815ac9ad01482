"""The system log of a Linux host."""

from collections.abc import Sequence

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_met
from baselines.mlps.reading import commands, lines, listed, output

COMMANDS = commands("linux")


def system_log(host: Host, *, facilities: Sequence[str]) -> Verdict:
    """Rsyslog runs and its rules write these facilities to a file."""
    running = set(lines(output(host, "ps -e -o comm=")))
    if "rsyslogd" not in running:
        return manual("log.other") if "syslog-ng" in running else not_met("log.stopped")
    rules = lines(output(host, COMMANDS["log_files"]))
    files = {facility: _log_file(rules, facility) for facility in facilities}
    missing = [facility for facility, file in files.items() if not file]
    if not missing:
        return met("log.files", files=listed(f"{facility} → {file}" for facility, file in files.items()))
    if not rules or "omfile" in rules:
        return manual("log.script", names=listed(missing))
    return not_met("log.missing", names=listed(missing))


def _log_file(rules: Sequence[str], facility: str) -> str:
    """The file that a facility is written to by classic rules."""
    for rule in rules:
        selector, _, file = rule.strip().replace("\t", " ").partition(" ")
        if file and _selects(selector, facility):
            return file.strip().removeprefix("-")
    return ""


def _selects(selector: str, facility: str) -> bool:
    """Whether a selector such as `*.info;mail.none;authpriv.none` takes all messages of the facility, logins included.

    Within a selector the last part that names the facility decides.
    """
    chosen = False
    for part in selector.split(";"):
        names, _, priority = part.rpartition(".")
        if "*" in names.split(",") or facility in names.split(","):
            chosen = priority in ("*", "debug", "info")
    return chosen
