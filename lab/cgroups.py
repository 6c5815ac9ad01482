"""The control group of a lab: everything that `up` starts is born inside it, so one write ends all of it.

Killing nspawn by itself would leave its guest alive as an orphan; `cgroup.kill` leaves nobody.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from anwei.errors import Failure
from lab.place import Place

DYING_SECONDS = 20.0


def hierarchy() -> Path | None:
    """Where the unified hierarchy is mounted: /sys/fs/cgroup, or beside version 1 on a hybrid machine."""
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, where, kind, *_ = line.split()
        if kind == "cgroup2":
            return Path(where)
    return None


def of_lab(place: Place) -> Path:
    """The control group of the whole lab."""
    root = hierarchy()
    if root is None:
        raise Failure("AW-lab-unfit", missing="cgroup2")
    return root / place.prefix


def of_host(place: Place, host: str) -> Path:
    """The control group of one host: a child of the lab's."""
    return of_lab(place) / place.machine(host)


@contextmanager
def joined(group: Path) -> Iterator[None]:
    """Run the block inside `group`, so that whatever it starts is born there, and step out again."""
    unified = next(line for line in Path("/proc/self/cgroup").read_text().splitlines() if line.startswith("0::"))
    before = (hierarchy() or group.parent) / unified.removeprefix("0::").lstrip("/")
    group.mkdir(exist_ok=True)
    _move_self(group)
    try:
        yield
    finally:
        _move_self(before)


def _move_self(group: Path) -> None:
    """Move this process."""
    (group / "cgroup.procs").write_text(str(os.getpid()))


def running(group: Path) -> bool:
    """Whether any process lives in `group` or below it."""
    try:
        return "populated 1" in (group / "cgroup.events").read_text()
    except OSError:
        return False


def end(group: Path) -> None:
    """Kill every process in `group` and below it, and remove the group."""
    if not group.exists():
        return
    (group / "cgroup.kill").write_text("1")
    deadline = time.monotonic() + DYING_SECONDS
    while running(group):
        if time.monotonic() > deadline:
            raise Failure("AW-lab-stuck", group=group)
        time.sleep(0.02)
    for folder, _, _ in os.walk(group, topdown=False):
        Path(folder).rmdir()
