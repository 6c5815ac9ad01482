"""What the standard numbers, typed from the fact base apart from units.yml: unit, clause and rule by level.

`all` is the usual rule and not written. `-` where level 2 does not require the unit. The last column holds the cases of
the high-risk guide of 2025; those in brackets apply from level 3 on.
"""

from typing import NamedTuple

TABLE = """
L3-CES1-01 | 8.1.4.1 a  |         | L2-CES1-01 | 7.1.4.1 a  |        | 6.4.1.1
L3-CES1-02 | 8.1.4.1 b  |         | L2-CES1-02 | 7.1.4.1 b  |        |
L3-CES1-03 | 8.1.4.1 c  | single  | L2-CES1-03 | 7.1.4.1 c  | single | 6.4.1.2
L3-CES1-04 | 8.1.4.1 d  |         | -          |            |        | (6.4.1.3)
L3-CES1-05 | 8.1.4.2 a  |         | L2-CES1-04 | 7.1.4.2 a  |        |
L3-CES1-06 | 8.1.4.2 b  | or      | L2-CES1-05 | 7.1.4.2 b  | or     | 6.4.2.1
L3-CES1-07 | 8.1.4.2 c  |         | L2-CES1-06 | 7.1.4.2 c  |        |
L3-CES1-08 | 8.1.4.2 d  |         | L2-CES1-07 | 7.1.4.2 d  |        |
L3-CES1-09 | 8.1.4.2 e  |         | -          |            |        | (6.4.2.2)
L3-CES1-10 | 8.1.4.2 f  | single  | -          |            |        |
L3-CES1-11 | 8.1.4.2 g  |         | -          |            |        |
L3-CES1-12 | 8.1.4.3 a  |         | L2-CES1-08 | 7.1.4.3 a  |        |
L3-CES1-13 | 8.1.4.3 b  | single  | L2-CES1-09 | 7.1.4.3 b  | single |
L3-CES1-14 | 8.1.4.3 c  |         | L2-CES1-10 | 7.1.4.3 c  |        |
L3-CES1-15 | 8.1.4.3 d  | single  | -          |            |        |
L3-CES1-17 | 8.1.4.4 a  |         | L2-CES1-11 | 7.1.4.4 a  |        |
L3-CES1-18 | 8.1.4.4 b  |         | L2-CES1-12 | 7.1.4.4 b  |        | 6.4.3.1
L3-CES1-19 | 8.1.4.4 c  | single  | L2-CES1-13 | 7.1.4.4 c  | single |
L3-CES1-20 | 8.1.4.4 d  |         | L2-CES1-14 | 7.1.4.4 d  | single | 6.4.3.3
L3-CES1-21 | 8.1.4.4 e  |         | L2-CES1-15 | 7.1.4.4 e  |        | 6.4.3.2
L3-CES1-22 | 8.1.4.4 f  |         | -          |            |        |
L3-CES1-23 | 8.1.4.5    | special | L2-CES1-16 | 7.1.4.5    |        | 6.4.4.1
L3-CES1-24 | 8.1.4.6    |         | L2-CES1-17 | 7.1.4.6    |        |
L3-CES1-25 | 8.1.4.7 a  |         | L2-CES1-18 | 7.1.4.7    | single |
L3-CES1-26 | 8.1.4.7 b  |         | -          |            |        |
L3-CES1-27 | 8.1.4.8 a  |         | -          |            |        | (6.4.5.1)
L3-CES1-28 | 8.1.4.8 b  |         | -          |            |        | (6.4.5.2)
L3-CES1-29 | 8.1.4.9 a  |         | L2-CES1-19 | 7.1.4.8 a  |        | (6.4.6.1)
L3-CES1-30 | 8.1.4.9 b  | single  | L2-CES1-20 | 7.1.4.8 b  | single |
L3-CES1-31 | 8.1.4.9 c  | single  | -          |            |        | (6.4.6.2)
L3-CES1-32 | 8.1.4.10 a | single  | L2-CES1-21 | 7.1.4.9    |        |
L3-CES1-33 | 8.1.4.10 b | single  | -          |            |        |
L3-CES1-34 | 8.1.4.11 a |         | L2-CES1-22 | 7.1.4.10 a |        | 6.4.7.1
L3-CES1-35 | 8.1.4.11 b |         | L2-CES1-23 | 7.1.4.10 b |        | 6.4.7.2
L3-CNS1-01 | 8.1.2.1 a  |         | -          |            |        | (6.2.1.1)
L3-CNS1-02 | 8.1.2.1 b  |         | -          |            |        |
L3-CNS1-03 | 8.1.2.1 c  |         | L2-CNS1-01 | 7.1.2.1 a  |        |
L3-CNS1-04 | 8.1.2.1 d  |         | L2-CNS1-02 | 7.1.2.1 b  |        | 6.2.1.2
L3-CNS1-05 | 8.1.2.1 e  |         | -          |            |        | (6.2.1.3)
L3-CNS1-06 | 8.1.2.2 a  |         | L2-CNS1-03 | 7.1.2.2    |        |
L3-CNS1-07 | 8.1.2.2 b  |         | -          |            |        | (6.2.2.1)
L3-CNS1-08 | 8.1.2.3    |         | L2-CNS1-04 | 7.1.2.3    |        |
L3-ABS1-01 | 8.1.3.1 a  |         | L2-ABS1-01 | 7.1.3.1    |        | 6.3.1.1
L3-ABS1-02 | 8.1.3.1 b  |         | -          |            |        |
L3-ABS1-03 | 8.1.3.1 c  |         | -          |            |        |
L3-ABS1-04 | 8.1.3.1 d  |         | -          |            |        | (6.3.1.2)
L3-ABS1-05 | 8.1.3.2 a  |         | L2-ABS1-02 | 7.1.3.2 a  |        | 6.3.2.1
L3-ABS1-06 | 8.1.3.2 b  |         | L2-ABS1-03 | 7.1.3.2 b  |        |
L3-ABS1-07 | 8.1.3.2 c  |         | L2-ABS1-04 | 7.1.3.2 c  |        |
L3-ABS1-08 | 8.1.3.2 d  |         | L2-ABS1-05 | 7.1.3.2 d  |        |
L3-ABS1-09 | 8.1.3.2 e  |         | -          |            |        |
L3-ABS1-10 | 8.1.3.3 a  |         | L2-ABS1-06 | 7.1.3.3    |        | 6.3.3.1
L3-ABS1-11 | 8.1.3.3 b  |         | -          |            |        | (6.3.3.2)
L3-ABS1-12 | 8.1.3.3 c  |         | -          |            |        | (6.3.3.3)
L3-ABS1-13 | 8.1.3.3 d  |         | -          |            |        |
L3-ABS1-14 | 8.1.3.4 a  |         | L2-ABS1-07 | 7.1.3.4    |        |
L3-ABS1-15 | 8.1.3.4 b  |         | -          |            |        |
L3-ABS1-16 | 8.1.3.5 a  |         | L2-ABS1-08 | 7.1.3.5 a  |        |
L3-ABS1-17 | 8.1.3.5 b  |         | L2-ABS1-09 | 7.1.3.5 b  |        |
L3-ABS1-18 | 8.1.3.5 c  |         | L2-ABS1-10 | 7.1.3.5 c  |        |
L3-ABS1-19 | 8.1.3.5 d  |         | -          |            |        |
L3-ABS1-20 | 8.1.3.6    |         | L2-ABS1-11 | 7.1.3.6    |        |
L3-SMC1-01 | 8.1.5.1 a  |         | L2-SMC1-01 | 7.1.5.1 a  |        |
L3-SMC1-02 | 8.1.5.1 b  |         | L2-SMC1-02 | 7.1.5.1 b  |        |
L3-SMC1-03 | 8.1.5.2 a  |         | L2-SMC1-03 | 7.1.5.2 a  |        |
L3-SMC1-04 | 8.1.5.2 b  |         | L2-SMC1-04 | 7.1.5.2 b  |        |
L3-SMC1-05 | 8.1.5.3 a  |         | -          |            |        |
L3-SMC1-06 | 8.1.5.3 b  |         | -          |            |        |
L3-SMC1-07 | 8.1.5.4 a  |         | -          |            |        |
L3-SMC1-08 | 8.1.5.4 b  | or      | -          |            |        | (6.5.1.1)
L3-SMC1-09 | 8.1.5.4 c  |         | -          |            |        |
L3-SMC1-10 | 8.1.5.4 d  |         | -          |            |        | (6.5.1.2)
L3-SMC1-11 | 8.1.5.4 e  |         | -          |            |        |
L3-SMC1-12 | 8.1.5.4 f  |         | -          |            |        |
"""

