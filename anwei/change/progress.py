"""How far a change is, read from its record: the record is the only memory of a run. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Entry = Mapping[str, Any]


@dataclass
class Progress:
    """What every entry so far amounts to.

    `attempted` are the hosts on which something may have been written that was not taken back since; `done` those of
    them that stand verified in a wave that was kept; `returning` those whose way back was begun and never ended. A
    run last had to do with them at `wrote`; `written` are those that it certainly changed.
    """

    attempted: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    returning: tuple[str, ...] = ()
    under_way: bool = False
    last: str = ""
    wrote: str = ""
    commit: str = ""
    plan: str = ""
    estate: str = ""
    written: set[str] = field(default_factory=set)
    returned_ever: set[str] = field(default_factory=set)

    @property
    def last_moment(self) -> datetime | None:
        """When a run of it last wrote to hosts, or closed a wave of them; what is taken back does not make it later."""
        return datetime.fromisoformat(self.wrote) if self.wrote else None


def progress(entries: Iterable[Entry]) -> Progress:
    """Replay a record."""
    found = Progress()
    for entry in entries:
        STEPS.get(entry["event"], _nothing)(found, entry["data"], entry["at"])
        found.last = entry["event"] if entry["event"] != "interrupted" else found.last
    return found


def _begun(found: Progress, data: Entry, at: str) -> None:
    """A run began, or went on."""
    found.under_way, found.commit = True, data["commit"]
    found.plan = data.get("plan", "")


def _opened(found: Progress, data: Entry, at: str) -> None:
    """What the record is about."""
    found.estate = data.get("estate", "")


def _applied(found: Progress, data: Entry, at: str) -> None:
    """Hosts said that they were changed."""
    found.written |= {host for host, said in data["hosts"].items() if said.get("changed") or said.get("former")}
    found.wrote = at


def _applying(found: Progress, data: Entry, at: str) -> None:
    """From here on something may have been written."""
    found.attempted |= set(data["hosts"])
    found.done -= set(data["hosts"])
    found.wrote = at


def _wave(found: Progress, data: Entry, at: str) -> None:
    """A wave was closed; what it kept is done."""
    found.done |= set(data["hosts"]) & found.attempted if data["outcome"] == "kept" else set()
    found.wrote = at


def _returning(found: Progress, data: Entry, at: str) -> None:
    """A way back was begun: until it is ended it is what has to go on."""
    found.under_way, found.returning = True, tuple(data["hosts"])


def _returned(found: Progress, data: Entry, at: str) -> None:
    """A way back was ended, for the hosts that made it."""
    back = {host for host, said in data["hosts"].items() if said["ok"]}
    found.attempted -= back
    found.done -= back
    found.written -= back
    found.returned_ever |= back
    found.returning = ()


def _ended(found: Progress, data: Entry, at: str) -> None:
    """A run or a rollback came to its end, good or bad."""
    found.under_way = False


def _nothing(found: Progress, data: Entry, at: str) -> None:
    """What moves no host."""


STEPS = {
    "opened": _opened,
    "begun": _begun,
    "applied": _applied,
    "applying": _applying,
    "wave": _wave,
    "returning": _returning,
    "returned": _returned,
    "ended": _ended,
}
