"""The control node's key for keyed digests: what leaves a host can then be compared, but not guessed.

Hosts answer with HMACs under this key. Losing it costs comparisons with older answers, nothing else.
"""

import os
import re
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from anwei.errors import Failure
from anwei.home import home

BYTES = 32


def key() -> str:
    """The key in hex; made at the first use, also when several processes come to it at once."""
    page = home() / "key"
    try:
        if not page.exists():
            _make(page)
        return _read(page)
    except OSError as error:
        raise Failure("AW-key-unusable", where=str(page), reason=error.strerror) from error


def _make(page: Path) -> None:
    """Write a new key beside and give it its name, unless another process was faster."""
    page.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = page.with_name(f"key.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as text:
            text.write(secrets.token_hex(BYTES) + "\n")
        with suppress(FileExistsError):
            os.link(draft, page)
    finally:
        draft.unlink()


def _read(page: Path) -> str:
    """The key, if it is one and nobody else can read it."""
    if stat.S_IMODE(page.stat().st_mode) & 0o077:
        raise Failure("AW-key-open", where=str(page))
    content = page.read_text(encoding="ascii", errors="replace").strip()
    if not re.fullmatch(rf"[0-9a-f]{{{2 * BYTES}}}", content):
        raise Failure("AW-key-damaged", where=str(page))
    return content
