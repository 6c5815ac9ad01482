"""What was cut short: runs whose record did not come to its end, and what killed processes left lying about."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

from anwei.control.finding import Finding, bad, fine, warning
from anwei.control.snapshot import DRAFT
from anwei.estate.problems import listed
from anwei.home import home
from anwei.record import records

A_DAY = 24 * 3600
AT_REST = ("opened", "ended")  # nothing was begun, or all of it came to its end
OF_PROCESS = re.compile(r"anwei-play-(\d+)-")


def found() -> Iterator[Finding]:
    """Everything that somebody should end or remove."""
    last = {record.name: entries[-1]["event"] for record in records() if (entries := record.entries())}
    under_way = {name for name, event in last.items() if event not in AT_REST}
    going_on = under_way & _held()
    wrong = [*_cut_short(under_way - going_on), *_lying_about()]
    yield from wrong
    if going_on:
        yield fine("running", changes=listed(sorted(going_on)))
    elif not wrong:
        yield fine("nothing-left")


def _cut_short(names: set[str]) -> Iterator[Finding]:
    """Runs that nobody carries on."""
    if names:
        yield warning("cut-short", changes=listed(sorted(names)))


def _lying_about() -> Iterator[Finding]:
    """Folders of processes that are no more, and a restore that did not come to its end."""
    if abandoned := sorted(_abandoned()):
        yield warning("abandoned", paths=listed(abandoned))
    if drafts := sorted(str(path) for path in home().glob(f"{DRAFT}*")):
        yield bad("half-restored", paths=listed(drafts))


def _held() -> set[str]:
    """The changes that a living process holds. What a dead one left in its lock means nothing."""
    held = set()
    for page in (home() / "locks").glob("*/*"):
        try:
            about = json.loads(page.read_text(encoding="utf-8"))
            if b"anwei" in Path("/proc", str(int(about["pid"])), "cmdline").read_bytes():
                held.add(str(about["change"]))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return held


def _abandoned() -> Iterator[str]:
    """Private folders whose process is gone; of those that name none, what nobody touched for a day."""
    for path in (home() / "tmp").glob("*"):
        owner = OF_PROCESS.match(path.name)
        gone = not Path("/proc", owner[1]).exists() if owner else time.time() - path.lstat().st_mtime > A_DAY
        if gone:
            yield str(path)
