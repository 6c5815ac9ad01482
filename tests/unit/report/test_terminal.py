import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from anwei.baseline.result import Judgement, ObjectAssessment, Result, Waiver
from anwei.report import terminal, units_table
from anwei.report.check_json import write_json
from anwei.report.earlier_file import load_earlier
from anwei.report.figures import judgements, rate
from tests.sample_assessments import MANUAL, MET, NOT_MET, assessment, check, hostile, sample

TELNET, AGE, ROOT = check("LNX-IAc-01"), check("LNX-IAa-04"), check("LNX-ACb-02")


def about(name: str, *results: Result, **more: str) -> ObjectAssessment:
    return ObjectAssessment(name, {"system": "Kylin V10"}, results, **more)


def lines_of(*objects: ObjectAssessment) -> list[str]:
    return terminal.render(assessment(*objects)).splitlines()


def columns(line: str) -> Sequence[str]:
    return re.split(r" {2,}", line)


def test_each_object_has_one_line_with_its_counts_and_a_lost_host_its_reason() -> None:
    run = sample()
    lines = terminal.render(run).splitlines()
    assert "14 台主机、14 个对象，" in lines[0]
    assert columns(lines[1])[:2] == ["对象", "系统或版本"]
    first = run.objects[0]
    counted, bad = judgements([first]), [each.check.severity.value for each in first.findings]
    assert columns(lines[2]) == [
        "jyapp-001",
        "CentOS Linux 7 (Core)",
        str(counted[Judgement.MET]),
        str(sum(counted[each] for each in terminal.NOT_MET)),
        str(counted[Judgement.OPEN]),
        "/".join(str(bad.count(each)) for each in "高中低"),
        "0",
    ]
    lost = [line for line in lines if "失联：" in line]
    assert [line.split()[0] for line in lost] == [each.name for each in run.unreachable]


def test_findings_are_grouped_by_check_worst_first_and_quote_each_object() -> None:
    telnet = Result(TELNET, NOT_MET, "监听 *:23")
    lines = lines_of(about("web1", telnet), about("web2", telnet, Result(AGE, NOT_MET, "PASS_MAX_DAYS 为 365")))
    headings = [line.split()[0] for line in lines if line.startswith("  [")]
    assert headings == ["[高]", "[中]"]
    at = next(number for number, line in enumerate(lines) if "LNX-IAc-01" in line)
    assert "8.1.4.1 c" in lines[at]
    assert lines[at + 1].strip() == "web1、web2：监听 *:23"
    assert lines[at + 2].startswith("  [")


def test_what_differs_has_a_line_of_its_own_and_many_objects_become_a_number() -> None:
    many = [about(f"host{number}", Result(TELNET, NOT_MET, "*:23")) for number in range(9)]
    lines = lines_of(*many, about("other", Result(TELNET, NOT_MET, "*:21")))
    at = next(number for number, line in enumerate(lines) if "LNX-IAc-01" in line)
    assert lines[at + 1].strip() == "host0、host1、host2、host3、host4、host5 等 9 个：*:23"
    assert lines[at + 2].strip() == "other：*:21"


def test_possible_high_risk_cases_are_listed_and_left_to_the_assessors() -> None:
    lines = lines_of(about("web1", Result(TELNET, NOT_MET, "x"), Result(AGE, NOT_MET, "x")))
    at = next(number for number, line in enumerate(lines) if "是否触发由测评机构确认" in line)
    assert lines[at + 1].strip() == "6.4.1.2 无明文远程管理服务（LNX-IAc-01）：web1"
    assert not lines[at + 2 :] or not lines[at + 2].startswith("  ")


def test_waived_findings_are_counted_apart() -> None:
    waiver = Waiver("a", "b", "c", date(2027, 1, 1), expired=False)
    lines = lines_of(about("web1", Result(TELNET, NOT_MET, "x", (), waiver)))
    assert "没有不满足的检查项" in lines
    assert "已豁免 1 项，单独计数" in lines
    assert columns(lines[2])[-1] == "1"
    late = lines_of(about("web1", Result(TELNET, NOT_MET, "x", (), replace(waiver, expired=True))))
    assert "没有不满足的检查项" not in late


def test_a_clean_object_says_so_and_how_much_is_left_for_a_person() -> None:
    lines = lines_of(about("web1", Result(TELNET, MET, "x"), Result(ROOT, MANUAL, "x"), Result(AGE, MANUAL, "x")))
    assert lines[-2:] == ["没有不满足的检查项", "另有 2 项需人工核查，见报告"]


def test_no_evidence_is_not_called_clean() -> None:
    lines = lines_of(ObjectAssessment("web1", unreachable="refused"))
    assert "没有不满足的检查项" not in lines
    assert "什么也没有核查" in lines[-1]


def test_the_estimate_stands_beside_its_formula_and_is_no_conclusion() -> None:
    run = sample()
    (line,) = [line for line in terminal.render(run).splitlines() if "估算" in line]
    found = rate(judgements(run.objects))
    assert f"{found.percent:.1f} % ＝ 符合 {found.met} ÷（全部 " in line
    assert line.endswith("不是测评结论")


def test_a_comparison_is_one_line(tmp_path: Path) -> None:
    before = assessment(about("a", Result(TELNET, NOT_MET, ""), Result(AGE, MET, "")))
    earlier = load_earlier(write_json(before, tmp_path / "x.json"), 3)
    now = assessment(about("a", Result(TELNET, MET, ""), Result(AGE, NOT_MET, "")))
    line = terminal.render(now, earlier).splitlines()[-1]
    assert line.startswith("与 2026-11-21 09:30 的核查比较：新出现 1，")
    assert "已修复 1" in line


def test_what_hosts_say_moves_no_cursor_and_makes_no_line() -> None:
    shown = terminal.render(hostile())
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", shown)
    shown.encode("utf-8")
    assert max(map(len, shown.splitlines())) < 4 * terminal.LONGEST


def test_english_is_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANWEI_LANG", "en")
    lines = lines_of(ObjectAssessment("web1", unreachable="refused"), about("web2", Result(TELNET, MET, "x")))
    assert "web1  unreachable: refused" in lines
    assert "no check is unmet" in lines


def test_the_list_names_every_check_with_its_clause_and_expectation() -> None:
    checks = sample().checks
    lines = units_table.listing(checks, 3, 34).splitlines()
    assert len(lines) == len(checks) + 1
    assert all(check.expected in line and check.unit.id in line for check, line in zip(checks, lines, strict=False))
