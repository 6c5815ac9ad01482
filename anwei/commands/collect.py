"""`anwei collect`: fetch the evidence of an estate, read-only, one round trip per host, or by a carried file."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anwei.baseline import catalogue
from anwei.baseline.checking import Questions
from anwei.commands import collect_carried, collect_list
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
ESTATE = "lab"


def add_parser(nouns: "Nouns") -> None:
    """The words of `anwei collect`."""
    command = nouns.add_parser("collect", help=text("evidence.help"))
    add_hosts(command)
    command.add_argument("--out", type=Path, metavar="DIR", help=text("evidence.out"))
    command.add_argument("--json", action="store_true", help=text("evidence.json"))
    instead = command.add_mutually_exclusive_group()
    instead.add_argument("--list", action="store_true", help=text("evidence.list"))
    instead.add_argument("--open", type=Path, metavar="DIR", help=text("evidence.open"))
    command.add_argument("--script", choices=collect_carried.TYPES, help=text("evidence.script"))
    command.add_argument("--from", dest="carried", nargs="+", metavar="FILE", help=text("evidence.from"))
    command.set_defaults(run=_run, estate="")


def add_hosts(command: argparse.ArgumentParser) -> None:
    """The words that say which hosts."""
    command.add_argument("--estate", default=ESTATE, metavar="ESTATE", help=text("evidence.estate"))
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
    """Collect, or what was asked for instead."""
    whole = catalogue.load(EVERYTHING)
    if arguments.list:
        return collect_list.run(whole, as_json=arguments.json)
    if arguments.open:
        return collect_carried.open_all(arguments.open, arguments.out, as_json=arguments.json)
    estate = load_estate(arguments.estate) if arguments.estate else None
    if arguments.script:
        return collect_carried.print_script(arguments.script, Questions(whole), arguments.carried or (), estate)
    if arguments.carried:
        return collect_carried.take_back(Questions(whole), arguments, estate)
    return _live(estate or load_estate(ESTATE), arguments)


def _live(estate: Estate, arguments: argparse.Namespace) -> int:
    """Collect from the hosts, and say what came."""
    began = time.monotonic()
    collected = evidence(estate, arguments.limit, EVERYTHING, arguments.out)
    unreachable = sum(isinstance(said, Unreachable) for said in collected.values())
    if arguments.json:
        print(in_json({host: plain(said) for host, said in collected.items()}))
    else:
        counts = {"reached": len(collected) - unreachable, "unreachable": unreachable, "out": arguments.out}
        key = "evidence.saved" if arguments.out else "evidence.taken"
        print(text(key, seconds=time.monotonic() - began, **counts))
        _warn(collected)
    return Exit.NEEDS_PERSON if unreachable else Exit.GOOD


def _warn(collected: Collected) -> None:
    """Name the hosts whose evidence is worth less than it seems."""
    said = [each for each in collected.values() if isinstance(each, Transcript)]
    found = {
        "evidence.limited": [each.object for each in said if each.privilege == "limited"],
        "evidence.skewed": [f"{each.object} {each.clock}" for each in said if each.clock],
        "evidence.broken-off": [each.object for each in said if not each.complete],
    }
    for key, names in found.items():
        if names:
            print(text(key, names="、".join(names)), file=sys.stderr)


def plain(said: Transcript | Unreachable) -> dict[str, Any]:
    """What a machine is told of one host; the outputs themselves are in the saved transcripts."""
    if isinstance(said, Unreachable):
        return {"unreachable": str(said), "cause": said.cause}
    return collect_carried.plain(said)
