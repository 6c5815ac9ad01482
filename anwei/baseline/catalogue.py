"""The catalogue: which check belongs to which clause and unit, what is expected, and by which function it is read."""

import importlib.util
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import yaml
from testinfra.host import Host

from anwei.baseline.result import Check, Severity, Unit
from anwei.baseline.verdict import Verdict
from anwei.errors import BadInput
from anwei.evidence.commands import Declarations

MLPS = Path(__file__).resolve().parents[2] / "baselines" / "mlps"
LEVELS = (2, 3)
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
    """All checks of one level for one object type."""

    level: int
    entries: tuple[Entry, ...]
    units_in_standard: int
    declarations: Declarations
    facts: Mapping[str, Callable[[Host], str]]

    @property
    def checks(self) -> tuple[Check, ...]:
        """The checks, in the order of the catalogue."""
        return tuple(entry.check for entry in self.entries)


@cache
def load(level: int, folder: Path = MLPS) -> Catalogue:
    """The catalogue of a level. Slips in it are named before anything is asked of a host."""
    path = folder / "catalogue.yml"
    page = yaml.safe_load(path.read_text(encoding="utf-8"))
    slips = list(_slips(page))
    if slips:
        raise BadInput("AW-catalogue", where=str(path), details=slips)
    functions = _module(folder / f"{OBJECT_TYPE}.py")
    units = {unit["id"][max(LEVELS)]: _unit(unit, level) for unit in page["units"]}
    entries = tuple(_entry(row, units[row["unit"]], functions, str(path)) for row in page["checks"])
    declarations = Declarations.load(folder / "commands.yml", OBJECT_TYPE)
    return Catalogue(level, entries, page["units_in_standard"][level], declarations, functions.FACTS)


def _slips(page: dict[str, Any]) -> list[str]:
    """What is wrong with the page: form first, then what the form cannot say."""
    form = jsonschema.Draft202012Validator(yaml.safe_load(SCHEMA)).iter_errors(_with_text_keys(page))
    slips = [f"{error.json_path}: {error.message}" for error in form]
    if slips:
        return slips
    units = [unit["id"][level] for unit in page["units"] for level in LEVELS]
    ids = [row["id"] for row in page["checks"]]
    slips += [f"{each}: twice" for each in sorted({name for name in units + ids if (units + ids).count(name) > 1})]
    slips += [f"{row['id']}: no unit {row['unit']}" for row in page["checks"] if row["unit"] not in units]
    return slips


def _with_text_keys(page: object) -> object:
    """The page as JSON would hold it: the levels are numbers in YAML."""
    if isinstance(page, dict):
        return {str(key): _with_text_keys(value) for key, value in page.items()}
    return [_with_text_keys(value) for value in page] if isinstance(page, list) else page


def _unit(row: Mapping[str, Any], level: int) -> Unit:
    """One assessment unit as the level numbers it."""
    return Unit(row["id"][level], row["clause"][level], row["control_point"], row["title"])


def _entry(row: Mapping[str, Any], unit: Unit, functions: ModuleType, where: str) -> Entry:
    """One check; its thresholds are the parameters of its function, no more and no fewer."""
    function = getattr(functions, row["function"].removeprefix(f"{OBJECT_TYPE}."), None)
    thresholds = row.get("thresholds", {})
    if function is None or set(list(inspect.signature(function).parameters)[1:]) != set(thresholds):
        detail = f"{row['id']}: {row['function']}({', '.join(thresholds)})"
        raise BadInput("AW-catalogue", where=where, details=[detail])
    check = Check(
        id=row["id"],
        title=row["title"],
        unit=unit,
        severity=Severity(row["severity"]),
        expected=row["expected"].format(**{name: _shown(value) for name, value in thresholds.items()}),
        certainty=row["certainty"],
        high_risk_case=row.get("high_risk_case", ""),
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


SCHEMA = """
type: object
additionalProperties: false
required: [units_in_standard, units, checks]
properties:
  units_in_standard: {$ref: "#/$defs/count_by_level"}
  units:
    type: array
    items:
      type: object
      additionalProperties: false
      required: [id, clause, control_point, title]
      properties:
        id: {$ref: "#/$defs/text_by_level"}
        clause: {$ref: "#/$defs/text_by_level"}
        control_point: {type: string}
        title: {type: string}
  checks:
    type: array
    items:
      type: object
      additionalProperties: false
      required: [id, unit, title, function, severity, certainty, expected]
      properties:
        id: {type: string, pattern: "^[A-Z0-9]{3}-[A-Z]{2}[a-z]-[0-9]{2}$"}
        unit: {type: string}
        title: {type: string}
        function: {type: string, pattern: "^linux[.][a-z_]+$"}
        thresholds: {type: object}
        severity: {enum: [高, 中, 低]}
        certainty: {enum: [V, S, I, M]}
        expected: {type: string}
        high_risk_case: {type: string, pattern: "^[0-9]+([.][0-9]+){3}$"}
        unread: {type: string}
$defs:
  text_by_level:
    type: object
    additionalProperties: false
    required: ["2", "3"]
    properties: {"2": {type: string}, "3": {type: string}}
  count_by_level:
    type: object
    additionalProperties: false
    required: ["2", "3"]
    properties: {"2": {type: integer}, "3": {type: integer}}
"""
