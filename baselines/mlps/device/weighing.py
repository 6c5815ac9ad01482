"""From what was seen to a verdict: one bad row decides, one unclear row leaves it to a person."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from anwei.baseline.verdict import Verdict, manual, met, not_met
from anwei.texts import text
from baselines.mlps.reading import listed

MOST = 12


@dataclass
class Rows:
    """What was seen, sorted: as expected, not as expected, and what nobody can tell from the text."""

    good: list[str] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)

    def put(self, row: str, *, fits: bool | None) -> None:
        """One more row."""
        (self.unclear if fits is None else self.good if fits else self.bad).append(row)

    def __bool__(self) -> bool:
        """Whether anything was seen."""
        return bool(self.good or self.bad or self.unclear)

    def verdict(self, what: str) -> Verdict:
        """The verdict on the rows; where there is none, there is none of it, which is as expected."""
        if self.bad:
            return not_met("seen", what=what, rows=some(self.bad))
        if self.unclear:
            return manual("seen", what=what, rows=some([*self.unclear, *self.good]))
        return met("seen", what=what, rows=some(self.good)) if self.good else met("none", what=what)


def some(rows: Iterable[str]) -> str:
    """The rows as a sentence lists them; of very many the first, and how many there are."""
    found = list(dict.fromkeys(rows))
    if len(found) <= MOST:
        return listed(found)
    return text("verdict.device.many", rows=listed(found[:MOST]), count=len(found))


def by_default(row: str) -> str:
    """A row that is not written and holds by default."""
    return row + text("verdict.device.by-default")


def unset(what: str) -> str:
    """A row that says that something is not set."""
    return text("verdict.unset", what=what)
