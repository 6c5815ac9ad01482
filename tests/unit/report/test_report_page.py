import base64
import hashlib
import re
import stat
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from anwei.baseline.result import Assessment, ObjectAssessment, Outcome, Result
from anwei.errors import BadInput, Exit
from anwei.report.html import render, write_page
from tests.sample_assessments import HIGH, HOSTILE, MET, NOT_MET, assessment, check, hostile, sample


class Page(HTMLParser):
    """What a browser would find in the page: elements with their attributes, ids, and the text below each element."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def attributes(self, name: str, tag: str = "") -> list[str]:
        return [found[name] for element, found in self.elements if name in found and tag in ("", element)]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def section(source: str, name: str) -> str:
    return source.split(f'<section id="{name}">', 1)[1].split("</section>", 1)[0]


@pytest.fixture(scope="module")
def run() -> Assessment:
    return sample()


@pytest.fixture(scope="module")
def source(run: Assessment) -> str:
    return render(run)


def test_the_head_says_what_was_looked_at_and_when(source: str) -> None:
    head = Page(source.split("<main>", maxsplit=1)[0]).text
    assert "trading" in head
    assert "等级保护第 3 级" in head
    assert "2026-11-21 09:30:05 UTC+08:00" in head


def test_the_key_figures_are_those_of_the_assessment(run: Assessment, source: str) -> None:
    head = Page(source.split("<main>", maxsplit=1)[0]).text
    by_severity = Counter(result.check.severity for _, result in run.findings)
    for severity, count in by_severity.items():
        assert f"{severity.value} {count}" in head
    assert "已核查 12" in head
    assert "未核查 2" in head
    units = len({listed.unit.id for listed in run.checks})
    assert f"共 34 个测评单元，本次涉及其中 {units} 个" in head


def test_the_page_says_that_it_is_no_conclusion(source: str) -> None:
    assert "不是等级测评结论" in Page(source).text


def test_every_finding_names_host_check_unit_clause_seen_expected_and_commands(run: Assessment, source: str) -> None:
    articles = {
        re.findall(r"<code>(.*?)</code>", article)[0]: Page(article)
        for article in section(source, "findings").split("<article")[1:]
    }
    found = list(run.findings)
    assert found
    for host, result in found:
        told = articles[result.check.id].text
        unit = result.check.unit
        for word in (host.name, unit.id, unit.clause, result.observed, result.check.expected, *result.commands):
            assert word in told


def test_possible_high_risk_cases_are_named(run: Assessment, source: str) -> None:
    cases = {result.check.high_risk_case for _, result in run.findings} - {""}
    assert len(cases) > 3
    told = Page(section(source, "findings")).text
    for case in cases:
        assert f"可能触发高风险判定指引 {case}，" in told


def test_every_cell_leads_to_the_detail_of_its_host_and_check(run: Assessment, source: str) -> None:
    cells = re.findall(r'<td><a class="(\w)[^"]*" href="#([^"]+)">(.)</a>', section(source, "map"))
    assert len(cells) == sum(len(host.results) for host in run.objects)
    details = dict(re.findall(r'<tr id="(\d+-\d+)"><td class="(\w)[^"]*">', section(source, "details")))
    assert {target: outcome for outcome, target, _ in cells} == details


def test_each_outcome_has_a_sign_of_its_own_beside_its_colour(source: str) -> None:
    signs = {(style, sign) for style, sign in re.findall(r'<td><a class="(\w)[^>]*>(.)</a>', section(source, "map"))}
    assert len(signs) == len(Outcome) == len({sign for _, sign in signs})


def test_every_link_stays_inside_the_page_and_finds_its_target(source: str) -> None:
    page = Page(source)
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    targets = {link.removeprefix("#") for link in page.attributes("href", "a")}
    assert targets <= set(ids)


def test_the_page_asks_for_nothing_from_outside(source: str) -> None:
    page = Page(source)
    assert page.attributes("src") == []
    assert page.attributes("href", "link") == ["data:,"]
    assert not re.search(r"url\(|@import|https?://", source)


def test_the_policy_of_the_page_allows_its_own_style_and_script_only(source: str) -> None:
    (policy,) = [found["content"] for _, found in Page(source).elements if "http-equiv" in found]
    assert policy.startswith("default-src 'none';")
    for tag in ("style", "script"):
        (inline,) = re.findall(rf"<{tag}>(.*?)</{tag}>", source, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_hosts_show_facts_cost_and_the_digest_of_their_evidence(run: Assessment, source: str) -> None:
    page = Page(section(source, "hosts"))
    host = run.objects[0]
    for fact in host.facts.values():
        assert fact in page.text
    assert f"{host.round_trips} {host.seconds:.1f} {host.transcript_digest[7:19]}" in page.text
    assert host.transcript_digest in page.attributes("title")


def test_every_fact_stands_in_the_details_by_its_name_or_its_key() -> None:
    host = ObjectAssessment(
        "a", {"uptime": "已运行 3 天", "account": "anwei", "tty": "x1"}, (Result(check("LNX-IAa-01"), MET, ""),)
    )
    told = Page(section(render(assessment(host)), "details")).text
    for fact in ("运行时间：已运行 3 天", "采集账户：anwei", "tty：x1"):
        assert fact in told


def test_hosts_not_reached_are_listed_with_the_reason_and_not_as_results(run: Assessment, source: str) -> None:
    told = Page(section(source, "hosts")).text.split("未取得结果的主机")[1]
    for host in run.unreachable:
        assert f"{host.name} {host.unreachable}" in told
        assert host.name not in section(source, "details")


def test_certainty_marks_stand_with_their_legend(run: Assessment, source: str) -> None:
    listed = Page(section(source, "checks")).text
    for each in run.checks:
        assert f"{each.expected} [{each.certainty}]" in listed
    legend = Page(section(source, "findings")).text
    assert "[V] 已在标准原文中核对" in legend
    assert "[M] 凭经验，待确认" in legend


@pytest.mark.parametrize("mark", ["S", "[S]"])
def test_a_certainty_mark_is_shown_in_one_pair_of_brackets(mark: str) -> None:
    one = replace(check("LNX-IAa-03"), certainty=mark)
    page = render(assessment(ObjectAssessment("a", results=(Result(one, MET, "ok"),))))
    assert ">[S]</abbr>" in section(page, "checks")
    assert "[[" not in page.split("<script>")[0]


def test_numbers_in_the_details_lead_to_the_command(run: Assessment, source: str) -> None:
    commands = dict(re.findall(r'<tr id="k(\d+)">.*?<code class="raw">(.*?)</code>', section(source, "commands")))
    number = re.findall(r'<tr id="1-1">.*?<a href="#k(\d+)">', source)[0]
    assert commands[number] == run.objects[0].results[0].commands[0]
    assert len(commands) == len({command for host in run.objects for r in host.results for command in r.commands})


def test_an_estate_without_findings_says_so() -> None:
    page = render(assessment(ObjectAssessment("a", results=(Result(check("LNX-IAa-01"), MET, "24 个账户"),))))
    assert "没有发现不满足的项目" in page
    assert "<article" not in page
    assert "全部主机均已取得结果" in page


def test_an_estate_that_nobody_reached_still_makes_a_page() -> None:
    page = render(assessment(ObjectAssessment("a", unreachable="timeout"), checks=(check("LNX-IAa-01"),)))
    assert "已核查 <strong>0</strong>" in page
    assert "timeout" in page


def test_a_result_that_is_missing_on_one_host_is_a_dot_and_no_link() -> None:
    one, two = check("LNX-IAa-01"), check("LNX-IAb-01")
    whole = ObjectAssessment("a", results=(Result(one, MET, "x"), Result(two, NOT_MET, "y")))
    part = ObjectAssessment("b", results=(Result(two, MET, "z"),))
    drawn = section(render(assessment(whole, part)), "map").split("<tbody>")[1]
    assert drawn.count("<td>·") == 1
    assert 'href="#2-1"' not in drawn
    assert 'href="#2-2"' in drawn


def test_severity_shows_in_the_cell_of_what_is_not_met() -> None:
    bad = Result(replace(check("LNX-IAb-01"), severity=HIGH), NOT_MET, "x")
    assert 'class="n high" href="#1-1"' in render(assessment(ObjectAssessment("a", results=(bad,))))


def test_nothing_that_a_host_says_becomes_markup() -> None:
    source = render(hostile())
    page = Page(source)
    tags = Counter(tag for tag, _ in page.elements)
    assert (tags["script"], tags["style"], tags["img"], tags["h1"]) == (1, 1, 0, 1)
    assert not [name for _, found in page.elements for name in found if name.startswith("on")]
    assert HOSTILE["template"] in page.text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", source)
    source.encode("utf-8")


def test_the_page_is_written_for_its_owner_only_and_replaces_the_former(tmp_path: Path, run: Assessment) -> None:
    target = tmp_path / "out" / "report.html"
    assert write_page(assessment(), target) == target
    write_page(run, target)
    assert target.read_text(encoding="utf-8") == render(run)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert list(target.parent.iterdir()) == [target]


def test_a_page_that_cannot_be_put_in_place_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    occupied = tmp_path / "report.html"
    (occupied / "inside").mkdir(parents=True)
    with pytest.raises(BadInput) as refused:
        write_page(assessment(), occupied)
    assert (refused.value.code, refused.value.where) == ("AW-report-not-written", str(occupied))
    assert refused.value.exit_status is Exit.BAD_INPUT
    assert refused.value.part("what").startswith("报告没有写成")
    assert list(tmp_path.iterdir()) == [occupied]


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("former")
    with pytest.raises(BadInput, match="AW-report-not-written"):
        write_page(assessment(), tmp_path / "file" / "report.html")


def test_a_write_that_breaks_off_keeps_the_former_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = write_page(assessment(), tmp_path / "report.html")
    former = target.read_text(encoding="utf-8")
    full = OSError(28, "No space left on device")

    def breaks_off(*_: object) -> None:
        raise full

    monkeypatch.setattr(Path, "replace", breaks_off)
    with pytest.raises(BadInput, match="No space left"):
        write_page(sample(), target)
    assert target.read_text(encoding="utf-8") == former
    assert list(tmp_path.iterdir()) == [target]
