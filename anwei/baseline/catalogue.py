"""The catalogue: which check belongs to which clause and unit, what is expected, and by which function it is read."""

import importlib.util
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
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
LEVELS = units.LEVELS
OBJECT_TYPE = "linux"

Function = Callable[..., Verdict]


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
class Catalogue:
    """All checks of one level for one object type, and all units that the level requires, with a check or without."""

    level: int
    requirements: tuple[Requirement, ...]
    entries: tuple[Entry, ...]
    declarations: Declarations
    facts: Mapping[str, Callable[[Host], str]]

    @property
    def checks(self) -> tuple[Check, ...]:
        """The checks, in the order of the catalogue."""
        return tuple(entry.check for entry in self.entries)

    @property
    def units_in_standard(self) -> int:
        """How many units the level has in the classes that the checks belong to."""
        touched = {entry.check.unit.id for entry in self.entries}
        areas = {each.area.code for each in self.requirements if each.unit.id in touched}
        return sum(each.area.code in areas for each in self.requirements)


@cache
def load(level: int, folder: Path = MLPS) -> Catalogue:
    """The catalogue of a level. Slips in it are named before anything is asked of a host."""
    path = folder / "catalogue.yml"
    page = yaml.safe_load(path.read_text(encoding="utf-8"))
    required = units.load(level, folder)
    slips = slips_of_form(page, "catalogue") or list(_slips(page, units.load(max(LEVELS), folder)))
    if slips:
        raise BadInput("AW-catalogue", where=str(path), details=slips)
    functions = _module(folder / f"{OBJECT_TYPE}.py")
    entries = tuple(_entries(page["checks"], required, functions, str(path)))
    declarations = Declarations.load(folder / "commands.yml", OBJECT_TYPE)
    return Catalogue(level, required, entries, declarations, functions.FACTS)


def _slips(page: dict[str, Any], known: tuple[Requirement, ...]) -> Iterator[str]:
    """What the form cannot say: ids that occur twice, and units and high-risk cases that the standard does not have."""
    ids = [row["id"] for row in page["checks"]]
    names = {each.name for each in known}
    cases = {case.number for each in known for case in each.high_risk} | {""}
    yield from (f"{each}: twice" for each in sorted(set(ids)) if ids.count(each) > 1)
    for row in page["checks"]:
        if row["unit"] not in names:
            yield f"{row['id']}: no unit {row['unit']}"
        if row.get("high_risk_case", "") not in cases:
            yield f"{row['id']}: no high-risk case {row['high_risk_case']}"


def _entries(
    rows: list[dict[str, Any]], required: tuple[Requirement, ...], functions: ModuleType, where: str
) -> Iterator[Entry]:
    """The checks whose unit the level requires, with a high-risk case only where it is in force at the level."""
    known = {each.name: each for each in required}
    cases = {case.number for each in required for case in each.high_risk}
    for row in rows:
        case = row.get("high_risk_case", "")
        if row["unit"] in known:
            yield _entry({**row, "high_risk_case": case if case in cases else ""}, known[row["unit"]], functions, where)


def _entry(row: Mapping[str, Any], required: Requirement, functions: ModuleType, where: str) -> Entry:
    """One check; its thresholds are the parameters of its function, no more and no fewer."""
    function = getattr(functions, row["function"].removeprefix(f"{OBJECT_TYPE}."), None)
    thresholds = row.get("thresholds", {})
    if function is None or set(list(inspect.signature(function).parameters)[1:]) != set(thresholds):
        detail = f"{row['id']}: {row['function']}({', '.join(thresholds)})"
        raise BadInput("AW-catalogue", where=where, details=[detail])
    check = Check(
        id=row["id"],
        title=row["title"],
        unit=required.unit,
        severity=Severity(row["severity"]),
        expected=row["expected"].format(**{name: _shown(value) for name, value in thresholds.items()}),
        certainty=row["certainty"],
        high_risk_case=row["high_risk_case"],
    )
    return Entry(check, function, thresholds, row.get("unread", ""))


def _shown(threshold: object) -> str:
    """A threshold as the reader of a report sees it."""
    if isinstance(threshold, dict):
        return "、".join(f"{name} {value}" for name, value in threshold.items())
    return "、".join(map(str, threshold)) if isinstance(threshold, list) else str(threshold)


def _module(path: Path) -> ModuleType:
    """The check functions, which lie beside the data they belong to."""
    spec = importlib.util.spec_from_file_location(f"baselines_{path.parent.name}_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise BadInput("AW-catalogue", where=str(path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
