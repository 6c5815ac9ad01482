"""Evidence that a person carries: the collector as a file for a host that nobody may reach, and reading its answer.

The script names each command by its digest, so an answer is read by what was asked, not by its place in a list that may
have changed. It ends with a checksum over all: an answer that was cut off or edited is refused. That shows mishaps and
clumsy hands; who knows the form can make a whole answer, as who has root on a host can make it say anything.
"""

import hashlib
import re
import shlex
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from anwei.errors import BadInput
from anwei.evidence import script
from anwei.evidence.clock import moment
from anwei.evidence.commands import Command
from anwei.evidence.known_secrets import NOTHING, Known
from anwei.evidence.transcript import Transcript
from anwei.texts import text

FORM = "1"
LIST = re.compile(r"@anwei-([0-9a-f]{16}) - list (\w{1,20}) (\w{1,40}) (\w{1,20})(?=\s)", re.ASCII)
TOOLS = {"sha256sum": "sha256", "sha1sum": "sha1", "md5sum": "md5"}  # what they guard against is no attacker
OUTPUTS = ("out", "err")
NAME = re.compile(r"[\w.-]{1,253}", re.ASCII)
# Never over a file that is there already, never onto a screen, from which nobody could carry it whole.
LAST = """case "${1--}" in
    -) [ ! -t 1 ] || { echo "sh $0 FILE" >&2; exit 2; } ;;
    *) set -C; exec >"$1" || exit 2; set +C ;;
esac && main"""


def write(object_type: str, timed: Sequence[tuple[Command, int]], path: str = script.SYSTEM_PATH) -> str:
    """The collector for a type of object, for commands with the seconds that each may take."""
    nonce = _digest("\n".join(command.text for command, _ in timed))
    minutes = -(-sum(limit for _, limit in timed) // 60)
    header = text("carried.header", type=object_type, commands=len(timed), minutes=minutes).splitlines()
    settings = [f"nonce={nonce}", f"bytes={script.MOST_BYTES}", f"PATH={shlex.quote(path)}"]
    steps = [
        f"    asks {number} {_digest(command.text)}\n    run {number} {limit} {shlex.quote(command.text)}"
        for number, (command, limit) in enumerate(timed)
    ]
    top = ["#!/bin/sh", *(f"# {line}".rstrip() for line in header), *settings, f"list='{FORM} {object_type}'"]
    return script.assembled(top, steps, LAST)


def content_of(path: Path) -> str:
    """The text of a file as it was carried, also where an editor of Windows saved it."""
    raw = path.read_bytes()
    return raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", errors="replace")


def is_answer(content: str) -> bool:
    """Whether a text is the answer of such a script, whole or not."""
    return "@anwei-" in content


def read(content: str, where: Path, commands: Iterable[Command], known: Known = NOTHING) -> Transcript:
    """The transcript in an answer to these commands. One that is not whole, or not as it was printed, is refused."""
    nonce, object_type, tool = _list(content, str(where))
    reading = script.read(content, nonce, checksum=TOOLS[tool])
    said = _said(content, nonce)
    _prove(said, reading, TOOLS[tool], str(where))
    texts = {_digest(command.text): command.text for command in commands}
    asked = {number: texts[key] for number, kind, key in map(_words, said) if kind == "asks" and key in texts}
    answers = {asked[f"{number}"]: answer for number, answer in reading.answers.items() if f"{number}" in asked}
    if not answers:
        raise BadInput("AW-carried-nothing", where=str(where))
    host = next((name for _, kind, name in map(_words, said) if kind == "host" and NAME.fullmatch(name)), where.stem)
    empty = Transcript(
        object=host,
        object_type=object_type,
        taken_at=moment(reading.clock) or datetime.fromtimestamp(where.stat().st_mtime, UTC),
        account=reading.account,
        uid=reading.uid,
        login=reading.login,
        host_time=moment(reading.clock),
        taken_by="script",
    )
    return empty.including(answers, 0, 0.0, known)


def _list(content: str, where: str) -> tuple[str, str, str]:
    """Nonce, type of object and tool of the checksums, as the answer says at its beginning."""
    lists = LIST.findall(content)
    if not lists:
        raise BadInput("AW-carried-cut", where=where)
    if len(lists) > 1:
        raise BadInput("AW-carried-several", where=where, count=len(lists))
    nonce, form, object_type, tool = lists[0]
    if form != FORM or tool not in TOOLS:
        raise BadInput("AW-carried-form", where=where, form=f"{form} {tool}", known=FORM)
    return nonce, object_type, tool


def _said(content: str, nonce: str) -> list[str]:
    """What the script itself said, without outputs, in its order."""
    frames = re.findall(rf"@anwei-{nonce} ((?:-|\d{{1,6}}) \w{{1,20}}[^\r\n]*)", content, re.ASCII)
    return [frame.rstrip() for frame in frames if _words(frame)[1] not in OUTPUTS]


def _words(frame: str) -> tuple[str, str, str]:
    """Number, kind and the rest of a frame."""
    number, kind, *rest = frame.split(None, 2)
    return number, kind, rest[0] if rest else ""


def _prove(said: Sequence[str], reading: script.Reading, algorithm: str, where: str) -> None:
    """Hold the answer against its checksums."""
    _, last, stated = _words(said[-1]) if said else ("", "", "")
    actual = hashlib.new(
        algorithm, "".join(f"{line}\n" for line in said[:-1]).encode(), usedforsecurity=False
    ).hexdigest()
    if last != "finished" or len(stated) < len(actual):
        raise BadInput("AW-carried-cut", where=where)
    ended = {number for number, kind, _ in map(_words, said) if kind == "end"}
    if stated != actual or ended - {f"{number}" for number in reading.answers}:
        raise BadInput("AW-carried-altered", where=where)


def _digest(of: str) -> str:
    """A short digest."""
    return hashlib.sha256(of.encode()).hexdigest()[:16]
