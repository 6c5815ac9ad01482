"""The commands that may run on production: declared templates with typed parameters, and nothing else.

The list is data (`commands.yml` of a baseline), finite, and meant to be read by the people whose hosts it runs on.
"""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
    parameters: tuple[str, ...]
    first_round: tuple[tuple[str, ...], ...]
    seconds: int


class Declarations:
    """All templates of one object type. What is not in here is refused before any host is touched."""

    def __init__(self, where: str, types: Mapping[str, str], templates: Mapping[str, Declaration]) -> None:
        self._where = where
        self._types = {name: re.compile(pattern) for name, pattern in types.items()}
        self._templates = templates
        for command in self.first_round():
            self.verify(command)

    @classmethod
    def load(cls, path: Path, object_type: str) -> "Declarations":
        """The templates that `path` declares for an object type."""
        page = yaml.safe_load(path.read_text(encoding="utf-8"))
        templates = [_declaration(entry, page["seconds"]) for entry in page["commands"][object_type]]
        return cls(str(path), page["parameters"], {each.template: each for each in templates})

    def first_round(self) -> Iterator[Command]:
        """The commands that are known to be wanted before anything is known of a host.

        They come from the list alone: a parameter that one host taught is never sent to another.
        """
        for template in self._templates.values():
            for arguments in template.first_round or ((),):
                if len(arguments) == len(template.parameters):
                    yield Command(template.template, arguments)

    def verify(self, command: Command) -> None:
        """Refuse a command that is not declared, or a parameter that is not what the declaration says."""
        declared = self._templates.get(command.template)
        if declared is None:
            raise BadInput("AW-command-undeclared", where=self._where, command=command.template)
        if len(declared.parameters) != len(command.arguments):
            raise self._unfit(command, " ".join(command.arguments), " ".join(declared.parameters))
        for name, value in zip(declared.parameters, command.arguments, strict=True):
            if not self._types[name].fullmatch(value):
                raise self._unfit(command, value, name)

    def seconds(self, command: Command) -> int:
        """How long the command may take."""
        return self._templates[command.template].seconds

    def _unfit(self, command: Command, value: str, type_name: str) -> BadInput:
        """The error for a parameter that does not fit."""
        where = self._where
        return BadInput("AW-command-parameter", where=where, command=command.template, value=value, type=type_name)


def _declaration(entry: Mapping[str, Any], seconds: int) -> Declaration:
    """One entry of the list; a single parameter need not be written as a list."""
    rows = (row if isinstance(row, list) else [row] for row in entry.get("first_round", ()))
    return Declaration(
        template=entry["command"],
        parameters=tuple(entry.get("parameters", ())),
        first_round=tuple(tuple(row) for row in rows),
        seconds=entry.get("seconds", seconds),
    )
