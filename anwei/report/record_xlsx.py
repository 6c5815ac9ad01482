"""The 变更实施记录 as an Excel workbook: a sheet to read and print, and sheets to sort and filter."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook  # type: ignore[import-untyped]
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

from anwei.record.heads import Verdict
from anwei.record.view import Story
from anwei.report import record_office as office
from anwei.report import single_file
from anwei.report.record_office import Cell, Table, words
from anwei.report.table import width_of

A4 = 9
FACE = "宋体"
PLAIN = Font(name=FACE, size=10)
BOLD = Font(name=FACE, size=10, bold=True)
PART = Font(name="黑体", size=12)
TITLE = Font(name="黑体", size=18)
GROUND = PatternFill("solid", fgColor="E6EBF1")
LINE = Side(style="thin", color="BFC6CF")
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
TOP = Alignment(horizontal="left", vertical="top", wrap_text=True)
SHEETS: dict[str, Callable[[Story], Table]] = {
    "hosts": office.hosts,
    "changes": office.changes,
    "checks": office.checks,
    "events": office.events,
}
# The summary lays every table over a grid of narrow columns: each takes as many as its widths ask for.
GRID, NARROW = 24, 4
LABELLED = (16, 74)

Sheet = Any  # openpyxl knows no types


def write_workbook(story: Story, verdict: Verdict, path: Path) -> Path:
    """Write the workbook to `path`."""
    book = Workbook()
    book.properties.creator, book.properties.title = "Anwei", words("office.title")
    _summary(book.active, story, verdict)
    for name, table_of in SHEETS.items():
        _sheet(book.create_sheet(words(f"office.sheet.{name}")), table_of(story))
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
    _printed(sheet, landscape=False)


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
    _fill(first, value, font)
    if span > 1:
        sheet.merge_cells(start_row=row, end_row=row, start_column=at, end_column=at + span - 1)
    high = sheet.row_dimensions[row].height or 0
    sheet.row_dimensions[row].height = max(high, _height(str(value), span * NARROW, font.size))
    return first


def spans(widths: Sequence[int]) -> list[int]:
    """How many columns of the grid each column of a table takes: by its share, at least two, all of them together."""
    found = [max(2, round(GRID * width / sum(widths))) for width in widths]
    found[found.index(max(found))] += GRID - sum(found)
    return found


def _sheet(sheet: Sheet, table: Table) -> None:
    """A sheet to sort and filter: the heads stay in sight and stand on every printed page."""
    for number, (head, width) in enumerate(zip(table.heads, table.widths, strict=True), start=1):
        _fill(sheet.cell(1, number), head, BOLD)
        sheet.cell(1, number).fill, sheet.cell(1, number).border = GROUND, BOX
        sheet.column_dimensions[get_column_letter(number)].width = width + 2
    for row, values in enumerate(table.rows, start=2):
        for number, value in enumerate(values, start=1):
            _fill(sheet.cell(row, number), value, PLAIN)
        wanted = (_height(str(value), width + 2, PLAIN.size) for value, width in zip(values, table.widths, strict=True))
        sheet.row_dimensions[row].height = max(wanted)  # not every program makes rows high enough by itself
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.heads))}{max(len(table.rows) + 1, 2)}"
    sheet.print_title_rows = "1:1"
    _printed(sheet, landscape=True)


def _fill(cell: Sheet, value: Cell, font: Font) -> None:
    """Write a value; a text stays one, whatever it begins with."""
    cell.value, cell.font, cell.alignment = value, font, TOP
    if isinstance(value, str):
        cell.data_type = "s"
        if value[:1] in ("=", "+", "-", "@"):
            cell.quotePrefix = True


def _height(value: str, width: float, size: float) -> float:
    """How high a row must be for a wrapped text."""
    lines = max(1, -(-width_of(value) // max(int(width) - 1, 1)) + value.count("\n"))
    return min(409.0, lines * (size * 1.45) + 3)


def _printed(sheet: Sheet, *, landscape: bool) -> None:
    """A4, as wide as the page, with page numbers."""
    sheet.page_setup.paperSize = A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "&P / &N"
    sheet.page_margins.left = sheet.page_margins.right = 0.5
