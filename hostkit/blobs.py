"""File contents by their digest: states name contents, and here is where the bytes are."""

import hashlib
import os

from hostkit.refusal import Refusal

MYPY = False
if MYPY:
    from typing import IO, Dict, Iterator, List

PIECE = 1 << 20


class Blobs(object):
    """Bytes in memory (what shall be written) and plain copies on disk (what a snapshot keeps)."""

    def __init__(self):
        # type: () -> None
        self._bytes = {}  # type: Dict[str, bytes]
        self._files = {}  # type: Dict[str, List[str]]

    def put(self, content):
        # type: (bytes) -> str
        """Keep bytes; their digest."""
        digest = hashlib.sha256(content).hexdigest()
        self._bytes[digest] = content
        return digest

    def put_file(self, digest, path):
        # type: (str, str) -> None
        """Say that a file holds the bytes of a digest."""
        self._files.setdefault(digest, []).append(path)

    def pieces(self, digest, item=""):
        # type: (str, str) -> Iterator[bytes]
        """The bytes of a digest, piece by piece; never those of a copy that was damaged or changed."""
        if digest in self._bytes:
            yield self._bytes[digest]
            return
        whole = [path for path in self._files.get(digest, []) if _digest(path) == digest]
        if not whole:
            raise Refusal("content-damaged", item)
        with open(whole[0], "rb") as copy:
            for piece in stream(copy):
                yield piece

    def has(self, digest):
        # type: (str) -> bool
        """Whether the bytes of a digest are at hand."""
        return digest in self._bytes or digest in self._files

    def size(self, digest):
        # type: (str) -> int
        """How many bytes a digest stands for."""
        return len(self._bytes[digest]) if digest in self._bytes else os.path.getsize(self._files[digest][0])

    def bytes(self, digest, item=""):
        # type: (str, str) -> bytes
        """All bytes of a digest at once."""
        return b"".join(self.pieces(digest, item))


def _digest(path):
    # type: (str) -> str
    """The digest of a file; nothing for one that is not there."""
    try:
        with open(path, "rb") as copy:
            return digest(copy)
    except IOError:
        return ""


def digest(opened):
    # type: (IO[bytes]) -> str
    """The digest of an open file."""
    seen = hashlib.sha256()
    for piece in stream(opened):
        seen.update(piece)
    return seen.hexdigest()


def stream(opened):
    # type: (IO[bytes]) -> Iterator[bytes]
    """An open file, piece by piece: it may be larger than the memory."""
    while True:
        piece = opened.read(PIECE)
        if not piece:
            return
        yield piece
