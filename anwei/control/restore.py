"""Brings a backup into an empty control folder, after every file in it was held against the manifest.

From then on two nodes may have the same folder. Both could act: that is noted and told (`notes`).
"""

import hashlib
import os
import tarfile
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from anwei.control import manifest, notes
from anwei.control.manifest import INSIDE, Manifest
from anwei.control.snapshot import DRAFT, MADE_AGAIN
from anwei.errors import BadInput
from anwei.home import home, make_private
from anwei.texts import text

NAMED = 20
BROKEN = (tarfile.TarError, EOFError, zlib.error, OSError, ValueError)


@dataclass(frozen=True)
class Restored:
    """What was brought back, and of which node and when it is a copy."""

    home: Path
    files: int
    node: str
    made: str


def restore(file: Path) -> Restored:
    """Bring the archive into the control folder, whole or not at all."""
    top = home()
    if top.exists() and any(path.name not in MADE_AGAIN for path in top.iterdir()):
        raise BadInput("AW-backup-not-empty", where=str(top))
    with _opened(file) as archive:
        wanted = _verified(file, archive)
        archive.seek(0)
        _lay_out(top, archive, wanted)
    notes.write(notes.TAKEN_OVER, former=wanted.node, made=wanted.made)
    return Restored(top, len(wanted.files), wanted.node, wanted.made)


def _opened(file: Path) -> BinaryIO:
    """The archive, open."""
    try:
        return file.open("rb")
    except OSError as error:
        raise BadInput("AW-backup-file", where=str(file), details=[str(error)]) from error


def _members(archive: BinaryIO) -> Iterator[tuple[str, bytes]]:
    """Each member with its content; what is no ordinary file has none, and so cannot be what the manifest says."""
    with tarfile.open(fileobj=archive, mode="r:gz") as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isreg() else None
            yield member.name, content.read() if content else b""


def _verified(file: Path, archive: BinaryIO) -> Manifest:
    """The manifest, once everything is as it says; every file that is not is named."""
    found: dict[str, str] = {}
    problems: list[str] = []
    last = b""
    try:
        for name, content in _members(archive):
            if name in found:
                problems.append(text("control.backup.twice", path=name))
            found[name], last = hashlib.sha256(content).hexdigest(), content
    except BROKEN as error:
        problems.append(text("control.backup.ends", count=len(found), reason=error))
    wanted = manifest.read(last) if manifest.NAME in found else None
    if wanted:
        problems += _differing(wanted, found)
    elif not problems:
        problems.append(text("control.backup.no-manifest", count=len(found)))
    if problems or not wanted:
        shown = [*problems[:NAMED], *(["…"] if len(problems) > NAMED else [])]
        raise BadInput("AW-backup-damaged", where=str(file), details=shown, count=len(problems))
    return wanted


def _differing(sound: Manifest, found: Mapping[str, str]) -> list[str]:
    """The files that are altered, missing, unknown, or would lie outside of the folder."""
    wanted = {INSIDE + name: member.sha256 for name, member in sound.files.items()}
    there = {name: digest for name, digest in found.items() if name != manifest.NAME}
    kinds = {
        "missing": sorted(wanted.keys() - there.keys()),
        "extra": sorted(there.keys() - wanted.keys()),
        "altered": sorted(name for name in wanted.keys() & there.keys() if wanted[name] != there[name]),
        "outside": sorted(name for name in (*sound.files, *sound.folders) if not _inside(name)),
    }
    return [text(f"control.backup.{kind}", None, path=name) for kind, names in kinds.items() for name in names]


def _inside(name: str) -> bool:
    """Whether a path stays in the folder that it is put in."""
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts


def _lay_out(top: Path, archive: BinaryIO, wanted: Manifest) -> None:
    """Write everything beside its place, and only then give it its name."""
    try:
        make_private(top)
        draft = Path(tempfile.mkdtemp(dir=top, prefix=DRAFT))
        _fill(draft, archive, wanted)
        for path in sorted(draft.iterdir()):
            path.rename(top / path.name)
        draft.rmdir()
    except OSError as error:
        raise BadInput("AW-backup-file", where=str(top), details=[str(error)]) from error


def _fill(draft: Path, archive: BinaryIO, wanted: Manifest) -> None:
    """Write folders and files with their modes. Folders get theirs last: one may forbid writing."""
    for name in sorted(wanted.folders):
        make_private(draft / name)
    for name, content in _members(archive):
        if name == manifest.NAME:
            continue
        own = name.removeprefix(INSIDE)
        target = draft / own
        make_private(target.parent)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            os.fchmod(handle, wanted.files[own].mode & 0o777)
    for name in sorted(wanted.folders, reverse=True):
        (draft / name).chmod(wanted.folders[name] & 0o777)
