"""Why the calendar forbids a change to run now. The gate makes its refusals of these."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from anwei.calendar.freezes import touched
from anwei.calendar.window import Window, lasting, shown
from anwei.calendar.workdays import UnknownDayError, is_workday
from anwei.texts import text

CHANGE_DAYS = {"workdays": True, "non-workdays": False}


@dataclass(frozen=True)
class Reason:
    """One reason: a stable code, and the values of its sentence."""

    code: str
    values: Mapping[str, str]

    @property
    def said(self) -> str:
        """The reason in the language of the reader."""
        return text(f"calendar.reason.{self.code}", **self.values)


def reasons(settings: Mapping[str, Any], window: Window, now: datetime) -> list[Reason]:
    """Everything that speaks against running now; nothing where the change may run.

    Every day that the window touches counts: a change that begins late on an allowed day must not end in a frozen one.
    """
    return [*_outside(window, now), *_frozen(settings, window), *_on_wrong_days(settings, window.days())]


def _outside(window: Window, now: datetime) -> Iterator[Reason]:
    """The window has not begun, or is over."""
    if now < window.start:
        yield Reason("window-early", {"start": shown(window.start), "left": lasting(window.start - now)})
    elif not window.contains(now):
        yield Reason("window-over", {"end": shown(window.end)})


def _frozen(settings: Mapping[str, Any], window: Window) -> Iterator[Reason]:
    """The window reaches into key periods."""
    for freeze in touched(settings, window):
        values = {"name": freeze["name"], "first": freeze["from"], "last": freeze["to"], "reason": freeze["reason"]}
        yield Reason("frozen", values)


def _on_wrong_days(settings: Mapping[str, Any], days: Sequence[date]) -> Iterator[Reason]:
    """The estate changes on certain days only, and the window touches others or some that nobody knows yet."""
    which = settings.get("estate_change_days", "any")
    if which not in CHANGE_DAYS:
        return
    wrong, unknown = [], []
    for day in days:
        try:
            wrong += [day] if is_workday(day, settings) is not CHANGE_DAYS[which] else []
        except UnknownDayError:
            unknown.append(day)
    if wrong:
        yield Reason("not-a-change-day", {"days": _listed(wrong), "which": text(f"calendar.which.{which}")})
    if unknown:
        yield Reason("calendar-unknown", {"days": _listed(unknown)})


def _listed(days: Sequence[date]) -> str:
    """Days one after the other."""
    return ", ".join(day.isoformat() for day in days)
