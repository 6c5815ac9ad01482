"""A backup of the control folder: one archive with a manifest of every file in it, for its owner alone.

The manifest is its last member, so an archive that was cut off has none. It shows damage and careless alteration. Who
wants to deceive can write a new one: against that, keep the digest of the whole archive elsewhere.
"""

import hashlib
import io
import json
import os
import platform
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from anwei.control import notes, snapshot
from anwei.errors import BadInput
from anwei.home import home
from anwei.texts import text

FORM = "anwei-backup/1"
MANIFEST, INSIDE = "manifest.json", "home/"
CHUNK = 1 << 20


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


def _fill(archive: Any, top: Path, found: snapshot.Listing) -> int:  # noqa: ANN401 - any file to write bytes to
    """Write the members; how many files went in."""
    files: dict[str, dict[str, object]] = {}
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        for name, mode, content in snapshot.walk(top, found):
            files[name] = {"sha256": hashlib.sha256(content).hexdigest(), "mode": mode}
            _add(tar, INSIDE + name, mode, content)
        folders = {name: (top / name).stat().st_mode & 0o777 for name in found.folders}
        _add(tar, MANIFEST, 0o600, _manifest(files, folders))
    return len(files)


def _manifest(files: Mapping[str, object], folders: Mapping[str, int]) -> bytes:
    """What the archive should hold, and where and when it was made."""
    about = {"form": FORM, "made": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "node": platform.node()}
    return json.dumps({**about, "files": files, "folders": folders}, ensure_ascii=False, indent=1).encode()


def _add(tar: tarfile.TarFile, name: str, mode: int, content: bytes) -> None:
    """One member."""
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), mode
    tar.addfile(member, io.BytesIO(content))
