"""The page of a record: everything stands in it, nothing gets out of it, and it stays small."""

import re
import time
from itertools import pairwise
from pathlib import Path

import pytest

from anwei.change.beginning import GATE
from anwei.record.chain import Problem
from anwei.record.heads import Verdict
from anwei.record.reading import BEIJING, story_of
from anwei.record.view import Story
from anwei.report.record_page import render, write_page
from anwei.report.record_timeline import bars
from anwei.report.record_words import Words, until
from anwei.texts import catalogue
from tests.sample_assessments import HOSTILE
from tests.sample_records import (
    SAMPLES,
    Entries,
    Script,
    applied,
    changes,
    done,
    emergency,
    failing,
    interrupted,
    large,
)
from tests.unit.report.test_report_page import Page, section

TEMPLATES = Path(__file__).resolve().parents[3] / "anwei" / "report" / "templates"
LARGEST_PAGE = 5_000_000
RENDER_SECONDS = 2


def told(entries: Entries, name: str = "2026-11-sshd") -> Story:
    return story_of(name, entries)


def verdict(entries: Entries, *problems: Problem) -> Verdict:
    return Verdict(1, len(entries), 2, "SHA256:abc", problems, (), len(entries) - 1)


def page_of(entries: Entries, *problems: Problem) -> str:
    return render(told(entries), verdict(entries, *problems))


def words_of(source: str, name: str = "") -> str:
    return Page(section(source, name) if name else source).text


@pytest.fixture(scope="module")
def source() -> str:
    return page_of(failing())


def test_the_head_says_what_happened_who_did_it_and_when(source: str) -> None:
    head = Page(source.split("<main>", maxsplit=1)[0]).text
    for word in (
        "变更实施记录 2026-11-sshd",
        "禁止 root 直接登录并收紧算法",
        "已回退 第 2 批变更后 jyweb-2-a 不正常",
        "公共资源交易中心",
        "yunwei-1@example.gov",
        "2026-11-21 22:03:15–22:05:00 UTC+08:00",
        "主机（共 10 台）",
        "已回退 3",
        "未执行 6",
        "不正常 1",
        "1 分 45 秒",
    ):
        assert word in head
    assert '<b class="o q">已回退</b>' in source


def test_every_check_of_the_gate_has_a_name_that_its_reader_knows() -> None:
    names = {name for checks in GATE.values() for name in checks}
    assert all(re.fullmatch("[\u4e00-\u9fff]+", Words("zh").check(name)) for name in names)
    assert Words("zh").check("of-a-later-version") == "of-a-later-version"


def test_a_signature_counts_until_a_moment_in_the_time_of_the_estate() -> None:
    assert until("2026-11-28T16:30:00Z", BEIJING) == "2026-11-29 00:30"
    assert until("2026-11-28", BEIJING) == "2026-11-28"
    assert until("<b>", BEIJING) == "<b>"


def test_what_it_rests_on_is_all_there(source: str) -> None:
    opened, begun = failing()[0]["data"], failing()[1]["data"]
    told = words_of(source, "basis")
    for fact in ("change", "action_title", "reason", "risk", "owner", "node", "algorithm"):
        assert opened[fact] in told
    for word in (*opened["clauses"], *opened["window"].values(), begun["commit"], begun["plan"], *begun["authors"]):
        assert word in told
    for approval in begun["approvals"]:
        told_of = f"{approval['name']} {approval['roles'][0]} {approval['fingerprint']} {approval['expires']}"
        assert told_of in told
    for check in failing()[2]["data"]["checks"]:
        assert f"√ {Words('zh').check(check['name'])} {check['said']}" in told


def test_the_page_says_whether_the_record_was_intact(source: str) -> None:
    assert "19 条均未被改动；已封存到第 18 条，签名密钥 SHA256:abc" in Page(source).text
    altered = page_of(failing(), Problem("altered", 3, {"n": 2, "event": "gate"}, "2026-11-sshd"))
    told = Page(altered).text
    assert "记录没有通过校验，本页内容不可作为依据" in told
    assert "第 3 行（第 2 条，gate）被改动过" in told
    assert "均未被改动" not in told


