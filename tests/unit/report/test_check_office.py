"""The assessment as Excel and Word files, read back: what they say, in which columns, and that text stays text."""

import resource
import time
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook  # type: ignore[import-untyped]

from anwei.baseline.result import Assessment, ObjectAssessment, Result
from anwei.report.check_docx import MOST_OBJECTS, write_document
from anwei.report.check_xlsx import name_of, write_workbook
from anwei.report.figures import judgements, rate
from tests.sample_assessments import HOSTILE, MET, assessment, check, hostile, large, sample

# A fifth of the largest estate in a fifth of its time: the cost of an object does not grow with their number.
SECONDS, MEGABYTES = 5, 100


def book_of(run: Assessment, folder: Path) -> Any:
    return load_workbook(write_workbook(run, folder / "report.xlsx"))


def text_of(run: Assessment, folder: Path) -> str:
    """Everything that a reader of the document sees, in order; the cells of a row on one line."""
    found = []
    for part in Document(str(write_document(run, folder / "report.docx"))).element.body.iter(qn("w:p"), qn("w:tr")):
        if part.tag == qn("w:tr"):
            cells = ["".join(each.text or "" for each in cell.iter(qn("w:t"))) for cell in part.iter(qn("w:tc"))]
            found.append(" | ".join(cells))
        elif part.getparent().tag == qn("w:body"):
            found.append("".join(each.text or "" for each in part.iter(qn("w:t"))))
    return "\n".join(found)


def rows_of(sheet: Any) -> list[tuple[Any, ...]]:
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows()]


@pytest.fixture(scope="module")
def run() -> Assessment:
    return sample()


