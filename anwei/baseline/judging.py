"""From the outcomes of checks to the judgement of a unit. What was not positively shown is never 符合."""

import re
from collections.abc import Collection, Mapping, Sequence

from anwei.baseline.result import Judgement, Outcome, Result, UnitResult
from anwei.baseline.units import Requirement

MET, NOT_MET, NOT_APPLICABLE, MANUAL = Outcome.MET, Outcome.NOT_MET, Outcome.NOT_APPLICABLE, Outcome.MANUAL


def judged(
    required: Sequence[Requirement], kind: str, results: Sequence[Result], shown: Mapping[str, Collection[int]]
) -> tuple[UnitResult, ...]:
    """Every unit that the level asks of this kind of object."""
    return tuple(_unit(each, results, shown.get(each.name, ())) for each in required if kind in each.objects)


def _unit(required: Requirement, results: Sequence[Result], shown: Collection[int]) -> UnitResult:
    """One unit by what its checks say of each of its sub-checks."""
    own = [each for each in results if each.check.unit.id == required.unit.id]
    outcomes = tuple(
        sub_check([each.outcome for each in own if number in each.check.sub_checks], shown=number in shown)
        for number in range(1, len(required.sub_checks) + 1)
    )
    return UnitResult(required.unit, judgement(required, outcomes), outcomes)


def sub_check(outcomes: Sequence[Outcome], *, shown: bool) -> Outcome:
    """One sub-check: a single finding decides it, and only checks that show all of it can say that it is met."""
    if NOT_MET in outcomes:
        return NOT_MET
    if not outcomes or MANUAL in outcomes:
        return MANUAL
    if all(each is NOT_APPLICABLE for each in outcomes):
        return NOT_APPLICABLE
    return MET if shown else MANUAL


def judgement(required: Requirement, outcomes: Sequence[Outcome]) -> Judgement:
    """The judgement by the unit's rule; sub-checks that do not apply do not count."""
    if all(each is NOT_APPLICABLE for each in outcomes):
        return Judgement.NOT_APPLICABLE
    enough = _enough(required)
    if any(all(outcomes[number - 1] in (MET, NOT_APPLICABLE) for number in each) for each in enough):
        return Judgement.MET
    if any(all(outcomes[number - 1] is not NOT_MET for number in each) for each in enough):
        return Judgement.OPEN
    return _not_met(outcomes)


def _enough(required: Requirement) -> list[list[int]]:
    """The sets of sub-checks of which any one suffices for 符合."""
    numbers = range(1, len(required.sub_checks) + 1)
    if required.rule == "or":
        return [[number] for number in numbers]
    if required.rule == "special":
        sets = re.findall(r"（(.*?)）", required.rule_words)
        return [[int(number) for number in re.findall(r"\d", each)] for each in sets]
    return [list(numbers)]


def _not_met(outcomes: Sequence[Outcome]) -> Judgement:
    """A unit that cannot be 符合: partly, not at all, or one of the two as long as something is open."""
    if MET in outcomes:
        return Judgement.PARTLY
    return Judgement.NOT_ALL if MANUAL in outcomes else Judgement.NOT_MET
