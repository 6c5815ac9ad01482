"""Writing a file so that a reader sees the old one or the new one, and nothing in between, whatever is killed when.

All names are names in the folder that the process stands in (`walk.py`).
"""

import errno
import hashlib
import os

from hostkit import attributes, carried, durable
from hostkit.blobs import stream
from hostkit.compat import native, octets
from hostkit.refusal import Refusal

MYPY = False
if MYPY:
    from typing import IO, Any, Dict, Sequence

    from hostkit.host import Host

LONGEST_NAME = 240  # bytes
NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


def spare(name):
    # type: (str) -> str
    """Where a new file waits beside the old one. One name per file: what a kill left there is found again."""
    return native(b"." + octets(name)[:LONGEST_NAME] + b".anwei")


def replace(host, name, wished, item):
    # type: (Host, str, Dict[str, Any], str) -> None
    """Put a new file, complete in content and in all it carries, in the place of what is there."""
    with _new(spare(name)) as new:
        durable.fill(new, host.blobs.pieces(wished["sha256"], item))
        carried.dress(new.fileno(), wished, item)
        os.fsync(new.fileno())
        os.rename(spare(name), name)
        attributes.set_flags(new.fileno(), wished["flags"], item)


def make_folder(host, name, wished, item):
    # type: (Host, str, Dict[str, Any], str) -> None
    """A new folder, which gets its name when it is complete."""
    remove(spare(name))
    os.mkdir(spare(name), 0o700)
    carried.dress_name(host, spare(name), dict(wished, flags=""), item)
    os.rename(spare(name), name)
    if wished["flags"]:
        carried.set_flags(host, name, wished["flags"], item)


def replace_link(name, target):
    # type: (str, str) -> None
    """Put a link in the place of what is there."""
    remove(spare(name))
    os.symlink(target, spare(name))
    os.rename(spare(name), name)


def remove(name):
    # type: (str) -> None
    """Take a file, a link or an empty folder away, if it is there."""
    try:
        durable.remove(name)
    except OSError as error:
        if error.errno not in (errno.EISDIR, errno.EPERM):
            raise
        os.rmdir(name)


def copy(host, name, into, state, item):
    # type: (Host, str, str, Dict[str, Any], str) -> str
    """A copy of a file at another path, with all that the file carries; the digest of what was copied."""
    seen = hashlib.sha256()
    with os.fdopen(carried.opened(host, name, item), "rb") as old:
        with _new(into) as new:
            for piece in stream(old):
                seen.update(piece)
                new.write(piece)
            new.flush()
            carried.dress(new.fileno(), state, item)
            os.fsync(new.fileno())
    return seen.hexdigest()


def judge(host, name, digest, checker, item):
    # type: (Host, str, str, Sequence[str], str) -> None
    """Let the software's own checker judge a new content, in a file beside the old one, before it goes live."""
    try:
        with _new(spare(name)) as new:
            durable.fill(new, host.blobs.pieces(digest, item))
        staged = os.path.join(os.getcwd(), spare(name))
        done = host.run([word.replace("%s", staged) for word in checker])
    finally:
        remove(spare(name))
    if done.status != 0:
        raise Refusal("validation-failed", item, program=checker[0], words=done.last_words())


def sync_folder():
    # type: () -> None
    """Bring the names in the folder that we stand in to the disk."""
    durable.sync_folder(".")


def _new(name):
    # type: (str) -> IO[bytes]
    """A new file that only its owner can read; what a kill left under its name is thrown away.

    It is filled and dressed by its handle: where others may write, its name may soon be another file's.
    """
    remove(name)
    return os.fdopen(os.open(name, NEW, 0o600), "wb")
