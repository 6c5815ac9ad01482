"""What our Excel workbooks share: fonts, cells that stay text, rows as high as their text, sheets to sort and print."""

from collections.abc import Sequence
from typing import Any

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

from anwei.report.office import Cell, Table
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
FORMULA = ("=", "+", "-", "@")

Sheet = Any  # openpyxl knows no types


def sortable(sheet: Sheet, table: Table) -> None:
    """A sheet to sort and filter: the heads stay in sight and stand on every printed page."""
    for number, (head, width) in enumerate(zip(table.heads, table.widths, strict=True), start=1):
        fill(sheet.cell(1, number), head, BOLD)
        sheet.cell(1, number).fill, sheet.cell(1, number).border = GROUND, BOX
        sheet.column_dimensions[get_column_letter(number)].width = width + 2
    for row, values in enumerate(table.rows, start=2):
        for number, value in enumerate(values, start=1):
            fill(sheet.cell(row, number), value, PLAIN)
        wanted = (
            height_of(str(value), width + 2, PLAIN.size) for value, width in zip(values, table.widths, strict=True)
        )
        sheet.row_dimensions[row].height = max(wanted)  # not every program makes rows high enough by itself
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.heads))}{max(len(table.rows) + 1, 2)}"
    sheet.print_title_rows = "1:1"
    printed(sheet, landscape=True)


def fill(cell: Sheet, value: Cell, font: Font) -> None:
    """Write a value; a text stays one, whatever it begins with."""
    cell.value, cell.font, cell.alignment = value, font, TOP
    if isinstance(value, str):
        cell.data_type = "s"
        if value[:1] in FORMULA:
            cell.quotePrefix = True


def row_height(values: Sequence[Cell], widths: Sequence[int]) -> float:
    """How high a row of plain cells must be."""
    wanted = (height_of(str(value), width + 2, PLAIN.size) for value, width in zip(values, widths, strict=True))
    return max(wanted)


def height_of(value: str, width: float, size: float) -> float:
    """How high a row must be for a wrapped text."""
    room = max(int(width) - 1, 1)
    lines = sum(max(1, -(-width_of(line) // room)) for line in value.split("\n"))
    return min(409.0, lines * (size * 1.45) + 3)


def printed(sheet: Sheet, *, landscape: bool) -> None:
    """A4, as wide as the page, with page numbers."""
    sheet.page_setup.paperSize = A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "&P / &N"
    sheet.page_margins.left = sheet.page_margins.right = 0.5
