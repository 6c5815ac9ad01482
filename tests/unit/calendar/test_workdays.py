"""Working days against the notices of the State Council for 2025 and 2026, and the site's own days."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anwei.calendar import UnknownDayError, is_workday

# Weekends on which people work because another day is off.
WORKING_WEEKENDS = [
    *("2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"),
    *("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"),
]
# Days of the week on which people are off.
DAYS_OFF = [
    *("2025-01-01", "2025-01-28", "2025-02-04", "2025-04-04", "2025-05-05", "2025-06-02", "2025-10-08"),
    *("2026-01-02", "2026-02-16", "2026-02-23", "2026-04-06", "2026-05-05", "2026-06-19", "2026-09-25", "2026-10-07"),
]
UNKNOWN = 2090
SPRING = [f"{UNKNOWN}-01-{day:02}" for day in range(28, 32)]
OCTOBER = [f"{UNKNOWN}-10-{day:02}" for day in range(1, 8)]
WRITTEN_DOWN = {"holidays": [*SPRING, *OCTOBER], "workdays": [f"{UNKNOWN}-10-14"]}


def works(day: str, **calendar: object) -> bool:
    return is_workday(date.fromisoformat(day), {"estate_calendar": calendar})


@pytest.mark.parametrize("day", WORKING_WEEKENDS)
def test_a_swapped_weekend_is_worked(day: str) -> None:
    assert date.fromisoformat(day).weekday() >= 5
    assert works(day)
    assert not works((date.fromisoformat(day) - timedelta(days=7 if day != "2026-02-28" else 20)).isoformat())


@pytest.mark.parametrize("day", DAYS_OFF)
def test_a_holiday_on_a_day_of_the_week_is_off(day: str) -> None:
    assert date.fromisoformat(day).weekday() < 5
    assert not works(day)


def test_an_ordinary_week_is_five_days_and_two() -> None:
    week = [date(2026, 11, 16) + timedelta(days=number) for number in range(7)]
    assert [is_workday(day, {}) for day in week] == [True] * 5 + [False] * 2


def test_the_sites_own_days_win() -> None:
    assert works("2026-10-01", workdays=["2026-10-01"])
    assert not works("2026-02-14", holidays=["2026-02-14"])
    assert works("2026-11-18", holidays=["2026-11-19"])


@pytest.mark.parametrize("day", ["2090-03-01", "1999-10-01", "9999-12-31"])
def test_a_year_that_nobody_has_announced_is_unknown(day: str) -> None:
    with pytest.raises(UnknownDayError):
        works(day)


def test_the_end_of_the_last_known_year_waits_for_the_next_notice() -> None:
    last = max(year for year in range(2025, 2060) if known(date(year, 6, 1)))
    assert known(date(last, 12, 24))
    assert not known(date(last, 12, 29))
    assert works(f"{last}-12-29", workdays=[f"{last}-12-29"])


def test_a_year_that_the_site_wrote_down_is_known() -> None:
    assert not works(SPRING[0], **WRITTEN_DOWN)
    assert works(f"{UNKNOWN}-10-14", **WRITTEN_DOWN)
    days = [date(UNKNOWN, 3, 6) + timedelta(days=number) for number in range(7)]
    assert [works(day.isoformat(), **WRITTEN_DOWN) for day in days] == [True] * 1 + [
        day.weekday() < 5 for day in days[1:]
    ]


def test_a_few_own_days_do_not_make_a_year_known() -> None:
    few: dict[str, Any] = {"holidays": OCTOBER}
    assert not works(OCTOBER[0], **few)
    with pytest.raises(UnknownDayError):
        works(f"{UNKNOWN}-03-06", **few)


def known(day: date) -> bool:
    try:
        is_workday(day, {})
    except UnknownDayError:
        return False
    return True


@given(st.dates(date(2025, 1, 1), date(2025, 12, 24)))
def test_a_published_year_is_known_throughout(day: date) -> None:
    assert known(day)
