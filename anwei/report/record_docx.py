"""The 变更实施记录 as a Word document: the form that is signed and filed."""

import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from docx import Document
from docx.document import Document as Page
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table as Grid
from docx.table import _Cell as GridCell

from anwei.record.heads import Verdict
from anwei.record.view import Story
from anwei.report import record_office as office
from anwei.report import single_file
from anwei.report.record_office import Table, words

WIDTH = 17.0
LATIN, SONG, HEI = "Times New Roman", "宋体", "黑体"
SMALL = Pt(9)
BLACK = RGBColor(0, 0, 0)
LABELLED = (14, 31, 14, 31)
WIDE_FACTS = ("reason", "commit", "plan", "time", "window")


def write_document(story: Story, verdict: Verdict, path: Path) -> Path:
    """Write the document to `path`."""
    page = _blank()
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


def _blank() -> Page:
    """An A4 page with fonts for Chinese, and page numbers."""
    page = Document()
    page.core_properties.author, page.core_properties.title = "Anwei", words("office.title")
    page.core_properties.language = "zh-CN"
    for name, face, size in (("Normal", SONG, 10.5), ("Title", HEI, 20), ("Heading 1", HEI, 13)):
        style = page.styles[name]
        if isinstance(style, ParagraphStyle):
            _face(style, face, Pt(size))
    section = page.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)
    number = section.footer.paragraphs[0]
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    before, _, after = words("office.page", page="\0").partition("\0")
    number.add_run(before)
    number._p.append(_field("PAGE"))
    number.add_run(after)
    return page


def _face(style: ParagraphStyle, face: str, size: Pt) -> None:
    """Set a style's fonts. Word takes East Asian text from its own attribute; a theme's font would win over it."""
    style.font.name, style.font.size, style.font.color.rgb = LATIN, size, BLACK
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in [name for name in fonts.attrib if str(name).endswith("Theme")]:
        del fonts.attrib[name]
    fonts.set(qn("w:eastAsia"), face)


def _field(instruction: str) -> BaseOxmlElement:
    """A field that Word fills in."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    return field


def _basis(page: Page, story: Story) -> None:
    """What, where, why, who and when: two facts a row, long ones alone."""
    page.add_heading(words("office.part.basis"), 1)
    grid = _grid(page, LABELLED)
    wide = {words(f"page.fact.{name}") for name in WIDE_FACTS}
    short = [fact for fact in office.facts(story) if fact[0] not in wide]
    for first, second in zip(short[::2], [*short[1::2], ("", "")], strict=False):
        _row(grid, [*first, *second], LABELLED)
    for label, value in (fact for fact in office.facts(story) if fact[0] in wide):
        cells = _row(grid, [label, value, "", ""], LABELLED)
        _merge(cells[1], cells[3])


def _merge(first: GridCell, last: GridCell) -> None:
    """Make one cell of several. The empty paragraphs of the others would stand in it as blank lines."""
    for empty in first.merge(last).paragraphs[1:]:
        empty._p.getparent().remove(empty._p)


def _part(page: Page, name: str, table: Table) -> None:
    """A heading and its table; one without rows says so."""
    page.add_heading(words(f"office.part.{name}"), 1)
    if table.rows:
        _tabled(page, table)
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
        _tabled(page, sick)


def _back(page: Page, story: Story) -> None:
    """What was taken back, and why."""
    page.add_heading(words("office.part.back"), 1)
    found = office.back(story)
    for reason in office.reasons(story):
        page.add_paragraph(reason)
    if found.rows:
        _tabled(page, found)
    else:
        page.add_paragraph(words("office.no_back"))


def _signatures(page: Page) -> None:
    """Room to sign, on one page."""
    page.add_heading(words("office.part.signatures"), 1)
    heads = tuple(words(f"office.sign.{name}") for name in ("role", "opinion", "name", "date"))
    widths = (12, 40, 20, 18)
    grid = _grid(page, widths)
    _head(grid, heads, widths)
    for name in office.SIGNERS:
        _row(grid, [words(f"office.sign.{name}"), "", "", ""], widths)
        grid.rows[-1].height = Cm(1.3)
    for row in tuple(grid.rows)[:-1]:
        row.cells[0].paragraphs[0].paragraph_format.keep_with_next = True


def _tabled(page: Page, table: Table) -> None:
    """A table with heads that stand on every page."""
    grid = _grid(page, table.widths)
    _head(grid, table.heads, table.widths)
    for values in table.rows:
        _row(grid, [str(value) for value in values], table.widths)


def _grid(page: Page, widths: Sequence[int]) -> Grid:
    """An empty table with these columns."""
    grid: Grid = page.add_table(rows=0, cols=len(widths), style="Table Grid")
    grid.autofit = False
    for column, width in zip(grid.columns, _centimetres(widths), strict=True):
        column.width = width
    return grid


def _head(grid: Grid, heads: Sequence[str], widths: Sequence[int]) -> None:
    """The first row, in bold on grey, again on every page."""
    for cell in _row(grid, heads, widths):
        cell.paragraphs[0].runs[0].bold = True
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), "E6EBF1")
        cell._tc.get_or_add_tcPr().append(shade)
    _mark(grid, "w:tblHeader")


def _row(grid: Grid, values: Iterable[str], widths: Sequence[int]) -> Sequence[GridCell]:
    """One more row, which no page break cuts."""
    cells: Sequence[GridCell] = grid.add_row().cells  # type: ignore[no-untyped-call]
    for cell, value, width in zip(cells, values, _centimetres(widths), strict=True):
        cell.width = width
        run = cell.paragraphs[0].add_run(value)
        run.font.size = SMALL
    _mark(grid, "w:cantSplit")
    return cells


def _mark(grid: Grid, name: str) -> None:
    """Give the last row a property."""
    grid._tbl.tr_lst[-1].get_or_add_trPr().append(OxmlElement(name))


def _centimetres(widths: Sequence[int]) -> list[Cm]:
    """The widths of the columns on the page."""
    return [Cm(WIDTH * width / sum(widths)) for width in widths]
