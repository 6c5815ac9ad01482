"""Working days in China: the site's own days first, then the public calendar with its swapped working weekends."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import chinese_calendar  # type: ignore[import-untyped]  # it has no types

SATURDAY = 5
# A notice that sets the holidays of a year also touches the last days of the year before (29 December 2018, say).
EVE = timedelta(days=7)
# A site that names as many days off has written a year down; one that names fewer has added days to a known one.
WHOLE_YEAR = 11


class UnknownDayError(Exception):
    """Nobody has said yet whether people work on that day."""


def is_workday(day: date, settings: Mapping[str, Any]) -> bool:
    """Whether people work on `day`, by the estate's own calendar and then by the public one."""
    own = settings.get("estate_calendar", {})
    for name in ("workdays", "holidays"):
        if day.isoformat() in own.get(name, ()):
            return name == "workdays"
    if _published(day.year) and _published((day + EVE).year):
        return bool(chinese_calendar.is_workday(day))
    if _written_down(own, day.year):
        return day.weekday() < SATURDAY
    raise UnknownDayError(day.isoformat())


def _published(year: int) -> bool:
    """Whether the library has the holidays of a year."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def _written_down(own: Mapping[str, Any], year: int) -> bool:
    """Whether the site has written down the days off of a whole year; all others then follow the week."""
    return len({day for day in own.get("holidays", ()) if day.startswith(f"{year}-")}) >= WHOLE_YEAR
