"""`anwei health`: whether hosts do their work, as the inventory declares it."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from anwei.errors import Exit
from anwei.estate import load_estate
from anwei.health import Result, check
from anwei.report.printable import printable
from anwei.telling import in_json
from anwei.texts import text

if TYPE_CHECKING:
    Nouns = argparse._SubParsersAction[argparse.ArgumentParser]

Results = Mapping[str, Sequence[Result]]


def add_parser(nouns: "Nouns") -> None:
    """The words of `anwei health`."""
    command = nouns.add_parser("health", help=text("health.help"))
    command.add_argument("--estate", default="lab", metavar="ESTATE", help=text("health.estate"))
    command.add_argument("--limit", default="all", metavar="PATTERN", help=text("health.limit"))
    command.add_argument("--json", action="store_true", help=text("health.json"))
    command.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    """Check, and say how each check went."""
    estate = load_estate(arguments.estate)
    results = check(estate, estate.select(arguments.limit))
    if arguments.json:
        plain = {host: [asdict(each) for each in own] for host, own in results.items()}
        print(in_json(plain))
    else:
        print(*_lines(results), sep="\n")
    every = [each for own in results.values() for each in own]
    if not all(each.reached for each in every):
        return Exit.NEEDS_PERSON
    return Exit.GOOD if all(each.ok for each in every) else Exit.FINDINGS


def _lines(results: Results) -> list[str]:
    """The checks below their hosts, and the sum."""
    rows = [row for host, own in results.items() for row in (host, *map(_row, own))]
    every = [each for own in results.values() for each in own]
    good = sum(each.ok for each in every)
    unreachable = sum(not all(each.reached for each in own) for own in results.values())
    counts = {"hosts": len(results), "checks": len(every), "good": good, "bad": len(every) - good}
    return [*rows, text("health.summary", unreachable=unreachable, **counts)]


def _row(result: Result) -> str:
    """One check in a line. Reasons may quote what a host said: nothing in them may move the cursor."""
    return text(
        "health.row-again" if result.tries > 1 else "health.row",
        mark=text("health.good" if result.ok else "health.bad"),
        name=printable(result.name),
        said=printable(result.said),
        seconds=result.seconds,
        tries=result.tries,
    )
