"""Evidence that a person carries: the script for a host that nobody may reach, its answer, what assessors get."""

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from anwei.baseline.checking import Questions
from anwei.errors import BadInput, Exit
from anwei.estate import Estate
from anwei.evidence import carried, device_text
from anwei.evidence.commands import Command
from anwei.evidence.known_secrets import NOTHING, Known
from anwei.evidence.transcript import Transcript, saved
from anwei.home import make_private
from anwei.telling import in_json
from anwei.texts import text

TYPES = ("linux",)


def print_script(object_type: str, questions: Questions, files: Sequence[str], estate: Estate | None) -> int:
    """Print the collector; with answers of a host, one for what these have led to on that host and no other."""
    declarations = questions.declarations(object_type)
    commands: Iterable[Command] = declarations.commands()
    if files:
        found = transcripts(questions, files, _known(estate))
        if len(found) > 1:
            raise BadInput("AW-carried-hosts", names=", ".join(each.object for each in found))
        commands = questions.wanted(found[0])
        if not commands:
            print(text("carried.complete", object=found[0].object), file=sys.stderr)
            return Exit.GOOD
    print(carried.write(object_type, [(each, declarations.seconds(each)) for each in commands]), end="")
    return Exit.GOOD


def take_back(questions: Questions, arguments: argparse.Namespace, estate: Estate | None) -> int:
    """Read what was carried back, and save it as evidence."""
    found = transcripts(questions, arguments.carried, _known(estate))
    if arguments.out:
        make_private(arguments.out)
        for said in found:
            said.save(arguments.out)
    _tell(found, arguments.out, as_json=arguments.json)
    return Exit.GOOD


def open_all(folder: Path, out: Path | None, *, as_json: bool) -> int:
    """Write sealed evidence as JSON, for an assessor: masked as it is, with its digest."""
    if not out or out.resolve() == folder.resolve():
        raise BadInput("AW-transcript-open", where=str(folder))
    found = saved(folder)
    if not found:
        raise BadInput("AW-check-no-transcripts", where=str(folder))
    make_private(out)
    for said in found:
        said.save_open(out)
    _tell(found, out, as_json=as_json)
    return Exit.GOOD


def transcripts(questions: Questions, files: Sequence[str], known: Known = NOTHING) -> list[Transcript]:
    """The transcripts of files, each the answer of our script or a log of a device; `NAME=FILE` says whose it is.

    Several answers of one host are one transcript if they answer different questions; else one of the names is wrong.
    """
    found: dict[str, Transcript] = {}
    for each in files:
        name, path = _named(each)
        said = _read(questions, path, name, found, known)
        before = found.get(said.object)
        if before and (before.object_type != said.object_type or before.answers.keys() & said.answers.keys()):
            raise BadInput("AW-carried-twice", where=str(path), object=said.object)
        found[said.object] = before.including(said.answers, 0, 0.0) if before else said
    return list(found.values())


def _read(questions: Questions, path: Path, name: str, before: dict[str, Transcript], known: Known) -> Transcript:
    """One file. What a host has led to before it may be asked in the next of its files."""
    try:
        content = carried.content_of(path)
    except OSError as error:
        raise BadInput("AW-carried-unreadable", where=str(path), error=error.strerror) from error
    if not carried.is_answer(content):
        said = device_text.load(path)
        said = replace(said, answers={}, taken_by="text").including(said.answers, 0, 0.0, known)
    else:
        said = carried.read(content, path, _asked(questions, before.values()), known)
    return replace(said, object=name) if name else said


def _asked(questions: Questions, before: Iterable[Transcript]) -> list[Command]:
    """The commands that an answer can hold: the list's own, and what answers led to."""
    found = [each for kind in TYPES for each in questions.declarations(kind).commands()]
    return [*found, *(each for said in before for each in questions.wanted(said))]


def _named(word: str) -> tuple[str, Path]:
    """Name and file of a word; a file whose own name has such a sign goes before."""
    name, sign, path = word.partition("=")
    return (name, Path(path)) if sign and name and not Path(word).exists() else ("", Path(word))


def _known(estate: Estate | None) -> Known:
    """The secrets that an estate's inventory has in writing."""
    values = (Known.among(host.variables).values for host in estate.hosts) if estate else ()
    return Known(frozenset().union(*values))


def plain(said: Transcript) -> dict[str, Any]:
    """What a machine is told of one object."""
    return {
        "digest": said.digest,
        "account": said.account,
        "uid": said.uid,
        "login": said.login,
        "privilege": said.privilege,
        "refused": list(said.refused),
        "commands": len(said.answers),
        "complete": said.complete,
        "taken_by": said.taken_by,
        "host_time": said.host_time.isoformat() if said.host_time else None,
        "skew": said.skew,
        "round_trips": said.round_trips,
        "seconds": said.seconds,
    }


def _tell(found: Sequence[Transcript], out: Path | None, *, as_json: bool) -> None:
    """Say what was read, with the digests that reports quote."""
    if as_json:
        print(in_json({each.object: plain(each) for each in found}))
        return
    for each in found:
        taken = f"{each.taken_at:%Y-%m-%d %H:%M:%S %Z}"
        print(text("carried.read", object=each.object, taken=taken, commands=len(each.answers), digest=each.digest))
    print(text("carried.saved" if out else "carried.not-saved", count=len(found), out=out))
