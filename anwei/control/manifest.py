"""The manifest of a backup: what the archive should hold, and where and when it was made.

It is the last member, so an archive that was cut off has none.
"""

import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

FORM = "anwei-backup/1"
NAME, INSIDE = "manifest.json", "home/"


@dataclass(frozen=True)
class Member:
    """A file of the archive."""

    sha256: str
    mode: int


@dataclass(frozen=True)
class Manifest:
    """Files, and folders with their modes, by their path within the control folder."""

    made: str
    node: str
    files: Mapping[str, Member]
    folders: Mapping[str, int]

    def as_bytes(self) -> bytes:
        """As the archive holds it."""
        return json.dumps({"form": FORM, **asdict(self)}, ensure_ascii=False, indent=1).encode()


def of(files: Mapping[str, Member], folders: Mapping[str, int]) -> Manifest:
    """The manifest of what is backed up here and now."""
    return Manifest(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", platform.node(), files, folders)


def read(content: bytes) -> Manifest | None:
    """The manifest, if that is what it is."""
    try:
        found = json.loads(content)
        files = {name: Member(str(about["sha256"]), int(about["mode"])) for name, about in found["files"].items()}
        folders = {name: int(mode) for name, mode in found["folders"].items()}
        return Manifest(str(found["made"]), str(found["node"]), files, folders) if found["form"] == FORM else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
