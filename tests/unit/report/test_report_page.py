import base64
import hashlib
import json
import re
import stat
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from anwei.baseline.result import Assessment, Judgement, ObjectAssessment, Result
from anwei.errors import BadInput, Exit
from anwei.report import figures
from anwei.report.check_json import write_json
from anwei.report.earlier_file import load_earlier
from anwei.report.html import CLASSES, JUDGED_SIGNS, render, write_page
from tests.sample_assessments import HOSTILE, MANUAL, MET, NOT_MET, assessment, check, hostile, sample


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


def data_of(source: str) -> dict[str, dict[str, object]]:
    """What the script of the page reads."""
    found: dict[str, dict[str, object]] = json.loads(
        re.findall(r'<script type="application/json" id="data">(.*?)<', source)[0]
    )
    return found


def cells_of(source: str) -> list[tuple[str, str, str, str]]:
    """Number of the object, class, block and sign of every cell of the heat map that has a result."""
    rows = re.findall(r'<tr data-o="(\d+)">(.*?)(?=<tr data-o|</tbody>)', section(source, "map"), re.DOTALL)
    found = r'<td><a class="(\w)[^"]*" href="#([^"]+)">([^\n<]+)'
    return [(number, *cell) for number, row in rows for cell in re.findall(found, row)]


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
    assert "已核查 14" in head
    assert "未核查 2" in head
    assert "另有 1 项已豁免" in head
    for judgement, count in figures.judgements(run.objects).items():
        assert f"{JUDGED_SIGNS[judgement]} {judgement.value} {count}" in head


def test_the_only_rate_is_an_estimate_with_its_formula(run: Assessment, source: str) -> None:
    head = Page(source.split("<main>", maxsplit=1)[0]).text
    rate, total = figures.rate(figures.judgements(run.objects)), figures.judgements(run.objects).total()
    assert (
        f"估算符合率 {rate.percent:.1f} % 估算＝符合 {rate.met} ÷（全部 {total} － 不适用 {total - rate.applicable}）"
        in head
    )
    assert head.count(" %") == 1


def test_the_page_says_that_it_is_no_conclusion_and_has_no_word_for_the_whole(source: str) -> None:
    text = Page(source).text
    assert "不是等级测评结论" in text
    assert not re.search("基本符合|系统(不)?符合[。，]|重大风险隐患", text)


def test_every_finding_names_object_check_unit_clause_seen_expected_fix_and_commands(
    run: Assessment, source: str
) -> None:
    commands = dict(re.findall(r'<tr id="k(\d+)">.*?<code class="raw">(.*?)</code>', section(source, "commands")))
    articles = {
        re.findall(r"<code>(.*?)</code>", article)[0]: article
        for article in section(source, "findings").split("<article")[1:]
    }
    found = list(run.findings)
    assert found
    for about, result in found:
        told, page = articles[result.check.id], Page(articles[result.check.id])
        unit = result.check.unit
        for word in (about.name, unit.id, unit.clause, result.observed, result.check.expected, result.check.fix):
            assert word in page.text
        numbers = re.findall(r'href="#k(\d+)"', told)
        assert set(result.commands) <= {Page(commands[number]).text for number in numbers}


def test_possible_high_risk_cases_are_named_and_left_to_the_assessors(run: Assessment, source: str) -> None:
    cases = {result.check.high_risk_case for _, result in run.findings} - {""}
    assert len(cases) > 3
    told = Page(section(source, "findings")).text
    for case in cases:
        assert f"可能触发高风险判例 {case}，是否触发由测评机构确认" in told


def test_what_a_fix_disturbs_stands_beside_it(source: str) -> None:
    told = Page(section(source, "findings")).text
    assert "影响：可能导致无法登录" in told
    assert "影响：需重新加载服务" in told


def test_waived_findings_stand_apart_and_expired_waivers_with_the_findings(source: str) -> None:
    waived, findings = Page(section(source, "waived")).text, Page(section(source, "findings")).text
    assert "file-003" in waived
    assert "已豁免至 2027-03-31，批准人 anquan-1；理由：厂商补丁尚未发布；补偿措施：只允许堡垒机地址访问" in waived
    assert "豁免已于 2026-10-01 到期" in findings
    assert "已豁免至" not in findings


def test_without_waivers_there_is_no_such_section() -> None:
    page = render(assessment(ObjectAssessment("a", results=(Result(check("LNX-IAa-01"), MET, "x"),))))
    assert 'id="waived"' not in page
    assert 'href="#waived"' not in page


