"""A change's window: from when to when it may run, in the local time of the estate."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from anwei.errors import BadInput, Failure
from anwei.texts import text

ZONE = "Asia/Shanghai"
LONGEST = timedelta(days=7)
WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}(:\d{2})?", re.ASCII)
SHOWN = "%Y-%m-%d %H:%M"
MINUTES = {"days": 24 * 60, "hours": 60, "minutes": 1}
PARTS_SHOWN = 2


@dataclass(frozen=True)
class Window:
    """From its first moment up to its last, which is no longer part of it. Both know their time zone."""

    start: datetime
    end: datetime

    @classmethod
    def parse(cls, start: object, end: object, local: ZoneInfo) -> "Window":
        """The window as a change.yml has it. One that cannot be read, or that nobody can mean, is refused."""
        first, last = (_moment(written, local) for written in (start, end))
        wrong = [
            text("calendar.unreadable", value=written)
            for written, moment in ((start, first), (end, last))
            if moment is None
        ]
        window = cls(first, last) if first and last else None
        wrong += _insane(window) if window else []
        if wrong or window is None:
            raise BadInput("AW-window-wrong", details=wrong)
        return window

    def contains(self, now: datetime) -> bool:
        """Whether the change may run at `now`, as far as its window goes."""
        return self.start <= now < self.end

    def days(self) -> list[date]:
        """Every local day that the window touches; one that ends at midnight does not touch the day behind it."""
        first = self.start.date()
        last = (self.end - timedelta.resolution).date()
        return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def zone(settings: Mapping[str, Any]) -> ZoneInfo:
    """The time zone of an estate."""
    name = settings.get("estate_timezone", ZONE)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Failure("AW-window-zone", zone=name) from error


def problems(window: Window, now: datetime) -> list[str]:
    """What speaks against a window whatever the estate's calendar says: it is impossible, too long or over."""
    over = [] if now < window.end else [text("calendar.over", end=shown(window.end))]
    return [*_insane(window), *over]


def said(window: Window, now: datetime) -> str:
    """How far off the window is, or how much of it is left."""
    start, end = shown(window.start), shown(window.end)
    if now >= window.end:
        return text("calendar.over", end=end)
    if now < window.start:
        return text("calendar.early", start=start, left=lasting(window.start - now))
    return text("calendar.open", end=end, left=lasting(window.end - now))


def shown(moment: datetime) -> str:
    """A moment as people write it."""
    return moment.strftime(SHOWN)


def lasting(span: timedelta) -> str:
    """A length of time in its two largest units."""
    left = int(span.total_seconds() // 60)
    parts = []
    for unit, minutes in MINUTES.items():
        count, left = divmod(left, minutes)
        parts += [text(f"calendar.lasting.{unit}", count=count)] if count else []
    return " ".join(parts[:PARTS_SHOWN]) or text("calendar.lasting.moment")


def _moment(written: object, local: ZoneInfo) -> datetime | None:
    """A local moment, if that is one. YAML itself makes a moment of what is written with seconds."""
    if isinstance(written, str) and WRITTEN.fullmatch(written):
        try:
            written = datetime.fromisoformat(written)
        except ValueError:
            return None
    if not isinstance(written, datetime) or written.tzinfo:
        return None
    return written.replace(tzinfo=local)


def _insane(window: Window) -> list[str]:
    """What nobody can mean by a window."""
    values = {"start": shown(window.start), "end": shown(window.end), "days": LONGEST.days}
    if window.end <= window.start:
        return [text("calendar.backwards", **values)]
    return [text("calendar.long", **values)] if window.end - window.start > LONGEST else []
