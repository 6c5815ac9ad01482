"""The 变更实施记录 as Word and Excel files, read back: what they say, how they print, and that text stays text."""

import re
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook  # type: ignore[import-untyped]

from anwei.record.chain import Problem
from anwei.record.heads import Verdict
from anwei.record.reading import story_of
from anwei.report.record_docx import write_document
from anwei.report.record_xlsx import GRID, spans, write_workbook
from tests.sample_records import SAMPLES, Entries, done, emergency, failing, large

SECONDS = 5


def verdict(entries: Entries, *problems: Problem) -> Verdict:
    return Verdict(1, len(entries), 2, "SHA256:abc", problems, (), len(entries) - 1)


def book_of(entries: Entries, folder: Path) -> Any:
    path = write_workbook(story_of("2026-11-sshd", entries), verdict(entries), folder / "record.xlsx")
    return load_workbook(path)


def document_of(entries: Entries, folder: Path) -> Any:
    return Document(str(write_document(story_of("2026-11-sshd", entries), verdict(entries), folder / "record.docx")))


def text_of(document: Any) -> str:
    """Everything that a reader of the document sees, in order."""
    found = []
    for part in document.element.body.iter(qn("w:p"), qn("w:tr")):
        if part.tag == qn("w:tr"):
            cells = ["".join(piece.text or "" for piece in cell.iter(qn("w:t"))) for cell in part.iter(qn("w:tc"))]
            found.append(" | ".join(cells))
        elif part.getparent().tag == qn("w:body"):
            found.append("".join(piece.text or "" for piece in part.iter(qn("w:t"))))
    return "\n".join(found)


def values_of(sheet: Any) -> list[list[Any]]:
    return [[cell.value for cell in row if cell.value is not None] for row in sheet.iter_rows()]


def test_the_document_has_every_part_of_the_form(tmp_path: Path) -> None:
    document = document_of(failing(), tmp_path)
    assert document.paragraphs[0].text == "变更实施记录"
    heads = [each.text for each in document.paragraphs if each.style.name == "Heading 1"]
    assert heads == [
        *["一、变更概况", "二、审批", "三、实施前检查", "四、实施步骤与批次", "五、各主机结果"],
        *["六、健康检查", "七、回退情况", "八、结论", "九、签字"],
    ]
    told = text_of(document)
    for words in (
        "变更编号 | 2026-11-sshd | 变更名称 | 禁止 root 直接登录并收紧算法",
        "负责人 | yunwei-1@example.gov",
        "变更窗口 | 2026-11-21 22:00 至 2026-11-22 02:00",
        "实施时间 | 2026-11-21 22:03:15–22:05:00 UTC+08:00",
        "通过 | window | 在窗口 2026-11-21 22:00 至 2026-11-22 02:00 之内",
        "第 1 次运行 | 第 2 批 | 3 | 11-21 22:04:34 | 健康（前） 2 秒；快照与实施 10 秒；验证 4 秒；健康（后） 2 秒 ×",
        "canary-1 | 第 1 批 | CentOS 7.9 | 3 | 正常 → 正常 | 完成",
        "jyweb-2-a | 实施后 | http | https://jyweb-2-a.example.gov/ 状态 502，应为 200",
        "第 1 次运行：jyweb-2-a 的健康检查在变更后不正常",
        "jydb-3-a | 通过 | 已恢复，指纹与变更前相同",
        "结果：已回退。第 2 批变更后 jyweb-2-a 不正常",
        "主机 10 台：已回退 3 台、未执行 6 台、完成 1 台",
        "19 条均未被改动；已封存到第 18 条，签名密钥 SHA256:abc",
        "业主 |  |  | ",
    ):
        assert words in told, words
    for approval in failing()[1]["data"]["approvals"]:
        assert " | ".join([approval["name"], *approval["roles"], approval["fingerprint"], approval["expires"]]) in told


def test_long_facts_stand_without_blank_lines_and_the_signatures_on_one_page(tmp_path: Path) -> None:
    document = document_of(failing(), tmp_path)
    assert all(len(cell.paragraphs) == 1 for row in document.tables[0].rows for cell in row.cells)
    kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in document.tables[-1].rows]
    assert kept == [True, True, True, True, None]


