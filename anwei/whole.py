"""Writing a file whole or not at all, whatever happens meanwhile."""

import os
import tempfile
from pathlib import Path


def write_whole(page: Path, content: bytes, mode: int = 0o600) -> Path:
    """Write a file beside its place and onto the disk, and only then give it its name."""
    handle, draft = tempfile.mkstemp(dir=page.parent, prefix=".draft-")
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, mode)
            file.write(content)
            file.flush()
            os.fsync(handle)
        return Path(draft).replace(page)
    finally:
        Path(draft).unlink(missing_ok=True)
