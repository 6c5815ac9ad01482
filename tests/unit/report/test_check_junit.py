"""The assessment as JUnit XML: an object is a suite, a check a case."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

from anwei.baseline.result import ObjectAssessment, Result, Waiver
from anwei.report.check_junit import render, write_junit
from tests.sample_assessments import MANUAL, MET, NOT_APPLICABLE, NOT_MET, assessment, check, hostile, sample

WAIVER = Waiver("等待补丁", "限制来源", "anquan-1", date(2027, 1, 31), expired=False)


def parsed(source: bytes) -> ElementTree.Element:
    """The file as a reader of it sees it."""
    return ElementTree.fromstring(source)  # noqa: S314 - our own


def kinds(source: bytes) -> list[str]:
    """What became of each case."""
    return [next((child.tag for child in case), "passed") for case in parsed(source).iter("testcase")]


def test_each_object_is_a_suite_and_each_check_a_case() -> None:
    run = sample()
    root = parsed(render(run))
    suites = {suite.get("name"): suite for suite in root.iter("testsuite")}
    assert set(suites) == {each.name for each in run.objects}
    for about in run.objects:
        cases = suites[about.name].findall("testcase")
        assert len(cases) == (1 if about.unreachable else len(about.results))
        assert {case.get("classname") for case in cases} == {about.name}
        assert suites[about.name].get("failures") == str(len(about.findings))
    assert root.get("failures") == str(len([*run.findings]))
    assert root.get("errors") == str(len(run.unreachable))
    assert int(root.get("tests", "")) == sum(len(each.results) for each in run.objects) + len(run.unreachable)


def test_only_findings_fail_and_what_is_excused_or_for_a_person_is_skipped_and_says_why() -> None:
    one = check("LNX-IAa-01")
    said = [
        Result(one, MET, "good"),
        Result(one, NOT_MET, "bad", ("cat x",)),
        Result(one, MANUAL, "unread"),
        Result(one, NOT_APPLICABLE, "none"),
        Result(one, NOT_MET, "excused", (), WAIVER),
        Result(one, NOT_MET, "late", (), replace(WAIVER, expired=True)),
    ]
    source = render(assessment(ObjectAssessment("a", results=tuple(said))))
    assert kinds(source) == ["passed", "failure", "skipped", "skipped", "skipped", "failure"]
    told = [child for case in parsed(source).iter("testcase") for child in case]
    messages = [child.get("message", "") for child in told]
    for words, message in zip(
        ["不满足：bad", "需人工核查：unread", "不适用：none", "已豁免至 2027-01-31", "豁免已于"], messages, strict=True
    ):
        assert words in message
    assert told[0].get("type") == one.severity.value
    assert "cat x" in (told[0].text or "")


def test_a_host_that_gave_nothing_is_an_error() -> None:
    source = render(assessment(ObjectAssessment("a", unreachable="timeout")))
    assert kinds(source) == ["error"]
    assert b'message="timeout"' in source


def test_what_xml_forbids_is_not_in_it(tmp_path: Path) -> None:
    path = write_junit(hostile(), tmp_path / "report.junit.xml")
    source = path.read_text(encoding="utf-8")
    parsed(source.encode())
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]", source)
    assert not re.search("&#(x[0-9a-f]+|[0-9]+);", source.replace("&#10;", "").replace("&#09;", ""))
