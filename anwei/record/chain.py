"""The chain of a record: canonical entries, each with the digest of the one before. Pure.

Whoever alters, removes or moves an entry breaks the chain, and `verify` names the line. Whoever writes the whole chain
anew does not: that is what signed heads are for.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NoReturn

from anwei.errors import Refused

ALGORITHMS = ("sha256", "sm3")
USUAL = ALGORITHMS[0]
DIGEST = "digest"
SHAPE = {"n": int, "at": str, "event": str, "data": dict, "prev": str, DIGEST: str}

Entry = dict[str, Any]
Digests = Mapping[int, str]


@dataclass(frozen=True)
class Problem:
    """What is wrong with a record, and at which line of its file (0 where no line is to blame)."""

    kind: str
    line: int = 0
    values: Mapping[str, object] = field(default_factory=dict)
    record: str = ""


def canonical(value: object) -> bytes:
    """One spelling of a JSON value. Half a character, which a host may well print, is written as JSON's own escape."""
    shape = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return shape.encode("utf-8", "backslashreplace")


def plain(value: Mapping[Any, Any]) -> dict[str, Any]:
    """The value as it will be read back: digests are taken of this, so that both spell the same."""
    read: dict[str, Any] = json.loads(canonical(value))
    return read


def digest(content: bytes, algorithm: str) -> str:
    """The digest in hex; refused where the algorithm is none of ours, or this machine's OpenSSL has it not."""
    if algorithm in ALGORITHMS:
        with suppress(ValueError):
            return hashlib.new(algorithm, content).hexdigest()
    raise Refused("AW-record-algorithm", algorithm=algorithm, known=", ".join(ALGORITHMS))


def digest_of(entry: Mapping[str, Any], algorithm: str, outside: Sequence[str] = (DIGEST,)) -> str:
    """The digest of an entry: of all that stands in it but for the digest itself and what was added later."""
    return digest(canonical({name: value for name, value in entry.items() if name not in outside}), algorithm)


def entry(before: Mapping[str, Any] | None, at: str, event: str, data: Mapping[Any, Any], algorithm: str) -> Entry:
    """The entry that follows `before`."""
    made = {"n": before["n"] + 1, "prev": before[DIGEST]} if before else {"n": 0, "prev": ""}
    return sealed({**made, "at": at, "event": event, "data": plain(data)}, algorithm)


def sealed(made: Mapping[str, Any], algorithm: str) -> Entry:
    """The entry with its digest."""
    return {**made, DIGEST: digest_of(made, algorithm)}


def split(content: bytes) -> tuple[list[bytes], bytes]:
    """The lines of a file, and the half line that a power cut left behind them.

    A line counts once its end is on the disk. Without, nobody was told that it stands, so it is no entry and its loss
    is no alteration.
    """
    *lines, torn = content.split(b"\n")
    return lines, torn


def read(line: bytes) -> Entry | None:
    """The entry in a line, or nothing if it holds none."""
    try:
        found = json.loads(line, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or any(type(found.get(name)) is not kind for name, kind in SHAPE.items()):
        return None
    return found


def _no_number(word: str) -> NoReturn:
    """Refuse NaN and Infinity, which JSON does not know."""
    raise ValueError(word)


def stated_algorithm(entries: Sequence[Entry | None]) -> str:
    """The algorithm that the first entry names; where that was altered, the one by which entries hold."""
    stated = entries[0]["data"].get("algorithm") if entries and entries[0] else ""
    if stated in ALGORITHMS and _any_holds(entries, stated):
        return str(stated)
    for each in ALGORITHMS:
        with suppress(Refused):
            if _any_holds(entries, each):
                return each
    return str(stated) if stated in ALGORITHMS else USUAL


def _any_holds(entries: Sequence[Entry | None], algorithm: str) -> bool:
    """Whether an entry's digest was made by this algorithm."""
    return any(each and _holds(each, algorithm, (DIGEST,)) for each in entries)


def _holds(found: Entry, algorithm: str, outside: Sequence[str]) -> bool:
    """Whether an entry is what its digest was taken of."""
    try:
        return bool(digest_of(found, algorithm, outside) == found[DIGEST])
    except (ValueError, RecursionError):  # a number or a depth that JSON can say and we never write
        return False


def verify(lines: Sequence[bytes], algorithm: str = "", outside: Sequence[str] = (DIGEST,)) -> list[Problem]:
    """Everything that is wrong with a chain. `outside` are names whose values its digests do not cover."""
    entries = [read(line) for line in lines]
    algorithm = algorithm or stated_algorithm(entries)
    pairs = zip(lines, entries, strict=True)
    damaged = [_damage(number, *pair, algorithm, outside) for number, pair in enumerate(pairs, 1)]
    # What was altered may name any place: only what holds is asked for its own.
    sound = [None if problem else found for problem, found in zip(damaged, entries, strict=True)]
    return [problem for pair in zip(damaged, _misplaced(sound), strict=True) for problem in pair if problem]


def _damage(
    number: int, line: bytes, found: Entry | None, algorithm: str, outside: Sequence[str]
) -> Problem | None:  # fmt: skip
    """What is wrong with the content of a line."""
    if found is None:
        return Problem("unreadable", number)
    if _holds(found, algorithm, outside) and canonical(found) == line:
        return None
    return Problem("altered", number, {"n": found["n"], "event": found["event"]})


def _misplaced(entries: Sequence[Entry | None]) -> Iterator[Problem | None]:
    """For each entry, what is wrong with its place: something is missing before it, or it stands elsewhere."""
    digests: dict[int, str] = {}
    for each in filter(None, entries):
        digests.setdefault(each["n"], each[DIGEST])
    wanted, unread = 0, 0
    for number, found in enumerate(entries, 1):
        if found is None:
            unread += 1
            yield None
            continue
        n = found["n"]
        due = n if wanted <= n <= wanted + unread else wanted
        yield _wrong_place(number, found, due, digests)
        wanted, unread = max(wanted, n + 1), 0


def _wrong_place(number: int, found: Entry, due: int, digests: Digests) -> Problem | None:
    """What is wrong with the place of one entry, where number `due` was to come."""
    n = found["n"]
    if n > due and due not in digests:
        return Problem("missing", number, {"first": due, "last": n - 1})
    if n != due:
        return Problem("order", number, {"n": n})
    before = digests.get(n - 1, found["prev"]) if n else ""
    return None if found["prev"] == before else Problem("replaced", number, {"n": n})
