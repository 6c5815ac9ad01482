"""The 变更实施记录 as a Word document: the form that is signed and filed."""

import io
from pathlib import Path

from docx.document import Document as Page
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm

from anwei.record.heads import Verdict
from anwei.record.view import Story
from anwei.report import record_office as office
from anwei.report import single_file
from anwei.report.office import Table
from anwei.report.office_docx import blank, grid_of, head_row, merge, row_of, tabled
from anwei.report.record_office import words

LABELLED = (14, 31, 14, 31)
WIDE_FACTS = ("reason", "commit", "plan", "time", "window")


def write_document(story: Story, verdict: Verdict, path: Path) -> Path:
    """Write the document to `path`."""
    page = blank(words("office.title"))
    title = page.add_paragraph(words("office.title"), style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _basis(page, story)
    for name, table in (("approvals", office.approvals(story)), ("gate", office.gate(story))):
        _part(page, name, table)
    _part(page, "waves", office.waves(story))
    _part(page, "hosts", office.hosts(story))
    _health(page, story)
    _back(page, story)
    page.add_heading(words("office.part.outcome"), 1)
    for sentence in office.conclusion(story, verdict):
        page.add_paragraph(sentence)
    _signatures(page)
    held = io.BytesIO()
    page.save(held)
    return single_file.write(path, held.getvalue())


def _basis(page: Page, story: Story) -> None:
    """What, where, why, who and when: two facts a row, long ones alone."""
    page.add_heading(words("office.part.basis"), 1)
    grid = grid_of(page, LABELLED)
    wide = {words(f"page.fact.{name}") for name in WIDE_FACTS}
    short = [fact for fact in office.facts(story) if fact[0] not in wide]
    for first, second in zip(short[::2], [*short[1::2], ("", "")], strict=False):
        row_of(grid, [*first, *second], LABELLED)
    for label, value in (fact for fact in office.facts(story) if fact[0] in wide):
        cells = row_of(grid, [label, value, "", ""], LABELLED)
        merge(cells[1], cells[3])


def _part(page: Page, name: str, table: Table) -> None:
    """A heading and its table; one without rows says so."""
    page.add_heading(words(f"office.part.{name}"), 1)
    if table.rows:
        tabled(page, table)
    else:
        page.add_paragraph(words("none"))


def _health(page: Page, story: Story) -> None:
    """The health after the change; every check that was not well, by name."""
    page.add_heading(words("office.part.health"), 1)
    said, sick = office.health_said(story), office.sick(story)
    if said:
        page.add_paragraph(said)
    if sick.rows:
        page.add_paragraph(f"{words('office.health_bad')}：")
        tabled(page, sick)


def _back(page: Page, story: Story) -> None:
    """What was taken back, and why."""
    page.add_heading(words("office.part.back"), 1)
    found = office.back(story)
    for reason in office.reasons(story):
        page.add_paragraph(reason)
    if found.rows:
        tabled(page, found)
    else:
        page.add_paragraph(words("office.no_back"))


def _signatures(page: Page) -> None:
    """Room to sign, on one page."""
    page.add_heading(words("office.part.signatures"), 1)
    heads = tuple(words(f"office.sign.{name}") for name in ("role", "opinion", "name", "date"))
    widths = (12, 40, 20, 18)
    grid = grid_of(page, widths)
    head_row(grid, heads, widths)
    for name in office.SIGNERS:
        row_of(grid, [words(f"office.sign.{name}"), "", "", ""], widths)
        grid.rows[-1].height = Cm(1.3)
    for row in tuple(grid.rows)[:-1]:
        row.cells[0].paragraphs[0].paragraph_format.keep_with_next = True
