"""The results of one type of object by unit, as the page tells them: the same observation once, with its objects."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from anwei.baseline.result import Check, Judgement, ObjectAssessment, Outcome, Unit, UnitResult
from anwei.baseline.units import Requirement
from anwei.report.arrange import Group, Sighting, place

WORST = (Outcome.NOT_MET, Outcome.MANUAL, Outcome.MET, Outcome.NOT_APPLICABLE)


@dataclass(frozen=True)
class Block:
    """One unit of a type with its checks, or, without a unit, the checks of the type that no unit is judged by."""

    name: str
    group: Group
    unit: Unit | None
    required: Requirement | None
    checks: Sequence[tuple[Check, Sequence[Sighting]]]

    @cached_property
    def judged(self) -> Mapping[str, UnitResult]:
        """The judgement by the name of the object."""
        if self.unit is None:
            return {}
        own = self.unit.id
        return {each.name: unit for each in self.group.objects for unit in each.units if unit.unit.id == own}

    def of(self, about: ObjectAssessment) -> UnitResult:
        """The judgement of one object."""
        return self.judged[about.name]

    @cached_property
    def tally(self) -> Counter[Judgement]:
        """How many objects have which judgement."""
        return Counter(each.judgement for each in self.judged.values())

    @cached_property
    def worst(self) -> Mapping[str, tuple[Outcome, int]]:
        """By the name of the object: the worst outcome of its checks here, and how many there are of it."""
        counted: dict[str, Counter[Outcome]] = {}
        for sighting in (one for _, own in self.checks for one in own):
            for about in sighting.objects:
                counted.setdefault(about.name, Counter())[sighting.result.outcome] += 1
        found = {name: next(each for each in WORST if each in own) for name, own in counted.items()}
        return {name: (outcome, counted[name][outcome]) for name, outcome in found.items()}

    @cached_property
    def waived(self) -> frozenset[str]:
        """The objects of which every finding here is waived."""
        bad = [one for _, own in self.checks for one in own if one.result.outcome is Outcome.NOT_MET]
        excused, open_ones = (
            {about.name for one in bad if one.result.is_finding is finding for about in one.objects}
            for finding in (False, True)
        )
        return frozenset(excused - open_ones)


def blocks_of(group: Group, seen: Mapping[str, Sequence[Sighting]], known: Mapping[str, Requirement]) -> list[Block]:
    """All blocks of a type: its units in the order of the clauses, then the supplementary checks, if there are any."""
    own: dict[str, list[tuple[Check, Sequence[Sighting]]]] = {}
    extra = {each.id for each in group.supplementary}
    names = {each.name for each in group.objects}
    for check in group.checks:
        here = [one for one in seen[check.id] if any(each.name in names for each in one.objects)]
        own.setdefault("" if check.id in extra else check.unit.id, []).append((check, here))
    blocks = [
        Block(f"u{group.number}-{number}", group, unit, known.get(unit.id), own.get(unit.id, []))
        for number, unit in enumerate(group.units, start=1)
    ]
    if "" in own:
        more = sorted(own[""], key=lambda pair: (place(pair[0].unit), pair[0].id))
        blocks.append(Block(f"x{group.number}", group, None, None, more))
    return blocks
