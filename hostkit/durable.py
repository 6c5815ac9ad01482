"""Small files that must survive a power cut: written beside, brought to the disk, renamed."""

import errno
import json
import os

from hostkit.compat import canonical, octets, plain

MYPY = False
if MYPY:
    from typing import IO, Any, Iterable, Optional


class Held(object):
    """An open file or folder by its number, closed when the block that uses it ends."""

    def __init__(self, handle):
        # type: (int) -> None
        self._handle = handle

    def __enter__(self):
        # type: () -> int
        return self._handle

    def __exit__(self, *_reason):
        # type: (*Any) -> None
        os.close(self._handle)


def write(path, content, mode=0o600):
    # type: (str, bytes, int) -> None
    """Put a file in place at once and for good."""
    spare = path + ".new"
    with os.fdopen(os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, mode), "wb") as page:
        fill(page, [content])
    os.rename(spare, path)
    sync_folder(os.path.dirname(path))


def write_json(path, value):
    # type: (str, Any) -> None
    """The same for a value."""
    write(path, octets(canonical(value)))


def read_json(path, otherwise):
    # type: (str, Any) -> Any
    """The value that a file holds, or `otherwise` when there is no such file."""
    content = read(path)
    return otherwise if content is None else plain(json.loads(content.decode("ascii")))


def read(path):
    # type: (str) -> Optional[bytes]
    """What a file holds, or None when there is no such file."""
    try:
        with open(path, "rb") as page:
            return page.read()
    except (IOError, OSError) as error:
        if error.errno not in (errno.ENOENT, errno.ENOTDIR):
            raise  # what cannot be read is there: nobody shall write another in its place
        return None


def append(path, line):
    # type: (str, bytes) -> None
    """Add a line to a file, and bring it to the disk before going on. Half a line before it does not spoil it."""
    whole = (read(path) or b"\n").endswith(b"\n")
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600), "ab") as page:
        fill(page, [line if whole else b"\n" + line])


def fill(page, pieces):
    # type: (IO[bytes], Iterable[bytes]) -> None
    """Write a content into an open file, and bring it to the disk."""
    for piece in pieces:
        page.write(piece)
    page.flush()
    os.fsync(page.fileno())


def remove(path):
    # type: (str) -> None
    """Remove a file that may not be there."""
    try:
        os.unlink(path)
    except OSError as error:
        if error.errno != errno.ENOENT:
            raise


def sync_folder(path):
    # type: (str) -> None
    """Bring the names in a folder to the disk."""
    with Held(os.open(path, os.O_RDONLY | os.O_DIRECTORY)) as handle:
        os.fsync(handle)
