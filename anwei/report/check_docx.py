"""The 自查报告: the assessment as a Word document of readable length; what fills many pages is in the workbook."""

import io
from collections.abc import Sequence
from pathlib import Path

from docx.document import Document as Page
from docx.enum.text import WD_ALIGN_PARAGRAPH

from anwei.baseline.result import Assessment
from anwei.report import arrange, check_tables, figures, finding_tables, single_file
from anwei.report.arrange import OpenFinding
from anwei.report.check_tables import say
from anwei.report.finding_tables import named, seen
from anwei.report.office import Table, cell
from anwei.report.office_docx import blank, tabled
from anwei.report.sentences import disruption, excuse, possible_case

MOST_OBJECTS, MOST_NAMES, MOST_SEEN = 200, 20, 3
LABELLED = (16, 74)


def write_document(assessment: Assessment, path: Path) -> Path:
    """Write the document to `path`."""
    known, groups = figures.required(assessment.level), arrange.groups(assessment)
    observations = arrange.sightings(assessment)
    page = blank(say("office.assessment"))
    title = page.add_paragraph(say("office.assessment"), style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _part(page, "basis", _facts(check_tables.about(assessment)))
    _part(page, "counts", check_tables.counts(assessment, known))
    _objects(page, check_tables.objects(assessment))
    page.add_heading(say("office.part_findings"), 1)
    _findings(page, arrange.open_findings(observations))
    page.add_heading(say("office.part_waived"), 1)
    _findings(page, arrange.waived(observations))
    page.add_heading(say("office.part_units"), 1)
    for group in groups:
        page.add_heading(cell(f"{group.name or say('host')}（{say('map.objects', count=len(group.objects))}）"), 2)
        _tabled(page, check_tables.by_unit(group))
    _part(page, "questions", finding_tables.open_units(assessment, known))
    page.add_heading(say("office.part_evidence"), 1)
    page.add_paragraph(say("office.evidence_note"))
    page.add_paragraph(say("office.confirmed_by"))
    held = io.BytesIO()
    page.save(held)
    return single_file.write(path, held.getvalue())


def _part(page: Page, name: str, table: Table) -> None:
    """A heading and its table."""
    page.add_heading(say(f"office.part_{name}"), 1)
    _tabled(page, table)


def _tabled(page: Page, table: Table) -> None:
    """A table; one without rows says so."""
    if table.rows:
        tabled(page, table)
    else:
        page.add_paragraph(say("office.empty"))


def _facts(rows: Sequence[tuple[str, str]]) -> Table:
    """Labels with their values."""
    return Table((say("office.key"), say("office.value")), LABELLED, rows)


def _objects(page: Page, table: Table) -> None:
    """The objects; of very many the first, and where the others are."""
    more = len(table.rows) - MOST_OBJECTS
    _part(page, "objects", Table(table.heads, table.widths, table.rows[:MOST_OBJECTS]))
    if more > 0:
        page.add_paragraph(say("office.more_objects", count=more))


def _findings(page: Page, found: Sequence[OpenFinding]) -> None:
    """Each finding with what was seen, on which objects, what would mend it and what that disturbs."""
    if not found:
        page.add_paragraph(say("office.empty"))
    for number, one in enumerate(found, start=1):
        check = one.check
        words = {"severity": check.severity.value, "title": check.title, "id": check.id}
        page.add_heading(cell(say("office.head_finding", number=number, **words)), 2)
        tabled(page, _facts([(say(key), cell(value)) for key, value in _told(one) if value]))


def _told(one: OpenFinding) -> list[tuple[str, str]]:
    """What is said of one finding, by the key of its label."""
    check = one.check
    names = [each.name for sighting in one.sightings for each in sighting.objects]
    waivers = dict.fromkeys(excuse(each.result.waiver) for each in one.sightings)
    return [
        ("clause_and_unit", f"{check.unit.clause} {check.unit.control_point} {check.unit.id} {check.unit.title}"),
        ("office.assets", named(names, MOST_NAMES)),
        ("office.seen", seen(one.sightings, MOST_SEEN)),
        ("office.expected", check.expected),
        ("office.advice", check.fix),
        ("disruption_label", disruption(check)),
        ("high_risk", possible_case(check)),
        ("section.waived", "\n".join(filter(None, waivers))),
    ]
