"""Waves: which hosts are changed together, and in which order. Pure.

Two members of one high-availability group are never in the same wave, so one of them always serves.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from anwei.errors import BadInput

CANARY = "canary"
USUAL = (CANARY, "10%", "50%", "100%")
ALL = 100  # per cent
SIZE = re.compile(r"canary|[1-9]\d{0,2}%|[1-9]\d{0,5}")

Waves = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Member:
    """A host as far as waves care: its name, its high-availability group if any, and whether it goes first."""

    name: str
    group: str = ""
    canary: bool = False


def split(members: Sequence[Member], sizes: Sequence[str | int] = USUAL) -> Waves:
    """Every host in exactly one wave.

    `canary` is the hosts that are marked so; `10%` goes on until so much of all hosts is done; a number is so many
    hosts. What the groups do not let into a wave comes in a later one, and if need be in further waves.
    """
    wanted = demand_sizes(sizes)
    waiting, waves = list(members), list[tuple[str, ...]]()
    for size in _with_tail(wanted):
        if not waiting:
            break
        chosen = _chosen(waiting, _room(size, len(members), len(members) - len(waiting)), only=size == CANARY)
        names = {member.name for member in chosen}
        waiting = [member for member in waiting if member.name not in names]
        waves += [tuple(member.name for member in chosen)] if chosen else []
    return tuple(waves)


def demand_sizes(sizes: Sequence[str | int]) -> list[str]:
    """The sizes as words; refused is what is none, a share that does not grow, and a canary wave that is not first."""
    words = [str(size) for size in sizes]
    shares = [int(word[:-1]) for word in words if word.endswith("%")]
    wrong = [word for word in words if not SIZE.fullmatch(word)] + [word for word in words[1:] if word == CANARY]
    if wrong or not words or shares != sorted(set(shares)) or max(shares, default=1) > ALL:
        raise BadInput("AW-waves-unsound", sizes=", ".join(words), wrong=", ".join(wrong) or ", ".join(words))
    return words


def _with_tail(sizes: list[str]) -> Iterator[str]:
    """The sizes, and then as many further waves as it takes: of the last number, or of everything that fits."""
    yield from sizes
    while True:
        yield sizes[-1] if sizes[-1].isdigit() else "100%"


def _room(size: str, total: int, done: int) -> int:
    """How many hosts a wave of this size may hold."""
    if size == CANARY:
        return total
    if size.endswith("%"):
        return max(ceil(Fraction(int(size[:-1]) * total, ALL)) - done, 0)
    return int(size)


def _chosen(waiting: Sequence[Member], room: int, *, only: bool) -> list[Member]:
    """The hosts of one wave: no two of a group, first those whose group has most members left, as they hold up most."""
    left = Counter(member.group for member in waiting if member.group)
    candidates = [member for member in waiting if member.canary] if only else list(waiting)
    found, taken = list[Member](), set[str]()
    for member in sorted(candidates, key=lambda member: -left[member.group]):
        if len(found) < room and (not member.group or member.group not in taken):
            found.append(member)
            taken.add(member.group)
    return found
