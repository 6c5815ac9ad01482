"""The assessment as an Excel workbook in the columns of assessors. Written row by row: a large estate has many."""

import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from openpyxl import Workbook  # type: ignore[import-untyped]
from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]
from openpyxl.styles import Alignment  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

from anwei.baseline.result import Assessment
from anwei.report import arrange, check_tables, figures, finding_tables, single_file
from anwei.report.check_tables import say
from anwei.report.office import Cell, Table, cell
from anwei.report.office_xlsx import BOLD, BOX, FORMULA, GROUND, PART, PLAIN, TOP, Sheet, printed, row_height

NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
LONGEST_NAME = 31


class Book:
    """A workbook that is written once, from its first row to its last. Styles are made once and shared."""

    def __init__(self, title: str) -> None:
        self._book = Workbook(write_only=True)
        self._book.properties.creator, self._book.properties.title = "Anwei", title
        sheet = self._book.create_sheet(name_of(say("office.sheet_summary")))
        self.first = sheet
        self._written: Counter[str] = Counter()
        self._plain = self._style(sheet, PLAIN)
        self._quoted = self._style(sheet, PLAIN, quoted=True)
        self._head = self._style(sheet, BOLD, ground=True)
        self._title = self._style(sheet, PART)

    @staticmethod
    def _style(sheet: Sheet, font: Any, *, ground: bool = False, quoted: bool = False) -> Any:  # noqa: ANN401 - openpyxl
        """The style of a cell, as openpyxl keeps it."""
        made = WriteOnlyCell(sheet)
        made.font, made.alignment = font, TOP
        if font is PART:
            made.alignment = Alignment(vertical="center")
        else:
            made.border = BOX
        if ground:
            made.fill = GROUND
        if quoted:
            made.quotePrefix = True
        return made._style

    def stacked(self, parts: Sequence[tuple[str, Table]], sheet: Sheet = None) -> None:
        """Tables under one another, on the first sheet where no other is given."""
        sheet = sheet or self.first
        self._columns(sheet, _shared([table.widths for _, table in parts]))
        printed(sheet, landscape=True)
        for title, table in parts:
            self._row(sheet, [title], [LONGEST_NAME], self._title)
            self._row(sheet, table.heads, table.widths, self._head)
            for row in table.rows:
                self._row(sheet, row, table.widths)
            self._row(sheet, [""], [1], self._title)

    def another(self, name: str) -> Sheet:
        """One more sheet."""
        return self._book.create_sheet(name_of(name))

    def sheet(self, name: str, heads: Sequence[str], widths: Sequence[int], rows: Iterable[Sequence[Cell]]) -> None:
        """A sheet to sort and filter: the heads stay in sight and stand on every printed page."""
        sheet = self.another(name)
        self._columns(sheet, widths)
        sheet.freeze_panes = "B2"
        printed(sheet, landscape=True)
        sheet.print_title_rows = "1:1"
        self._row(sheet, heads, widths, self._head)
        for row in rows:
            self._row(sheet, row, widths)
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{max(self._written[sheet.title], 2)}"

    def content(self) -> bytes:
        """The finished file."""
        held = io.BytesIO()
        self._book.save(held)
        return held.getvalue()

    @staticmethod
    def _columns(sheet: Sheet, widths: Sequence[int]) -> None:
        """The widths of the columns, in characters."""
        for number, width in enumerate(widths, start=1):
            sheet.column_dimensions[get_column_letter(number)].width = width + 2

    def _row(self, sheet: Sheet, values: Sequence[Cell], widths: Sequence[int], style: Any = None) -> None:  # noqa: ANN401
        """One row, as high as its texts."""
        self._written[sheet.title] += 1
        sheet.row_dimensions[self._written[sheet.title]].height = row_height(values, widths)
        sheet.append([self._cell(sheet, value, style) for value in values])

    def _cell(self, sheet: Sheet, value: Cell, style: Any = None) -> Any:  # noqa: ANN401 - openpyxl knows no types
        """One cell; a text stays one, whatever it begins with."""
        made = WriteOnlyCell(sheet, value)
        made._style = style or self._plain
        if isinstance(value, str):
            made.data_type = "s"
            if style is None and value[:1] in FORMULA:
                made._style = self._quoted
        return made


def write_workbook(assessment: Assessment, path: Path) -> Path:
    """Write the workbook to `path`."""
    known, groups = figures.required(assessment.level), arrange.groups(assessment)
    seen = arrange.sightings(assessment)
    book = Book(say("title"))
    basics = Table((say("office.key"), say("office.value")), (20, 100), check_tables.about(assessment))
    book.stacked([(say("title"), basics), (say("office.judged"), check_tables.counts(assessment, known))])
    titles = check_tables.heads(*check_tables.RECORD)
    for group in groups:
        name = say("office.object_type", number=group.number, name=group.name or say("host"))
        book.sheet(name, titles, check_tables.RECORD_WIDTHS, check_tables.records(group, known))
    tables = {
        "objects": check_tables.objects(assessment),
        "findings": finding_tables.findings(arrange.open_findings(seen)),
        "waived": finding_tables.waivers(assessment),
        "questions": finding_tables.open_units(assessment, known),
    }
    for key, table in tables.items():
        if table.rows or key != "waived":
            book.sheet(say(f"office.sheet_{key}"), table.heads, table.widths, table.rows)
    basis = [
        ("title", basics),
        ("digest", check_tables.evidence(assessment)),
        ("check", check_tables.checks(assessment)),
    ]
    book.stacked([(say(key), table) for key, table in basis], book.another(say("office.sheet_basis")))
    return single_file.write(path, book.content())


def name_of(title: str) -> str:
    """A name that a sheet may have."""
    return NOT_IN_NAMES.sub(" ", cell(title)).strip()[:LONGEST_NAME].strip()


def _shared(widths: Sequence[Sequence[int]]) -> list[int]:
    """Widths for columns that several tables share."""
    return [max(column) for column in zip_longest(*widths, fillvalue=0)]
