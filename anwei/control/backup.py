"""A backup of the control folder: one archive with a manifest of every file in it, for its owner alone.

The manifest shows damage and careless alteration. Who wants to deceive can write a new one: against that, keep the
digest of the whole archive elsewhere.
"""

import hashlib
import io
import os
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from anwei.control import manifest, notes, snapshot
from anwei.control.manifest import INSIDE, Member
from anwei.errors import BadInput
from anwei.home import home
from anwei.texts import text


@dataclass(frozen=True)
class Made:
    """A backup that was made: its file, how many files are in it, its digest, and what could not go in."""

    file: Path
    files: int
    sha256: str
    left_out: tuple[str, ...]


def make(file: Path) -> Made:
    """Write everything that cannot be made again into a new archive. It is there whole, or not at all."""
    top = home()
    found = snapshot.listing(top) if top.is_dir() else snapshot.Listing((), (), ())
    _refuse(file, top, found)
    try:
        handle, draft = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
        try:
            with os.fdopen(handle, "wb") as archive:
                files = _fill(archive, top, found)
                archive.flush()
                os.fsync(archive.fileno())
            os.link(draft, file)  # not over one that came meanwhile
        finally:
            Path(draft).unlink()
    except OSError as error:
        raise BadInput("AW-backup-file", where=str(file), details=[str(error)]) from error
    notes.write(notes.BACKED_UP)
    return Made(file, files, digest(file), found.others)


def digest(file: Path) -> str:
    """The digest of a whole archive."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _refuse(file: Path, top: Path, found: snapshot.Listing) -> None:
    """Refuse where there is nothing, where a file would be written over, and a backup of backups."""
    if not found.files:
        raise BadInput("AW-backup-file", where=str(top), details=[text("control.backup.nothing")])
    if os.path.lexists(file):
        raise BadInput("AW-backup-file", where=str(file), details=[text("control.backup.exists")])
    if file.resolve().is_relative_to(top):
        raise BadInput("AW-backup-file", where=str(file), details=[text("control.backup.inside", path=top)])


def _fill(archive: BinaryIO, top: Path, found: snapshot.Listing) -> int:
    """Write the members; how many files went in."""
    files: dict[str, Member] = {}
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        for name, mode, content in snapshot.walk(top, found):
            files[name] = Member(hashlib.sha256(content).hexdigest(), mode)
            _add(tar, INSIDE + name, mode, content)
        folders = {name: (top / name).stat().st_mode & 0o777 for name in found.folders}
        _add(tar, manifest.NAME, 0o600, manifest.of(files, folders).as_bytes())
    return len(files)


def _add(tar: tarfile.TarFile, name: str, mode: int, content: bytes) -> None:
    """One member."""
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), mode
    tar.addfile(member, io.BytesIO(content))
