"""The 变更实施记录 as an Excel workbook: a sheet to read and print, and sheets to sort and filter."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path

from openpyxl import Workbook  # type: ignore[import-untyped]
from openpyxl.styles import Font  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

from anwei.record.heads import Verdict
from anwei.record.view import Story
from anwei.report import record_office as office
from anwei.report import single_file
from anwei.report.office import Cell, Table
from anwei.report.office_xlsx import (
    BOLD,
    BOX,
    GROUND,
    PART,
    PLAIN,
    TITLE,
    Sheet,
    fill,
    height_of,
    printed,
    sortable,
)
from anwei.report.record_office import words

SHEETS: dict[str, Callable[[Story], Table]] = {
    "hosts": office.hosts,
    "changes": office.changes,
    "checks": office.checks,
    "events": office.events,
}
# The summary lays every table over a grid of narrow columns: each takes as many as its widths ask for.
GRID, NARROW = 24, 4
LABELLED = (16, 74)


def write_workbook(story: Story, verdict: Verdict, path: Path) -> Path:
    """Write the workbook to `path`."""
    book = Workbook()
    book.properties.creator, book.properties.title = "Anwei", words("office.title")
    _summary(book.active, story, verdict)
    for name, table_of in SHEETS.items():
        sortable(book.create_sheet(words(f"office.sheet.{name}")), table_of(story))
    held = io.BytesIO()
    book.save(held)
    return single_file.write(path, held.getvalue())


def _summary(sheet: Sheet, story: Story, verdict: Verdict) -> None:
    """The sheet to print: the whole record on few pages, in the order of the form."""
    sheet.title = words("office.sheet.summary")
    for number in range(1, GRID + 1):
        sheet.column_dimensions[get_column_letter(number)].width = NARROW
    _wide(sheet, words("office.title"), TITLE)
    _part(sheet, "basis")
    for fact in office.facts(story):
        _spread(sheet, fact, LABELLED)
    for name, table in (("approvals", office.approvals(story)), ("gate", office.gate(story))):
        _part(sheet, name)
        _laid(sheet, table)
    _part(sheet, "waves")
    _laid(sheet, office.waves(story))
    _part(sheet, "hosts")
    _wide(sheet, words("office.on_sheet", sheet=words("office.sheet.hosts")), PLAIN)
    _health_and_back(sheet, story)
    _part(sheet, "outcome")
    for sentence in office.conclusion(story, verdict):
        _wide(sheet, sentence, PLAIN)
    printed(sheet, landscape=False)


def _health_and_back(sheet: Sheet, story: Story) -> None:
    """What was not well, and what was taken back and why."""
    said, sick, back = office.health_said(story), office.sick(story), office.back(story)
    _part(sheet, "health")
    if said:
        _wide(sheet, said, PLAIN)
    if sick.rows:
        _laid(sheet, sick)
    _part(sheet, "back")
    for reason in office.reasons(story):
        _wide(sheet, reason, PLAIN)
    if back.rows:
        _laid(sheet, back)
    else:
        _wide(sheet, words("office.no_back"), PLAIN)


def _part(sheet: Sheet, name: str) -> None:
    """The heading of a part."""
    sheet.append([])
    _wide(sheet, words(f"office.part.{name}"), PART)


def _wide(sheet: Sheet, value: str, font: Font) -> None:
    """A text over all columns."""
    _across(sheet, sheet.max_row + 1, 1, GRID, value, font)


def _laid(sheet: Sheet, table: Table) -> None:
    """A table of the summary; one without rows says so."""
    _spread(sheet, table.heads, table.widths, ground=True)
    for row in table.rows or [[words("none"), *[""] * (len(table.heads) - 1)]]:
        _spread(sheet, row, table.widths)


def _spread(sheet: Sheet, values: Sequence[Cell], widths: Sequence[int], *, ground: bool = False) -> None:
    """A row of the summary."""
    row, at = sheet.max_row + 1, 1
    for number, (value, span) in enumerate(zip(values, spans(widths), strict=True)):
        first = _across(sheet, row, at, span, value, BOLD if ground or not number else PLAIN)
        for place in range(at, at + span):
            sheet.cell(row, place).border = BOX
        if ground:
            first.fill = GROUND
        at += span


def _across(sheet: Sheet, row: int, at: int, span: int, value: Cell, font: Font) -> Sheet:
    """Write a value over several columns, and make the row high enough: programs do not for merged cells."""
    first = sheet.cell(row, at)
    fill(first, value, font)
    if span > 1:
        sheet.merge_cells(start_row=row, end_row=row, start_column=at, end_column=at + span - 1)
    high = sheet.row_dimensions[row].height or 0
    sheet.row_dimensions[row].height = max(high, height_of(str(value), span * NARROW, font.size))
    return first


def spans(widths: Sequence[int]) -> list[int]:
    """How many columns of the grid each column of a table takes: by its share, at least two, all of them together."""
    found = [max(2, round(GRID * width / sum(widths))) for width in widths]
    found[found.index(max(found))] += GRID - sum(found)
    return found
