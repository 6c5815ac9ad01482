"""The order in which a reader wants the results: by type of object, by clause, worst first, the same told once.

Pure functions over `Assessment`; the views differ only in how they draw what stands here.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from anwei.baseline.result import Assessment, Check, ObjectAssessment, Outcome, Result, Severity, Unit

WORST_FIRST = tuple(Severity)


@dataclass(frozen=True)
class Sighting:
    """One observation of a check, and every object that showed exactly this. Numbered from 1 over the whole run."""

    number: int
    result: Result
    objects: list[ObjectAssessment]


@dataclass(frozen=True)
class OpenFinding:
    """A check that is not met somewhere: told once, with all that was seen of it."""

    check: Check
    sightings: tuple[Sighting, ...]

    @property
    def object_count(self) -> int:
        """How many objects have to be mended."""
        return sum(len(sighting.objects) for sighting in self.sightings)


@dataclass(frozen=True)
class Group:
    """The objects of one type, with the units and the checks that they have. Those not reached are in none."""

    number: int
    code: str
    name: str
    objects: tuple[ObjectAssessment, ...]
    units: tuple[Unit, ...]
    checks: tuple[Check, ...]

    @property
    def supplementary(self) -> tuple[Check, ...]:
        """The checks that no unit of this type is judged by."""
        judged = {unit.id for unit in self.units}
        return tuple(each for each in self.checks if not each.scored or each.unit.id not in judged)


def groups(assessment: Assessment) -> tuple[Group, ...]:
    """The types of objects, in the order in which they come first."""
    found: defaultdict[str, list[ObjectAssessment]] = defaultdict(list)
    for each in assessment.objects:
        if not each.unreachable:
            found[each.type].append(each)
    return tuple(_group(number, code, objects) for number, (code, objects) in enumerate(found.items(), start=1))


def _group(number: int, code: str, objects: Sequence[ObjectAssessment]) -> Group:
    """One type."""
    units = {each.unit.id: each.unit for about in objects for each in about.units}
    checks = {each.check.id: each.check for about in objects for each in about.results}
    return Group(
        number,
        code,
        objects[0].type_name,
        tuple(objects),
        tuple(sorted(units.values(), key=place)),
        tuple(sorted(checks.values(), key=lambda check: (place(check.unit), check.id))),
    )


def fact_names(group: Group) -> tuple[str, ...]:
    """The facts that any object of a type has, in the order in which they come first."""
    return tuple(dict.fromkeys(name for each in group.objects for name in each.facts))


def place(unit: Unit) -> tuple[list[tuple[int, str]], str]:
    """Sort a unit by the numbers of its clause as numbers (8.1.4.2 before 8.1.4.10), then by its id."""
    parts = re.findall(r"\d+|[^\d.\s]+", unit.clause)
    return [(int(part), "") if part.isdecimal() else (0, part) for part in parts], unit.id


def control_points(units: Iterable[Unit]) -> list[tuple[str, list[Unit]]]:
    """Group neighbouring units under the same control point, for the head of the heat map."""
    return [(name, list(run)) for name, run in groupby(units, key=lambda unit: unit.control_point)]


def sightings(assessment: Assessment) -> dict[str, list[Sighting]]:
    """Every distinct observation by the id of its check; what most objects show comes first."""
    seen: defaultdict[str, dict[tuple[object, ...], Sighting]] = defaultdict(dict)
    number = 0
    for about in assessment.objects:
        for result in about.results:
            key = (result.outcome, result.observed, result.commands, result.waiver)
            same = seen[result.check.id].get(key)
            if same is None:
                number += 1
                same = seen[result.check.id][key] = Sighting(number, result, [])
            same.objects.append(about)
    return {name: sorted(each.values(), key=lambda one: -len(one.objects)) for name, each in seen.items()}


def open_findings(seen: Mapping[str, Sequence[Sighting]]) -> list[OpenFinding]:
    """List what is not met and not waived, worst first: by severity, possible high-risk cases, number of objects."""
    found = [_kept(each, [one for one in each if one.result.is_finding]) for each in seen.values()]
    return sorted((each for each in found if each.sightings), key=_badness)


def waived(seen: Mapping[str, Sequence[Sighting]]) -> list[OpenFinding]:
    """List what is not met but excused for now, in the same order."""
    excused = [_kept(each, [one for one in each if _is_excused(one.result)]) for each in seen.values()]
    return sorted((each for each in excused if each.sightings), key=_badness)


def _is_excused(result: Result) -> bool:
    """Not met, and a waiver is in force."""
    return result.is_waived and result.outcome is Outcome.NOT_MET


def _kept(own: Sequence[Sighting], kept: Sequence[Sighting]) -> OpenFinding:
    """A check with some of its sightings."""
    return OpenFinding(own[0].result.check, tuple(kept))


def _badness(finding: OpenFinding) -> tuple[object, ...]:
    """Sort key of a finding: the smaller the worse."""
    check = finding.check
    return WORST_FIRST.index(check.severity), not check.high_risk_case, -finding.object_count, place(check.unit)


def severities(results: Iterable[Result]) -> Counter[Severity]:
    """Count the findings, by severity."""
    return Counter(result.check.severity for result in results if result.is_finding)


def numbered_commands(objects: Sequence[ObjectAssessment]) -> dict[str, int]:
    """Give every command that a result rests on a number, from 1 in the order of first use."""
    used = dict.fromkeys(command for each in objects for result in each.results for command in result.commands)
    return {command: number for number, command in enumerate(used, start=1)}
