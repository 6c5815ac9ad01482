"""The control node's key. It never leaves the control node itself: each purpose has a key that is derived from it.

Hosts answer with HMACs under the key of `HOSTS`: what leaves a host can then be compared, but not guessed. They are
sent that key with each request, so it must be good for nothing else: none of the others can be made from it. Losing the
control node's key costs comparisons with older answers, nothing else.
"""

import hashlib
import hmac
import os
import re
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from anwei.errors import Failure
from anwei.home import home, make_private

BYTES = 32
HOSTS = "digests that hosts make"
LEAVES = "digests of what documents ask for"
RUNS = "proof that a run is approved"


def derived(purpose: str) -> str:
    """The key for one purpose, in hex."""
    return hmac.new(bytes.fromhex(key()), purpose.encode(), hashlib.sha256).hexdigest()


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
    make_private(page.parent)
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
