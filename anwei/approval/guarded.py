"""Whether others could change a file or folder, or put something else in its place."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from anwei.errors import Failure
from anwei.texts import text

CODES = Literal["AW-trust-unusable", "AW-approval-unusable"]
BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


@contextmanager
def usable(code: CODES, where: Path) -> Iterator[None]:
    """Tell by name what the system itself refuses: no permission, a full disk, a file where a folder should be."""
    try:
        yield
    except OSError as error:
        raise Failure(code, where=str(where), details=[str(error)]) from error


def weaknesses(path: Path) -> Iterator[str]:
    """Everything, up to the root, that lets another account than ours and root's change or replace `path`."""
    yield from weak(path)
    yield from weaknesses_above(path)


def weaknesses_above(path: Path) -> Iterator[str]:
    """The same for the folders that it lies in: who can rename one of them can put another in its place."""
    above = path.parent.resolve()
    for folder in (above, *above.parents):
        # In a folder such as /tmp only owners can rename what is theirs.
        yield from weak(folder, shared=bool(folder.stat().st_mode & stat.S_ISVTX))


def weak(path: Path, *, shared: bool = False) -> Iterator[str]:
    """What is wrong with one path itself; a `shared` one may be written by others."""
    found = path.lstat()
    if stat.S_ISLNK(found.st_mode):
        yield text("trust.open.link", path=path)
    elif found.st_uid not in (0, os.geteuid()):
        yield text("trust.open.owner", path=path, uid=found.st_uid)
    elif found.st_mode & BY_OTHERS and not shared:
        yield text("trust.open.mode", path=path, mode=f"{stat.S_IMODE(found.st_mode):04o}")