def test_waves_stand_in_a_picture_on_one_scale(source: str) -> None:
    drawn = section(source, "waves")
    assert re.findall(r'<rect class="([\w-]+ bad)"', drawn) == ["health-after bad"]
    kinds = re.findall(r'<rect class="([\w-]+)" x="([\d.]+)%" y="1" width="([\d.]+)%"', drawn)
    assert [kind for kind, _, _ in kinds] == [
        *["health-before", "apply", "verify", "health-after", "soak"],
        *["health-before", "apply", "verify", "return"],
    ]
    places = [float(left) for _, left, _ in kinds]
    assert places == sorted(places)
    assert max(float(left) + float(width) for _, left, width in kinds) <= 100.01
    told = Page(drawn).text
    for word in ("第 1 批 1 台", "第 2 批 3 台", "第 3 批 6 台", "观察 1 分 0 秒", "健康（后） 2 秒 ×", "未执行"):
        assert word in told


@pytest.mark.parametrize("name", [*SAMPLES, "large"])
def test_bars_follow_one_another_and_fill_the_picture(name: str) -> None:
    for run in told({**SAMPLES, "large": large}[name]()).runs:
        found = [bar for _, wave in bars(run) for bar in wave]
        for earlier, later in pairwise(found):
            assert earlier.left + earlier.width <= later.left + 0.02
        assert all(bar.width >= 0.3 for bar in found)
        if found:
            assert found[0].left == 0
            assert found[-1].left + found[-1].width == pytest.approx(100, abs=0.05)


def test_each_square_leads_to_its_host_and_shows_how_the_run_left_it() -> None:
    source = page_of(interrupted())
    first, second = section(source, "waves").split('<article class="of-run">')[1:]
    squares = re.compile(r'<a class="([\w ]+)" href="#h(\d+)" title="([\w-]+) (.+?)">')
    assert [found[0] for found in squares.findall(first)] == ["m", *["n low"] * 3, *["a"] * 6]
    assert [found[0] for found in squares.findall(second)] == ["m"] * 9
    hosts = dict(re.findall(r'<details id="h(\d+)".*?<b class="host">([\w-]+)</b>', source, re.DOTALL))
    assert all(hosts[number] == name for _, number, name, _ in squares.findall(first + second))
    assert "在“开始写入”之后中断" in Page(first).text


def test_hosts_that_need_a_look_come_first_with_the_line_to_type() -> None:
    told = words_of(page_of(emergency()), "attention")
    assert told.index("elk-5") < told.index("jyweb-2-a")
    assert "! 需人工处理 nginx-7 第 1 批 失联：连接超时" in told
    assert "控制台恢复命令： sh /var/lib/anwei/2026-11-urgent/undo" in told
    assert '<section id="attention">' not in page_of(interrupted())


def test_a_host_that_stands_in_for_one_of_a_wave_is_named_when_it_is_sick() -> None:
    script = Script()
    script.opened("c1", "一对")
    script.begun([["jyweb-2-a"]])
    script.health(1, "before", ["jyweb-2-a", "jyweb-2-b"], sick=["jyweb-2-b"])
    told = words_of(page_of(script.entries), "attention")
    assert "不正常 jyweb-2-b 第 1 批 同一高可用组的主机，不在这一批；实施前 http：https://jyweb-2-b" in told


def test_a_host_shows_its_changes_health_checks_and_rollback(source: str) -> None:
    whole = section(source, "hosts").split('<details id="h2"')[1].split("</details>", maxsplit=1)[0]
    told = Page("<details" + whole).text
    for word in (
        "jyweb-2-a 已回退 2 openEuler 22.03 LTS-SP3 3 √ → ×",
        "高可用组：jyweb-2",
        "已启用自动撤回，已用新的登录确认",
        "file:/etc/ssh/sshd_config",
        "tcp 22 √ 端口可连 √ 端口可连",
        "http √ 状态 200，0.04 秒 × https://jyweb-2-a.example.gov/ 状态 502，应为 200",
        "LNX-IAd-01 双因素鉴别 · ? 须访谈确认",
        "与变更前相同",
    ):
        assert word in told, word
    untouched = Page(section(source, "hosts").split('id="h5"')[1].split("</details>", maxsplit=1)[0]).text
    assert "没有对这台主机做过任何写入" in untouched


