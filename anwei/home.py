"""Where the control node keeps what is its own (keys, trust, records, locks): outside the checkout where it matters."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def home() -> Path:
    """The folder that `ANWEI_HOME` names; without it one in the checkout, which is enough to try things out."""
    return Path(os.environ.get("ANWEI_HOME") or ROOT / ".anwei").resolve()


def make_private(folder: Path) -> Path:
    """Make a folder, and those above it that are missing, for us alone: `mkdir -p` would open those above to others."""
    if not folder.is_dir():
        make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder
