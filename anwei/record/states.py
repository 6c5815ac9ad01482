"""The words for how things stand in a record: of a host, of a run, and what kind of run it was."""

from collections.abc import Mapping
from enum import StrEnum


class HostState(StrEnum):
    """Where a host stands, worst first: the order in which a reader wants them."""

    PERSON = "person"
    FAILED = "failed"
    UNFINISHED = "unfinished"
    RETURNED = "returned"
    LEFT_OUT = "left-out"
    APPLIED = "applied"
    WAITING = "waiting"
    KEPT = "kept"


class Outcome(StrEnum):
    """How a run ended. The first two are of runs that have not ended: nobody can tell a slow one from a dead one."""

    OPENED = "opened"
    RUNNING = "running"
    INTERRUPTED = "interrupted"
    DONE = "done"
    IN_PART = "done-in-part"
    STOPPED = "stopped"
    RETURNED = "returned"
    PERSON = "needs-person"
    NOTHING = "nothing"
    UNKNOWN = "unknown"


class Mode(StrEnum):
    """What kind of run it was."""

    NORMAL = "normal"
    EMERGENCY = "emergency"
    REHEARSAL = "rehearsal"
    ROLLBACK = "rollback"
    GATE = "gate"


ENDINGS = {each.value: each for each in Outcome} | {
    "taken-back": Outcome.RETURNED,
    "way-back-ended": Outcome.RETURNED,
    "late": Outcome.STOPPED,
}
STATUSES = {0: Outcome.DONE, 3: Outcome.STOPPED, 4: Outcome.RETURNED, 5: Outcome.PERSON}


def outcome(data: Mapping[str, object]) -> Outcome:
    """How a run ended, by its own word; by its exit status where that is a word of a later version."""
    status = data.get("status")
    usual = STATUSES.get(status, Outcome.UNKNOWN) if isinstance(status, int) else Outcome.UNKNOWN
    return ENDINGS.get(str(data.get("outcome")), usual)
