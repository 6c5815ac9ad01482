"""What kind of passwords the accounts of a Linux host have. The host prints their kind, never the hash."""

import re
from functools import lru_cache
from typing import NamedTuple

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError
from anwei.texts import text
from baselines.mlps.reading import commands, lines, output

COMMANDS = commands("linux")
FIELDS = 8


class Password(NamedTuple):
    """An account's password: its kind (none, the prefix of an algorithm, des, odd), and the days as they are written.

    Of kind odd are words that are no hash, with which nobody can log in.
    """

    account: str
    kind: str
    is_locked: bool
    changed: str
    longest: str

    @property
    def is_usable(self) -> bool:
        """Whether one can log in with it."""
        return not self.is_locked and self.kind != "odd" and not self.kind.endswith("short")


def passwords(host: Host) -> tuple[Password, ...]:
    """The passwords of all accounts; an empty shadow file cannot be judged."""
    found = _parsed(output(host, COMMANDS["shadow"]))
    if not found:
        raise NotReadableError("/etc/shadow", text("verdict.access.no-lines"))
    return found


@lru_cache(maxsize=128)
def _parsed(printed: str) -> tuple[Password, ...]:
    """The lines of the answer; entries for a directory service are no accounts."""
    rows = [line.split(":") for line in lines(printed) if not re.match(r"[+-]", line)]
    if any(len(row) != FIELDS for row in rows):
        raise ValueError(text("verdict.access.no-lines"))
    return tuple(Password(row[0], row[1].removeprefix("!"), row[1].startswith("!"), row[2], row[4]) for row in rows)