# How many sub-checks the fact base says a unit of level 3 has; the single ones have one.
SUB_CHECKS = {
    "L3-CES1-01": 4,
    "L3-CES1-02": 3,
    "L3-CES1-04": 2,
    "L3-CES1-06": 2,
    "L3-CES1-08": 3,
    "L3-CES1-12": 3,
    "L3-CES1-14": 2,
    "L3-CES1-20": 2,
    "L3-CES1-21": 2,
    "L3-CES1-23": 3,
    "L3-CES1-29": 4,
    "L3-SMC1-08": 2,
}

# Where the cases are bound to a condition beyond the level.
CONDITIONS = {
    "6.2.1.1": "业务连续性要求高",
    "6.2.1.3": "业务连续性要求高",
    "6.3.3.3": "关键行业",
    "6.4.6.2": "业务连续性要求高",
}

ALL = ("OS", "NET", "SEC", "APP", "DB", "MW", "SYS")

# Objects of the units of 安全计算环境 that are not all of them, as the fact base names them.
OBJECTS = {
    **{f"L3-CES1-{number}": ("OS", "NET", "SEC") for number in (17, 18, 19, 22)},
    "L3-CES1-20": ("APP", "MW", "SYS"),
    "L3-CES1-23": ("OS",),
    "L3-CES1-24": ("TRUSTED",),
    "L3-CES1-27": ("APP", "DB", "MW", "SYS"),
    "L3-CES1-29": ("CONFIG", "DATA"),
    "L3-CES1-30": ("CONFIG", "DATA"),
    "L3-CES1-31": ("KEY",),
    "L3-CES1-32": ("OS", "APP", "DB", "MW", "SYS"),
    "L3-CES1-33": ("OS", "APP", "DB", "MW", "SYS"),
    "L3-CES1-34": ("APP", "DB"),
    "L3-CES1-35": ("APP", "DB"),
}


class Row(NamedTuple):
    """One unit at one level; `name` is its number at level 3."""

    name: str
    id: str
    clause: str
    rule: str
    cases: tuple[str, ...]


def rows(level: int) -> list[Row]:
    """The units that a level requires."""
    cells = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()]
    at = {3: 0, 2: 3}[level]
    return [_row(level, *row[at : at + 3], name=row[0], cases=row[6]) for row in cells if row[at] != "-"]


def _row(level: int, number: str, clause: str, rule: str, *, name: str, cases: str) -> Row:
    in_force = [case for case in cases.split() if level == 3 or not case.startswith("(")]
    return Row(name, number, clause, rule or "all", tuple(case.strip("()") for case in in_force))