def test_a_change_that_hosts_share_stands_there_once(source: str) -> None:
    blocks = section(source, "changes").split("<details ")[1:]
    assert len([block for block in blocks if "service:sshd" in block]) == 1
    told = Page("<details " + blocks[0]).text
    assert "4 台：canary-1、jyweb-2-a、jydb-3-a、file-4" in told
    assert re.search(r"<del>-#PermitRootLogin yes</del>\n<ins>\+PermitRootLogin no</ins>", source)
    assert "MaxAuthTries 6 3" in Page(source).text
    # Every host leads to all of its changes, and to those that were taken back.
    links = re.findall(r'<li><a href="#c(\d+)">', section(source, "hosts"))
    assert len(links) == 4 * 3 + 3


def test_secrets_that_were_masked_are_not_made_up_for(source: str) -> None:
    assert "file:/etc/anwei/probe" in source
    assert "******" in source


def test_every_event_is_listed_with_its_digest(source: str) -> None:
    told = words_of(source, "events")
    for entry in failing():
        assert entry["digest"][:12] in told
    for word in (
        "22:03:16 门禁 5 项通过，0 项未通过",
        "2 实施后：2 台正常，1 台不正常：jyweb-2-a",
        "开始回退 2 3 台，原因：jyweb-2-a 的健康检查在变更后不正常",
        "结束 已回退：第 2 批变更后",
    ):
        assert word in told, word
    assert "之前有一行写到 211 字节时断电" in words_of(page_of(interrupted()), "events")


def test_emergency_and_rehearsal_are_marked_at_the_top() -> None:
    heads = {name: page_of(SAMPLES[name]()).split("<main>", maxsplit=1)[0] for name in ("emergency", "rehearsal")}
    assert '<b class="o n high">紧急变更</b>' in heads["emergency"]
    assert ">演练</b>" in heads["rehearsal"]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_record_makes_a_page_whose_links_find_their_targets(name: str) -> None:
    page = Page(page_of(SAMPLES[name]()))
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    assert {link.removeprefix("#") for link in page.attributes("href", "a")} <= set(ids)
    assert page.attributes("src") == []
    assert page.attributes("style") == []  # the page's own policy would stop it
    (policy,) = [found["content"] for _, found in page.elements if "http-equiv" in found]
    assert policy.startswith("default-src 'none';")


@pytest.mark.parametrize("count", range(0, 20, 3))
def test_a_record_makes_a_page_wherever_it_was_cut_short(count: int) -> None:
    entries = failing()[: count + 1]
    assert "变更实施记录" in render(told(entries), Verdict(1, len(entries), 0, "", (), ()))


def test_hostile_text_stays_text() -> None:
    source = page_of(SAMPLES["hostile"]())
    page = Page(source)
    assert [tag for tag, _ in page.elements].count("h1") == 1
    assert [tag for tag, _ in page.elements].count("script") == 1
    assert "img" not in [tag for tag, _ in page.elements]
    assert not any("onmouseover" in found or "onerror" in found for _, found in page.elements)
    assert "<U+202E>" in page.text
    body = source.split("<script>")[0]
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e\u2066]", body)
    assert HOSTILE["template"] in page.text


def test_a_long_diff_is_cut_and_says_where_the_whole_stands() -> None:
    entries = done()
    whole = "".join(f"+line {number}\n" for number in range(9000))
    answer = applied("canary-1", changes=[{**changes("canary-1")[0], "diff": whole}])
    entries[5] = {**entries[5], "data": {"wave": 1, "hosts": {"canary-1": answer}}}
    told = Page(page_of(entries)).text
    assert "anwei record show 2026-11-sshd --json" in told
    assert "+line 8999" not in told


def test_five_hundred_hosts_are_rendered_quickly_and_stay_small() -> None:
    entries = large()
    started = time.process_time()
    source = page_of(entries)
    assert time.process_time() - started < RENDER_SECONDS
    assert len(source.encode()) < LARGEST_PAGE
    assert source.count('<details id="h') == 500


def test_the_page_is_written_for_its_owner_alone(tmp_path: Path) -> None:
    path = write_page(told(done()), verdict(done()), tmp_path / "new" / "record.html")
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["record.html"]


def test_the_templates_use_no_text_that_is_not_there() -> None:
    sources = [path.read_text(encoding="utf-8") for path in TEMPLATES.glob("record*.html.j2")]
    used = {key for source in sources for key in re.findall(r'\bt\("([\w.-]+)"[,)]', source)}
    assert len(used) > 40
    assert {f"record.{key}" for key in used} - set(catalogue("zh")) == set()
