"""From the entries of a record to what they tell. Pure; also for a record that is still running or was cut short.

A record holds several runs: the run itself, its resumes, its rollbacks. Nobody can tell from a record whether a run
without an end is slow or dead; the next one that comes says so with `interrupted`.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from anwei.record import answers, states
from anwei.record.answers import Said
from anwei.record.states import HostState, Mode, Outcome
from anwei.record.view import Event, Host, Neighbour, Pass, Run, Step, Story, Wave

BEIJING = timezone(timedelta(hours=8), "UTC+08:00")

Data = Mapping[str, Any]


def story_of(name: str, entries: Sequence[Data], *, torn: bool = False) -> Story:
    """What the entries of a record tell. They are taken as we write them: verify first."""
    opened: Data = next((entry["data"] for entry in entries if entry["event"] == "opened"), {})
    zone = _zone(opened)
    story = Story(name, opened, zone, [_event(entry, zone) for entry in entries], torn=torn)
    reader = _Reader(story)
    for event in story.events:
        reader.take(event)
    return story


def _zone(opened: Data) -> tzinfo:
    """The time zone of the estate, in which its people read times."""
    try:
        return ZoneInfo(str(opened.get("timezone") or "Asia/Shanghai"))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return BEIJING


def _event(entry: Data, zone: tzinfo) -> Event:
    """An entry as an event, in local time."""
    at = datetime.fromisoformat(entry["at"]).astimezone(zone)
    return Event(entry["n"], at, entry["event"], entry["data"], entry["digest"], entry.get("torn", 0))


class _Reader:
    """Takes the events in order and writes the story."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._run: Run | None = None
        self._planned: Sequence[Sequence[str]] = ()
        self._since = story.events[0].at if story.events else datetime.now(UTC)
        self._taking_back: Wave | None = None
        self._takers: dict[str, Callable[[Run, Event], None]] = {
            "begun": self._begun,
            "gate": self._gate,
            "health": self._health,
            "applying": self._applying,
            "applied": self._applied,
            "verified": self._verified,
            "soaked": self._soaked,
            "wave": self._wave_ended,
            "returning": self._returning,
            "returned": self._returned,
            "ended": self._ended,
        }

    def take(self, event: Event) -> None:
        """Tell one more event. One of a kind that is not known stands in the list of events, and changes nothing."""
        if event.name == "interrupted":
            self._interrupt(str(event.data.get("said", "")))
        elif event.name in self._takers:
            run = self._run_of(event)
            self._takers[event.name](run, event)
            self._note(run, event)
            # What prepares a step is part of it: only its end begins the next.
            self._since = self._since if event.name in ("applying", "returning") else event.at

    def _run_of(self, event: Event) -> Run:
        """The run that an event belongs to: a new one where none is open, or another begins."""
        if self._run and event.name == "begun" and (self._run.commit or self._run.mode is Mode.ROLLBACK):
            self._interrupt()
        if not self._run:
            mode = Mode.ROLLBACK if event.name == "returning" else Mode.GATE
            self._run = Run(len(self._story.runs) + 1, mode, event.at, event.at)
            self._story.runs.append(self._run)
            self._since = event.at
        return self._run

    def _interrupt(self, said: str = "") -> None:
        """The open run was cut short."""
        if self._run:
            self._run.outcome, self._run.said = Outcome.INTERRUPTED, said
        self._run = None

    def _note(self, run: Run, event: Event) -> None:
        """How things stand now, so that every run keeps how it left them."""
        run.end, run.last_event = event.at, event.name
        run.states = {name: host.state for name, host in self._story.hosts.items()}

    def _begun(self, run: Run, event: Event) -> None:
        """Who lets what run where, and in which waves."""
        data = event.data
        run.mode = _mode(data.get("mode"))
        run.by, run.commit, run.plan = (str(data.get(name) or "") for name in ("by", "commit", "plan"))
        run.resumed, run.authors = bool(data.get("resumed")), tuple(data.get("authors", ()))
        run.approvals = tuple(answers.approval(each) for each in data.get("approvals", ()))
        run.left_out = data.get("left_out", {})
        # Waves are counted without the hosts that are left out, and without those that are empty then.
        kept = ([name for name in wave if name not in run.left_out] for wave in data.get("waves", ()))
        self._planned = [wave for wave in kept if wave]
        self._plan(run, data.get("hosts", {}))

    def _plan(self, run: Run, facts: Mapping[str, Data]) -> None:
        """Which hosts are to come in which wave. What an earlier run finished is not planned once more."""
        for number, names in enumerate(self._planned, 1):
            for name in names:
                self._host(name).wave = number
            if any(self._host(name).state is not HostState.KEPT for name in names):
                self._wave(run, number)
        for name, known in facts.items():
            host = self._host(name)
            host.release, host.address, host.ha_group = (
                str(known.get(fact) or "") for fact in ("release", "address", "ha_group")
            )
            host.state = HostState.WAITING if host.state is HostState.LEFT_OUT else host.state
        for name, why in run.left_out.items():
            host = self._host(name)
            if host.state is HostState.WAITING:
                host.state, host.why = HostState.LEFT_OUT, why

    def _gate(self, run: Run, event: Event) -> None:
        """What the gate looked at."""
        run.gate = (*run.gate, *answers.said_list(event.data.get("checks", ())))

    def _health(self, run: Run, event: Event) -> None:
        """How the hosts are, before or after."""
        when, found = str(event.data.get("when", "")), event.data.get("hosts", {})
        ours = self._story.hosts if when == "gate" else self._wave(run, event.data.get("wave"), found).hosts
        sick = {}
        for name, checks in found.items():
            said = answers.said_list(checks)
            sick[name] = next((each for each in said if not each.ok), None)
            if name in ours:
                self._pass(run, name, event).health[when] = said
        self._note_sick(when, event.data.get("wave"), sick, ours)
        if when != "gate":
            self._step(run, event, f"health-{when}", ok=not any(sick.values()))

    def _note_sick(self, when: str, wave: int | None, sick: Mapping[str, Said | None], ours: Container[str]) -> None:
        """Hosts that are not well, and those that stand in for them: a group is looked at as a whole."""
        for name, bad in sick.items():
            if bad and name in ours:
                self._sick(self._host(name), when, bad)
            elif bad:
                self._story.neighbours.append(Neighbour(name, wave, when, bad))

    def _sick(self, host: Host, when: str, bad: Said) -> None:
        """A host that is not well: after its change that is a failure of the change."""
        host.why = f"{bad.name}：{bad.said}"
        if when == "after" and host.state is not HostState.RETURNED:
            host.state = HostState.FAILED

    def _applying(self, run: Run, event: Event) -> None:
        """From here on hosts are written to."""
        for name in event.data.get("hosts", ()):
            self._pass(run, name, event)
            self._host(name).state = HostState.UNFINISHED
        self._wave(run, event.data.get("wave"), event.data.get("hosts", ()))

    def _applied(self, run: Run, event: Event) -> None:
        """What was done to each host."""
        found = event.data.get("hosts", {})
        for name, answer in found.items():
            applied, host = answers.applied(answer), self._host(name)
            self._pass(run, name, event).applied = applied
            host.state = (
                HostState.RETURNED if applied.returned else HostState.APPLIED if applied.ok else HostState.FAILED
            )
            host.why = "" if applied.ok and not applied.returned else applied.said
        self._step(run, event, "apply", ok=all(answer.get("ok") for answer in found.values()))

    def _verified(self, run: Run, event: Event) -> None:
        """Whether hosts are as wanted, and what the action's checks say; before the change, only what they say."""
        found = event.data.get("hosts", {})
        for name, answer in found.items():
            done, host = self._pass(run, name, event), self._host(name)
            done.tested["after" if done.applied else "before"] = answers.tested(answer.get("checks", ()))
            if done.applied:
                done.verified, done.verified_said = bool(answer.get("ok")), str(answer.get("said") or "")
                done.differences = tuple(map(str, answer.get("differences", ())))
            if done.applied and not answer.get("ok"):
                host.state, host.why = HostState.FAILED, str(answer.get("said") or "")
        if event.data.get("wave") is not None:  # what the checks say before a run is no part of a wave
            self._step(run, event, "verify", ok=all(answer.get("ok") for answer in found.values()))

    def _soaked(self, run: Run, event: Event) -> None:
        """The wave was watched for a while."""
        self._step(run, event, "soak", ok=True)

    def _wave_ended(self, run: Run, event: Event) -> None:
        """A wave came to its end."""
        wave = self._wave(run, event.data.get("wave"))
        wave.outcome = str(event.data.get("outcome") or "")
        kept = event.data.get("hosts", wave.hosts) if wave.outcome == "kept" else ()
        for host in map(self._host, kept):
            host.state = HostState.KEPT if host.state is HostState.APPLIED else host.state

    def _returning(self, run: Run, event: Event) -> None:
        """Hosts are being taken back."""
        data = event.data
        run.over, run.why = run.over or bool(data.get("over")), str(data.get("why") or run.why)
        run.by = run.by or str(data.get("by") or "")
        self._taking_back = self._wave(run, data.get("wave"), data.get("hosts", ()))
        for host in map(self._host, data.get("hosts", ())):
            host.state, host.why = HostState.UNFINISHED, host.why or str(data.get("why") or "")

    def _returned(self, run: Run, event: Event) -> None:
        """What taking back did to each host."""
        found = event.data.get("hosts", {})
        for name, answer in found.items():
            returned, host = answers.returned(answer), self._host(name)
            self._pass(run, name, event).returned = returned
            well = returned.ok and not returned.conflicts
            host.state, host.why = (HostState.RETURNED, host.why) if well else (HostState.PERSON, returned.said)
        wave = self._taking_back or self._wave(run, None, list(found))
        good = all(answer.get("ok") and not answer.get("conflicts") for answer in found.values())
        wave.steps.append(Step("return", self._since, event.at, good))

    def _ended(self, run: Run, event: Event) -> None:
        """The run's own word on how it ended."""
        run.status, run.said = event.data.get("status"), str(event.data.get("said") or "")
        run.outcome = states.outcome(event.data)
        self._run = None

    def _step(self, run: Run, event: Event, kind: str, *, ok: bool) -> None:
        """A stretch of the wave's time, from the event before to this one."""
        wave = self._wave(run, event.data.get("wave"), list(event.data.get("hosts", ())))
        wave.steps.append(Step(kind, self._since, event.at, ok))

    def _wave(self, run: Run, number: int | None, hosts: Iterable[str] = ()) -> Wave:
        """The wave of this number in this run; without a number, what is taken back by itself."""
        found = next((wave for wave in run.waves if wave.number == number), None)
        if not found:
            planned = self._planned[number - 1] if number and number <= len(self._planned) else tuple(hosts)
            found = Wave(number, tuple(planned))
            run.waves.append(found)
        return found

    def _host(self, name: str) -> Host:
        """The host of this name."""
        return self._story.hosts.setdefault(name, Host(name))

    def _pass(self, run: Run, name: str, event: Event) -> Pass:
        """What this run does to this host."""
        host = self._host(name)
        if not host.passes or host.passes[-1].run != run.number:
            host.passes.append(Pass(run.number))
        found = host.passes[-1]
        found.wave = event.data.get("wave") or found.wave
        return found


def _mode(word: object) -> Mode:
    """What kind of run it was; the usual one where that is a word of a later version."""
    return next((each for each in Mode if each == word), Mode.NORMAL)
