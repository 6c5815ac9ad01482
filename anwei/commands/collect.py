"""`anwei collect`: fetch the evidence of an estate, read-only, one round trip per host."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anwei.baseline import catalogue
from anwei.baseline.checking import Questions
from anwei.errors import BadInput, Exit
from anwei.estate import Estate, Host, load_estate
from anwei.evidence.collect import Collected, collect
from anwei.evidence.learnt import Learnt
from anwei.evidence.reasons import Unreachable
from anwei.evidence.transcript import Transcript
from anwei.telling import in_json
from anwei.texts import text

if TYPE_CHECKING:
    Nouns = argparse._SubParsersAction[argparse.ArgumentParser]

CHECKABLE = ("linux", "kylin")
EVERYTHING = max(catalogue.LEVELS)


def add_parser(nouns: "Nouns") -> None:
    """The words of `anwei collect`."""
    command = nouns.add_parser("collect", help=text("evidence.help"))
    add_hosts(command)
    command.add_argument("--out", type=Path, metavar="DIR", help=text("evidence.out"))
    command.add_argument("--json", action="store_true", help=text("evidence.json"))
    command.set_defaults(run=_run)


def add_hosts(command: argparse.ArgumentParser) -> None:
    """The words that say which hosts."""
    command.add_argument("--estate", default="lab", metavar="ESTATE", help=text("evidence.estate"))
    command.add_argument("--limit", default="all", metavar="PATTERN", help=text("evidence.limit"))


def evidence(estate: Estate, pattern: str, level: int, out: Path | None) -> Collected:
    """The evidence that the checks of a level need, from every host that has checks."""
    questions = Questions(catalogue.load(level))
    return collect(estate, _checkable(estate, pattern), questions, out, learnt=Learnt(estate.name))


def _checkable(estate: Estate, pattern: str) -> Sequence[Host]:
    """The chosen hosts that have checks; the others are named, not passed over in silence."""
    chosen = estate.select(pattern)
    hosts = [host for host in chosen if host.variables.get("system") in CHECKABLE]
    others = [host.name for host in chosen if host not in hosts]
    if not hosts:
        raise BadInput("AW-check-no-hosts", where=str(estate.path), pattern=pattern)
    if others:
        print(text("evidence.left-out", names="、".join(others)), file=sys.stderr)
    return hosts


def _run(arguments: argparse.Namespace) -> int:
    """Collect, and say what came."""
    began = time.monotonic()
    collected = evidence(load_estate(arguments.estate), arguments.limit, EVERYTHING, arguments.out)
    unreachable = sum(isinstance(said, Unreachable) for said in collected.values())
    if arguments.json:
        print(in_json({host: _plain(said) for host, said in collected.items()}))
    else:
        counts = {"reached": len(collected) - unreachable, "unreachable": unreachable, "out": arguments.out}
        key = "evidence.saved" if arguments.out else "evidence.taken"
        print(text(key, seconds=time.monotonic() - began, **counts))
    return Exit.NEEDS_PERSON if unreachable else Exit.GOOD


def _plain(said: Transcript | Unreachable) -> dict[str, Any]:
    """What a machine is told of one host; the outputs themselves are in the saved transcripts."""
    if isinstance(said, Unreachable):
        return {"unreachable": str(said), "cause": said.cause}
    return {
        "digest": said.digest,
        "account": said.account,
        "uid": said.uid,
        "commands": len(said.answers),
        "round_trips": said.round_trips,
        "seconds": said.seconds,
    }
