"""`anwei record`: the records of changes, listed, shown, and verified."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from anwei.errors import BadInput, Exit, Failure
from anwei.record import Record, Verdict, records, verify_all, verify_one
from anwei.record.reading import story_of
from anwei.record.view import Story
from anwei.report import record_terminal
from anwei.report.record_docx import write_document
from anwei.report.record_page import write_page
from anwei.report.record_words import Words
from anwei.report.record_xlsx import write_workbook
from anwei.telling import in_json
from anwei.texts import text

if TYPE_CHECKING:
    Nouns = argparse._SubParsersAction[argparse.ArgumentParser]

FILES = {"html": write_page, "xlsx": write_workbook, "docx": write_document}
FORMATS = ("terminal", "json", *FILES)


def add_parser(nouns: "Nouns") -> None:
    """The words of `anwei record`."""
    verbs = nouns.add_parser("record", help=text("record.command.help")).add_subparsers(required=True, metavar="VERB")
    found = {name: verbs.add_parser(name, help=text(f"record.command.{name}")) for name in ("list", "show", "verify")}
    found["show"].add_argument("record", metavar="ID", help=text("record.command.name"))
    found["show"].add_argument("--out", type=Path, metavar="DIR", help=text("record.command.out"))
    found["show"].add_argument("--format", default="", metavar="FORMATS", help=text("record.command.format"))
    found["verify"].add_argument("record", metavar="ID", nargs="?", help=text("record.command.one"))
    found["verify"].add_argument("--key", type=Path, metavar="FILE", help=text("record.command.key"))
    for name, run in (("list", _list), ("show", _show), ("verify", _verify)):
        found[name].add_argument("--json", action="store_true", help=text("record.command.json"))
        found[name].set_defaults(run=run)


def _list(arguments: argparse.Namespace) -> int:
    """Every record in a row; one that cannot be told hides no other."""
    stories, bad = [], []
    for record in records():
        try:
            with _telling(record):
                stories.append(_story(record))
                record_terminal.listing(stories[-1:])
        except Failure as failure:
            bad.append(failure)
    told = [story for story in stories if story.name not in {failure.values["record"] for failure in bad}]
    print(in_json([_brief(story) for story in told]) if arguments.json else record_terminal.listing(told))
    print(*bad, sep="\n", end="\n" if bad else "", file=sys.stderr)
    return Exit.FINDINGS if bad else Exit.GOOD


def _show(arguments: argparse.Namespace) -> int:
    """One record in the forms that were asked for."""
    formats = _formats(arguments)
    record = Record.open(arguments.record)
    verdict = verify_one(record.name)
    if "json" in formats:
        print(in_json({"record": record.name, "verified": _plain(verdict), "entries": record.entries()}))
    with _telling(record):
        story = _story(record)
        if "terminal" in formats:
            print(record_terminal.shown(story, verdict))
        for form, write in FILES.items():
            if form in formats:
                path = write(story, verdict, arguments.out / f"{story.name}.{form}")
                if "json" not in formats:  # whose reader wants nothing but JSON
                    print(text("record.command.written", path=path))
    return Exit.GOOD if verdict.sound else Exit.FINDINGS


def _verify(arguments: argparse.Namespace) -> int:
    """Hold one record, or all, against chain, seals and signatures."""
    if arguments.record:
        Record.open(arguments.record)
    verdict = verify_one(arguments.record, arguments.key) if arguments.record else verify_all(arguments.key)
    print(in_json(_plain(verdict)) if arguments.json else record_terminal.verified(verdict))
    return Exit.GOOD if verdict.sound else Exit.FINDINGS


def _formats(arguments: argparse.Namespace) -> list[str]:
    """The forms of output, refused before anything is written if they cannot be had."""
    usual = "json" if arguments.json else "terminal"
    formats = [*filter(None, arguments.format.split(","))] or ([usual, "html"] if arguments.out else [usual])
    for each in formats:
        if each not in FORMATS or (each in FILES and not arguments.out):
            raise BadInput("AW-record-format", format=each)
    return formats


def _story(record: Record) -> Story:
    """What a record tells."""
    return story_of(record.name, record.entries(), torn=bool(record.lines()[1]))


@contextmanager
def _telling(record: Record) -> Iterator[None]:
    """Tell a record. One that was altered may hold anything: what cannot be told of it is refused by name."""
    try:
        yield
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        problems = [Words().problem(problem) for problem in verify_one(record.name).problems]
        if not problems:
            raise
        raise Failure("AW-record-shape", where=str(record.path), details=problems, record=record.name) from error


def _brief(story: Story) -> dict[str, object]:
    """A record for a machine, in a few words."""
    return {
        "record": story.name,
        "title": story.opened.get("title", ""),
        "estate": story.opened.get("estate", ""),
        "outcome": story.outcome,
        "begun": story.runs[0].begin.isoformat() if story.runs else "",
        "hosts": {state.value: count for state, count in story.states.items()},
    }


def _plain(verdict: Verdict) -> dict[str, object]:
    """What verifying found, for a machine; each problem with its sentence."""
    problems = [{**asdict(each), "said": Words().problem(each)} for each in verdict.problems]
    return {**asdict(verdict), "sound": verdict.sound, "problems": problems}
