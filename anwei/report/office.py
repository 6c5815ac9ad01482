"""What tables for Excel and Word share: plain cells that any office program can show.

Every text passes `cell`: what hosts print may hold what these formats refuse, or take for a formula.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from anwei.report.printable import printable

LONGEST = 2000
# Legal in Python's text and in no XML.
NO_XML = re.compile("[\ufffe\uffff]")

Cell = str | int | float


@dataclass(frozen=True)
class Table:
    """Rows under their heads. Widths are in characters; a Word page has room for about 90."""

    heads: tuple[str, ...]
    widths: tuple[int, ...]
    rows: Sequence[Sequence[Cell]]


def cell(value: object, longest: int = LONGEST) -> str:
    """A text that any office program can show."""
    return NO_XML.sub("<U+FFFE>", printable(str(value), longest))


def tabled(heads: Sequence[str], widths: tuple[int, ...], rows: Sequence[Sequence[object]]) -> Table:
    """A table with every text made safe."""
    safe = [[each if isinstance(each, int | float) else cell(each) for each in row] for row in rows]
    return Table(tuple(heads), widths, safe)
