"""What is to be mended, excused or asked, as tables of plain cells for Excel and Word alike. Pure; always Chinese."""

from collections.abc import Mapping, Sequence
from typing import Any

from anwei.baseline.result import Assessment, ObjectAssessment, Result
from anwei.baseline.units import Requirement
from anwei.report import arrange
from anwei.report.arrange import OpenFinding, Sighting
from anwei.report.check_tables import LONGEST, heads, say
from anwei.report.office import Cell, Table, cell, tabled
from anwei.report.questions import questions
from anwei.report.sentences import disruption, possible_case

MOST_SEEN = 5
FINDINGS = (
    *("office.number", "office.finding", "office.clause_unit", "severity", "office.assets"),
    *("office.seen", "office.advice", "high_risk"),
)
FINDINGS_WIDTHS = (5, 24, 18, 8, 28, 38, 36, 20)
WAIVERS = (
    *("object", "check", "observed", "office.waiver_reason", "office.measure", "office.approver"),
    *("office.until", "office.state"),
)


def findings(found: Sequence[OpenFinding]) -> Table:
    """What is to be mended, worst first: a row a check, with its objects and what would mend it."""
    rows = [
        [
            number,
            f"{one.check.title}（{one.check.id}）",
            f"{one.check.unit.clause} {one.check.unit.control_point}\n{one.check.unit.id}",
            one.check.severity.value,
            named([each.name for sighting in one.sightings for each in sighting.objects]),
            seen(one.sightings),
            "\n".join(filter(None, [one.check.fix, say("office.disturbs", words=disruption(one.check))])),
            possible_case(one.check),
        ]
        for number, one in enumerate(found, start=1)
    ]
    return Table(heads(*FINDINGS), FINDINGS_WIDTHS, [*map(_long, rows)])


def _long(row: Sequence[Cell]) -> list[Cell]:
    """A row whose texts may be long."""
    return [each if isinstance(each, int | float) else cell(each, LONGEST) for each in row]


def named(names: Sequence[str], most: int = 800) -> str:
    """How many there are, and their names; of very many the first."""
    return say("office.named", count=len(names), names="、".join(names[:most]) + ("……" if len(names) > most else ""))


def seen(sightings: Sequence[Sighting], most: int = MOST_SEEN) -> str:
    """What was seen, the commonest first."""
    shown = list(dict.fromkeys(each.result.observed for each in sightings))
    more = [say("record.more", count=len(shown) - most)] if len(shown) > most else []
    return "\n".join([*(cell(each, 600) for each in shown[:most]), *more])


def waivers(assessment: Assessment) -> Table:
    """Every waiver beside what it is for, in force or expired."""
    rows = [
        _waiver(each, result, result.waiver) for each in assessment.objects for result in each.results if result.waiver
    ]
    return tabled(heads(*WAIVERS), (22, 30, 40, 30, 30, 14, 12, 10), rows)


def _waiver(each: ObjectAssessment, result: Result, waiver: Any) -> list[Cell]:  # noqa: ANN401 - never none here
    """One waiver."""
    state = say("office.expired" if waiver.expired else "office.in_force")
    check = f"{result.check.title}（{result.check.id}）"
    return [
        each.name,
        check,
        f"{result.outcome}：{result.observed}",
        waiver.reason,
        waiver.measure,
        waiver.approver,
        waiver.until.isoformat(),
        state,
    ]


def open_units(assessment: Assessment, known: Mapping[str, Requirement]) -> Table:
    """What a person has to ask, by unit."""
    rows = [
        [
            f"{each.required.unit.clause} {each.required.unit.control_point}\n{each.required.unit.id}",
            "\n".join(f"{number}）{each.required.sub_checks[number - 1]}" for number in each.sub_checks),
            "\n".join(each.required.ask),
            "\n".join(f"{name} {count}" for name, count in each.waiting),
        ]
        for each in questions(arrange.groups(assessment), known)
    ]
    return tabled(heads("clause_and_unit", "questions.open", "questions.ask", "object"), (20, 26, 34, 18), rows)
