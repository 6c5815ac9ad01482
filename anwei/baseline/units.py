"""The assessment units of the standard as each level requires them: numbers, meaning, rule, and what a person asks."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from anwei.baseline.form import slips_of_form
from anwei.baseline.result import Unit
from anwei.errors import BadInput

LEVELS = (2, 3)
PAGE = "units.yml"

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """A case of the high-risk guide that the unit can trigger; the assessors decide whether it does."""

    number: str
    from_level: int
    only: str = ""


@dataclass(frozen=True)
class Area:
    """A class of the standard or a control point in it, as one level numbers it."""

    number: str
    name: str
    code: str = ""


@dataclass(frozen=True)
class Requirement:
    """One unit with all that the catalogue knows about it at one level; `name` is its number at the highest level."""

    name: str
    level: int
    unit: Unit
    area: Area
    control_point: Area
    objects: tuple[str, ...]
    sub_checks: tuple[str, ...]
    rule: str
    ask: tuple[str, ...]
    certainty: str
    certainty_of: Mapping[str, str] = field(default_factory=dict)
    objects_note: str = ""
    rule_words: str = ""
    level_2: str = ""
    high_risk: tuple[Case, ...] = ()
    person_only: bool = False


def load(level: int, folder: Path) -> tuple[Requirement, ...]:
    """The units that a level requires, in the order of the clauses. A page with slips is refused as a whole."""
    return tuple(
        _requirement(area, point, row, level) for area, point, row in _rows(_page(folder / PAGE)) if level in row["id"]
    )


@cache
def _page(path: Path) -> Row:
    """The page, proved to have the right form and to agree with itself."""
    page: Row = yaml.safe_load(path.read_text(encoding="utf-8"))
    slips = slips_of_form(page, "units") or list(_contradictions(page))
    if slips:
        raise BadInput("AW-catalogue", where=str(path), details=slips)
    return page


def _rows(page: Row) -> Iterator[tuple[Row, Row, Row]]:
    """Every unit with its class and its control point."""
    for area in page["classes"]:
        for point in area["control_points"]:
            for row in point["units"]:
                yield area, point, row


def _contradictions(page: Row) -> Iterator[str]:
    """What the form cannot say: numbers that occur twice or do not fit, and rules that do not fit the sub-checks."""
    rows = list(_rows(page))
    numbers = Counter(number for _, _, row in rows for key in ("id", "clause") for number in row[key].values())
    yield from (f"{number}: twice" for number, count in sorted(numbers.items()) if count > 1)
    for area, point, row in rows:
        name = row["id"][max(LEVELS)]
        if row["id"].keys() != row["clause"].keys():
            yield f"{name}: id and clause name different levels"
            continue
        for level in row["id"]:
            yield from (f"{row['id'][level]}: {slip}" for slip in _misfits(area, point, row, level))
        if "level_2" in row and min(LEVELS) not in row["id"]:
            yield f"{name}: level_2, but level 2 does not require it"


def _misfits(area: Row, point: Row, row: Row, level: int) -> Iterator[str]:
    """What does not fit at one level."""
    clause, above, top = row["clause"][level], point["number"].get(level, "?"), area["number"].get(level, "?")
    if not above.startswith(f"{top}.") or clause.split(" ")[0] != above:
        yield f"clause {clause} is not under {top}, {above}"
    if row["id"][level][3:6] != area["code"]:
        yield f"not of class {area['code']}"
    rule, several = _at(row["rule"], level), len(_at(row["sub_checks"], level)) > 1
    if (rule == "single" and several) or (rule in ("or", "special") and not several):
        yield f"rule {rule} with {len(_at(row['sub_checks'], level))} sub-checks"
    if (rule == "special") != bool(_at(row.get("rule_words", ""), level)):
        yield f"rule {rule}, and rule_words only where it is special"


def _at(value: Any, level: int) -> Any:  # noqa: ANN401 - the schema knows what stands where
    """The value at a level: most are written once, some by level."""
    return value.get(level, "") if isinstance(value, dict) else value


def _requirement(area: Row, point: Row, row: Row, level: int) -> Requirement:
    """One unit as the level requires it."""
    unit = Unit(row["id"][level], row["clause"][level], point["name"], _at(row["title"], level))
    less_certain = {**area.get("certainty_of", {}), **row.get("certainty_of", {})}
    return Requirement(
        name=row["id"][max(LEVELS)],
        level=level,
        unit=unit,
        area=Area(area["number"][level], area["name"], area["code"]),
        control_point=Area(point["number"][level], point["name"]),
        objects=tuple(row["objects"]),
        sub_checks=tuple(_at(row["sub_checks"], level)),
        rule=_at(row["rule"], level),
        ask=tuple(row["ask"]),
        certainty=row["certainty"],
        certainty_of={key: _at(value, level) or row["certainty"] for key, value in less_certain.items()},
        objects_note=row.get("objects_note", ""),
        rule_words=_at(row.get("rule_words", ""), level),
        level_2=row.get("level_2", ""),
        high_risk=tuple(_cases(row, level)),
        person_only=row.get("person_only", False),
    )


def _cases(row: Row, level: int) -> Iterator[Case]:
    """The high-risk cases that are in force at the level."""
    for each in row.get("high_risk", []):
        case = Case(each["case"], each.get("from", min(LEVELS)), each.get("only", ""))
        if case.from_level <= level:
            yield case
