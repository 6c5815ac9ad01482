"""Checking: verdicts from transcripts. Nothing in here talks to a host, so a verdict can be repeated any time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from testinfra.host import Host

from anwei.baseline.catalogue import Catalogue, Entry, ObjectType
from anwei.baseline.judging import judged
from anwei.baseline.result import Assessment, ObjectAssessment, Outcome, Result
from anwei.baseline.verdict import NotReadableError, Verdict, manual
from anwei.evidence.backend import IncompleteAnswerError, NotYetAnsweredError, TranscriptBackend, host_of
from anwei.evidence.commands import Command, Declarations
from anwei.evidence.reasons import Unreachable
from anwei.evidence.transcript import Transcript

UNDECIDED = (NotReadableError, NotYetAnsweredError, IncompleteAnswerError, ValueError, IndexError, KeyError)
Found = TypeVar("Found")


@dataclass(frozen=True)
class Questions:
    """What a catalogue asks of hosts, as `evidence.collect` wants to know it."""

    catalogue: Catalogue

    def declarations(self, object_type: str) -> Declarations:
        """The commands that may run on a host of this type."""
        return self.catalogue.declarations(object_type)

    def wanted(self, transcript: Transcript, learnt: Sequence[Command] = ()) -> Sequence[Command]:
        """The commands that are still needed: at first all in the lists, and what the host itself has taught before.

        Later what the checks ran into, and all that the list of a service has that was found.
        """
        declarations = self.declarations(transcript.object_type)
        found = [*_missing(self.catalogue, transcript, declarations), *(() if transcript.answers else learnt)]
        return tuple({each.text: each for each in found if each in declarations}.values())

    def used(self, transcript: Transcript) -> Sequence[Command]:
        """What the host is asked at once the next time: the lists of the services it has, and what checks needed."""
        declarations = self.declarations(transcript.object_type)
        host, backend = host_of(transcript, declarations)
        listed: list[Command] = []
        for each in self.catalogue.on(transcript.object_type):
            if present(each, host):
                listed += declarations.commands(each.code)
                for read in _readers(each):
                    _tried(read, host)
        return tuple(dict.fromkeys([*listed, *backend.asked]))


def _missing(catalogue: Catalogue, transcript: Transcript, declarations: Declarations) -> Iterator[Command]:
    """What the transcript does not answer yet."""
    host, _ = host_of(transcript, declarations)
    for each in catalogue.on(transcript.object_type):
        try:
            if not each.found(host):
                continue
        except NotYetAnsweredError as unanswered:
            yield unanswered.command
            continue
        except UNDECIDED:
            continue
        if not catalogue.partial:
            yield from (one for one in declarations.commands(each.code) if one.text not in transcript.answers)
        yield from _run_into(each, host)


def _run_into(kind: ObjectType, host: Host) -> Iterator[Command]:
    """The commands that checks and facts of one type ran into without an answer."""
    for read in _readers(kind):
        try:
            read(host)
        except NotYetAnsweredError as unanswered:
            yield unanswered.command
        except UNDECIDED:
            continue


def _readers(kind: ObjectType) -> Iterator[Callable[[Host], object]]:
    """All that reads an object of this type."""
    yield from (entry.run for entry in kind.entries)
    yield from kind.facts.values()


def present(kind: ObjectType, host: Host) -> bool:
    """Whether a host has an object of this type; where that cannot be read, it is not assessed."""
    return bool(_tried(kind.found, host))


def _tried(read: Callable[[Host], Found], host: Host) -> Found | None:
    """What is read; nothing where it cannot be."""
    try:
        return read(host)
    except UNDECIDED:
        return None


def assess(
    catalogue: Catalogue, estate: str, collected: Mapping[str, Transcript | Unreachable], taken_at: datetime
) -> Assessment:
    """Every check on every object."""
    return Assessment(
        estate=estate,
        level=catalogue.level,
        taken_at=taken_at,
        checks=catalogue.checks,
        units_in_standard=catalogue.units_in_standard,
        objects=tuple(each for name, said in collected.items() for each in _objects(catalogue, name, said)),
    )


def _objects(catalogue: Catalogue, name: str, said: Transcript | Unreachable) -> Iterator[ObjectAssessment]:
    """The objects of one host: itself, and what was found on it."""
    if isinstance(said, Unreachable):
        yield ObjectAssessment(name, unreachable=str(said))
        return
    host, backend = host_of(said, catalogue.declarations(said.object_type))
    for each in catalogue.on(said.object_type):
        if present(each, host):
            own = name if each.code == said.object_type else f"{name}/{each.code}"
            yield replace(_object(catalogue, each, said, host, backend), name=own)


def _object(
    catalogue: Catalogue, kind: ObjectType, said: Transcript, host: Host, backend: TranscriptBackend
) -> ObjectAssessment:
    """All results of one object."""
    results = tuple(_result(entry, host, backend) for entry in kind.entries)
    facts = {key: _tried(read, host) or "" for key, read in kind.facts.items()} | {"clock": said.clock}
    return ObjectAssessment(
        name=said.object,
        facts={**{key: fact for key, fact in facts.items() if fact}, "account": said.asked_as},
        results=results,
        units=judged(catalogue.requirements, kind.kind, results, kind.shown),
        round_trips=said.round_trips,
        seconds=said.seconds,
        transcript_digest=said.digest,
        type=kind.code,
        type_name=kind.name,
        taken_at=said.taken_at,
    )


def _result(entry: Entry, host: Host, backend: TranscriptBackend) -> Result:
    """One check on one object."""
    backend.asked.clear()
    verdict = decided(entry, host)
    commands = tuple(dict.fromkeys(each.text for each in backend.asked))
    return Result(entry.check, verdict.outcome, verdict.observed, commands)


def decided(entry: Entry, host: Host) -> Verdict:
    """The verdict of a check; evidence that is missing, cut, refused or in no known form is for a person to look at.

    What is declared unread keeps a check from being met.
    """
    verdict = _decided(entry, host)
    if entry.unread and verdict.outcome is Outcome.MET:
        return manual("partly", observed=verdict.observed, unread=entry.unread)
    return verdict


def _decided(entry: Entry, host: Host) -> Verdict:
    """The verdict of its function, or why there is none."""
    try:
        return entry.run(host)
    except NotReadableError as refused:
        return manual("unreadable", command=refused.command, why=refused.why)
    except NotYetAnsweredError as unanswered:
        return manual("unanswered", command=unanswered.command.text)
    except IncompleteAnswerError as incomplete:
        return manual("timed-out" if incomplete.timed_out else "cut", command=incomplete.command)
    except (ValueError, IndexError, KeyError) as odd:
        return manual("odd", error=odd)
