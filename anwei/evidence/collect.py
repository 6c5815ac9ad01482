"""Collecting: rounds of one trip per host, until nothing is wanted any more.

All that is known to be wanted is asked in the first round; what a check wants because of an answer is asked in the
next. What one host's answer led to is asked of that host alone, the next time at once.
"""

import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from anwei.evidence.clock import moment
from anwei.evidence.commands import Command, Declarations
from anwei.evidence.fetch import Fetched, Finished, fetch
from anwei.evidence.learnt import Learnt
from anwei.evidence.reasons import Unreachable
from anwei.evidence.transcript import Transcript
from anwei.texts import text

MOST_ROUNDS = 10
OBJECT_TYPE = "linux"


class Named(Protocol):
    """What collecting needs to know of a host."""

    @property
    def name(self) -> str:
        """Its name in the inventory."""


class Located(Protocol):
    """What collecting needs to know of an estate."""

    @property
    def path(self) -> Path:
        """Its inventory."""


class Questions(Protocol):
    """What collecting needs to know of those who want evidence."""

    def declarations(self, object_type: str) -> Declarations:
        """The commands that may run on a host of this type."""

    def wanted(self, transcript: Transcript, learnt: Sequence[Command] = ()) -> Sequence[Command]:
        """What is still to be asked, given what is there already and what the host has taught before."""

    def used(self, transcript: Transcript) -> Sequence[Command]:
        """What of it was needed."""


Collected = dict[str, Transcript | Unreachable]


def collect(
    estate: Located,
    hosts: Sequence[Named],
    questions: Questions,
    out: Path | None = None,
    show: Finished | None = None,
    learnt: Learnt | None = None,
) -> Collected:
    """Fetch all that is wanted, given what is there already and what was learnt; save the transcripts in `out`.

    Hosts that cannot be reached are in the result with the reason. `show` is told each host when it has answered.
    """
    taken_at = datetime.now(UTC)
    collected: Collected = {host.name: Transcript(host.name, OBJECT_TYPE, taken_at) for host in hosts}
    show = show or _Progress(len(hosts))
    for _ in range(MOST_ROUNDS):
        wants = {host: _open(questions, said, learnt) for host, said in collected.items()}
        wants = {host: commands for host, commands in wants.items() if commands}
        if not wants or not _one_round(estate, wants, questions.declarations(OBJECT_TYPE), collected, show):
            break
    if learnt:
        _learn(learnt, questions, collected)
    if out:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        for said in collected.values():
            if isinstance(said, Transcript):
                said.save(out)
    return collected


def _open(questions: Questions, said: Transcript | Unreachable, learnt: Learnt | None) -> Sequence[Command]:
    """What is still to be asked of one host; a host that cannot be reached is asked nothing more."""
    if isinstance(said, Unreachable):
        return ()
    return questions.wanted(said, learnt.of(said.object) if learnt and not said.answers else ())


def _learn(learnt: Learnt, questions: Questions, collected: Collected) -> None:
    """Keep for each host what it led to, beyond what every host is asked."""
    for host, said in collected.items():
        if isinstance(said, Transcript):
            always = {each.text for each in questions.wanted(Transcript(host, OBJECT_TYPE, said.taken_at))}
            learnt.keep(host, [each for each in questions.used(said) if each.text not in always])


def _one_round(
    estate: Located,
    wants: dict[str, Sequence[Command]],
    declarations: Declarations,
    collected: Collected,
    show: Finished,
) -> bool:
    """Ask once, add what came to `collected`; whether anything new came."""
    began = time.monotonic()
    fetched = fetch(estate.path, wants, declarations, show)
    seconds = time.monotonic() - began
    for host, got in fetched.items():
        before = collected[host]
        if isinstance(got, Fetched) and isinstance(before, Transcript):
            collected[host] = _with_round(before, wants[host], got, seconds)
        elif isinstance(got, Unreachable) and isinstance(before, Transcript) and not before.answers:
            collected[host] = got
    return any(isinstance(got, Fetched) and got.reading.answers for got in fetched.values())


def _with_round(before: Transcript, commands: Sequence[Command], got: Fetched, seconds: float) -> Transcript:
    """The transcript with the answers of one more round."""
    said = got.reading
    answers = {commands[number].text: answer for number, answer in said.answers.items() if number < len(commands)}
    asked_as = replace(before, account=said.account, uid=said.uid, login=said.login, complete=said.complete)
    if not before.answers:
        asked_as = replace(asked_as, host_time=moment(said.clock), skew=got.skew)
    return asked_as.including(answers, got.round_trips, seconds, got.known)


class _Progress:
    """A line on standard error for each host when it is first heard of."""

    def __init__(self, hosts: int) -> None:
        self._hosts = hosts
        self._heard: set[str] = set()

    def __call__(self, host: str, unreachable: Unreachable | None) -> None:
        """A host has answered, or could not be reached."""
        if host in self._heard:
            return
        self._heard.add(host)
        said = text("progress.unreachable", reason=unreachable) if unreachable else text("progress.answered")
        line = text("progress.line", done=len(self._heard), hosts=self._hosts, host=host, said=said)
        print(line, file=sys.stderr, flush=True)
