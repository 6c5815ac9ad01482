"""Waivers: findings that a site cannot mend yet. They are looked at and shown all the same, and counted apart."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from anwei.baseline.result import MENDABLE, Assessment, ObjectAssessment, Result, Waiver

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Waivers:
    """The waivers of an estate, as its inventory has them, and the groups that each host is in."""

    rows: Sequence[Row] = ()
    groups: Mapping[str, Collection[str]] = field(default_factory=dict)

    def applied(self, assessment: Assessment) -> Assessment:
        """The assessment with each waiver beside the results that it is for."""
        today = assessment.taken_at.date()
        return replace(assessment, objects=tuple(self._on(each, today) for each in assessment.objects))

    def _on(self, about: ObjectAssessment, today: date) -> ObjectAssessment:
        """One object with its waivers."""
        own = [row for row in self.rows if self._names(row, about)]
        results = tuple(_waived(each, own, today) for each in about.results) if own else about.results
        return replace(about, results=results)

    def _names(self, row: Row, about: ObjectAssessment) -> bool:
        """Whether the waiver names the object: itself, its host, or a group of the host, each also for one service."""
        hosts = {about.host, *self.groups.get(about.host, ())}
        services = {f"{host}/{about.type}" for host in hosts}
        return bool((hosts | services) & set(row["objects"]))


def _waived(result: Result, rows: Iterable[Row], today: date) -> Result:
    """The result with the waiver for it that lasts longest, if there is any; what is met needs none."""
    fitting = [row for row in rows if _fits(row, result)]
    if not fitting or result.outcome not in MENDABLE:
        return result
    row = max(fitting, key=lambda each: str(each["until"]))
    until = date.fromisoformat(row["until"])
    return replace(result, waiver=Waiver(row["reason"], row["measure"], row["approver"], until, expired=until < today))


def _fits(row: Row, result: Result) -> bool:
    """Whether the waiver is for this check."""
    return bool(row["clause"] == result.check.unit.clause and row.get("check", result.check.id) == result.check.id)
