"""`anwei control`: the control folder as a backup, and back."""

import argparse
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from anwei.control import backup, restore
from anwei.errors import Exit
from anwei.estate.problems import listed
from anwei.record import verify_all
from anwei.report import record_terminal
from anwei.telling import in_json
from anwei.texts import text

if TYPE_CHECKING:
    Nouns = argparse._SubParsersAction[argparse.ArgumentParser]


def add_parser(nouns: "Nouns") -> None:
    """The words of `anwei control`."""
    noun = nouns.add_parser("control", help=text("control.help.control"))
    verbs = noun.add_subparsers(required=True, metavar="VERB")
    for name, run in (("backup", _backup), ("restore", _restore)):
        verb = verbs.add_parser(name, help=text(f"control.help.{name}"))
        verb.add_argument("file", type=Path, metavar="FILE", help=text("control.help.file"))
        verb.add_argument("--json", action="store_true", help=text("control.help.json"))
        verb.set_defaults(run=run)
        if name == "restore":
            verb.add_argument("--into", type=Path, metavar="DIR", help=text("control.help.into"))


def _backup(arguments: argparse.Namespace) -> int:
    """Make a backup."""
    made = backup.make(arguments.file.absolute())
    _say(arguments, "made", {**asdict(made), "file": str(made.file)})
    if made.left_out and not arguments.json:
        print(text("control.backup.left-out", names=listed(made.left_out)))
    return Exit.FINDINGS if made.left_out else Exit.GOOD


def _restore(arguments: argparse.Namespace) -> int:
    """Bring a backup back, and verify the records that came with it."""
    if arguments.into:  # it is the control folder of all that follows
        os.environ["ANWEI_HOME"] = str(arguments.into.absolute())
    back = restore.restore(arguments.file)
    verdict = verify_all()
    _say(arguments, "back", {**asdict(back), "home": str(back.home), "sound": verdict.sound})
    if not arguments.json:
        print(record_terminal.verified(verdict))
    return Exit.GOOD if verdict.sound else Exit.FINDINGS


def _say(arguments: argparse.Namespace, key: str, about: dict[str, object]) -> None:
    """The result, for a person or a machine."""
    print(in_json(about) if arguments.json else text(f"control.backup.{key}", None, **about))
