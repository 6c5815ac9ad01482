"""The content of an assessment as tables of plain cells, for Excel and Word alike. Pure; always Chinese."""

from collections.abc import Iterator, Mapping

from anwei.baseline.result import Assessment, Judgement, ObjectAssessment
from anwei.baseline.units import Requirement
from anwei.report import arrange, figures, single_file
from anwei.report.arrange import Group
from anwei.report.office import Cell, Table, cell, tabled
from anwei.report.sentences import fact_name, record
from anwei.texts import text

LONGEST = 8000  # a 结果记录 may have many sentences, a cell of Excel 32,767 characters
RECORD = ("object", "office.control_point", "office.clause_unit", "office.record", "office.judgement", "office.person")
RECORD_WIDTHS = (20, 14, 34, 70, 16, 12)
OBJECTS = (
    *("office.number", "object", "office.type", "office.facts", "office.count_open"),
    *("office.weight", "office.remark"),
)


def say(key: str, /, **values: object) -> str:
    """A text of the report."""
    return text(f"report.{key}", "zh", **values)


def heads(*keys: str) -> tuple[str, ...]:
    """Heads of columns."""
    return tuple(map(say, keys))


def about(assessment: Assessment) -> list[tuple[str, str]]:
    """What was looked at, when, at which level; the estimate with its formula; that this is no conclusion."""
    tally = figures.judgements(assessment.objects)
    rate = figures.rate(tally)
    none = sum(tally.values()) - rate.applicable
    note = say("figure.rate_note", met=rate.met, total=sum(tally.values()), none=none)
    percent = "—" if rate.percent is None else f"{rate.percent:.1f} %"
    reached = len(assessment.objects) - len(assessment.unreachable)
    found = [
        (say("estate"), assessment.estate),
        (say("office.level"), say("scope_value", level=assessment.level)),
        (say("taken_at"), single_file.moment(assessment.taken_at)),
        (say("figure.objects"), say("office.reached", reached=reached, unreached=len(assessment.unreachable))),
        (say("figure.rate"), say("office.rate", percent=percent, note=note)),
        (say("title"), say("notice")),
    ]
    return [(label, cell(value)) for label, value in found]


def counts(assessment: Assessment, known: Mapping[str, Requirement]) -> Table:
    """How often each judgement was given, by class of the standard."""
    rows = [
        [name, touched, *(counted[each] for each in Judgement)]
        for name, touched, counted in figures.by_class(assessment, known)
    ]
    named = [*heads("class", "units_judged"), *(each.value for each in Judgement)]
    return tabled(named, (20, 10, *(11 for _ in Judgement)), rows)


def objects(assessment: Assessment) -> Table:
    """Every object with its facts; how important it is only the site knows."""
    rows = [_object(number, each) for number, each in enumerate(assessment.objects, start=1)]
    return tabled(heads(*OBJECTS), (9, 24, 18, 46, 11, 10, 24), rows)


def _object(number: int, each: ObjectAssessment) -> list[Cell]:
    """One object."""
    facts = "；".join(f"{fact_name(key)}：{value}" for key, value in each.facts.items())
    return [number, each.name, each.type_name, facts, len(each.findings), "", each.unreachable]


def records(group: Group, known: Mapping[str, Requirement]) -> Iterator[list[Cell]]:
    """The 单项测评结果记录 of all objects of a type: a row for each unit of each object."""
    for each in group.objects:
        for unit in sorted(each.units, key=lambda one: arrange.place(one.unit)):
            about_unit = f"{unit.unit.clause} {unit.unit.title}\n{unit.unit.id}"
            said = record(unit, each, known.get(unit.unit.id))
            row = [each.name, unit.unit.control_point, about_unit, said, unit.judgement.value, ""]
            yield [cell(value, LONGEST) for value in row]


def evidence(assessment: Assessment) -> Table:
    """What each object's results rest on."""
    rows = [
        [each.name, _taken(each), each.transcript_digest or "—", each.facts.get("account", "")]
        for each in assessment.objects
    ]
    return tabled(heads("object", "evidence_at", "digest", "fact.account"), (26, 30, 76, 14), rows)


def _taken(each: ObjectAssessment) -> str:
    """When the evidence of an object was taken."""
    return single_file.moment(each.taken_at) if each.taken_at else "—"


def checks(assessment: Assessment) -> Table:
    """Every check with its unit, what is expected (the thresholds in force) and how certain the source is."""
    rows = [
        [each.id, f"{each.unit.clause} {each.unit.id}", each.expected, each.title, each.severity.value, each.certainty]
        for each in assessment.checks
    ]
    titles = heads("check", "clause_and_unit", "office.expected", "office.check_title", "severity", "certainty.label")
    return tabled(titles, (16, 26, 60, 40, 8, 14), rows)


def by_unit(group: Group) -> Table:
    """How often each judgement was given on the objects of one type, by unit."""
    counted = {unit.id: dict.fromkeys(Judgement, 0) for unit in group.units}
    for unit in (unit for each in group.objects for unit in each.units):
        counted[unit.unit.id][unit.judgement] += 1
    rows = [[f"{unit.clause} {unit.title}", *counted[unit.id].values()] for unit in group.units]
    return tabled([say("clause_and_unit"), *(each.value for each in Judgement)], (44, *(8 for _ in Judgement)), rows)
