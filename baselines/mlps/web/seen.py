"""What was seen in several places, each place good, bad or unclear, and the verdict over all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from anwei.baseline.verdict import Verdict, manual, met, not_met
from baselines.mlps.reading import listed

MOST_ROWS = 8


@dataclass
class Seen:
    """Rows by what they say. One bad row is a finding; one unclear row keeps the others from being met."""

    bad: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    good: list[str] = field(default_factory=list)

    def verdict(self, what: str) -> Verdict:
        """The verdict over all rows; where nothing was seen nothing can be said."""
        for say, rows in ((not_met, self.bad), (manual, self.odd), (met, self.good)):
            if rows:
                return say("seen", what=what, rows=quoted(rows))
        raise ValueError(what)

    def put(self, row: str, *, good: bool) -> None:
        """One row that is either good or bad."""
        (self.good if good else self.bad).append(row)

    def add(self, other: "Seen") -> None:
        """Take over the rows of another part."""
        self.bad += other.bad
        self.odd += other.odd
        self.good += other.good


def quoted(rows: Iterable[str]) -> str:
    """The rows as a sentence lists them: each once, and the count of those that are too many to print."""
    different: Sequence[str] = list(dict.fromkeys(rows))
    more = len(different) - MOST_ROWS
    return listed(different[:MOST_ROWS]) + (f"…(+{more})" if more > 0 else "")
