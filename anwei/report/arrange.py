"""The order in which a reader wants the results: by clause, worst first, the same observation told once.

Pure functions over `Assessment`; the views differ only in how they draw what stands here.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from anwei.baseline.result import Assessment, Check, ObjectAssessment, Outcome, Result, Severity

WORST_FIRST = tuple(Severity)


@dataclass(frozen=True)
class Sighting:
    """One observation with the commands it rests on, and every host that showed exactly this."""

    observed: str
    commands: tuple[str, ...]
    hosts: tuple[ObjectAssessment, ...]


@dataclass(frozen=True)
class OpenFinding:
    """A check that is not met somewhere: told once, with all that was seen of it."""

    check: Check
    sightings: tuple[Sighting, ...]

    @property
    def host_count(self) -> int:
        """How many hosts have to be mended."""
        return sum(len(sighting.hosts) for sighting in self.sightings)


def checks_by_clause(assessment: Assessment) -> tuple[Check, ...]:
    """List every check once, as the clauses are numbered (8.1.4.2 before 8.1.4.10).

    A check that only a result knows is shown too: a finding must never be lost because a list was incomplete.
    """
    known = {check.id: check for check in assessment.checks}
    known |= {result.check.id: result.check for host in assessment.objects for result in host.results}
    return tuple(sorted(known.values(), key=_place))


def _place(check: Check) -> tuple[list[tuple[int, str]], str]:
    """Sort a check by the numbers of its clause as numbers, then by its id."""
    parts = re.findall(r"\d+|[^\d.\s]+", check.unit.clause)
    return [(int(part), "") if part.isdecimal() else (0, part) for part in parts], check.id


def control_points(checks: Iterable[Check]) -> list[tuple[str, list[Check]]]:
    """Group neighbouring checks under the same control point, for the head of the heat map."""
    return [(name, list(run)) for name, run in groupby(checks, key=lambda check: check.unit.control_point)]


def open_findings(assessment: Assessment) -> list[OpenFinding]:
    """List what is not met, worst first: by severity, then possible high-risk cases, then number of hosts."""
    seen: dict[str, dict[tuple[str, tuple[str, ...]], list[ObjectAssessment]]] = {}
    for host, result in assessment.findings:
        seen.setdefault(result.check.id, {}).setdefault((result.observed, result.commands), []).append(host)
    found = [_finding(check, seen[check.id]) for check in checks_by_clause(assessment) if check.id in seen]
    return sorted(found, key=_badness)


def _finding(check: Check, seen: dict[tuple[str, tuple[str, ...]], list[ObjectAssessment]]) -> OpenFinding:
    """Make one open finding; what most hosts show comes first."""
    sightings = [Sighting(observed, commands, tuple(hosts)) for (observed, commands), hosts in seen.items()]
    return OpenFinding(check, tuple(sorted(sightings, key=lambda sighting: -len(sighting.hosts))))


def _badness(finding: OpenFinding) -> tuple[int, bool, int]:
    """Sort key of a finding: the smaller the worse."""
    return WORST_FIRST.index(finding.check.severity), not finding.check.high_risk_case, -finding.host_count


def severities(results: Iterable[Result]) -> Counter[Severity]:
    """Count the results that are not met, by severity."""
    return Counter(result.check.severity for result in results if result.outcome is Outcome.NOT_MET)


def outcomes(results: Iterable[Result]) -> Counter[Outcome]:
    """Count the results by outcome."""
    return Counter(result.outcome for result in results)


def outcomes_by_check(results: Iterable[Result]) -> dict[str, Counter[Outcome]]:
    """Count the outcomes of each check, by its id, in one pass."""
    tallies: dict[str, Counter[Outcome]] = defaultdict(Counter)
    for result in results:
        tallies[result.check.id][result.outcome] += 1
    return tallies


def results_by_check(host: ObjectAssessment) -> dict[str, Result]:
    """Index the results of one host by the id of their check."""
    return {result.check.id: result for result in host.results}


def numbered_commands(hosts: Sequence[ObjectAssessment]) -> dict[str, int]:
    """Give every command that a result rests on a number, from 1 in the order of first use."""
    used = dict.fromkeys(command for host in hosts for result in host.results for command in result.commands)
    return {command: number for number, command in enumerate(used, start=1)}
