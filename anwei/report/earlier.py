"""Comparison with an earlier run: what came, went and stayed. What cannot be seen any more is not called repaired."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from anwei.baseline.result import Assessment, Check, Outcome, Result

Key = tuple[str, str]
WELL = (Outcome.MET, Outcome.NOT_APPLICABLE)


@dataclass(frozen=True)
class Earlier:
    """What is needed of an earlier run: when and where it was, and the outcome of every check on every object."""

    estate: str
    level: int
    taken_at: datetime
    outcomes: Mapping[Key, Outcome]
    titles: Mapping[str, str]


@dataclass(frozen=True)
class Changed:
    """One check, and the objects on which it changed, or stayed, in the same way."""

    check: str
    title: str
    objects: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """The findings of two runs against each other.

    `fresh` are not met now and were judged otherwise before; `first_seen` are not met now and were not looked at
    before; `unclear` were not met before and are not decided now.
    """

    earlier: Earlier
    fresh: tuple[Changed, ...]
    first_seen: tuple[Changed, ...]
    repaired: tuple[Changed, ...]
    unchanged: tuple[Changed, ...]
    unclear: tuple[Changed, ...]


def compare(now: Assessment, earlier: Earlier) -> Comparison:
    """Hold a run against an earlier one. Waivers do not matter here: what is not met is not met."""
    results = {(each.name, one.check.id): one for each in now.objects for one in each.results}
    titles = {**earlier.titles, **{each.id: each.title for each in _checks(results.values())}}
    sorts: defaultdict[str, list[Key]] = defaultdict(list)
    for key in dict.fromkeys([*results, *earlier.outcomes]):
        sorts[_sort(earlier.outcomes.get(key), results.get(key))].append(key)
    sorted_ = {name: _grouped(keys, titles) for name, keys in sorts.items() if name}
    names = ("fresh", "first_seen", "repaired", "unchanged", "unclear")
    return Comparison(earlier, *(sorted_.get(name, ()) for name in names))


def _checks(results: Iterable[Result]) -> Iterable[Check]:
    """The checks of results."""
    return (each.check for each in results)


def _sort(before: Outcome | None, now: Result | None) -> str:
    """What became of one check on one object; nothing to say of what is well now and was not bad before."""
    bad = now is not None and now.outcome is Outcome.NOT_MET
    if bad and before is None:
        return "first_seen"
    if bad:
        return "unchanged" if before is Outcome.NOT_MET else "fresh"
    if before is not Outcome.NOT_MET:
        return ""
    return "repaired" if now is not None and now.outcome in WELL else "unclear"


def _grouped(keys: Iterable[Key], titles: Mapping[str, str]) -> tuple[Changed, ...]:
    """By check: one change on many objects is told once."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, check in keys:
        found[check].append(name)
    return tuple(Changed(check, titles.get(check, ""), tuple(names)) for check, names in found.items())
