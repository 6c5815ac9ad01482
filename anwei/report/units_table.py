"""The units of a level as a table for a terminal, one for each class of the standard."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from anwei.baseline.catalogue import Catalogue
from anwei.baseline.result import Check
from anwei.baseline.units import LEVELS, Case, Requirement
from anwei.report.table import table
from anwei.texts import text

COLUMNS = ("clause", "unit", "control-point", "objects", "rule", "checks", "high-risk", "certainty", "title")
CHECKS = COLUMNS.index("checks")
ALL_OBJECTS = ("OS", "NET", "SEC", "APP", "DB", "MW", "SYS")
LEGEND = ("legend-rule", "legend-checks", "legend-high-risk", "legend-certainty")


def render(catalogue: Catalogue) -> str:
    """The tables of all classes, and what their words mean."""
    checks: defaultdict[str, list[str]] = defaultdict(list)
    for check in catalogue.checks:
        checks[check.unit.id].append(check.id)
    classes = groupby(catalogue.requirements, key=lambda each: each.area)
    blocks = [_block(list(of_class), checks) for _, of_class in classes]
    return "\n\n".join([*blocks, "\n".join(_legend(catalogue.requirements))])


def _block(requirements: Sequence[Requirement], checks: dict[str, list[str]]) -> str:
    """One class: its heading and its table."""
    area = requirements[0].area
    touched = sum(each.unit.id in checks for each in requirements)
    name = text(f"units.area.{area.code}")
    heading = text("units.heading", name=name, number=area.number, count=len(requirements), touched=touched)
    rows = [[text(f"units.{column}") for column in COLUMNS]]
    rows += [row for each in requirements for row in _rows(each, checks.get(each.unit.id, []))]
    return f"{heading}\n{table(rows)}"


def _rows(required: Requirement, checks: Sequence[str]) -> Iterator[list[str]]:
    """The row of a unit, and a row for every further check: many checks must not make the table wide."""
    none = text("units.person" if required.person_only else "units.none-yet")
    first, *further = checks or [none]
    yield [
        required.unit.clause,
        required.unit.id,
        required.control_point.name,
        _marked(_objects(required.objects), required, "objects"),
        _marked(_rule(required), required, "sub_checks", "rule"),
        first,
        _marked(" ".join(map(_case, required.high_risk)), required, "high_risk"),
        required.certainty,
        required.unit.title,
    ]
    for each in further:
        yield ["" if column != CHECKS else each for column in range(len(COLUMNS))]


def _objects(objects: Iterable[str]) -> str:
    """The codes of the objects, short where it is all."""
    codes = tuple(objects)
    return text("units.all-objects") if set(codes) == set(ALL_OBJECTS) else " ".join(codes)


def _rule(required: Requirement) -> str:
    """How the sub-checks make the verdict."""
    return text(f"units.rules.{required.rule}", count=len(required.sub_checks), words=required.rule_words)


def _case(case: Case) -> str:
    """A high-risk case with the level it starts at and the condition it is bound to."""
    level = f"L{case.from_level}+" if case.from_level > min(LEVELS) else ""
    words = text("units.and-more", words=level, more=case.only) if level and case.only else level or case.only
    return text("units.case", number=case.number, words=words) if words else case.number


def _marked(words: str, required: Requirement, *aspects: str) -> str:
    """The words, with the certainty of what stands there where it is less than the unit's."""
    less = {required.certainty_of.get(aspect, required.certainty) for aspect in aspects} - {required.certainty}
    return text("units.marked", words=words, certainty=" ".join(sorted(less))) if words and less else words


def _legend(requirements: Iterable[Requirement]) -> Iterator[str]:
    """What the codes and the words of the table mean."""
    used = dict.fromkeys((*ALL_OBJECTS, *(code for each in requirements for code in each.objects)))
    named = [text("units.legend-one-object", code=code, words=text(f"units.object.{code}")) for code in used]
    yield text("units.legend-objects", objects="  ".join(named), all=" ".join(ALL_OBJECTS))
    yield from (text(f"units.{key}") for key in LEGEND)


def listing(checks: Sequence[Check], level: int, units_in_standard: int) -> str:
    """The catalogue of a level: a line per check."""
    rows = [
        text(
            "terminal.row",
            id=check.id,
            clause=check.unit.clause,
            unit=check.unit.id,
            severity=check.severity,
            title=check.title,
            expected=check.expected,
        )
        for check in checks
    ]
    counts = {"checks": len(checks), "units": touched(checks), "total": units_in_standard}
    return "\n".join([*rows, text("terminal.list", level=level, **counts)])


def touched(checks: Sequence[Check]) -> int:
    """How many assessment units the checks touch."""
    return len({check.unit.id for check in checks})
