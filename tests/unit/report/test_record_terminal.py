"""Records on a terminal, in the language of the reader."""

import re

import pytest

from anwei.record.chain import Problem
from anwei.record.heads import Verdict
from anwei.record.reading import story_of
from anwei.report import record_terminal
from anwei.report.record_words import Words
from anwei.texts import catalogue
from tests.sample_records import SAMPLES, emergency, failing

SOUND = Verdict(1, 19, 2, "SHA256:abc", (), (), 18)


def test_records_are_listed_in_columns_the_oldest_first() -> None:
    stories = [story_of(name, SAMPLES[name]()) for name in ("running", "done")]
    lines = record_terminal.listing(stories).splitlines()
    assert lines[0].split() == ["记录", "变更", "环境", "方式", "开始", "结果", "主机"]
    assert lines[2].endswith("2026-11-21 22:03  已完成  未纳入 1 完成 10")
    assert record_terminal.listing([]) == "还没有记录"


def test_a_record_is_shown_wave_by_wave_with_the_hosts_that_need_a_look() -> None:
    shown = record_terminal.shown(story_of("c1", failing()), SOUND)
    assert shown.splitlines()[:2] == [
        "c1  禁止 root 直接登录并收紧算法",
        "已回退 第 2 批变更后 jyweb-2-a 不正常，已整批回退；第 1 批保留，第 3 批未执行",
    ]
    assert re.search(r"第 2 批  3 台  已回退  健康（前） 2 秒 .*健康（后） 2 秒 ×  回退 7 秒", shown)
    assert "已回退 3 未执行 6 完成 1" in shown
    assert "jyweb-2-a  已回退  http：https://jyweb-2-a.example.gov/ 状态 502" in shown
    assert shown.endswith("签名密钥：SHA256:abc")
    rollback = record_terminal.shown(story_of("c1", emergency()), SOUND)
    assert "控制台恢复命令  nginx-7：sh /var/lib/anwei/2026-11-urgent/undo" in rollback


def test_problems_are_told_one_by_one() -> None:
    problems = (
        Problem("altered", 3, {"n": 2, "event": "gate"}, "c1"),
        Problem("unsigned", 7, {"of": "c1"}, "heads"),
    )
    told = record_terminal.verified(Verdict(1, 5, 2, "SHA256:abc", problems, ("c2",)))
    assert told.splitlines() == [
        "发现 2 处问题：",
        "  c1：第 3 行（第 2 条，gate）被改动过：内容与它的摘要不符",
        "  封存清单：第 7 行（记录 c1）的签名不是本控制机的",
        "c2：最后一行没有写完（正在写入，或断电）；它没有生效，不算改动",
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", SAMPLES)
def test_every_record_is_shown_in_both_languages(name: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANWEI_LANG", language)
    story = story_of(name, SAMPLES[name]())
    shown = record_terminal.shown(story, SOUND) + record_terminal.listing([story])
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", shown)
    if language == "en" and name == "running":
        assert "not ended" in shown


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 秒"), (0.044, "0.04 秒"), (59.4, "59 秒"), (60, "1 分 0 秒"), (7325, "2 小时 2 分")]
)
def test_lengths_of_time_are_told_in_two_units(seconds: float, said: str) -> None:
    assert Words("zh").lasting(seconds) == said


def test_every_problem_that_verifying_can_find_has_a_sentence() -> None:
    values = {"n": 1, "event": "e", "first": 1, "last": 2, "at": "t", "key": "k", "of": "c1"}
    kinds = [key.rpartition(".")[2] for key in catalogue("zh") if key.startswith("record.problem.")]
    assert len(kinds) == 12
    for kind in kinds:
        assert Words("zh").problem(Problem(kind, 1, values))
