"""Where each host and each variable of an inventory was written, so that every problem names its file and line."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from anwei.estate.model import Host, Place
from anwei.estate.problems import Problem
from anwei.estate.sources import Kind, Source, pairs
from anwei.texts import text

SECTIONS = {"hosts", "children", "vars"}
TEXT = "tag:yaml.org,2002:str"
RANGE = re.compile(r"\[[^\]]+\]")


@dataclass(frozen=True)
class Scope:
    """Whose variables, and whether they stand where hosts are defined (`inline`) or in a file of their own."""

    owner: str
    host: bool
    inline: bool


@dataclass(frozen=True)
class Definition:
    """A variable as it was written."""

    source: Source
    key: yaml.Node
    value: yaml.Node


@dataclass
class Places:
    """The index. Host names may stand as ranges (`web[01:03]`), as they were written."""

    directory: Path
    hosts: dict[str, Place] = field(default_factory=dict)
    groups: dict[str, Place] = field(default_factory=dict)
    variables: dict[Scope, dict[str, Definition]] = field(default_factory=dict)
    other_files: list[Path] = field(default_factory=list)

    def host(self, name: str) -> Place:
        """Where a host is defined; for one that no YAML file names, the script that must have."""
        written = next((raw for raw in _ways_to_write(name, self.hosts) if raw in self.hosts), None)
        if written is not None:
            return self.hosts[written]
        return Place(self.other_files[0] if len(self.other_files) == 1 else self.directory)

    def variable(self, host: Host, path: Sequence[str | int]) -> Place:
        """Where the value at `path` (variable, then keys and positions inside it) of a host comes from."""
        for scope in self._strongest_first(host):
            definition = self.variables.get(scope, {}).get(str(path[0]))
            if definition:
                return definition.source.place(_inside(definition, path[1:]))
        return host.where

    def settings(self) -> Place:
        """Where the settings of the estate begin; the inventory as a whole where there are none."""
        for inline in (False, True):
            for name, definition in self.variables.get(Scope("all", host=False, inline=inline), {}).items():
                if name.startswith("estate_"):
                    return definition.source.place(definition.key)
        return Place(self.directory)

    def _strongest_first(self, host: Host) -> Iterator[Scope]:
        """Ansible's order of precedence, read from its strong end."""
        written = list(_ways_to_write(host.name, self.hosts))
        yield Scope(host.name, host=True, inline=False)
        yield from (Scope(name, host=True, inline=True) for name in written)
        for inline in (False, True):
            yield from (Scope(group, host=False, inline=inline) for group in reversed(host.groups))
            yield Scope("all", host=False, inline=inline)


def index(directory: Path, sources: Sequence[Source]) -> tuple[Places, list[Problem]]:
    """The index of all `sources`, and the parts of them that Ansible would skip with no more than a warning."""
    places = Places(directory)
    problems: list[Problem] = []
    for source in sources:
        if source.kind is not Kind.HOSTS:
            _remember(places, source, Scope(source.owner, source.kind is Kind.HOST_VARS, inline=False), source.root)
        elif source.root is None:
            places.other_files.append(source.file)
        elif not _configures_plugin(source.root):
            for name, group in _groups(source):
                problems += _take_group(places, source, name, group)
    return places, problems


def orphans(sources: Sequence[Source], groups: set[str], hosts: set[str]) -> Iterator[Problem]:
    """Variable files of a group or host that does not exist: Ansible never reads them, so a misspelt name is lost."""
    known = {Kind.GROUP_VARS: groups | {"all", "ungrouped"}, Kind.HOST_VARS: hosts}
    for source in sources:
        if source.kind in known and source.owner not in known[source.kind]:
            yield Problem(Place(source.file), text("estate.problem.orphan", name=source.owner))


def _groups(source: Source) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    """The name and content of every group of a file, each content once: aliases may repeat or contain themselves."""
    waiting, seen = list(pairs(source.root)), set()
    while waiting:
        name, group = waiting.pop()
        if id(group) not in seen:
            seen.add(id(group))
            yield name, group
            waiting += [
                child for section, content in pairs(group) if section.value == "children" for child in pairs(content)
            ]


def _take_group(places: Places, source: Source, name: yaml.Node, group: yaml.Node) -> Iterator[Problem]:
    """Note what stands in one group, and tell what Ansible would pass over."""
    places.groups.setdefault(str(name.value), source.place(name))
    if not _mapping_or_nothing(group):
        yield _wrong(source, group, name, "not_mapping")
    for section, content in pairs(group):
        if section.value not in SECTIONS:
            yield _wrong(source, section, section, "unknown_section")
        elif not _mapping_or_nothing(content):
            yield _wrong(source, content, section, "not_mapping")
        elif section.value == "vars":
            _remember(places, source, Scope(str(name.value), host=False, inline=True), content)
        elif section.value == "hosts":
            yield from _take_hosts(places, source, content)


def _take_hosts(places: Places, source: Source, content: yaml.Node) -> Iterator[Problem]:
    """Note the hosts of a group; where one stands in several, the line that gives it variables counts."""
    for key, variables in pairs(content):
        name = str(key.value)
        if key.tag != TEXT:
            yield _wrong(source, key, key, "not_text")
        if not _mapping_or_nothing(variables):
            yield _wrong(source, variables, key, "not_mapping")
        if name not in places.hosts or pairs(variables):
            places.hosts[name] = source.place(key)
        _remember(places, source, Scope(name, host=True, inline=True), variables)


def _wrong(source: Source, node: yaml.Node, named: yaml.Node, problem: str) -> Problem:
    """A part that has not the form of an inventory."""
    return Problem(source.place(node), text(f"estate.problem.{problem}", name=named.value))


def _remember(places: Places, source: Source, scope: Scope, mapping: yaml.Node | None) -> None:
    """Note where each variable of `scope` stands."""
    found = {str(key.value): Definition(source, key, value) for key, value in pairs(mapping)}
    places.variables.setdefault(scope, {}).update(found)


def _inside(definition: Definition, path: Sequence[str | int]) -> yaml.Node:
    """The node at `path` below a variable, or the nearest one above it that was written; of keys the key itself."""
    shown, node = definition.key, definition.value
    for step in path:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            shown = node = node.value[step]
        else:
            found = next(((key, value) for key, value in pairs(node) if key.value == str(step)), None)
            if found is None:
                break
            shown, node = found
    return shown


def _mapping_or_nothing(node: yaml.Node) -> bool:
    """Whether a node is a mapping or empty, as Ansible wants groups, sections and hosts."""
    return isinstance(node, yaml.MappingNode) or (isinstance(node, yaml.ScalarNode) and node.value in {"", "null", "~"})


def _configures_plugin(root: yaml.Node) -> bool:
    """Whether a file is no list of hosts but the configuration of an inventory plugin."""
    return any(key.value == "plugin" for key, _ in pairs(root))


def _ways_to_write(name: str, written: Mapping[str, Place]) -> Iterator[str]:
    """The name itself, then the ranges among `written` that may stand for it."""
    yield name
    yield from (raw for raw in written if RANGE.search(raw) and _range(raw).fullmatch(name))


def _range(raw: str) -> re.Pattern[str]:
    """A pattern of the names that a range such as `web[01:03]` may stand for."""
    return re.compile(r"\w+".join(re.escape(part) for part in RANGE.split(raw)))
