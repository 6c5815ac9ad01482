"""What a record tells, in sentences. Pure; in the reader's language unless one is given."""

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from typing import Any

from anwei.record import states
from anwei.record.chain import Problem
from anwei.record.states import HostState
from anwei.record.view import Event, Run, Step, Story, Wave
from anwei.texts import text

MOST_NAMES = 6
LONG_DIGEST = 12
STANDINGS = ("kept", "returned", "failed", "partly", "open", "none")
GATE_CHECKS = ("approval", "unaltered", "time", "rehearsed", "armed", "packages", "drift", "health")
MINUTE, HOUR = 60, 3600


class Words:
    """Sentences in one language."""

    def __init__(self, lang: str | None = None) -> None:
        self._lang = lang

    def __call__(self, key: str, /, **values: object) -> str:
        """A text of the records' page."""
        return text(f"record.{key}", self._lang, **values)

    def state(self, state: HostState) -> str:
        """Where a host stands."""
        return self(f"state.{state}")

    def outcome(self, run: Run | Story) -> str:
        """How a run, or the whole, ended."""
        return self(f"outcome.{run.outcome}")

    def conclusion(self, story: Story) -> str:
        """What the last run said of itself; where it said nothing, what is known."""
        said = story.last.said if story.last else ""
        notes = ("opened", "running", "interrupted")
        return said or (self(f"outcome-note.{story.outcome}") if story.outcome in notes else "")

    def when(self, when: str) -> str:
        """At which moment health was looked at."""
        return self(f"when.{when}") if when in ("before", "after", "gate") else when

    def check(self, name: str) -> str:
        """What a check of the gate is called; one of a later version by its own name."""
        return self(f"gate-check.{name}") if name in GATE_CHECKS else name

    def wave(self, number: int | None) -> str:
        """A wave by its number; without one it is everything."""
        return self("wave.number", number=number) if number else self("wave.all")

    def wave_outcome(self, wave: Wave) -> str:
        """How a wave ended."""
        return self(f"wave.{wave.standing}" if wave.standing in STANDINGS else "wave.open")

    def lasting(self, seconds: float) -> str:
        """A length of time in the two units that matter."""
        whole = round(seconds)
        if whole >= HOUR:
            return self("lasting.hours", hours=whole // HOUR, minutes=whole % HOUR // MINUTE)
        if whole >= MINUTE:
            return self("lasting.minutes", minutes=whole // MINUTE, seconds=whole % MINUTE)
        return self("lasting.seconds", seconds=whole if seconds >= 1 or not seconds else f"{seconds:.2f}")

    def step(self, step: Step) -> str:
        """A step of a wave, how long it took, and a mark if it failed."""
        return f"{self(f'step.{step.kind}')} {self.lasting(step.seconds)}{'' if step.ok else ' ×'}"

    def named(self, names: Iterable[str]) -> str:
        """The first names of a list."""
        listed = list(names)
        shown = "、".join(listed[:MOST_NAMES])
        return shown if len(listed) <= MOST_NAMES else self("more", named=shown, count=len(listed))

    def problem(self, problem: Problem) -> str:
        """What verifying found."""
        return self(f"problem.{problem.kind}", line=problem.line, **problem.values)

    def event(self, event: Event) -> str:
        """The name of an event."""
        return self.event_name(event.name)

    def event_name(self, name: str) -> str:
        """What an event of this name is called."""
        return self(f"event.{name}" if name in SAYERS else "event.other")

    def said(self, event: Event) -> str:
        """What happened, in a sentence."""
        said = SAYERS.get(event.name, _other)(self, event)
        return said + self("said.torn", bytes=event.torn) if event.torn else said


def moment(at: datetime) -> str:
    """A time with its zone; by its distance from UTC, as names such as CST mean several."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC{at.isoformat()[-6:]}"


def until(expires: str, zone: tzinfo) -> str:
    """Until when a signature counts, in the time of all else on the page; as it stands where it is no moment."""
    try:
        at = datetime.fromisoformat(expires)
    except ValueError:
        return expires
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at.tzinfo else expires


def span(begin: datetime, end: datetime) -> str:
    """From when to when, without saying the day twice."""
    first = f"{begin:%Y-%m-%d %H:%M:%S}"
    return (
        f"{first}–{end:%H:%M:%S} UTC{end.isoformat()[-6:]}"
        if begin.date() == end.date()
        else f"{first} – {moment(end)}"
    )


def _opened(words: Words, event: Event) -> str:
    """The record was made."""
    return words("said.opened", title=event.data.get("title", ""), action=event.data.get("action_title", ""))


def _begun(words: Words, event: Event) -> str:
    """A run began."""
    data = event.data
    return words(
        "said.resumed" if data.get("resumed") else "said.begun",
        by=data.get("by", ""),
        mode=words(f"mode.{data['mode']}") if data.get("mode") in ("normal", "emergency", "rehearsal") else "",
        hosts=len(data.get("hosts", ())),
        waves=len(data.get("waves", ())),
        commit=str(data.get("commit", ""))[:LONG_DIGEST],
    )


def _gate(words: Words, event: Event) -> str:
    """What the gate looked at."""
    checks = event.data.get("checks", ())
    bad = [str(each.get("name", "")) for each in checks if not each.get("ok")]
    return words("said.gate", ok=len(checks) - len(bad), bad=len(bad), which=_which(words, bad))


def _health(words: Words, event: Event) -> str:
    """How hosts are."""
    bad = [name for name, checks in _hosts(event).items() if not all(each.get("ok") for each in checks)]
    when = words.when(str(event.data.get("when", "")))
    return words("said.health", when=when, ok=len(_hosts(event)) - len(bad), bad=len(bad), which=_which(words, bad))


def _answers(words: Words, event: Event) -> str:
    """How hosts answered."""
    bad = [name for name, each in _hosts(event).items() if not each.get("ok") or each.get("conflicts")]
    counts = {"ok": len(_hosts(event)) - len(bad), "bad": len(bad)}
    return words(f"said.{event.name}", **counts, which=_which(words, bad))


def _applying(words: Words, event: Event) -> str:
    """Writing begins."""
    return words("said.applying", hosts=len(event.data.get("hosts", ())))


def _soaked(words: Words, event: Event) -> str:
    """A wave was watched."""
    return words("said.soaked", seconds=event.data.get("seconds", 0))


def _wave(words: Words, event: Event) -> str:
    """A wave ended."""
    outcome = event.data.get("outcome")
    return words(f"wave.{outcome}") if outcome in ("kept", "returned", "failed") else ""


def _returning(words: Words, event: Event) -> str:
    """Hosts are taken back."""
    over = words("said.over") if event.data.get("over") else ""
    return words("said.returning", hosts=len(event.data.get("hosts", ())), why=event.data.get("why", ""), over=over)


def _interrupted(_words: Words, event: Event) -> str:
    """The run before was cut short."""
    return str(event.data.get("said", ""))


def _ended(words: Words, event: Event) -> str:
    """A run ended."""
    outcome = words(f"outcome.{states.outcome(event.data)}")
    return words("said.ended", outcome=outcome, said=event.data.get("said", ""))


def _other(_words: Words, event: Event) -> str:
    """An event of a later version."""
    return event.name


def _hosts(event: Event) -> Mapping[str, Any]:
    """What an event says of each host."""
    hosts: Mapping[str, Any] = event.data.get("hosts", {})
    return hosts


def _which(words: Words, names: list[str]) -> str:
    """Names behind a count, if any."""
    return words("said.which", names=words.named(names)) if names else ""


SAYERS = {
    "opened": _opened,
    "begun": _begun,
    "gate": _gate,
    "health": _health,
    "applying": _applying,
    "applied": _answers,
    "verified": _answers,
    "soaked": _soaked,
    "wave": _wave,
    "returning": _returning,
    "returned": _answers,
    "interrupted": _interrupted,
    "ended": _ended,
}
