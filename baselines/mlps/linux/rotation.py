"""How long a Linux host keeps its logs, by the rules of logrotate."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from math import inf

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_met
from baselines.mlps.linux.forwarding import is_forwarded
from baselines.mlps.reading import commands, lines, listed, output

COMMANDS = commands("linux")
MAIN = "/etc/logrotate.conf"
DAYS = {"hourly": 1 / 24, "daily": 1.0, "weekly": 7.0, "monthly": 30.0, "yearly": 365.0}


@dataclass(frozen=True)
class Block:
    """The logs of one block, and the words that hold for them."""

    logs: tuple[str, ...]
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def days(self) -> float | None:
        """How many days of old logs are kept at least; nothing where size decides it."""
        count = int(self.words.get("rotate") or 0)
        period = self.words.get("period", "weekly")
        if period == "size" or "maxsize" in self.words:
            return inf if count < 0 else None
        kept = inf if count < 0 else count * DAYS[period]
        return min(kept, int(self.words.get("maxage") or 0) or inf)


def log_retention(host: Host, *, logs: Sequence[str], min_days: int) -> Verdict:
    """What logrotate keeps of each of these logs; a short time can be made up for by the host that gets them."""
    blocks = list(_blocks(lines(output(host, COMMANDS["rotation"]))))
    kept = {log: _kept(blocks, log) for log in logs if any(_names(each, log) for each in blocks)}
    if not kept:
        return manual("watch.rotation.none")
    rows = listed(
        f"{log} {'?' if days is None else 'ever' if days == inf else round(days)}" for log, days in kept.items()
    )
    if any(days is not None and days < min_days for days in kept.values()):
        where = is_forwarded(host)
        return (
            manual("watch.rotation.sent", rows=rows, where=where)
            if where
            else not_met("watch.rotation.days", rows=rows)
        )
    if None in kept.values():
        return manual("watch.rotation.size", rows=rows)
    return met("watch.rotation.days", rows=rows)


def _kept(blocks: Sequence[Block], log: str) -> float | None:
    """The days of the first block that names the log: logrotate passes over later ones."""
    return next(each.days for each in blocks if _names(each, log))


def _names(block: Block, log: str) -> bool:
    """Whether a block is for the log."""
    return any(fnmatchcase(log, pattern) for pattern in block.logs)


def _blocks(rows: Sequence[str]) -> Iterator[Block]:
    """The blocks; what the main file sets before it includes others holds for theirs too."""
    files: dict[str, list[str]] = {}
    for row in rows:
        file, _, words = row.partition(": ")
        files.setdefault(file, []).append(words.strip())
    common = _common(files.get(MAIN, []))
    for name, said in files.items():
        yield from _of_file(said, {} if name == MAIN else dict(common))


def _common(said: Sequence[str]) -> dict[str, str]:
    """What the main file sets outside of blocks before its include."""
    common: dict[str, str] = {}
    inside = False
    for words in said:
        if words.startswith("include"):
            break
        inside = (inside or "{" in words) and "}" not in words
        if not inside:
            _set(common, words)
    return common


def _of_file(said: Sequence[str], common: dict[str, str]) -> Iterator[Block]:
    """The blocks of one file."""
    logs: list[str] = []
    own: dict[str, str] | None = None
    for words in said:
        if own is None and words.startswith(("/", '"', "'")):
            logs += re.findall(r"[^\s\"'{}]+", words.partition("{")[0])
        if "{" in words:
            own = dict(common)
        _set(common if own is None else own, words.rpartition("{")[2])
        if "}" in words and own is not None:
            yield Block(tuple(logs), own)
            logs, own = [], None


def _set(words: dict[str, str], line: str) -> None:
    """Take over what one line sets; of a period and a size the last counts."""
    name, value = (*re.split(r"[\s=]+", line.strip().rstrip("}").strip(), maxsplit=1), "")[:2]
    if name in DAYS or name == "size":
        words["period"] = name
    elif name in ("rotate", "maxage", "maxsize"):
        words[name] = value.strip()
