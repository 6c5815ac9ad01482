"""Checking: verdicts from transcripts. Nothing in here talks to a host, so a verdict can be repeated any time."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from testinfra.host import Host

from anwei.baseline.catalogue import Catalogue, Entry
from anwei.baseline.result import Assessment, HostAssessment, Outcome, Result
from anwei.baseline.verdict import NotReadableError, Verdict, manual
from anwei.evidence.backend import IncompleteAnswerError, NotYetAnsweredError, TranscriptBackend, host_of
from anwei.evidence.commands import Command
from anwei.evidence.reasons import Unreachable
from anwei.evidence.transcript import Transcript

Found = TypeVar("Found")


def wanted(catalogue: Catalogue, transcript: Transcript) -> Sequence[Command]:
    """The commands that the checks still need: all that are known before the first round, later what they ran into."""
    if not transcript.answers:
        return tuple(catalogue.declarations.first_round())
    missing = {}
    for read in (*(entry.run for entry in catalogue.entries), *catalogue.facts.values()):
        host, _ = host_of(transcript, catalogue.declarations)
        try:
            read(host)
        except NotYetAnsweredError as unanswered:
            missing[unanswered.command.text] = unanswered.command
        except (NotReadableError, IncompleteAnswerError, ValueError, IndexError, KeyError):
            continue
    return tuple(missing.values())


def assess(
    catalogue: Catalogue, estate: str, collected: Mapping[str, Transcript | Unreachable], taken_at: datetime
) -> Assessment:
    """Every check on every host."""
    return Assessment(
        estate=estate,
        level=catalogue.level,
        taken_at=taken_at,
        checks=catalogue.checks,
        units_in_standard=catalogue.units_in_standard,
        hosts=tuple(_host(catalogue, name, evidence) for name, evidence in collected.items()),
    )


def _host(catalogue: Catalogue, name: str, evidence: Transcript | Unreachable) -> HostAssessment:
    """All results of one host."""
    if isinstance(evidence, Unreachable):
        return HostAssessment(name, unreachable=str(evidence))
    facts = {key: _fact(read, evidence, catalogue) for key, read in catalogue.facts.items()}
    return HostAssessment(
        name=name,
        facts={**{key: fact for key, fact in facts.items() if fact}, "account": evidence.account},
        results=tuple(_result(entry, evidence, catalogue) for entry in catalogue.entries),
        round_trips=evidence.round_trips,
        seconds=evidence.seconds,
        transcript_digest=evidence.digest,
    )


def _result(entry: Entry, transcript: Transcript, catalogue: Catalogue) -> Result:
    """One check on one host. What is declared unread keeps it from being met."""
    host, backend = host_of(transcript, catalogue.declarations)
    verdict = _verdict(entry, host)
    if entry.unread and verdict.outcome is Outcome.MET:
        verdict = manual("partly", observed=verdict.observed, unread=entry.unread)
    return Result(entry.check, verdict.outcome, verdict.observed, _commands(backend))


def _verdict(entry: Entry, host: Host) -> Verdict:
    """The verdict of a check; evidence that is missing, cut, refused or in no known form is for a person to look at."""
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


def _fact(read: Callable[[Host], str], transcript: Transcript, catalogue: Catalogue) -> str:
    """One fact of a host; nothing where it could not be read."""
    host, _ = host_of(transcript, catalogue.declarations)
    try:
        return read(host)
    except (NotReadableError, NotYetAnsweredError, IncompleteAnswerError, ValueError, IndexError, KeyError):
        return ""


def _commands(backend: TranscriptBackend) -> tuple[str, ...]:
    """The commands a verdict rests on, each once."""
    return tuple(dict.fromkeys(backend.asked))
