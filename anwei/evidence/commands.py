"""The commands that may run on production: declared templates with typed parameters, and nothing else.

The lists are data (a `commands.yml` for each type of object), finite, and meant to be read by the people whose hosts
they run on.
"""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from anwei.errors import BadInput


@dataclass(frozen=True)
class Command:
    """One command as a check asks for it: a declared template and its parameters."""

    template: str
    arguments: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What the host's shell is given: every parameter quoted, as testinfra quotes it."""
        return self.template % tuple(map(shlex.quote, self.arguments)) if self.arguments else self.template


@dataclass(frozen=True)
class Declaration:
    """One template: the type of each parameter, the parameters asked for in the first round, the time it may take."""

    template: str
    parameters: tuple[re.Pattern[str], ...]
    first_round: tuple[tuple[str, ...], ...]
    seconds: int
    object_type: str
    types: tuple[str, ...] = ()

    def fits(self, arguments: Sequence[str]) -> bool:
        """Whether these are arguments as it declares them."""
        return len(arguments) == len(self.parameters) and all(map(re.Pattern.fullmatch, self.parameters, arguments))


class Declarations:
    """All templates for the objects of one host. What is not in here is refused before any host is touched."""

    def __init__(self, where: str, templates: Mapping[str, Declaration]) -> None:
        self._where = where
        self._templates = templates
        for command in self.commands():
            self.verify(command)

    @classmethod
    def load(cls, folder: Path, object_types: Sequence[str]) -> "Declarations":
        """The templates that are declared for these object types; one that two types share is the first one's."""
        found = [each for name in object_types for each in _declared(folder / name / "commands.yml", name)]
        templates: dict[str, Declaration] = {}
        for each in found:
            templates.setdefault(each.template, each)
        return cls(str(folder), templates)

    def commands(self, object_type: str = "") -> Iterator[Command]:
        """The commands that are known to be wanted of a type of object before anything is known of it.

        They come from the list alone: a parameter that one host taught is never sent to another.
        """
        for template in self._templates.values():
            if object_type in ("", template.object_type):
                for arguments in template.first_round or ((),):
                    if len(arguments) == len(template.parameters):
                        yield Command(template.template, arguments)

    def __iter__(self) -> Iterator[Declaration]:
        """All templates, for a person who reviews them."""
        return iter(self._templates.values())

    def __contains__(self, command: Command) -> bool:
        """Whether the command is declared, with arguments as they are declared."""
        declared = self._templates.get(command.template)
        return declared is not None and declared.fits(command.arguments)

    def verify(self, command: Command) -> None:
        """Refuse a command that is not declared, or a parameter that is not what the declaration says."""
        if command in self:
            return
        declared = self._templates.get(command.template)
        if declared is None:
            raise BadInput("AW-command-undeclared", where=self._where, command=command.template)
        value, kind = " ".join(command.arguments), " ".join(declared.types)
        raise BadInput("AW-command-parameter", where=self._where, command=command.template, value=value, type=kind)

    def seconds(self, command: Command) -> int:
        """How long the command may take."""
        return self._templates[command.template].seconds


@cache
def named(path: Path) -> Mapping[str, str]:
    """The templates of a list that have a name."""
    return {entry["name"]: entry["command"] for entry in _page(path)["commands"] if "name" in entry}


@cache
def _page(path: Path) -> Mapping[str, Any]:
    """One list, as it was written."""
    page: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return page


def _declared(path: Path, object_type: str) -> Iterator[Declaration]:
    """The entries of a list; a single parameter of the first round need not be written as a list."""
    page = _page(path)
    patterns = {name: re.compile(pattern) for name, pattern in page.get("parameters", {}).items()}
    for entry in page["commands"]:
        types = tuple(entry.get("parameters", ()))
        rows = (row if isinstance(row, list) else [row] for row in entry.get("first_round", ()))
        yield Declaration(
            template=entry["command"],
            parameters=tuple(patterns[name] for name in types),
            first_round=tuple(tuple(row) for row in rows),
            seconds=entry.get("seconds", page["seconds"]),
            object_type=object_type,
            types=types,
        )