def test_the_summary_of_the_workbook_leaves_out_no_part_of_the_form(tmp_path: Path) -> None:
    firsts = [row[0] for row in values_of(book_of(failing(), tmp_path)["概况"]) if row]
    parts = [first for first in firsts if re.match("[一二三四五六七八九]、", str(first))]
    assert [part[0] for part in parts] == list("一二三四五六七八")
    for said in ("见工作表“主机”。", "第 1 次运行：jyweb-2-a 的健康检查在变更后不正常", "jyweb-2-a"):
        assert said in firsts
    assert "本次变更没有回退。" in [row[0] for row in values_of(book_of(done(), tmp_path)["概况"]) if row]


def test_a_row_of_a_sheet_is_as_high_as_its_longest_text(tmp_path: Path) -> None:
    sheet = book_of(failing(), tmp_path)["主机"]
    assert sheet.row_dimensions[3].height > sheet.row_dimensions[2].height
    assert {cell.alignment.horizontal for row in sheet.iter_rows() for cell in row} == {"left"}


def test_a_change_that_went_well_says_so_in_words(tmp_path: Path) -> None:
    told = text_of(document_of(done(), tmp_path))
    assert "实施后 10 台主机的健康检查全部正常" in told
    assert "本次变更没有回退" in told
    assert "old-9 | – |  | 0 | – → – | 未纳入 | 与批准的计划不符" in told


def test_a_rollback_tells_conflicts_and_the_line_to_type(tmp_path: Path) -> None:
    told = text_of(document_of(emergency(), tmp_path))
    assert "第 2 次运行：业务系统的旧客户端无法连接（覆盖他人之后的改动）" in told
    assert "elk-5 | 未通过 | 有内容在变更之后又被改过，没有动它们 | file:/etc/ssh/sshd_config MaxAuthTries" in told
    assert "nginx-7 | 未通过 | 失联：连接超时 |  | sh /var/lib/anwei/2026-11-urgent/undo" in told


def test_a_record_that_does_not_verify_says_so(tmp_path: Path) -> None:
    problem = Problem("cut", values={"n": 18, "at": "2026-11-21T14:05:00Z"}, record="2026-11-sshd")
    story = story_of("2026-11-sshd", failing())
    path = write_document(story, verdict(failing(), problem), tmp_path / "record.docx")
    told = text_of(Document(str(path)))
    assert "本页内容不可作为依据" in told
    assert "末尾被截去：第 18 条" in told


def test_chinese_has_its_own_font_in_every_style_that_is_used(tmp_path: Path) -> None:
    document = document_of(done(), tmp_path)
    used = {each.style.name for each in document.paragraphs} | {"Normal"}
    assert used == {"Normal", "Title", "Heading 1"}
    for name in used:
        fonts = document.styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) in ("宋体", "黑体")
        assert [attribute for attribute in fonts.attrib if attribute.endswith("Theme")] == []


def test_the_document_prints_on_a4_with_heads_on_every_page(tmp_path: Path) -> None:
    document = document_of(done(), tmp_path)
    section = document.sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)
    assert "PAGE" in section.footer._element.xml
    hosts = next(each for each in document.tables if each.cell(0, 0).text == "主机")
    assert hosts.rows[0]._tr.trPr.xpath("w:tblHeader")
    for table in document.tables:
        assert all(row._tr.trPr.xpath("w:cantSplit") for row in table.rows)
        widths = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid.iter(qn("w:gridCol"))]
        assert sum(widths) == pytest.approx(17 / 2.54 * 1440, rel=0.01)


