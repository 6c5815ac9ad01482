"""What a record tells, as plain values for a page or a table. `reading.story_of` makes them; nobody changes them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from anwei.record.answers import Applied, Approval, Changed, Returned, Said
from anwei.record.states import HostState, Mode, Outcome


@dataclass(frozen=True)
class Event:
    """An entry as a line of the list of all events."""

    n: int
    at: datetime
    name: str
    data: Mapping[str, Any]
    digest: str
    torn: int = 0


@dataclass(frozen=True)
class Step:
    """One stretch of a wave's time: what was done, and whether it went well."""

    kind: str
    begin: datetime
    end: datetime
    ok: bool = True

    @property
    def seconds(self) -> float:
        """How long it took."""
        return _between(self.begin, self.end)


@dataclass
class Pass:
    """What one run did to one host, step by step."""

    run: int
    wave: int | None = None
    health: dict[str, tuple[Said, ...]] = field(default_factory=dict)
    tested: dict[str, tuple[Said, ...]] = field(default_factory=dict)
    differences: tuple[str, ...] = ()
    verified: bool | None = None
    verified_said: str = ""
    applied: Applied | None = None
    returned: Returned | None = None

    @property
    def looked(self) -> Mapping[str, tuple[Said, ...]]:
        """Its health before and after. The first wave is not looked at twice: for it the gate looked before."""
        gate = self.health.get("gate", ()) if self.wave else ()
        return {"before": self.health.get("before", gate), "after": self.health.get("after", ())}


@dataclass
class Host:
    """One host: what it is, where it stands, and what each run did to it."""

    name: str
    release: str = ""
    address: str = ""
    ha_group: str = ""
    state: HostState = HostState.WAITING
    why: str = ""
    wave: int | None = None
    passes: list[Pass] = field(default_factory=list)

    @property
    def changes(self) -> tuple[Changed, ...]:
        """What was last changed on it."""
        done = [each.applied.changes for each in self.passes if each.applied and each.applied.changes]
        return done[-1] if done else ()

    def well(self, when: str) -> bool | None:
        """Whether it was well when last looked at before, or after; nothing where nobody looked."""
        found = [each.looked[when] for each in self.passes if each.looked[when]]
        return all(check.ok for check in found[-1]) if found else None

    @property
    def undo(self) -> str:
        """The line to type at its console, where taking back did not end well."""
        last = self.passes[-1].returned if self.passes else None
        return last.undo if last and not last.ok else ""


@dataclass
class Wave:
    """One wave of one run."""

    number: int | None
    hosts: tuple[str, ...]
    outcome: str = ""
    steps: list[Step] = field(default_factory=list)

    @property
    def standing(self) -> str:
        """How it ended; where that was not said, as its steps show."""
        back = [step for step in self.steps if step.kind == "return"]
        if self.outcome:
            return self.outcome
        if back:
            return "returned" if back[-1].ok else "partly"
        return "open" if self.steps else "none"


@dataclass
class Run:
    """From `begun` to `ended`: a run, a resumed run, a rollback, or a gate that said no."""

    number: int
    mode: Mode
    begin: datetime
    end: datetime
    by: str = ""
    commit: str = ""
    plan: str = ""
    resumed: bool = False
    outcome: Outcome = Outcome.RUNNING
    status: int | None = None
    said: str = ""
    over: bool = False
    why: str = ""
    approvals: tuple[Approval, ...] = ()
    authors: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    gate: tuple[Said, ...] = ()
    waves: list[Wave] = field(default_factory=list)
    states: Mapping[str, HostState] = field(default_factory=dict)
    last_event: str = ""

    @property
    def seconds(self) -> float:
        """How long it took."""
        return _between(self.begin, self.end)


@dataclass(frozen=True)
class Neighbour:
    """A host of the same high-availability group as one of a wave, that was not well while that wave was looked at."""

    name: str
    wave: int | None
    when: str
    bad: Said


@dataclass
class Story:
    """A whole record."""

    name: str
    opened: Mapping[str, Any]
    zone: tzinfo
    events: Sequence[Event]
    runs: list[Run] = field(default_factory=list)
    hosts: dict[str, Host] = field(default_factory=dict)
    neighbours: list[Neighbour] = field(default_factory=list)
    torn: bool = False

    @property
    def last(self) -> Run | None:
        """The last run, which says how things stand."""
        return self.runs[-1] if self.runs else None

    @property
    def begun(self) -> Run | None:
        """The last run that was let through the gate: its commit, plan and signatures are the change's."""
        return next((run for run in reversed(self.runs) if run.commit), None)

    @property
    def outcome(self) -> Outcome:
        """How things stand."""
        return self.last.outcome if self.last else Outcome.OPENED

    @property
    def emergency(self) -> bool:
        """Whether any run took the emergency path."""
        return any(run.mode is Mode.EMERGENCY for run in self.runs)

    @property
    def rehearsal(self) -> bool:
        """Whether this was done on the rehearsal group."""
        return any(run.mode is Mode.REHEARSAL for run in self.runs)

    @property
    def states(self) -> Counter[HostState]:
        """How many hosts stand where."""
        return Counter(host.state for host in self.hosts.values())

    @property
    def waves(self) -> list[Wave]:
        """Each wave of the plan as it was left by the last run that came to it."""
        found: dict[int | None, Wave] = {}
        for wave in (wave for run in self.runs for wave in run.waves if wave.number):
            if wave.steps or wave.number not in found:
                found[wave.number] = wave
        return list(found.values())

    @property
    def interruptions(self) -> list[Run]:
        """The runs that were cut short."""
        return [run for run in self.runs if run.outcome is Outcome.INTERRUPTED]


def _between(begin: datetime, end: datetime) -> float:
    """The seconds between two moments; a clock that was set back in between gives none."""
    return max((end - begin).total_seconds(), 0)
