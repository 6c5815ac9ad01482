"""What is left for a person: units that the commands do not decide, and what to ask about each."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from anwei.baseline.result import Assessment, Judgement, Outcome
from anwei.baseline.units import Requirement
from anwei.report.arrange import Group

MANUAL = Outcome.MANUAL
UNDECIDED = (Judgement.OPEN, Judgement.NOT_ALL)


@dataclass(frozen=True)
class Question:
    """One unit with the sub-checks that are open somewhere, and how many objects of each type wait for it."""

    required: Requirement
    sub_checks: tuple[int, ...]
    waiting: tuple[tuple[str, int], ...]

    @property
    def object_count(self) -> int:
        """How many objects wait."""
        return sum(count for _, count in self.waiting)


def questions(groups: Sequence[Group], known: Mapping[str, Requirement]) -> list[Question]:
    """The units that are open on some object, in the order of the clauses."""
    open_ones: defaultdict[str, set[int]] = defaultdict(set)
    waiting: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for group in groups:
        for unit in (unit for each in group.objects for unit in each.units if unit.judgement in UNDECIDED):
            waiting[unit.unit.id][group.name] += 1
            open_ones[unit.unit.id] |= {at for at, said in enumerate(unit.sub_checks, start=1) if said is MANUAL}
    return [
        Question(each, tuple(sorted(open_ones[name])), tuple(waiting[name].items()))
        for name, each in known.items()
        if name in waiting
    ]


def unasked(assessment: Assessment, known: Mapping[str, Requirement]) -> list[Requirement]:
    """The units of the level that no object of this run was judged by."""
    judged = {unit.unit.id for each in assessment.objects for unit in each.units}
    return [each for each in known.values() if each.unit.id not in judged]