def test_the_workbook_has_a_summary_and_sheets_to_sort(tmp_path: Path) -> None:
    book = book_of(failing(), tmp_path)
    assert book.sheetnames == ["概况", "主机", "改动", "检查", "事件"]
    summary = values_of(book["概况"])
    assert ["变更实施记录"] in summary
    assert ["变更编号", "2026-11-sshd"] in summary
    assert ["通过", "lock", "没有其他变更占用这些主机"] in summary
    assert any(row and str(row[0]).startswith("结果：已回退") for row in summary)
    hosts = values_of(book["主机"])
    assert hosts[0][:3] == ["主机", "批次", "系统"]
    assert len(hosts) == 11
    assert hosts[1][:5] == ["canary-1", "第 1 批", "CentOS 7.9", 3, "正常 → 正常"]
    row = ["canary-1", "file:/etc/ssh/sshd_config", "禁止 root 直接登录，只留强算法", "PermitRootLogin", "yes", "no"]
    assert row in values_of(book["改动"])
    row = ["jyweb-2-a", "健康检查", "实施后", "http", "不正常", "https://jyweb-2-a.example.gov/ 状态 502，应为 200"]
    assert row in values_of(book["检查"])
    assert ["canary-1", "核查", "实施后", "LNX-IAd-01 双因素鉴别", "需人工核查", "须访谈确认"] in values_of(
        book["检查"]
    )
    assert [row[0] for row in values_of(book["事件"])[1:]] == list(range(19))


def test_the_workbook_reads_and_prints_well(tmp_path: Path) -> None:
    book = book_of(failing(), tmp_path)
    for sheet in book.worksheets:
        assert (sheet.page_setup.paperSize, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (9, 1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert "&P" in sheet.oddFooter.center.text
        assert all(cell.font.name in ("宋体", "黑体") for row in sheet.iter_rows() for cell in row if cell.value)
    for sheet in book.worksheets[1:]:
        assert (sheet.freeze_panes, sheet.print_title_rows) == ("B2", "$1:$1")
        assert sheet.auto_filter.ref.startswith("A1:")
        assert sheet.page_setup.orientation == "landscape"
        widths = [sheet.column_dimensions[cell.column_letter].width for cell in sheet[1]]
        assert all(6 <= width <= 70 for width in widths)


@pytest.mark.parametrize("widths", [(16, 74), (10, 20, 60), (12, 9, 7, 15, 36, 12), (1, 1, 98), (5,)])
def test_the_summary_lays_every_table_over_the_whole_grid(widths: tuple[int, ...]) -> None:
    assert sum(spans(widths)) == GRID
    assert min(spans(widths)) >= 2


def test_what_looks_like_a_formula_is_text(tmp_path: Path) -> None:
    entries = SAMPLES["hostile"]()
    book = book_of(entries, tmp_path)
    seen = set()
    for sheet in book.worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value is not None):
            assert cell.data_type in ("s", "n"), cell.value
            if str(cell.value)[:1] in "=+-@":
                seen.add(str(cell.value)[:1])
                assert cell.quotePrefix
    assert seen == set("=+-@")
    with zipfile.ZipFile(tmp_path / "record.xlsx") as packed:
        sheets = [packed.read(name).decode() for name in packed.namelist() if name.startswith("xl/worksheets/")]
    assert not any(re.search(r"<f[ >]|t=\"e\"|<hyperlink", sheet) for sheet in sheets)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_record_makes_both_files(name: str, tmp_path: Path) -> None:
    """Also the hostile one: what XML cannot hold is spelled out, and the files can be read again."""
    entries = SAMPLES[name]()
    told = text_of(document_of(entries, tmp_path))
    assert "九、签字" in told
    assert len(book_of(entries, tmp_path).sheetnames) == 5
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202e\ufffe\uffff]", told)


def test_a_record_without_a_run_makes_both_files(tmp_path: Path) -> None:
    assert "尚未实施" in text_of(document_of(done()[:1], tmp_path))
    assert book_of(done()[:1], tmp_path)


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    book_of(done(), tmp_path)
    document_of(done(), tmp_path)
    assert {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {
        "record.docx": 0o600,
        "record.xlsx": 0o600,
    }


def test_five_hundred_hosts_make_both_files_in_time(tmp_path: Path) -> None:
    entries = large()
    started = time.process_time()
    assert len(document_of(entries, tmp_path).tables) > 4
    write_workbook(story_of("large", entries), verdict(entries), tmp_path / "record.xlsx")
    assert time.process_time() - started < SECONDS
