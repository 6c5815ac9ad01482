"""Git's own ids, worked out from the bytes: of an object, and of a folder as it lies on the disk."""

import hashlib
import os
import stat
from pathlib import Path

FILE, PROGRAM, LINK, FOLDER, SUBMODULE = b"100644", b"100755", b"120000", b"40000", b"160000"

Entry = tuple[bytes, str]
Listing = dict[bytes, Entry]


def object_id(kind: str, content: bytes, like: str) -> str:
    """The id of an object, by the algorithm of the id `like` it."""
    algorithm = "sha1" if len(like) == hashlib.sha1(usedforsecurity=False).digest_size * 2 else "sha256"
    return hashlib.new(algorithm, f"{kind} {len(content)}\0".encode() + content, usedforsecurity=False).hexdigest()


def folder_id(folder: Path, like: str, listing: Listing, prefix: bytes = b"") -> str:
    """The id of a folder as a git tree; every file below it goes into `listing` by its path.

    It covers names, content, links and the executable bit: two folders have one id only if git would say they are
    the same. What git cannot hold (an empty folder, a socket) changes the id as well.
    """
    rows = []
    for path in folder.iterdir():
        name = os.fsencode(path.name)
        mode, found = _entry(path, like, listing, prefix + name)
        if mode != FOLDER:
            listing[prefix + name] = (mode, found)
        # Git sorts a folder as if its name ended with a slash.
        rows.append((name + b"/" * (mode == FOLDER), mode + b" " + name + b"\0" + bytes.fromhex(found)))
    return object_id("tree", b"".join(row for _, row in sorted(rows)), like)


def _entry(path: Path, like: str, listing: Listing, full: bytes) -> Entry:
    """The mode and id of one thing in a folder."""
    found = path.lstat().st_mode
    if stat.S_ISDIR(found):
        return FOLDER, folder_id(path, like, listing, full + b"/")
    if stat.S_ISLNK(found):
        return LINK, object_id("blob", os.fsencode(path.readlink()), like)
    if stat.S_ISREG(found):
        return PROGRAM if found & stat.S_IXUSR else FILE, object_id("blob", path.read_bytes(), like)
    return b"0", object_id("blob", b"", like)
