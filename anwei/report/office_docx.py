"""What our Word documents share: A4 with fonts for Chinese, page numbers, tables whose heads stand on every page."""

from collections.abc import Iterable, Sequence

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

from anwei.report.office import Table
from anwei.texts import text

WIDTH = 17.0
LATIN, SONG, HEI = "Times New Roman", "宋体", "黑体"
SMALL = Pt(9)
BLACK = RGBColor(0, 0, 0)
STYLES = (("Normal", SONG, 10.5), ("Title", HEI, 20), ("Heading 1", HEI, 13), ("Heading 2", HEI, 11))


def blank(title: str) -> Page:
    """An A4 page with fonts for Chinese, and page numbers."""
    page = Document()
    page.core_properties.author, page.core_properties.title = "Anwei", title
    page.core_properties.language = "zh-CN"
    for name, face, size in (
        ("Normal", SONG, 10.5),
        ("Title", HEI, 20),
        ("Heading 1", HEI, 13),
        ("Heading 2", HEI, 11),
    ):
        style = page.styles[name]
        if isinstance(style, ParagraphStyle):
            _face(style, face, Pt(size))
    section = page.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)
    number = section.footer.paragraphs[0]
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    before, _, after = text("record.office.page", "zh", page="\0").partition("\0")
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


def merge(first: GridCell, last: GridCell) -> None:
    """Make one cell of several. The empty paragraphs of the others would stand in it as blank lines."""
    for empty in first.merge(last).paragraphs[1:]:
        empty._p.getparent().remove(empty._p)


def tabled(page: Page, table: Table) -> None:
    """A table with heads that stand on every page."""
    grid = grid_of(page, table.widths)
    head_row(grid, table.heads, table.widths)
    for values in table.rows:
        row_of(grid, [str(value) for value in values], table.widths)


def grid_of(page: Page, widths: Sequence[int]) -> Grid:
    """An empty table with these columns."""
    grid: Grid = page.add_table(rows=0, cols=len(widths), style="Table Grid")
    grid.autofit = False
    for column, width in zip(grid.columns, _centimetres(widths), strict=True):
        column.width = width
    return grid


def head_row(grid: Grid, heads: Sequence[str], widths: Sequence[int]) -> None:
    """The first row, in bold on grey, again on every page."""
    for cell in row_of(grid, heads, widths):
        cell.paragraphs[0].runs[0].bold = True
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), "E6EBF1")
        cell._tc.get_or_add_tcPr().append(shade)
    _mark(grid, "w:tblHeader")


def row_of(grid: Grid, values: Iterable[str], widths: Sequence[int]) -> Sequence[GridCell]:
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
    grid._tbl[-1].get_or_add_trPr().append(OxmlElement(name))


def _centimetres(widths: Sequence[int]) -> list[Cm]:
    """The widths of the columns on the page."""
    return [Cm(WIDTH * width / sum(widths)) for width in widths]