def test_every_judgement_is_a_cell_with_sign_and_word_that_leads_to_its_block(run: Assessment, source: str) -> None:
    cells = cells_of(source)
    assert len([each for each in cells if each[2].startswith("u")]) == sum(len(each.units) for each in run.objects)
    assert {(code, sign) for _, code, block, sign in cells if block.startswith("u")} == {
        *[("m", "√"), ("p", "△"), ("n", "×"), ("x", "×?"), ("q", "?"), ("a", "–")]
    }
    assert section(source, "map").count("\n待确认</a>") == figures.judgements(run.objects)[Judgement.OPEN]
    blocks = set(re.findall(r'<details class="block" id="([^"]+)"', section(source, "blocks")))
    assert {block for _, _, block, _ in cells} == blocks


def test_a_unit_whose_findings_are_all_waived_is_marked() -> None:
    run = sample()
    (about,) = [each for each in run.objects if each.waived]
    alone = replace(about, results=about.waived)
    source = render(assessment(alone, checks=run.checks))
    (unit,) = {each.check.unit.id for each in alone.waived}
    assert re.findall(r'<a class="\w w" href="#([^"]+)"', source) == re.findall(
        rf'id="(u1-\d+)" data-clause="[^"]*{unit}', source
    )


def test_a_unit_with_another_finding_that_is_not_waived_is_not_marked() -> None:
    run = sample()
    (about,) = [each for each in run.objects if each.waived]
    (excused,) = about.waived
    other = replace(excused, check=replace(excused.check, id="other"), waiver=None)
    both = replace(about, results=(excused, other))
    assert not re.findall(r'<a class="\w w"', render(assessment(both, checks=run.checks)))


def test_supplementary_checks_are_counted_apart(run: Assessment, source: str) -> None:
    about = next(each for each in run.objects if each.type == "mysql")
    extra = [each for each in about.results if not each.check.scored]
    block = source.split('id="x2"')[1].split("</details>", maxsplit=1)[0]
    assert len(extra) == 2
    for result in extra:
        assert result.check.id in Page(block).text
    assert len([each for each in cells_of(source) if each[2] == "x2"]) == 1


def test_every_observation_stands_once_with_all_objects_that_showed_it(run: Assessment, source: str) -> None:
    ids = re.findall(r'id="s(\d+)"', source)
    seen = {
        (each.check.id, each.outcome, each.observed, each.commands, each.waiver)
        for about in run.objects
        for each in about.results
    }
    assert len(ids) == len(set(ids)) == len(seen)
    blocks = Page(section(source, "blocks")).text
    for about in run.objects:
        assert (about.name in blocks) is not bool(about.unreachable)


def test_the_script_finds_every_result_and_every_sub_check_of_an_object(run: Assessment, source: str) -> None:
    data, first = data_of(source), run.objects[0]
    seen = data["seen"]["1"]
    assert isinstance(seen, list)
    assert len(seen) == len(first.results)
    subs = data["subs"]["1"]
    assert isinstance(subs, dict)
    assert list(subs.values()) == [
        "".join(CLASSES[each] for each in unit.sub_checks)
        for unit in sorted(first.units, key=lambda one: [*map(str, subs)].index(_block(source, one.unit.id)))
    ]


def _block(source: str, unit: str) -> str:
    """The block of a unit of the first type."""
    return re.findall(rf'id="(u1-\d+)" data-clause="[^"]*{unit} ', source)[0]


def test_blocks_have_sub_checks_checks_and_what_to_ask(source: str) -> None:
    block = Page(source.split(f'id="{_block(source, "L3-CES1-02")}"')[1].split("</details>", maxsplit=1)[0]).text
    for words in ("有登录失败处理功能", "访谈：登录是否经过堡垒机", "LNX-IAb-01", "说明子项 1", "deny ≤ 5"):
        assert words in block


def test_a_unit_without_checks_says_that_it_is_for_a_person(source: str) -> None:
    block = Page(source.split(f'id="{_block(source, "L3-CES1-25")}"')[1].split("</details>", maxsplit=1)[0])
    empty = Page(source.split(f'id="{_block(source, "L3-SMC1-01")}"')[1].split("</details>", maxsplit=1)[0])
    assert "这一单元没有命令核查项" in empty.text
    assert block.text


def test_open_units_are_listed_with_what_to_ask_and_who_waits(run: Assessment, source: str) -> None:
    told = Page(section(source, "questions")).text
    assert "访谈：口令多久更换一次，哪些账户例外，理由是什么" in told
    assert "Linux 操作系统 12" in told
    assert "本次没有对象对应的单元" in told
    assert "L3-ABS1-04" in told


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


