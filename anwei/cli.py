"""The `anwei` command: parses words and calls one function each.

Every sub-command lives in `anwei/commands/`, which adds its parser and its function; there is no logic here.
"""

import argparse
import json
import sys
import traceback
from collections.abc import Sequence

from anwei.commands import check, collect, estate, host, lab
from anwei.errors import AnweiError, Exit, Failure
from anwei.texts import text


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(prog="anwei", description=text("cli.description"))
    nouns = top.add_subparsers(title=text("cli.commands"), required=True, metavar="COMMAND")
    for command in (lab, estate, collect, check, host):
        command.add_parser(nouns)
    return top


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; errors become one message and the exit status of their kind."""
    arguments = parser().parse_args(words)
    try:
        return int(arguments.run(arguments))
    except AnweiError as error:
        _show(error, as_json=getattr(arguments, "json", False))
        return int(error.exit_status)
    except KeyboardInterrupt:
        return int(Exit.NEEDS_PERSON)
    except Exception as error:  # a defect: the traceback is for the maintainers, the message for who met it
        traceback.print_exc()
        _show(Failure("AW-internal", error=repr(error)), as_json=getattr(arguments, "json", False))
        return int(Exit.NEEDS_PERSON)


def _show(error: AnweiError, *, as_json: bool) -> None:
    """Print an error for a person, or for a machine."""
    if as_json:
        print(json.dumps({"error": error.as_dict()}, ensure_ascii=False, indent=2))
    else:
        print(error, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
