"""Where a lab lives and what its things are called.

A lab belongs to one folder of a checkout (`.lab`), and every name it uses on the machine carries a digest of that
folder's path. So two checkouts never meet, and `down` finds all that is left of a killed `up` by name alone.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
STATE = Path("/var/lib/anwei-lab")
CACHE = Path(os.environ.get("ANWEI_LAB_CACHE", "/var/cache/anwei-lab"))
LOCKS = Path("/var/cache/anwei-lab/locks")  # one place for all checkouts, whatever cache they use


@dataclass(frozen=True)
class Place:
    """The names of one lab."""

    directory: Path

    @classmethod
    def of_checkout(cls) -> "Place":
        """The lab of this checkout, or of the folder that ANWEI_LAB_DIR names."""
        return cls(Path(os.environ.get("ANWEI_LAB_DIR", PROJECT / ".lab")).resolve())

    @property
    def id(self) -> str:
        """Six hexadecimal digits: short enough for the names of network links."""
        return hashlib.sha256(str(self.directory).encode()).hexdigest()[:6]

    @property
    def prefix(self) -> str:
        """What the names of this lab's namespaces, machines, links and control group begin with."""
        return f"aw{self.id}"

    @property
    def state(self) -> Path:
        """The root-owned half: overlays, console logs, the record of what is up."""
        return STATE / self.id

    def machine(self, host: str) -> str:
        """Name of a host's machine, network namespace and control group."""
        return f"{self.prefix}-{host}"

    def host(self, name: str) -> Path:
        """Folder of one host's overlay and console log."""
        return self.state / name

    @property
    def record(self) -> Path:
        """What is up, as JSON, beside the ssh configuration: `inventories/lab/running.py` reads it."""
        return self.directory / "lab.json"

    def read_record(self) -> dict[str, Any]:
        """The record, or an empty one where no lab is up."""
        try:
            loaded: dict[str, Any] = json.loads(self.record.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return loaded


def private_folder(path: Path) -> None:
    """Make a folder that only root may enter: a guest's setuid programs must not be had by this machine's users."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold the machine-wide lock `name`; a process that dies lets go of it."""
    LOCKS.mkdir(parents=True, exist_ok=True)
    with (LOCKS / name).open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
