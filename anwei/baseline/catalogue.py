"""The catalogue: which check belongs to which clause and unit, what is expected, and by which function it is read."""

import inspect
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml
from testinfra.host import Host

from anwei.baseline import units
from anwei.baseline.form import slips_of_form
from anwei.baseline.result import Check, Severity
from anwei.baseline.units import Requirement
from anwei.baseline.verdict import Verdict
from anwei.errors import BadInput
from anwei.evidence.commands import Declarations

MLPS = Path(__file__).resolve().parents[2] / "baselines" / "mlps"
PACKAGE = "baselines.mlps"
LEVELS = units.LEVELS

Function = Callable[..., Verdict]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """One check with the function that decides it, its thresholds, and what it does not read yet."""

    check: Check
    function: Function
    thresholds: Mapping[str, Any] = field(default_factory=dict)
    unread: str = ""

    def run(self, host: Host) -> Verdict:
        """Decide the check on a testinfra host, live or from a transcript."""
        return self.function(host, **self.thresholds)


@dataclass(frozen=True)
class ObjectType:
    """One kind of thing that is assessed by itself: how it is found on a host, and what is read of it.

    `shown` are the sub-checks of a unit that are certain when all checks of them are met; others need a person.
    """

    code: str
    name: str
    kind: str
    on: str
    found: Callable[[Host], bool]
    facts: Mapping[str, Callable[[Host], str]]
    entries: tuple[Entry, ...]
    shown: Mapping[str, frozenset[int]]


@dataclass(frozen=True)
class Catalogue:
    """All checks of one level by type of object, and all units that the level requires, with a check or without."""

    level: int
    requirements: tuple[Requirement, ...]
    types: tuple[ObjectType, ...]
    partial: bool = False

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """What is checked, in the order of the catalogue."""
        return tuple(entry for each in self.types for entry in each.entries)

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """The checks, in the order of the catalogue."""
        return tuple(entry.check for entry in self.entries)

    @property
    def units_in_standard(self) -> int:
        """How many units the level has in the classes that the checks belong to."""
        touched = {entry.check.unit.id for entry in self.entries}
        areas = {each.area.code for each in self.requirements if each.unit.id in touched}
        return sum(each.area.code in areas for each in self.requirements)

    def on(self, host_type: str) -> tuple[ObjectType, ...]:
        """The types of objects that a host of this type can hold, itself first."""
        return tuple(each for each in self.types if each.on == host_type)

    def declarations(self, host_type: str) -> Declarations:
        """The commands that may run on a host of this type."""
        return _declarations(tuple(each.code for each in self.on(host_type)))

    def only(self, checks: Collection[str]) -> "Catalogue":
        """The same with these checks alone and no facts, for which no more is asked than they need."""
        chosen = [
            replace(each, entries=tuple(one for one in each.entries if one.check.id in checks), facts={})
            for each in self.types
        ]
        needed = {each.on for each in chosen if each.entries}
        return replace(self, types=tuple(each for each in chosen if each.entries or each.code in needed), partial=True)


@cache
def load(level: int, folder: Path = MLPS) -> Catalogue:
    """The catalogue of a level. Slips in it are named before anything is asked of a host."""
    required = units.load(level, folder)
    pages = sorted(folder.glob("*/checks.yml"), key=_order)
    types = tuple(_object_type(path, required, units.load(max(LEVELS), folder)) for path in pages)
    _refuse(str(folder), [f"{name}: twice" for name in _twice(types)])
    return Catalogue(level, required, types)


@cache
def _declarations(object_types: tuple[str, ...]) -> Declarations:
    """The lists of commands of some types of objects, read once."""
    return Declarations.load(MLPS, object_types)


def _order(path: Path) -> tuple[bool, str]:
    """Types of hosts before what runs on them."""
    return "on" in _page(path)["object"], path.parent.name


@cache
def _page(path: Path) -> Row:
    """The checks of one type, proved to have the right form."""
    page: Row = yaml.safe_load(path.read_text(encoding="utf-8"))
    _refuse(str(path), slips_of_form(page, "checks"))
    return page


def _refuse(where: str, slips: list[str]) -> None:
    """Name the slips, if there are any."""
    if slips:
        raise BadInput("AW-catalogue", where=where, details=slips)


