"""One change at a time per host, on this control node; on the host, hostkit's own lock does the same for all nodes.

The kernel frees a lock with its holder, however that ends, so a stale one cannot be. What stands in the file only tells
who holds it.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from anwei.errors import Refused
from anwei.evidence.naming import safe_name
from anwei.home import home, make_private

CHANGES = "-changes-"  # beside the estates, none of which is called so


@contextmanager
def held(estate: str, hosts: Sequence[str], change: str, by: str) -> Iterator[None]:
    """Hold every host; all that others hold are named together, and none is held then."""
    folder = make_private(home() / "locks" / safe_name(estate))
    about = {"change": change, "by": by, "pid": os.getpid(), "since": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"}
    with ExitStack() as stack:
        said = [_hold(stack, folder / safe_name(host), host, about) for host in sorted(hosts)]
        if any(said):
            raise Refused("AW-gate-locked", details=[*filter(None, said)], count=len([*filter(None, said)]))
        yield


def _hold(stack: ExitStack, page: Path, host: str, about: dict[str, object]) -> str:
    """Hold one host, or say who does."""
    handle = os.open(page, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    stack.callback(os.close, handle)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return f"{host}: {_holder(page)}"
    os.ftruncate(handle, 0)
    os.pwrite(handle, json.dumps(about, ensure_ascii=False).encode(), 0)
    return ""


def _holder(page: Path) -> str:
    """Who holds a host, in one line."""
    try:
        about = json.loads(page.read_text(encoding="utf-8"))
        return f"{about['change']} ({about['by']}, pid {about['pid']}, {about['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "?"
