"""What the control node keeps: its records, where they are told besides, and its backups."""

import platform
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from anwei.control import notes
from anwei.control.finding import Finding, bad, fine, joined, unknown, warning
from anwei.record import store, syslog, verify_all
from anwei.report.record_words import Words

SHOWN = 5
OLD_BACKUP = timedelta(days=30)


def records() -> Iterator[Finding]:
    """No record was altered."""
    verdict = verify_all()
    if verdict.problems:
        said = [f"{problem.record}: {Words().problem(problem)}" for problem in verdict.problems]
        yield bad("records", count=len(said), problems=joined(said[:SHOWN]))
    else:
        yield fine("records", count=verdict.records, entries=verdict.entries, heads=verdict.heads)


def heads_told(remote: str) -> Iterator[Finding]:
    """Somebody outside of the control folder hears of heads: what was set back as a whole shows only there."""
    if syslog.LOCAL.exists():
        said = syslog.trouble(syslog.LOCAL)
        yield warning("syslog-deaf", address=syslog.LOCAL, reason=said) if said else fine("syslog-local")
    if remote:
        said = syslog.trouble(remote)
        yield warning("syslog-deaf", address=remote, reason=said) if said else unknown("syslog-away", address=remote)
    else:
        yield warning("syslog-none")


def copies() -> Iterator[Finding]:
    """When the last backup was made, and whether this folder came from another node."""
    found = notes.read()
    takers = [note for note in found if note.event == notes.TAKEN_OVER]
    if takers:
        about = {"at": takers[-1].at, "former": takers[-1].former, "node": takers[-1].node}
        here = takers[-1].node == platform.node()
        yield fine("taken-over", **about) if here else warning("taken-elsewhere", **about)
    made = [note for note in found if note.event == notes.BACKED_UP]
    if not made:
        yield warning("backup-none") if store.names() else fine("backup-nothing")
    elif datetime.now(UTC) - datetime.fromisoformat(made[-1].at) > OLD_BACKUP:
        yield warning("backup-old", at=made[-1].at)
    else:
        yield fine("backup", at=made[-1].at)
