"""`anwei estate`: what an estate consists of, and whether its inventory is sound."""

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from anwei.errors import Exit
from anwei.estate import load_estate
from anwei.estate.summary import summary
from anwei.telling import in_json
from anwei.texts import text

if TYPE_CHECKING:
    Nouns = argparse._SubParsersAction[argparse.ArgumentParser]

INDENT = 4


def add_parser(nouns: "Nouns") -> None:
    """The words of `anwei estate`."""
    helps = {name: text(f"estate.command.{name}") for name in ("help", "show", "check", "estate", "limit", "json")}
    verbs = nouns.add_parser("estate", help=helps["help"]).add_subparsers(required=True, metavar="VERB")

    show = verbs.add_parser("show", help=helps["show"])
    show.add_argument("--limit", default="all", metavar="PATTERN", help=helps["limit"])
    show.set_defaults(run=_show)

    check = verbs.add_parser("check", help=helps["check"])
    check.set_defaults(run=_check)

    for verb in (show, check):
        verb.add_argument("--estate", default="lab", metavar="ESTATE", help=helps["estate"])
        verb.add_argument("--json", action="store_true", help=helps["json"])


def _show(arguments: argparse.Namespace) -> int:
    """Print the summary."""
    estate = load_estate(arguments.estate)
    counts = summary(estate, estate.select(arguments.limit))
    if arguments.json:
        print(in_json(counts))
    else:
        print(text("estate.shown", title=counts["title"], name=estate.name, count=counts["hosts"]))
        print(*_rows(counts), sep="\n")
    return Exit.GOOD


def _check(arguments: argparse.Namespace) -> int:
    """Load the estate, which refuses every problem by name; say so if there is none."""
    estate = load_estate(arguments.estate)
    title = estate.settings["estate_title"]
    if arguments.json:
        print(in_json({"estate": estate.name, "title": title, "hosts": len(estate.hosts), "problems": []}))
    else:
        print(text("estate.checked", title=title, name=estate.name, count=len(estate.hosts)))
    return Exit.GOOD


def _rows(counts: Mapping[str, Any]) -> list[str]:
    """Each kind of count under its heading. The members of each high-availability group are in the JSON only."""
    pairs = counts["ha_group"]
    blocks = {name: _columns(found) for name, found in counts.items() if isinstance(found, dict)}
    blocks["ha_group"] = [text("estate.ha", groups=len(pairs), count=sum(pairs.values()))] if pairs else []
    blocks["freeze"] = [f"{freeze['from']} – {freeze['to']}  {freeze['name']}" for freeze in counts["freeze"]]
    shown = {name: block for name, block in blocks.items() if block}
    return [row for name, block in shown.items() for row in (f"{text(f'estate.row.{name}')}:", *_indented(block))]


def _columns(found: Mapping[str, int]) -> list[str]:
    """The counts, right-aligned, with their names behind: names of any script then need no measuring."""
    width = max((len(str(count)) for count in found.values()), default=0)
    return [f"{count:>{width}}  {name}" for name, count in found.items()]


def _indented(block: list[str]) -> list[str]:
    """The lines of a block, set in under their heading."""
    return [" " * INDENT + line for line in block]
