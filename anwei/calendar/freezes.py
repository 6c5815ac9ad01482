"""Key periods (重点时期), in which changes are frozen: the setting `estate_freezes`, whose first and last day count."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from anwei.calendar.window import Window

Freeze = Mapping[str, str]


def frozen(settings: Mapping[str, Any], day: date) -> Freeze | None:
    """The period in which `day` lies, if there is one."""
    return next(iter(_touching(settings, [day])), None)


def touched(settings: Mapping[str, Any], window: Window) -> list[Freeze]:
    """Every period that a window reaches into."""
    return _touching(settings, window.days())


def _touching(settings: Mapping[str, Any], days: Iterable[date]) -> list[Freeze]:
    """The periods that hold one of `days`. Days are compared as they are written."""
    written = [day.isoformat() for day in days]
    freezes = settings.get("estate_freezes", ())
    return [freeze for freeze in freezes if any(freeze["from"] <= day <= freeze["to"] for day in written)]
