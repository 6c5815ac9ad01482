"""A change's window: how it is written, what is refused, and what is said of it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from anwei.calendar import Window, problems, said, zone
from anwei.errors import BadInput, Failure

SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHT = Window.parse("2026-12-05 22:00", "2026-12-06 02:00", SHANGHAI)


def at(written: str) -> datetime:
    """A moment in Shanghai."""
    return datetime.fromisoformat(written).replace(tzinfo=SHANGHAI)


def refusal(start: object, end: object) -> BadInput:
    with pytest.raises(BadInput) as refused:
        Window.parse(start, end, SHANGHAI)
    assert refused.value.code == "AW-window-wrong"
    return refused.value


def test_it_is_local_time_of_the_estate() -> None:
    assert NIGHT.start == datetime(2026, 12, 5, 14, 0, tzinfo=UTC)
    assert NIGHT.end == datetime(2026, 12, 5, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize("seconds", ["", ":00", ":30"])
def test_seconds_may_be_written_or_not_also_where_yaml_makes_a_moment_of_them(seconds: str) -> None:
    page = yaml.safe_load(f"{{from: 2026-12-05 22:00{seconds}, to: 2026-12-06 02:00}}")
    window = Window.parse(page["from"], page["to"], SHANGHAI)
    assert window.start - NIGHT.start == timedelta(seconds=int(seconds[1:] or 0))
    assert window.end == NIGHT.end


@pytest.mark.parametrize(
    "written",
    [
        *("2026-12-05", "2026-12-05 2:00", "2026-12-05T22:00", "2026-12-05 22:00Z", "2026-12-05 22:00+08:00", " "),
        *("2026-02-29 22:00", "2026-12-05 24:00", "2026-12-05 22:00\n", "２０２６-12-05 22:00", "tomorrow"),
        *(None, 7, ["2026-12-05 22:00"], date(2026, 12, 5), datetime(2026, 12, 5, 22, 0, tzinfo=UTC)),
    ],
    ids=repr,
)
def test_anything_else_is_refused_by_name(written: object) -> None:
    assert refusal(written, "2026-12-06 02:00").details[0].startswith(f"“{written}”不是时间")
    assert len(refusal(written, written).details) == 2


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("2026-12-05 22:00", "结束不晚于开始"),
        ("2026-12-05 02:00", "结束不晚于开始"),
        ("2026-12-12 22:01", "超过 7 天"),
        ("9999-12-31 23:59", "超过 7 天"),
    ],
)
def test_what_nobody_can_mean_is_refused(end: str, words: str) -> None:
    assert [words in detail for detail in refusal("2026-12-05 22:00", end).details] == [True]


def test_seven_days_are_not_too_long() -> None:
    assert Window.parse("2026-12-05 22:00", "2026-12-12 22:00", SHANGHAI).end == at("2026-12-12 22:00")


@pytest.mark.parametrize(
    ("now", "inside"),
    [
        ("2026-12-05 21:59:59", False),
        ("2026-12-05 22:00", True),
        ("2026-12-06 01:59", True),
        ("2026-12-06 02:00", False),
    ],
)
def test_it_holds_its_first_moment_and_not_its_last(now: str, inside: bool) -> None:
    assert NIGHT.contains(at(now)) is inside
    assert NIGHT.contains(at(now).astimezone(UTC)) is inside


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        ("2026-12-05 19:00", "变更窗口尚未开始，还有 3 小时（2026-12-05 22:00 开始）"),
        ("2026-12-02 20:30", "变更窗口尚未开始，还有 3 天 1 小时（2026-12-05 22:00 开始）"),
        ("2026-12-05 21:59:10", "变更窗口尚未开始，还有 不到 1 分钟（2026-12-05 22:00 开始）"),
        ("2026-12-05 22:10", "变更窗口已开始，还剩 3 小时 50 分钟（2026-12-06 02:00 结束）"),
        ("2026-12-06 02:00", "变更窗口已于 2026-12-06 02:00 结束"),
    ],
)
def test_it_says_how_far_off_it_is(now: str, sentence: str) -> None:
    assert said(NIGHT, at(now)) == sentence


def test_it_says_so_in_english_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANWEI_LANG", "en")
    assert said(NIGHT, at("2026-12-05 19:00")) == "the window has not begun, 3 h to go (it begins at 2026-12-05 22:00)"


def test_a_window_that_is_over_is_a_problem_and_one_to_come_is_none() -> None:
    assert problems(NIGHT, at("2026-11-21 12:00")) == problems(NIGHT, at("2026-12-06 01:59")) == []
    assert problems(NIGHT, at("2026-12-06 02:00")) == ["变更窗口已于 2026-12-06 02:00 结束"]
    upside_down = Window(NIGHT.end, NIGHT.start)
    assert "结束不晚于开始" in problems(upside_down, at("2026-11-21 12:00"))[0]


def test_the_days_it_touches() -> None:
    assert NIGHT.days() == [date(2026, 12, 5), date(2026, 12, 6)]
    assert Window.parse("2026-12-05 22:00", "2026-12-06 00:00", SHANGHAI).days() == [date(2026, 12, 5)]
    assert Window.parse("2026-12-31 23:59", "2027-01-01 00:00:01", SHANGHAI).days()[-1] == date(2027, 1, 1)


MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(microsecond=0))


@given(MOMENTS, st.timedeltas(timedelta(seconds=1), timedelta(days=7)), MOMENTS)
def test_a_moment_inside_lies_on_a_day_that_the_window_touches(start: datetime, span: timedelta, now: datetime) -> None:
    end = (start + span).replace(microsecond=0)
    if end <= start:
        return
    window = Window.parse(f"{start:%Y-%m-%d %H:%M:%S}", f"{end:%Y-%m-%d %H:%M:%S}", SHANGHAI)
    moment = now.replace(tzinfo=SHANGHAI)
    assert moment.date() in window.days() or not window.contains(moment)
    assert len(window.days()) <= 8
    assert window.start.date() in window.days()


def test_the_zone_is_shanghai_unless_the_estate_says_another() -> None:
    assert zone({}) == SHANGHAI
    assert zone({"estate_timezone": "Asia/Urumqi"}) == ZoneInfo("Asia/Urumqi")


def test_a_machine_without_zone_data_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoneinfo.TZPATH", ())
    monkeypatch.setattr("zoneinfo._tzpath.TZPATH", ())
    ZoneInfo.clear_cache()
    with pytest.raises(Failure) as failure:
        zone({})
    assert failure.value.code == "AW-window-zone"
    assert "Asia/Shanghai" in str(failure.value)
    assert "tzdata" in str(failure.value)
