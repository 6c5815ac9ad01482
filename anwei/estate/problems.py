"""One thing that is wrong with an inventory, and how a list of them reads."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

from anwei.estate.model import Place
from anwei.texts import text

NAMED = 3


@dataclass(frozen=True, order=True)
class Problem:
    """A sentence, the line it is about and the host it was found on (empty for the estate as a whole)."""

    place: Place
    message: str
    host: str = ""


def lines(problems: Iterable[Problem]) -> list[str]:
    """One line for each place and sentence: a wrong line of a group is told once, not once for each of its hosts."""
    hosts: dict[tuple[Place, str], list[str]] = defaultdict(list)
    for problem in sorted(set(problems)):
        hosts[problem.place, problem.message].append(problem.host)
    return [f"{place}: {_who(names)}{message}" for (place, message), names in hosts.items()]


def listed(words: Iterable[str]) -> str:
    """Words one after the other, as the reader's language separates them."""
    every = list(words)
    return reduce(lambda first, second: text("estate.list", first=first, second=second), every) if every else ""


def _who(names: list[str]) -> str:
    """The hosts that a problem concerns, the first few by name."""
    if names == [""]:
        return ""
    shown = listed(names[:NAMED])
    more = text("estate.more", count=len(names)) if len(names) > NAMED else ""
    return f"{shown}{more}: "
