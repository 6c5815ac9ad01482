"""A file of chained entries that only grows, one line each.

An entry stands once `append` returns: it was written in one piece, under an exclusive lock, and is on the disk. A half
line that a power cut left was never confirmed to anybody. The next append cuts it off and says so: its entry has
`torn`, the number of bytes, so that a reader knows that something was about to be written there.
"""

import errno
import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from anwei.errors import BadInput, Failure
from anwei.home import make_private
from anwei.record import chain

Sign = Callable[[str], str]


@dataclass(frozen=True)
class Tail:
    """The end of the file: the last entry, where it ends, and how many bytes of a half line follow."""

    last: Mapping[str, Any] | None
    end: int
    torn: int = 0


class Journal:
    """One file of entries. Several processes may hold one each of the same file."""

    def __init__(self, path: Path, algorithm: str, *, makes: bool = False) -> None:
        self.path, self._algorithm, self._makes = path, algorithm, makes
        self._tail = Tail(None, 0)

    def append(
        self, event: str, data: Mapping[Any, Any], *, first: bool = False, sign: Sign | None = None
    ) -> chain.Entry:
        """Add an entry. `first` makes the file, and refuses one that has entries; `sign` signs the entry's digest."""
        with self._locked(makes=first or self._makes) as handle:
            tail = self._found(handle)
            if first and tail.last:
                raise BadInput("AW-record-exists", where=str(self.path), record=self.path.stem)
            entry = self._entry(tail, event, data)
            whole = {**entry, "signature": sign(entry[chain.DIGEST])} if sign else entry
            self._write(handle, tail, chain.canonical(whole) + b"\n")
            self._tail = Tail(entry, os.fstat(handle).st_size)
        return whole

    def content(self) -> bytes:
        """The file as it is; nothing where it is not there."""
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise Failure("AW-record-unread", where=str(self.path), reason=error.strerror) from error

    def _entry(self, tail: Tail, event: str, data: Mapping[Any, Any]) -> chain.Entry:
        """The next entry, made now."""
        entry = chain.entry(tail.last, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", event, data, self._algorithm)
        return chain.sealed({**entry, "torn": tail.torn}, self._algorithm) if tail.torn else entry

    @contextmanager
    def _locked(self, *, makes: bool) -> Iterator[int]:
        """The file, open for this process alone."""
        try:
            if makes:
                make_private(self.path.parent)
            handle = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | os.O_CREAT * makes, 0o600)
        except OSError as error:
            raise _not_written(self.path, error) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield handle
        finally:
            os.close(handle)

    def _found(self, handle: int) -> Tail:
        """The end of the file. It is read again only where somebody else wrote in between."""
        if self._tail.last and os.fstat(handle).st_size == self._tail.end:
            return self._tail
        return tail(self.content(), self._algorithm)

    def _write(self, handle: int, tail: Tail, line: bytes) -> None:
        """Write the line in one piece, or leave the file as it was."""
        try:
            if tail.torn:
                os.ftruncate(handle, tail.end)
            if os.write(handle, line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(handle)
            if not tail.last:
                _sync_folder(self.path.parent)
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(handle, tail.end)
            raise _not_written(self.path, error) from error


def tail(content: bytes, algorithm: str) -> Tail:
    """The end of a file with this content.

    A last line that holds no entry was damaged; that must not bar the way back for the hosts. The chain goes on from
    the digest of what stands there, and `verify` names the line.
    """
    lines, torn = chain.split(content)
    end = len(content) - len(torn)
    if not lines:
        return Tail(None, end, len(torn))
    damaged = {"n": len(lines) - 1, chain.DIGEST: chain.digest(lines[-1], algorithm)}
    return Tail(chain.read(lines[-1]) or damaged, end, len(torn))


def _sync_folder(folder: Path) -> None:
    """Have the name of a new file on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _not_written(path: Path, error: OSError) -> Failure:
    """What to say where the disk does not take it."""
    return Failure("AW-record-not-written", where=str(path), reason=error.strerror)
