"""The list of heads: for each record that was begun or ended, its last entry, signed and told to syslog.

The list is a chain itself, so its newest signature covers all before it. Together with the records' own chains it shows
every later alteration by somebody without the node's key: of an entry, of a record's end, of a whole record. What it
cannot show is a node that was set back as a whole, list and records alike; the lines at the syslog server do.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from anwei.record import chain, node_key, store, syslog
from anwei.record.chain import Problem
from anwei.record.journal import Journal
from anwei.record.store import Record

SIGNATURE = "signature"
OUTSIDE = (chain.DIGEST, SIGNATURE)

Heads = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Verdict:
    """What verifying found: how much was looked at, by which key, and every problem.

    `sealed` is up to which entry a single record was sealed.
    """

    records: int
    entries: int
    heads: int
    key: str
    problems: tuple[Problem, ...]
    torn: tuple[str, ...]
    sealed: int | None = None

    @property
    def sound(self) -> bool:
        """Whether nothing was altered."""
        return not self.problems


@dataclass(frozen=True)
class _Looked:
    """One record as it was found."""

    problems: list[Problem]
    entries: int
    torn: bool


def seal(record: Record) -> list[str]:
    """Put the record's last entry into the list, signed, and tell syslog; what syslog did not take, as sentences."""
    last = record.entries()[-1]
    data = {"record": record.name, "n": last["n"], "digest": last["digest"]}
    head = store.heads().append("sealed", data, sign=node_key.sign)
    return syslog.tell(f"record={record.name} n={last['n']} digest={last['digest']} {_place(head)}")


def verify_all(key: Path | None = None) -> Verdict:
    """Hold every record against its chain, the list of heads and the node's public key, or another that is given."""
    heads, problems = _heads(key or node_key.public())
    return _verdict(store.names(), heads, [*problems, *_unlisted(heads)], key)


def verify_one(name: str, key: Path | None = None) -> Verdict:
    """The same for one record; the list of heads that vouches for it is looked at as a whole."""
    store.path_of(name)
    heads, problems = _heads(key or node_key.public())
    mine = [head for head in heads if head["data"]["record"] == name]
    unlisted = [] if mine else [Problem("unlisted", record=name)]
    sealed = max((head["data"]["n"] for head in mine), default=None)
    return replace(_verdict([name], mine, [*problems, *unlisted], key), sealed=sealed)


def _verdict(names: Sequence[str], heads: Heads, problems: list[Problem], key: Path | None) -> Verdict:
    """The records of these names, each against its heads."""
    looked = {name: _look(name, [head for head in heads if head["data"]["record"] == name]) for name in names}
    return Verdict(
        len(looked),
        sum(each.entries for each in looked.values()),
        len(heads),
        node_key.fingerprint(key or node_key.public()),
        (*problems, *(problem for each in looked.values() for problem in each.problems)),
        tuple(name for name, each in looked.items() if each.torn),
    )


def _look(name: str, heads: Heads) -> _Looked:
    """One record: its chain, and every head of it."""
    lines, torn = chain.split(Journal(store.path_of(name), chain.USUAL).content())
    found = {entry["n"]: entry for entry in map(chain.read, lines) if entry}
    problems = [*chain.verify(lines), *_against(found, heads)]
    return _Looked([replace(each, record=name) for each in problems], len(lines), bool(torn))


def _against(found: Mapping[int, chain.Entry], heads: Heads) -> Iterator[Problem]:
    """Where a record is not what was sealed."""
    for head in heads:
        n, digest = head["data"]["n"], head["data"]["digest"]
        if n not in found:
            yield Problem("cut", values={"n": n, "at": head["at"]})
        elif found[n]["digest"] != digest:
            yield Problem("rewritten", values={"n": n, "at": head["at"]})
    ended = [n for n, entry in found.items() if entry["event"] == "ended"]
    if ended and heads and max(ended) > max(head["data"]["n"] for head in heads):
        yield Problem("unsealed", values={"n": max(ended)})


def _unlisted(heads: Heads) -> list[Problem]:
    """What is in the list and not in the folder, and the other way round."""
    listed = {head["data"]["record"] for head in heads}
    there = {path.name.removesuffix(store.SUFFIX) for path in store.folder().glob("*")} - {store.HEADS}
    gone = [Problem("gone", record=name) for name in sorted(listed - there)]
    return gone + [Problem("unlisted", record=name) for name in sorted(there - listed)]


def _heads(key: Path) -> tuple[Heads, list[Problem]]:
    """The list, and what is wrong with it."""
    lines, _ = chain.split(store.heads().content())
    broken = chain.verify(lines, chain.USUAL, OUTSIDE)
    entries = {number: entry for number, line in enumerate(lines, 1) if (entry := chain.read(line))}
    heads = {number: entry for number, entry in entries.items() if _is_head(entry["data"])}
    problems = [*broken, *_unsigned(heads, key, whole=not broken)]
    return list(heads.values()), [replace(problem, record=store.HEADS) for problem in problems]


def _is_head(data: Mapping[str, Any]) -> bool:
    """Whether an entry's data are those of a head."""
    return all(type(data.get(name)) is kind for name, kind in (("record", str), ("n", int), ("digest", str)))


def _unsigned(heads: Mapping[int, Mapping[str, Any]], key: Path, *, whole: bool) -> Iterator[Problem]:
    """Heads that this key did not sign. In an unbroken chain, the newest signature that holds covers all before it."""
    if heads and not key.is_file():
        yield Problem("keyless", values={"key": str(key)})
        return
    for number in sorted(heads, reverse=True):
        if not node_key.holds(heads[number]["digest"], str(heads[number].get(SIGNATURE, "")), key):
            yield Problem("unsigned", number, {"of": heads[number]["data"]["record"]})
        elif whole:
            return


def _place(head: Mapping[str, Any]) -> str:
    """A head for syslog."""
    return f"head={head['n']} head_digest={head['digest']} key={node_key.fingerprint(node_key.public())}"