def _twice(types: tuple[ObjectType, ...]) -> list[str]:
    """The ids that two checks have."""
    ids = [entry.check.id for each in types for entry in each.entries]
    return [each for each in sorted(set(ids)) if ids.count(each) > 1]


def _object_type(path: Path, required: tuple[Requirement, ...], known: tuple[Requirement, ...]) -> ObjectType:
    """One type of object with the checks that the level requires."""
    page, code = _page(path), path.parent.name
    _refuse(str(path), list(_slips(page, {each.name: each for each in known})))
    about, package = page["object"], import_module(f"{PACKAGE}.{code}")
    return ObjectType(
        code=code,
        name=about["name"],
        kind=about["kind"],
        on=about.get("on", code),
        found=package.found,
        facts=package.FACTS,
        entries=tuple(_entries(page["checks"], required, about["kind"], code)),
        shown={unit: frozenset(numbers) for unit, numbers in page["shown"].items()},
    )


def _slips(page: Row, known: Mapping[str, Requirement]) -> Iterator[str]:
    """What the form cannot say: units, sub-checks and high-risk cases that the standard does not have."""
    cases = {case.number for each in known.values() for case in each.high_risk} | {""}
    named = [(row["id"], row["unit"], _numbers(row)) for row in page["checks"]]
    for name, unit, numbers in [*named, *(("shown", unit, numbers) for unit, numbers in page["shown"].items())]:
        if unit not in known:
            yield f"{name}: no unit {unit}"
        elif not set(numbers) <= set(range(1, len(known[unit].sub_checks) + 1)):
            yield f"{name}: {unit} has {len(known[unit].sub_checks)} sub-checks"
    for row in page["checks"]:
        if row.get("high_risk_case", "") not in cases:
            yield f"{row['id']}: no high-risk case {row['high_risk_case']}"


def _numbers(row: Row, level: int = max(LEVELS)) -> tuple[int, ...]:
    """The sub-checks that a check is about, where the levels differ by level."""
    numbers = row["sub_checks"]
    return tuple(numbers.get(level, ()) if isinstance(numbers, dict) else numbers)


def _entries(rows: list[Row], required: tuple[Requirement, ...], kind: str, code: str) -> Iterator[Entry]:
    """The checks whose unit the level requires, with a high-risk case only where it is in force at the level."""
    known = {each.name: each for each in required}
    cases = {case.number for each in required for case in each.high_risk}
    for row in rows:
        case = row.get("high_risk_case", "")
        if row["unit"] in known:
            yield _entry({**row, "high_risk_case": case if case in cases else ""}, known[row["unit"]], kind, code)


def _entry(row: Row, required: Requirement, kind: str, code: str) -> Entry:
    """One check; its thresholds are the parameters of its function, no more and no fewer."""
    thresholds = row.get("thresholds", {})
    function = _function(row["function"], code)
    if function is None or set(list(inspect.signature(function).parameters)[1:]) != set(thresholds):
        raise BadInput("AW-catalogue", where=code, details=[f"{row['id']}: {row['function']}({', '.join(thresholds)})"])
    check = Check(
        id=row["id"],
        title=row["title"],
        unit=required.unit,
        sub_checks=_numbers(row, required.level),
        severity=Severity(row["severity"]),
        expected=row["expected"].format(**{name: _shown(value) for name, value in thresholds.items()}),
        certainty=row["certainty"],
        high_risk_case=row["high_risk_case"],
        scored=kind in required.objects,
        fix=row.get("fix", ""),
        disruption=row.get("disruption", ""),
    )
    return Entry(check, function, thresholds, row.get("unread", ""))


def _function(name: str, code: str) -> Function | None:
    """The function of a type that has this name, if there is one."""
    module, _, own = name.partition(".")
    found: Function | None = getattr(_module(code, module), own, None)
    return found


def _module(code: str, name: str) -> ModuleType | None:
    """A module of a type's package."""
    try:
        return import_module(f"{PACKAGE}.{code}.{name}")
    except ModuleNotFoundError:
        return None


def _shown(threshold: object) -> str:
    """A threshold as the reader of a report sees it."""
    if isinstance(threshold, dict):
        return "、".join(f"{name} {value}" for name, value in threshold.items())
    return "、".join(map(str, threshold)) if isinstance(threshold, list) else str(threshold)
