"""The `anwei` command: parses words and calls one function each.

Every sub-command lives in `anwei/commands/`, which adds its parser and its function; there is no logic here.
"""

import argparse
import sys
from collections.abc import Sequence

from anwei.commands import change, check, collect, control, doctor, estate, health, host, lab, record, trust
from anwei.telling import told
from anwei.texts import text


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(prog="anwei", description=text("cli.description"))
    nouns = top.add_subparsers(title=text("cli.commands"), required=True, metavar="COMMAND")
    for command in (lab, estate, collect, check, change, host, health, record, trust, doctor, control):
        command.add_parser(nouns)
    return top


def main(words: Sequence[str] | None = None) -> int:
    """Run one command."""
    arguments = parser().parse_args(words)
    return told(lambda: arguments.run(arguments), as_json=getattr(arguments, "json", False))


if __name__ == "__main__":
    sys.exit(main())
