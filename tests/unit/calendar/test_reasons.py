"""What the gate is told: the window, key periods and days on which the estate does not change."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from anwei.calendar import Reason, Window, frozen, reasons, touched

SHANGHAI = ZoneInfo("Asia/Shanghai")
SPRING = {"name": "春节", "from": "2026-02-01", "to": "2026-02-23", "reason": "节日保障"}
CONGRESS = {"name": "全国两会", "from": "2026-02-24", "to": "2026-03-15", "reason": "重要会议期间网络安全保障"}
FROZEN = {"estate_freezes": [SPRING, CONGRESS]}


def window(start: str, end: str) -> Window:
    return Window.parse(start, end, SHANGHAI)


def found(settings: dict[str, Any], start: str, end: str, now: str = "") -> list[Reason]:
    """The reasons, at the start of the window unless another time is given."""
    moment = datetime.fromisoformat(now or start).replace(tzinfo=SHANGHAI)
    return reasons(settings, window(start, end), moment.astimezone(UTC))


def codes(settings: dict[str, Any], start: str, end: str, now: str = "") -> list[str]:
    return [reason.code for reason in found(settings, start, end, now)]


def test_inside_the_window_nothing_speaks_against_a_change() -> None:
    assert codes({}, "2026-12-05 22:00", "2026-12-06 02:00") == []
    assert codes(FROZEN, "2026-12-05 22:00", "2026-12-06 02:00") == []


@pytest.mark.parametrize(
    ("now", "code"),
    [("2026-12-05 21:59", "window-early"), ("2026-12-06 02:00", "window-over"), ("2026-12-06 01:59", None)],
)
def test_outside_it_does(now: str, code: str | None) -> None:
    assert codes({}, "2026-12-05 22:00", "2026-12-06 02:00", now) == ([code] if code else [])


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-01-31", None),
        ("2026-02-01", "春节"),
        ("2026-02-23", "春节"),
        ("2026-02-24", "全国两会"),
        ("2026-03-15", "全国两会"),
        ("2026-03-16", None),
    ],
)
def test_both_ends_of_a_key_period_are_frozen(day: str, name: str | None) -> None:
    freeze = frozen(FROZEN, date.fromisoformat(day))
    assert (freeze["name"] if freeze else None) == name
    assert codes(FROZEN, f"{day} 22:00", f"{day} 23:00") == (["frozen"] if name else [])


def test_a_window_that_only_ends_in_a_key_period_touches_it() -> None:
    assert codes(FROZEN, "2026-01-31 22:00", "2026-02-01 00:30") == ["frozen"]
    assert codes(FROZEN, "2026-01-31 22:00", "2026-02-01 00:00") == []


def test_every_key_period_that_a_window_touches_is_named() -> None:
    both = window("2026-02-23 22:00", "2026-02-24 02:00")
    assert touched(FROZEN, both) == [SPRING, CONGRESS]
    said = [reason.said for reason in found(FROZEN, "2026-02-23 22:00", "2026-02-24 02:00")]
    assert said == [
        "变更窗口碰到重点时期“春节”（2026-02-01 至 2026-02-23），其间冻结变更：节日保障",
        "变更窗口碰到重点时期“全国两会”（2026-02-24 至 2026-03-15），其间冻结变更：重要会议期间网络安全保障",
    ]
    assert frozen({}, date(2026, 2, 1)) is None


@pytest.mark.parametrize(
    ("which", "start", "end", "expected"),
    [
        ("any", "2026-10-01 22:00", "2026-10-02 02:00", []),
        ("workdays", "2026-11-18 22:00", "2026-11-19 02:00", []),
        ("workdays", "2026-11-20 22:00", "2026-11-21 02:00", ["not-a-change-day"]),
        ("workdays", "2026-11-20 22:00", "2026-11-21 00:00", []),
        ("workdays", "2026-10-10 01:00", "2026-10-10 05:00", []),
        ("workdays", "2026-10-07 01:00", "2026-10-07 05:00", ["not-a-change-day"]),
        ("non-workdays", "2026-10-10 01:00", "2026-10-10 05:00", ["not-a-change-day"]),
        ("non-workdays", "2026-10-07 01:00", "2026-10-07 05:00", []),
        ("non-workdays", "2026-11-21 22:00", "2026-11-22 02:00", []),
        ("workdays", "2090-03-01 22:00", "2090-03-01 23:00", ["calendar-unknown"]),
        ("any", "2090-03-01 22:00", "2090-03-01 23:00", []),
    ],
)
def test_days_on_which_the_estate_changes(which: str, start: str, end: str, expected: list[str]) -> None:
    assert codes({"estate_change_days": which}, start, end) == expected


def test_the_sites_own_calendar_decides_too() -> None:
    settings = {"estate_change_days": "workdays", "estate_calendar": {"workdays": ["2090-03-01"]}}
    assert codes(settings, "2090-03-01 22:00", "2090-03-01 23:00") == []
    (reason,) = found(settings, "2090-03-01 22:00", "2090-03-02 02:00")
    assert reason == Reason("calendar-unknown", {"days": "2090-03-02"})
    assert "estate_calendar" in reason.said


def test_everything_is_told_at_once_and_in_plain_words() -> None:
    settings = {**FROZEN, "estate_change_days": "workdays"}
    told = found(settings, "2026-02-15 22:00", "2026-02-16 02:00", "2026-02-15 19:00")
    assert [reason.code for reason in told] == ["window-early", "frozen", "not-a-change-day"]
    assert told[0].said == "变更窗口尚未开始，还有 3 小时（2026-02-15 22:00 开始）"
    assert told[2].said == "本环境只在工作日变更，而变更窗口包括 2026-02-15, 2026-02-16"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_reason_has_its_sentence(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANWEI_LANG", language)
    settings = {**FROZEN, "estate_change_days": "non-workdays"}
    told = [
        *found(settings, "2026-02-27 22:00", "2026-02-28 02:00", "2026-02-27 21:00"),
        *found(settings, "2090-02-28 22:00", "2090-02-28 23:00", "2090-02-28 23:00"),
    ]
    expected = ["window-early", "frozen", "not-a-change-day", "window-over", "calendar-unknown"]
    assert [reason.code for reason in told] == expected
    assert all("{" not in reason.said for reason in told)
