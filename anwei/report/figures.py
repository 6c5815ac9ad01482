"""Counts of judgements, and the one rate there is: an estimate with its formula, never a word for the whole system."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from anwei.baseline import units
from anwei.baseline.catalogue import MLPS
from anwei.baseline.result import Assessment, Judgement, ObjectAssessment
from anwei.baseline.units import Requirement


@dataclass(frozen=True)
class Rate:
    """The share of 符合 in all that applies, each unit on each object counted once. What is open is not 符合."""

    met: int
    applicable: int

    @property
    def percent(self) -> float | None:
        """The rate; none where nothing applies."""
        return 100 * self.met / self.applicable if self.applicable else None


def required(level: int) -> Mapping[str, Requirement]:
    """What the standard says of each unit of a level: sub-checks, rule, and what a person asks."""
    return {each.unit.id: each for each in units.load(level, MLPS)}


def judgements(objects: Iterable[ObjectAssessment]) -> Counter[Judgement]:
    """How often each judgement was given, each unit on each object counted once."""
    return Counter(unit.judgement for each in objects for unit in each.units)


def rate(counted: Mapping[Judgement, int]) -> Rate:
    """The estimate of some counts."""
    return Rate(counted.get(Judgement.MET, 0), sum(counted.values()) - counted.get(Judgement.NOT_APPLICABLE, 0))


def by_class(assessment: Assessment, known: Mapping[str, Requirement]) -> list[tuple[str, int, Counter[Judgement]]]:
    """The classes of the standard that were judged: name, number of units, counts of judgements."""
    counted: dict[str, Counter[Judgement]] = {}
    touched: dict[str, set[str]] = {}
    for unit in (unit for each in assessment.objects for unit in each.units):
        area = known[unit.unit.id].area.name if unit.unit.id in known else "–"
        counted.setdefault(area, Counter())[unit.judgement] += 1
        touched.setdefault(area, set()).add(unit.unit.id)
    order = list(dict.fromkeys(each.area.name for each in known.values()))
    names = sorted(counted, key=lambda name: order.index(name) if name in order else len(order))
    return [(name, len(touched[name]), counted[name]) for name in names]


def touched_units(assessment: Assessment) -> int:
    """How many units have at least one result."""
    return len({result.check.unit.id for each in assessment.objects for result in each.results})


def with_findings(objects: Sequence[ObjectAssessment]) -> int:
    """How many objects have something to mend."""
    return sum(bool(each.findings) for each in objects)
