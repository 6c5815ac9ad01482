"""What an estate is, as plain values: its hosts with their merged variables, and where each was written."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anwei.errors import BadInput
from anwei.estate import inventory_tool
from anwei.home import ROOT
from anwei.texts import text

# Separators and marks of the pattern language. A pattern of nothing else limits nothing: Ansible would take all hosts.
MARKS = " \t\n,:!&~"


@dataclass(frozen=True, order=True)
class Place:
    """A line of a file; line 0 is the file as a whole (a script has no line that defines a host)."""

    file: Path
    line: int = 0

    def __str__(self) -> str:
        file = self.file.relative_to(ROOT) if self.file.is_relative_to(ROOT) else self.file
        return f"{file}:{self.line}" if self.line else str(file)


@dataclass(frozen=True)
class Host:
    """One host or device. `variables` are merged but not templated; the group that Ansible lets win stands last."""

    name: str
    variables: Mapping[str, Any]
    groups: tuple[str, ...]
    where: Place

    @property
    def health_checks(self) -> tuple[dict[str, Any], ...]:
        """The host's own checks and those of each service on it (`health_checks_<service>`), by variable name."""
        names = sorted(name for name in self.variables if name.startswith("health_checks"))
        return tuple(check for name in names for check in self.variables[name])


@dataclass(frozen=True)
class Estate:
    """An inventory that passed every rule; `settings` are the variables `estate_*`, the same on every host."""

    name: str
    path: Path
    hosts: tuple[Host, ...]
    settings: Mapping[str, Any]

    def select(self, pattern: str) -> tuple[Host, ...]:
        """The hosts that match `pattern`, in Ansible's own pattern language.

        A part of the pattern that matches nothing is refused as well: Ansible would pass over a misspelt
        exclusion with a warning, and the host that was to be spared would be changed.
        """
        if pattern == "all" and self.hosts:
            return self.hosts
        wanted = self._matching(pattern)
        if not wanted:
            raise self._no_host(pattern)
        return tuple(host for host in self.hosts if host.name in wanted)

    def around(self, names: Collection[str]) -> tuple[Host, ...]:
        """Hosts and those that stand in for them: while a member is changed, the others of its group must serve."""
        groups = {host.variables.get("ha_group") for host in self.hosts if host.name in names} - {None}
        return tuple(host for host in self.hosts if host.name in names or host.variables.get("ha_group") in groups)

    def _matching(self, pattern: str) -> frozenset[str]:
        """Names that Ansible finds for `pattern`.

        Ansible drops an unclosed bracket and what follows it, which makes `~[` match every host; a part that begins
        with `@` would have it read a file, which a pattern in a change must not.
        """
        if "@" in pattern:
            raise self._no_host(pattern, text("estate.no-file"))
        if not pattern.strip(MARKS) or pattern.count("[") != pattern.count("]"):
            return frozenset()
        try:
            return inventory_tool.matching(self.path, pattern)
        except inventory_tool.ToolError as error:
            raise self._no_host(pattern, *error.lines) from error

    def _no_host(self, pattern: str, *details: str) -> BadInput:
        """The error for a pattern that chooses nothing."""
        where = str(Place(self.path))
        return BadInput("AW-hosts-none", where=where, details=details, pattern=pattern, estate=self.name)
