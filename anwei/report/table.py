"""Rows as aligned columns on a terminal, where a Chinese character takes two places."""

from collections.abc import Sequence
from functools import cache
from unicodedata import east_asian_width

GAP = "  "


def table(rows: Sequence[Sequence[str]]) -> str:
    """The rows under one another, each column as wide as its widest cell."""
    widths = [max(map(width_of, column)) for column in zip(*rows, strict=True)]
    lines = [GAP.join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(line.rstrip() for line in lines)


def _padded(cell: str, width: int) -> str:
    """The cell with spaces behind it."""
    return cell + " " * (width - width_of(cell))


def width_of(cell: str) -> int:
    """How many places a cell takes."""
    return len(cell) if cell.isascii() else sum(map(_width_of_one, cell))


@cache
def _width_of_one(character: str) -> int:
    """How many places a character takes; looked up once, as large tables have millions."""
    return 2 if east_asian_width(character) in "WF" else 1
