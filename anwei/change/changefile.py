"""The change file `changes/<id>/change.yml`: what is to be done where, when and why. Read strictly; reaches no host."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from anwei.calendar import Window, zone
from anwei.canonical import canonical
from anwei.change import waves
from anwei.errors import BadInput
from anwei.estate import Estate, schema
from anwei.home import ROOT
from anwei.record.store import HEADS
from hostkit.store import is_change

CHANGES = ROOT / "changes"
PAGE = "change.yml"
SCHEMAS = Path(__file__).parent / "schemas"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,49}")  # a rehearsal adds to it, and hosts take 64
REHEARSAL = ".rehearsal"


@dataclass(frozen=True)
class Change:
    """One change as it is written."""

    id: str
    folder: Path
    written: Mapping[str, Any]

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401 - the schema knows what stands where
        return self.written[key]

    @property
    def page(self) -> Path:
        """Its file."""
        return self.folder / PAGE

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What the action is told beyond the inventory."""
        return self.written.get("parameters") or {}

    @property
    def sizes(self) -> list[str]:
        """The sizes of its waves."""
        return waves.demand_sizes(self.written.get("waves", waves.USUAL))

    @property
    def emergency(self) -> str:
        """Why it cannot wait; nothing for the usual ones."""
        return str(self.written.get("emergency", ""))

    @property
    def unrehearsed(self) -> str:
        """Why it was not rehearsed, if it says so."""
        return str(self.written.get("unrehearsed", ""))

    def window(self, estate: Estate) -> Window:
        """When it may run."""
        return Window.parse(self["window"]["from"], self["window"]["to"], zone(estate.settings))


def load(name: str, changes: Path = CHANGES) -> Change:
    """The change of this id. What is wrong with the form of its file is refused together, each with its place."""
    folder = changes / demand_name(name)
    if not (folder / PAGE).is_file():
        raise BadInput("AW-change-unknown", where=str(folder / PAGE), change=name)
    written = _read(folder / PAGE)
    wrong = [message for _, message in schema.violations("change", written, SCHEMAS)]
    if wrong:
        raise BadInput("AW-change-invalid", where=str(folder / PAGE), details=wrong, count=len(wrong))
    return Change(name, folder, written)


def demand_name(name: str) -> str:
    """A change's id, which hosts and records use as a file name beside files of their own."""
    if not NAME.fullmatch(name) or name.endswith(REHEARSAL) or name == HEADS or not is_change(name):
        raise BadInput("AW-change-name", change=name)
    return name


class _Strict(yaml.SafeLoader):
    """YAML in which a key is text and stands once, and days and moments are text as well."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """A mapping whose keys are text, each written once."""
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key, (place, _) in zip(keys, node.value, strict=True):
            if not isinstance(key, str) or keys.count(key) > 1:
                problem = f"{key!r} twice" if isinstance(key, str) else f"{place.value} is no text: put it in quotes"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=place.start_mark)
        return super().construct_mapping(node, deep)


_Strict.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: node.value)


def _own_text(page: Path) -> str:
    """The text of a file itself: a link could have the service account read to its caller what is not the caller's."""
    with os.fdopen(os.open(page, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), encoding="utf-8") as file:
        return file.read()


def _read(page: Path) -> Mapping[str, Any]:
    """The file as plain values: days and moments as they are written."""
    try:
        content = yaml.load(_own_text(page), Loader=_Strict)  # noqa: S506 - a SafeLoader
        canonical(content)  # a set, say, is YAML, but no plan and no record could hold it
    except (OSError, ValueError, TypeError, RecursionError, yaml.YAMLError) as error:
        raise BadInput("AW-change-unreadable", where=str(page), details=str(error).splitlines()) from error
    if not isinstance(content, dict):
        raise BadInput("AW-change-unreadable", where=str(page), details=[str(type(content).__name__)])
    return content
