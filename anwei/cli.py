"""The `anwei` command: parses words and calls one function each.

Every sub-command lives in `anwei/commands/`, which adds its parser and its function; there is no logic here.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from anwei.telling import told
from anwei.texts import text

NOUNS = ("lab", "estate", "collect", "check", "change", "host", "health", "record", "trust", "doctor", "control")


def parser(asked: str = "") -> argparse.ArgumentParser:
    """The whole command line, or what of it one noun needs: who waits for it should not wait for all others to load."""
    top = argparse.ArgumentParser(prog="anwei", description=text("cli.description"))
    nouns = top.add_subparsers(title=text("cli.commands"), required=True, metavar="COMMAND")
    for noun in (asked,) if asked in NOUNS else NOUNS:
        import_module(f"anwei.commands.{noun}").add_parser(nouns)
    return top


def main(words: Sequence[str] | None = None) -> int:
    """Run one command."""
    words = sys.argv[1:] if words is None else words
    arguments = parser(*words[:1]).parse_args(words)
    return told(lambda: arguments.run(arguments), as_json=getattr(arguments, "json", False))


if __name__ == "__main__":
    sys.exit(main())
