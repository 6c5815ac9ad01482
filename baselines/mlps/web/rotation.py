"""How long logrotate keeps a log."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import NamedTuple

from testinfra.host import Host

from baselines.mlps.reading import lines, output
from baselines.mlps.web.seen import Seen

PERIODS = {"hourly": 1 / 24, "daily": 1, "weekly": 7, "monthly": 30, "yearly": 365}


class Rule(NamedTuple):
    """What logrotate does with the logs of some names."""

    names: tuple[str, ...]
    words: tuple[str, ...]

    def days(self) -> float | None:
        """How many days a log is kept: the last period times the last count; nothing where size alone decides."""
        period = [PERIODS[each] for each in self.words if each in PERIODS]
        counts = self._numbers("rotate")
        kept = (counts or [0])[-1] * period[-1] if period else None
        ages = self._numbers("maxage")
        return min(kept, ages[-1]) if kept is not None and ages else kept

    def _numbers(self, word: str) -> list[int]:
        """The values of a setting, in their order."""
        pairs = zip(self.words, self.words[1:], strict=False)
        return [int(value) for name, value in pairs if name == word and value.isdecimal()]


def retention(host: Host, command: str, paths: list[str], *, min_days: int) -> Seen:
    """Each log is kept long enough by logrotate. Without a rule, or with one by size, nobody can tell from here."""
    rules = list(parsed(output(host, command)))
    seen = Seen()
    for path in sorted(set(paths)):
        rule = next((each for each in rules if any(fnmatchcase(path, name) for name in each.names)), None)
        days = rule.days() if rule else None
        if days is None:
            seen.odd.append(f"{path}: logrotate -")
        else:
            seen.put(f"{path}: {days:g} d", good=days >= min_days)
    return seen


def parsed(printed: str) -> Iterator[Rule]:
    """The rules in what the command printed; what stands outside of braces holds for the rules after it."""
    common: list[str] = []
    names: list[str] = []
    words: list[str] | None = None
    for line in lines(re.sub(r"([{}])", r"\n\1\n", printed)):
        parts = [each.strip("\"'") for each in line.split()]
        if line == "{":
            words = list(common)
        elif line == "}":
            yield Rule(tuple(names), tuple(words or ()))
            names, words = [], None
        elif words is not None:
            words += parts
        elif parts[0].startswith("/"):
            names += parts
        else:
            common += parts
