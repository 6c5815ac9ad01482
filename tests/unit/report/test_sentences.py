"""The sentences of a 结果记录: numbered as the sub-checks, each with what was seen."""

from dataclasses import replace
from datetime import date

from anwei.baseline.result import Judgement, ObjectAssessment, Result, UnitResult, Waiver
from anwei.report import figures
from anwei.report.sentences import disruption, excuse, fact_name, observation, possible_case, record
from tests.sample_assessments import MANUAL, MET, NOT_MET, check

KNOWN = figures.required(3)["L3-CES1-02"]
BASE = replace(check("LNX-IAb-01"), title="登录失败锁定", unit=KNOWN.unit)
WAIVER = Waiver("等待补丁", "限制来源", "anquan-1", date(2027, 1, 31), expired=False)


def told(*results: Result) -> list[str]:
    unit = UnitResult(KNOWN.unit, Judgement.OPEN, (MET, NOT_MET, MANUAL))
    return record(unit, ObjectAssessment("a", results=results), KNOWN).splitlines()


def test_each_sub_check_has_a_numbered_line_with_the_values_seen() -> None:
    first = Result(replace(BASE, sub_checks=(1,)), MET, "deny=5")
    second = Result(replace(BASE, id="x", title="锁定时间", sub_checks=(2,)), NOT_MET, "unlock_time=0")
    assert told(second, first) == [
        "1）登录失败锁定：deny=5（满足）",
        "2）锁定时间：unlock_time=0（不满足）",
        "3）设有空闲超时退出：没有命令核查项，需人工确认",
    ]


def test_a_check_about_several_sub_checks_is_told_once_and_referred_to() -> None:
    lines = told(Result(replace(BASE, sub_checks=(1, 2, 3)), MET, "deny=5"))
    assert lines == ["1）登录失败锁定：deny=5（满足）", "2）见第 1 项", "3）见第 1 项"]


def test_a_check_about_no_sub_check_is_not_lost() -> None:
    assert told(Result(replace(BASE, sub_checks=()), MET, "deny=5"))[-1] == "其他：登录失败锁定：deny=5（满足）"


def test_supplementary_checks_and_those_of_other_units_are_not_in_the_record() -> None:
    other = Result(check("LNX-IAa-01"), NOT_MET, "elsewhere")
    extra = Result(replace(BASE, sub_checks=(1,), scored=False), NOT_MET, "supplementary")
    assert not [line for line in told(other, extra) if "elsewhere" in line or "supplementary" in line]


def test_a_unit_that_the_catalogue_does_not_know_still_has_its_lines() -> None:
    unit = UnitResult(BASE.unit, Judgement.OPEN, (MANUAL,))
    assert record(unit, ObjectAssessment("a"), None).startswith("1）")


def test_waivers_say_until_when_by_whom_and_why() -> None:
    said = observation(Result(BASE, NOT_MET, "x", (), WAIVER))
    for word in ("不满足", "已豁免至 2027-01-31", "anquan-1", "等待补丁", "限制来源"):
        assert word in said
    assert excuse(replace(WAIVER, expired=True)).startswith("豁免已于 2027-01-31 到期")
    assert excuse(None) == ""


def test_disruption_and_facts_have_words_and_unknown_ones_stand_as_they_are() -> None:
    assert disruption(replace(BASE, disruption="reboot")) == "需重启主机"
    assert disruption(replace(BASE, disruption="other")) == "other"
    assert (fact_name("version"), fact_name("x-y")) == ("版本", "x-y")


def test_a_high_risk_case_is_possible_and_left_to_the_assessors() -> None:
    said = possible_case(replace(BASE, high_risk_case="6.4.1.2"))
    assert said == "可能触发高风险判例 6.4.1.2，是否触发由测评机构确认"
    assert possible_case(replace(BASE, high_risk_case="")) == ""
