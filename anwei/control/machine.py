"""The machine below: its clock, its free space, and the programs that a run calls."""

import ctypes
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from anwei.approval import signing
from anwei.change import environment
from anwei.control.finding import Finding, bad, fine, unknown, warning
from anwei.estate.problems import listed
from anwei.home import home

GIB, MIB = 1 << 30, 1 << 20
TIGHT, FULL = GIB, 100 * MIB
FEW_FILES = 1000
PYTHONS = ((3, 11), (3, 12))
OLDEST_GIT = (2, 29)  # it knows to fetch without writing FETCH_HEAD
SECONDS = 20
UNSYNCHRONISED = 0x40


class _Timex(ctypes.Structure):
    """What adjtimex(2) fills in; only the status is looked at."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        *((name, ctypes.c_long) for name in ("offset", "freq", "maxerror", "esterror")),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


def clock() -> Iterator[Finding]:
    """Windows, expiries and records rest on the clock."""
    in_step = kept_in_step()
    if in_step is None:
        yield unknown("clock-untold")
    else:
        yield fine("clock") if in_step else warning("clock")


def kept_in_step() -> bool | None:
    """Whether a time server keeps the kernel's clock in step, as chrony, ntpd and timesyncd tell the kernel."""
    asked = _Timex()  # nothing in it is to be set
    if ctypes.CDLL(None).adjtimex(ctypes.byref(asked)) < 0:
        return None
    return not asked.status & UNSYNCHRONISED


def space() -> Iterator[Finding]:
    """A run that finds no room stops; there should be some for records and trees."""
    places = {place.stat().st_dev: place for place in (_nearest(Path(tempfile.gettempdir())), _nearest(home()))}
    for place in places.values():
        free, files = shutil.disk_usage(place).free, os.statvfs(place)
        said = {"path": place, "free": f"{free / GIB:.1f} GiB"}
        if free < FULL:
            yield bad("space", **said)
        elif free < TIGHT or 0 < files.f_favail < FEW_FILES:
            yield warning("space", **said)
        else:
            yield fine("space", **said)


def programs() -> Iterator[Finding]:
    """What runs is what was tested, and the programs it calls know what is asked of them."""
    wrong = [*_python(), *_packages(), *_git(), *_sm3()]
    yield from wrong
    signing.is_whole(b"", "", signing.APPROVAL)  # refuses an ssh-keygen that cannot sign
    if not wrong:
        yield fine("programs", python=platform.python_version(), git=_git_version())


def _python() -> Iterator[Finding]:
    """The interpreter."""
    if sys.version_info[:2] not in PYTHONS:
        yield bad("python", version=platform.python_version())


def _packages() -> Iterator[Finding]:
    """The locked packages."""
    if differing := environment.differences():
        yield bad("packages", names=listed(differing))


def _git() -> Iterator[Finding]:
    """git, which brings signed commits."""
    found = re.match(r"(\d+)\.(\d+)", _git_version())
    if not found or (int(found[1]), int(found[2])) < OLDEST_GIT:
        yield bad("git", version=_git_version() or "–", wanted=".".join(map(str, OLDEST_GIT)))


def _git_version() -> str:
    """What git says it is."""
    return _printed("git", "--version").removeprefix("git version ")


def _sm3() -> Iterator[Finding]:
    """The digest that some sites must use."""
    if "sm3" not in hashlib.algorithms_available:
        yield warning("sm3")


def _printed(*words: str) -> str:
    """What a program prints; nothing where it is not there or fails."""
    try:
        ran = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ran.stdout.strip() if ran.returncode == 0 else ""


def _nearest(place: Path) -> Path:
    """The folder, or the first above it that is there."""
    return next(each for each in (place, *place.parents) if each.is_dir())
