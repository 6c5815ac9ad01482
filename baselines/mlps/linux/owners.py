"""Whose processes run on a Linux host."""

from collections.abc import Sequence

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError, Verdict, met, not_met
from anwei.texts import text
from baselines.mlps.reading import commands, lines, listed, output

COMMANDS = commands("linux")


def owners(host: Host) -> set[int]:
    """The numbers of the accounts that processes run as."""
    return {uid for uid, _ in _rows(host)}


def root_services(host: Host, *, programs: Sequence[str], with_workers: Sequence[str]) -> Verdict:
    """No database, middleware or application runs as root.

    Programs with workers start as root to open their ports; they are found only where no worker has another account.
    """
    rows = _rows(host)
    others = {_program(words) for uid, words in rows if uid != 0}
    own = [words for uid, words in rows if uid == 0 and _program(words) in {*programs, *with_workers}]
    found = [words for words in own if _program(words) in programs or _program(words) not in others]
    if found:
        return not_met("access.root-service", rows=listed(dict.fromkeys(found)))
    seen = {f"{words}({uid})" for uid, words in rows if _program(words) in {*programs, *with_workers}}
    return met("access.no-root-service", rows=listed(sorted(seen)) or "-")


def _rows(host: Host) -> list[tuple[int, str]]:
    """Account number, program and for Java what it runs, of each process. A host always runs something."""
    rows = [line.split(None, 1) for line in lines(output(host, COMMANDS["processes"]))]
    if not rows:
        raise NotReadableError("ps", text("verdict.access.no-lines"))
    return [(int(row[0]), " ".join(row[1].split())) for row in rows if len(row) > 1]


def _program(words: str) -> str:
    """The name of the program, without the number that some versions put after it."""
    return words.partition(" ")[0].rstrip("0123456789.")
