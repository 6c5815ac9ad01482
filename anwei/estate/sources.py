"""Reads the YAML files of an inventory as nodes, which know their lines, and finds what YAML lets pass in silence."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

import yaml

from anwei.estate.model import Place
from anwei.estate.problems import Problem
from anwei.texts import text

YAML_NAMES = {".yml", ".yaml", ".json"}
# The names that Ansible passes over in an inventory directory (its INVENTORY_IGNORE and REJECT_EXTS).
IGNORED_NAMES = {".pyc", ".pyo", ".swp", ".bak", ".rpm", ".md", ".txt", ".rst", ".orig", ".ini", ".cfg", ".retry"}
VARIABLE_FOLDERS = {"group_vars", "host_vars"}
NUMBERS_AND_DATES = {f"tag:yaml.org,2002:{kind}" for kind in ("int", "float", "timestamp")}


class Kind(Enum):
    """What a file of an inventory holds."""

    HOSTS = auto()
    GROUP_VARS = auto()
    HOST_VARS = auto()


@dataclass(frozen=True)
class Source:
    """One file; `owner` is the group or host whose variables it holds, `root` is None where it has no YAML to read."""

    file: Path
    kind: Kind
    owner: str = ""
    root: yaml.Node | None = None

    def place(self, node: yaml.Node) -> Place:
        """The line at which `node` begins."""
        return Place(self.file, node.start_mark.line + 1)


def read_sources(directory: Path) -> tuple[list[Source], list[Problem]]:
    """Every file of the inventory, and every problem of reading them."""
    sources: list[Source] = []
    problems: list[Problem] = []
    for found in (*_host_files(directory), *_variable_files(directory)):
        source = found
        if _is_yaml(found):
            source, wrong = parse(found)
            problems += wrong
        sources.append(source)
    return sources, problems


def parse(source: Source) -> tuple[Source, list[Problem]]:
    """`source` with its YAML read, and what is wrong with that YAML."""
    try:
        content = source.file.read_text(encoding="utf-8")
        read = Source(source.file, source.kind, source.owner, _compose(content))
        return read, [*duplicate_keys(read), *wrong_top(read), *impossible_values(read)]
    except yaml.YAMLError as error:
        return source, [_syntax(source, error)]
    except RecursionError:
        return source, [Problem(Place(source.file), text("estate.problem.deep"))]
    except (OSError, UnicodeDecodeError) as error:
        return source, [Problem(Place(source.file), text("estate.problem.unread", error=str(error)))]


def _compose(content: str) -> yaml.Node | None:
    """The nodes of a YAML text. Not by the C reader, which is faster but crashes the process on deep nesting."""
    root: yaml.Node | None = yaml.compose(content, Loader=yaml.SafeLoader)
    return root


def pairs(node: yaml.Node | None) -> list[tuple[yaml.Node, yaml.Node]]:
    """The keys and values of a mapping; none where it is something else."""
    return node.value if isinstance(node, yaml.MappingNode) else []


def duplicate_keys(source: Source) -> Iterator[Problem]:
    """Keys that stand twice in one mapping: YAML readers keep the last and say nothing."""
    for mapping in (node for node in _nodes(source.root) if isinstance(node, yaml.MappingNode)):
        first: dict[str, yaml.Node] = {}
        for key in (key for key, _ in pairs(mapping) if isinstance(key, yaml.ScalarNode)):
            name = key.value
            if name in first:
                line = first[name].start_mark.line + 1
                yield Problem(source.place(key), text("estate.problem.duplicate_key", name=name, line=line))
            first.setdefault(name, key)


def wrong_top(source: Source) -> Iterator[Problem]:
    """A variable file that is not a mapping (the whole of an encrypted one is a single word)."""
    root = source.root
    encrypted = isinstance(root, yaml.ScalarNode) and root.value.startswith("$ANSIBLE_VAULT;")
    if root is not None and not encrypted and not isinstance(root, yaml.MappingNode):
        yield Problem(source.place(root), text("estate.problem.not_mapping", name=source.file.name))


def impossible_values(source: Source) -> Iterator[Problem]:
    """Words that look like a date or number but are none, such as 2027-02-30."""
    constructor = yaml.constructor.SafeConstructor()
    for node in (node for node in _nodes(source.root) if node.tag in NUMBERS_AND_DATES):
        try:
            constructor.construct_object(node)
        except (ValueError, OverflowError) as error:
            yield Problem(source.place(node), text("estate.problem.impossible", value=node.value, error=error))


def _nodes(root: yaml.Node | None) -> Iterator[yaml.Node]:
    """Every node below `root` once; an alias may point back at its own parent."""
    waiting, seen = [root] if root else [], set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        waiting += [part for pair in pairs(node) for part in pair]
        waiting += node.value if isinstance(node, yaml.SequenceNode) else []


def _syntax(source: Source, error: yaml.YAMLError) -> Problem:
    """What the YAML reader says, with the line where it stopped."""
    mark = getattr(error, "problem_mark", None)
    said = ", ".join(str(part) for part in (getattr(error, "context", ""), getattr(error, "problem", "")) if part)
    place = Place(source.file, mark.line + 1 if mark else 0)
    return Problem(place, text("estate.problem.syntax", error=said or str(error).splitlines()[0]))


def _host_files(directory: Path) -> Iterator[Source]:
    """The files that define hosts and groups, sub-folders too, by the names that Ansible takes."""
    for entry in sorted(directory.iterdir()):
        if entry.name.startswith(".") or entry.name.endswith("~") or entry.suffix in IGNORED_NAMES:
            continue
        if entry.is_file():
            yield Source(entry, Kind.HOSTS)
        elif entry.name not in VARIABLE_FOLDERS | {"vars_plugins"}:
            yield from _host_files(entry)


def _variable_files(directory: Path) -> Iterator[Source]:
    """The files below `group_vars` and `host_vars`; the first part of the name is the group or host."""
    for folder, kind in (("group_vars", Kind.GROUP_VARS), ("host_vars", Kind.HOST_VARS)):
        for file in sorted((directory / folder).rglob("*")):
            if file.is_file() and file.suffix in {*YAML_NAMES, ""}:
                first = file.relative_to(directory / folder).parts[0]
                yield Source(file, kind, first.removesuffix(file.suffix) if first == file.name else first)


def _is_yaml(source: Source) -> bool:
    """Whether Ansible reads the file as YAML: all variables; of the host files not the scripts and INI files."""
    script = source.kind is Kind.HOSTS and os.access(source.file, os.X_OK)
    return source.kind is not Kind.HOSTS or (source.file.suffix in YAML_NAMES and not script)