@pytest.fixture(scope="module")
def book(run: Assessment, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return book_of(run, tmp_path_factory.mktemp("xlsx"))


@pytest.fixture(scope="module")
def document(run: Assessment, tmp_path_factory: pytest.TempPathFactory) -> str:
    return text_of(run, tmp_path_factory.mktemp("docx"))


def test_there_is_a_sheet_for_each_type_and_one_for_each_table(book: Any) -> None:
    assert book.sheetnames == [
        *["说明", "单项1 Linux 操作系统", "单项2 MySQL   MariaDB", "单项3 Nginx"],
        *["测评对象", "安全问题", "豁免", "需人工确认", "依据"],
    ]


def test_the_record_has_the_columns_of_assessors_and_a_row_for_each_unit_of_each_object(
    run: Assessment, book: Any
) -> None:
    rows = rows_of(book["单项1 Linux 操作系统"])
    assert rows[0] == ("对象", "控制点", "测评项（条款/单元）", "结果记录", "符合情况", "人工确认")
    linux = [each for each in run.objects if each.type == "linux"]
    assert len(rows) - 1 == sum(len(each.units) for each in linux)
    first = rows[1]
    assert first[:2] == ("jyapp-001", "身份鉴别")
    assert first[2].startswith("8.1.4.1 a ")
    assert first[2].endswith("L3-CES1-01")
    assert first[3].startswith("1）无空口令账户：")
    assert first[4] == next(each for each in linux[0].units if each.unit.id == "L3-CES1-01").judgement.value
    assert first[5] in (None, "")


def test_every_observation_of_a_judged_check_is_in_the_record(run: Assessment, book: Any) -> None:
    said = {row[0]: "" for row in rows_of(book["单项1 Linux 操作系统"])}
    for row in rows_of(book["单项1 Linux 操作系统"])[1:]:
        said[row[0]] += row[3]
    for about in (each for each in run.objects if each.type == "linux"):
        for result in about.results:
            assert result.observed in said[about.name]


def test_findings_name_objects_fix_disruption_and_the_possible_case(run: Assessment, book: Any) -> None:
    rows = rows_of(book["安全问题"])
    assert rows[0][:5] == ("序号", "安全问题", "测评项（条款/单元）", "严重程度", "关联资产")
    found = {row[1]: row for row in rows[1:]}
    for about, result in run.findings:
        row = found[f"{result.check.title}（{result.check.id}）"]
        assert about.name in row[4]
        assert result.check.fix in row[6]
        assert "影响：" in row[6]
        assert (row[7] or "") == (
            f"可能触发高风险判例 {result.check.high_risk_case}，是否触发由测评机构确认"
            if result.check.high_risk_case
            else ""
        )
    assert [row[3] for row in rows[1:]] == sorted((row[3] for row in rows[1:]), key="高中低".index)


def test_objects_have_their_facts_and_those_not_reached_the_reason(run: Assessment, book: Any) -> None:
    rows = {row[1]: row for row in rows_of(book["测评对象"])[1:]}
    assert set(rows) == {each.name for each in run.objects}
    for each in run.objects:
        assert (rows[each.name][6] or "") == each.unreachable
        assert all(fact in rows[each.name][3] for fact in each.facts.values())


def test_waivers_have_a_sheet_only_where_there_are_any(book: Any, tmp_path: Path) -> None:
    rows = rows_of(book["豁免"])
    assert [row[-1] for row in rows[1:]] == ["有效", "已到期"]
    assert rows[1][3:7] == ("厂商补丁尚未发布", "只允许堡垒机地址访问", "anquan-1", "2027-03-31")
    plain = assessment(ObjectAssessment("a", results=(Result(check("LNX-IAa-01"), MET, "x"),)))
    assert "豁免" not in book_of(plain, tmp_path).sheetnames


def test_the_basis_has_digests_thresholds_time_and_level(tmp_path: Path) -> None:
    run = sample(3, 1)
    late = replace(run.objects[0], taken_at=datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    rows = rows_of(book_of(replace(run, objects=(late, *run.objects[1:])), tmp_path)["依据"])
    said = {str(value) for row in rows for value in row if value}
    for each in run.objects:
        assert each.transcript_digest in said or each.unreachable
    for one in run.checks:
        assert {one.id, one.expected} <= said
    assert {"2026-11-20 08:00:00 UTC", "2026-11-21 09:30:05 UTC+08:00"} <= said
    assert [each for each in said if "第 3 级" in each]


def test_the_estimate_stands_with_its_formula_and_there_is_no_conclusion(run: Assessment, book: Any) -> None:
    said = [str(value) for row in rows_of(book["说明"]) for value in row if value]
    found = rate(judgements(run.objects))
    assert [each for each in said if each.startswith(f"{found.percent:.1f} %（估算＝符合 {found.met} ÷")]
    assert [each for each in said if "不是等级测评结论" in each]


def test_text_stays_text_in_every_cell(tmp_path: Path) -> None:
    book = book_of(hostile(), tmp_path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    starts = [cell for cell in cells if isinstance(cell.value, str) and cell.value[:1] in ("=", "+", "-", "@")]
    assert starts
    assert all(cell.quotePrefix for cell in starts)
    with zipfile.ZipFile(tmp_path / "report.xlsx") as whole:
        sheets = [whole.read(name) for name in whole.namelist() if "worksheets" in name]
    assert not [sheet for sheet in sheets if b"<f>" in sheet or b"<hyperlink" in sheet]


def test_nothing_that_a_host_says_breaks_the_document(tmp_path: Path) -> None:
    said = text_of(hostile(), tmp_path)
    assert HOSTILE["template"] in said
    assert "<U+001B>" in said
    assert "\u202e" not in said


@pytest.mark.parametrize(
    ("title", "name"),
    [("单项1 a/b", "单项1 a b"), ("x" * 50, "x" * 31), ("单项1 [x]:*?'", "单项1  x"), ("\x1b[2J", "<U+001B> 2J")],
)
def test_sheets_have_names_that_they_may_have(title: str, name: str) -> None:
    assert name_of(title) == name


def test_the_document_has_every_part(document: str) -> None:
    lines = document.splitlines()
    assert lines[0] == "等级保护自查报告"
    parts = [line for line in lines if line[:2] in ("一、", "二、", "三、", "四、", "五、", "六、", "七、", "八、")]
    assert [each[2:] for each in parts] == [
        *["核查概况", "单元判定统计", "测评对象", "安全问题与整改建议", "已豁免的问题"],
        *["各类对象的单元判定", "需人工确认的单元", "依据"],
    ]


def test_the_document_tells_each_finding_with_objects_fix_and_disruption(run: Assessment, document: str) -> None:
    found = {result.check.id: result.check for _, result in run.findings}
    heads = [line for line in document.splitlines() if line[:1].isdigit() and ". [" in line]
    assert [each for each in found if not [head for head in heads if f"（{each}）" in head]] == []
    for one in found.values():
        assert f"整改建议 | {one.fix}" in document
    assert "影响 | 可能导致无法登录" in document
    cases = {one.high_risk_case for one in found.values()} - {""}
    assert cases
    for case in cases:
        assert f"高风险判例 | 可能触发高风险判例 {case}，是否触发由测评机构确认" in document
    assert "已豁免 | 已豁免至 2027-03-31" in document


def test_the_document_has_no_conclusion_but_a_line_for_the_signature(document: str) -> None:
    assert "不是等级测评结论" in document
    assert "自查人（签字）" in document
    assert "基本符合" not in document


def test_the_document_has_fonts_for_chinese(tmp_path: Path) -> None:
    path = write_document(sample(3, 1), tmp_path / "report.docx")
    with zipfile.ZipFile(path) as whole:
        styles = whole.read("word/styles.xml").decode()
    assert styles.count('w:eastAsia="黑体"') == 3
    assert 'w:eastAsia="宋体"' in styles


def test_a_document_of_a_large_estate_keeps_its_length(tmp_path: Path) -> None:
    run = sample(MOST_OBJECTS + 50, 0)
    said = text_of(run, tmp_path)
    assert f"其余 {len(run.objects) - MOST_OBJECTS} 个对象" in said
    assert "……" in said


def test_an_estate_that_nobody_reached_makes_both_files(tmp_path: Path) -> None:
    run = assessment(ObjectAssessment("a", unreachable="timeout"), checks=(check("LNX-IAa-01"),))
    assert "timeout" in text_of(run, tmp_path)
    assert "测评对象" in book_of(run, tmp_path).sheetnames


def test_a_large_estate_is_written_in_time_and_in_little_memory(tmp_path: Path) -> None:
    run = large(200)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    write_workbook(run, tmp_path / "report.xlsx")
    assert time.process_time() - started < SECONDS
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < MEGABYTES
