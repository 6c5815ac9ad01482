"""The records of this control node: one file a change, below `<home>/records/`, for its owner alone."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from anwei.errors import BadInput
from anwei.home import home
from anwei.record import chain
from anwei.record.journal import Journal

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
HEADS = "heads"
SUFFIX = ".jsonl"


class Record:
    """What happened in one change: its runs, resumes and rollbacks, in one file."""

    def __init__(self, name: str, algorithm: str) -> None:
        self.name = name
        self._journal = Journal(path_of(name), algorithm)

    @classmethod
    def begin(cls, name: str, opened: Mapping[str, Any]) -> "Record":
        """A new record, with its entry `opened`; one that is there already is refused."""
        record = cls(name, str(opened.get("algorithm", chain.USUAL)))
        record._journal.append("opened", opened, first=True)
        return record

    @classmethod
    def open(cls, name: str) -> "Record":
        """The record of this name."""
        path = path_of(name)
        lines, _ = chain.split(Journal(path, chain.USUAL).content())
        if not lines:
            raise BadInput("AW-record-unknown", record=name, known=", ".join(names()) or "–")
        return cls(name, chain.stated_algorithm([chain.read(line) for line in lines]))

    @property
    def path(self) -> Path:
        """Its file."""
        return self._journal.path

    def append(self, event: str, data: Mapping[str, Any]) -> chain.Entry:
        """Add an entry; when this returns, it is on the disk."""
        return self._journal.append(event, data)

    def lines(self) -> tuple[list[bytes], bytes]:
        """Its lines as they are, and what a power cut left of one."""
        return chain.split(self._journal.content())

    def entries(self) -> list[chain.Entry]:
        """Its entries; a line that holds none is `verify`'s matter."""
        return [entry for entry in map(chain.read, self.lines()[0]) if entry]


def records() -> list[Record]:
    """Every record that has entries, by name."""
    return [Record.open(name) for name in names() if path_of(name).read_bytes().count(b"\n")]


def names() -> list[str]:
    """The names of the files that are, or are to be, records."""
    found = (path.name.removesuffix(SUFFIX) for path in folder().glob(f"*{SUFFIX}"))
    return sorted(name for name in found if _is_name(name))


def folder() -> Path:
    """Where they lie."""
    return home() / "records"


def path_of(name: str) -> Path:
    """The file of a record. A name that could leave the folder, or is that of the list of heads, is refused."""
    if not _is_name(name):
        raise BadInput("AW-record-name", record=name)
    return folder() / f"{name}{SUFFIX}"


def heads() -> Journal:
    """The list of heads, which lies beside them."""
    return Journal(folder() / f"{HEADS}{SUFFIX}", chain.USUAL, makes=True)


def _is_name(name: str) -> bool:
    """Whether a record may be called so."""
    return bool(NAME.fullmatch(name)) and name != HEADS