def test_objects_show_facts_cost_time_and_the_digest_of_their_evidence(run: Assessment, source: str) -> None:
    page = Page(section(source, "objects"))
    about = run.objects[0]
    for fact in about.facts.values():
        assert fact in page.text
    assert (
        f"{about.round_trips} {about.seconds:.1f} 2026-11-21 09:30:05 UTC+08:00 {about.transcript_digest[7:19]}"
        in page.text
    )
    assert about.transcript_digest in page.attributes("title")


def test_every_fact_has_a_column_by_its_name_or_its_key() -> None:
    about = ObjectAssessment("a", {"uptime": "已运行 3 天", "account": "anwei", "tty": "x1"}, type="x", type_name="X")
    told = Page(section(render(assessment(about)), "objects")).text
    assert "对象 运行时间 采集账户 tty" in told
    assert "a 已运行 3 天 anwei x1" in told


def test_hosts_not_reached_are_listed_with_the_reason_and_not_as_results(run: Assessment, source: str) -> None:
    told = Page(section(source, "objects")).text.split("未取得结果的主机")[1]
    for about in run.unreachable:
        assert f"{about.name} {about.unreachable}" in told
        assert about.name not in section(source, "blocks")


def test_certainty_marks_stand_with_their_legend(run: Assessment, source: str) -> None:
    listed = Page(section(source, "blocks")).text
    for each in run.checks:
        assert f"{each.expected} [{each.certainty}]" in listed
    legend = Page(section(source, "findings")).text
    assert "[V] 已在标准原文中核对" in legend
    assert "[M] 凭经验，待确认" in legend


@pytest.mark.parametrize("mark", ["S", "[S]"])
def test_a_certainty_mark_is_shown_in_one_pair_of_brackets(mark: str) -> None:
    one = replace(check("LNX-IAa-03"), certainty=mark)
    page = render(assessment(ObjectAssessment("a", results=(Result(one, MET, "ok"),))))
    assert ">[S]</abbr>" in section(page, "blocks")
    assert "[[" not in page.split("<script", maxsplit=1)[0]


def test_an_estate_without_findings_says_so() -> None:
    page = render(assessment(ObjectAssessment("a", results=(Result(check("LNX-IAa-01"), MET, "24 个账户"),))))
    assert "没有发现不满足的项目" in page
    assert "<article" not in page


def test_an_estate_that_nobody_reached_still_makes_a_page_and_is_not_called_clean() -> None:
    page = render(assessment(ObjectAssessment("a", unreachable="timeout"), checks=(check("LNX-IAa-01"),)))
    assert "已核查 <strong>0</strong>" in page
    assert "timeout" in page
    assert "没有发现不满足的项目" not in page
    assert "什么也没有核查" in page
    assert "<strong>—</strong>" in page


def test_a_unit_that_one_object_does_not_have_is_a_dot_and_no_link() -> None:
    first = sample().objects[0]
    whole, part = replace(first, name="a"), replace(first, name="b", units=first.units[1:])
    drawn = section(render(assessment(whole, part)), "map").split("<tbody>")[1]
    assert drawn.count("<td>·") == 1


def test_the_comparison_tells_new_repaired_unclear_and_unchanged_apart(tmp_path: Path) -> None:
    one, two, three, four = map(check, ("LNX-IAa-01", "LNX-IAa-02", "LNX-IAa-03", "LNX-IAa-04"))
    before = assessment(
        ObjectAssessment("a", results=(Result(one, MET, ""), Result(two, NOT_MET, ""), Result(three, NOT_MET, ""))),
        ObjectAssessment("gone", results=(Result(one, NOT_MET, ""),)),
    )
    earlier = load_earlier(write_json(before, tmp_path / "report.json"), 3)
    now = (Result(one, NOT_MET, ""), Result(two, MET, ""), Result(three, MANUAL, ""), Result(four, NOT_MET, ""))
    source = render(assessment(ObjectAssessment("a", results=now)), earlier)
    told = [Page(each).text for each in section(source, "comparison").split("<details")[1:]]
    expected = [("新出现", 1, "LNX-IAa-01"), ("首次核查即不满足", 1, "LNX-IAa-04"), ("已修复", 1, "LNX-IAa-02")]
    expected += [("无法判断", 2, "LNX-IAa-03"), ("没有变化", 0, "没有。")]
    for words, (name, count, inside) in zip(told, expected, strict=True):
        assert name in words
        assert f"{count} 项" in words
        assert inside in words
    assert "gone" in told[3]
    assert "comparison" not in render(before).split("<main>")[1].split("<script")[0]


def test_nothing_that_a_host_says_becomes_markup() -> None:
    source = render(hostile())
    page = Page(source)
    tags = Counter(tag for tag, _ in page.elements)
    assert (tags["script"], tags["style"], tags["img"], tags["h1"]) == (2, 1, 0, 1)
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
