"""A text that an engineer saved from a switch becomes evidence: the answers by command, without secrets.

It is a bare configuration, or what a terminal program recorded of several `display` commands with their prompts.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from anwei.errors import BadInput
from anwei.evidence.device_family import MARKS, recognised
from anwei.evidence.device_secrets import masked
from anwei.evidence.device_terminal import clean, decoded
from anwei.evidence.script import Answer
from anwei.evidence.transcript import Transcript

__all__ = ["CONFIGURATION", "load", "masked", "refusal", "transcript"]

CONFIGURATION = "display current-configuration"
# Commands that people abbreviate, the likelier first.
COMMANDS = (
    CONFIGURATION,
    "display version",
    "display interface brief",
    "display clock",
    "display ntp-service status",
    "display ntp status",
    "display patch-information",
    "display current-configuration diff",
    "display local-user",
    "display ssh server status",
    "display users",
    "display acl all",
    "display startup",
    "display password-control",
    "display logbuffer",
    "display saved-configuration",
    "display device",
    "display irf",
    "display stack",
    "display vrrp",
    "compare configuration",
)
PROMPT = re.compile(r"[ \t]*(?:(?:HRP|RBM)_\w)?(?:<([^<>\s][^<>]*)>|\[[~*]?([^\[\]~*][^\[\]]*)\])[ \t]*(.*)")
ASKED = re.compile(r"(?:di|dis|disp|displ|displa|display|compare)\s+\S", re.IGNORECASE)
LONGEST_REFUSAL = 6  # lines
REFUSAL = re.compile(
    r"^\s*(Error:.*|%\s*(?:Unrecognized|Incomplete|Too many|Wrong|Ambiguous|Invalid|Permission|No permission).*"
    r"|Permission denied\.?)",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Asked:
    """One command of a recorded session and what came after it."""

    name: str
    command: str
    lines: tuple[str, ...]


def load(path: Path, object_type: str = "") -> Transcript:
    """The transcript of a saved file, as old as the file."""
    saved = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return transcript(path.read_bytes(), path.stem, saved, object_type)


def transcript(raw: bytes, name: str, taken_at: datetime, object_type: str = "") -> Transcript:
    """The transcript of a text; its own name of the device goes before the name of the file."""
    text = clean(decoded(raw))
    family = _family(text, name, object_type)
    session = list(_session(text.split("\n")))
    answers: dict[str, Answer] = {}
    for each in session or [Asked("", CONFIGURATION, tuple(_bare(text)))]:
        answer = _answer("\n".join(each.lines))
        if _worth(answer) >= _worth(answers.get(each.command)):
            answers[each.command] = answer
    return Transcript(_sysname(text) or next((each.name for each in session), name), family, taken_at, answers=answers)


def refusal(answer: str) -> str:
    """The line in which the device refused a command; nothing where it answered. A long answer is none."""
    found = REFUSAL.search(answer) if answer.count("\n") < LONGEST_REFUSAL else None
    return found[1].strip() if found else ""


def _family(text: str, name: str, told: str) -> str:
    """The family of the text, or as told where the text does not say another."""
    found = recognised(text)
    if told and (told not in MARKS or found not in ("", told)):
        raise BadInput("AW-device-family", where=name, told=told, known=", ".join(MARKS))
    if not (found or told):
        raise BadInput("AW-device-text", where=name)
    return found or told


def _session(lines: list[str]) -> Iterator[Asked]:
    """The commands of a recorded session. What looks like a prompt is one only if `display` was typed at that name."""
    rows = [PROMPT.fullmatch(line) for line in lines]
    names = {_name(row) for row in rows if row and ASKED.match(row[3])}
    devices = sorted({row[1] for row in rows if row and row[1] in names})
    if len(devices) > 1:
        raise BadInput("AW-device-several", names=", ".join(devices))
    asked = [(index, row) for index, row in enumerate(rows) if row and ASKED.match(row[3])]
    ends = [*(index for index, _ in asked[1:]), len(lines)]
    for (begin, row), end in zip(asked, ends, strict=bool(asked)):
        prompts = (index for index in range(begin + 1, end) if (at := rows[index]) and _is_at(at, names))
        yield Asked(_name(row), _full(row[3]), _own(lines[begin + 1 : end], next(prompts, end) - begin - 1))


def _own(lines: list[str], prompt: int) -> tuple[str, ...]:
    """The lines of one answer, up to the next prompt. A whole configuration ends by itself."""
    whole = tuple(_bare("\n".join(lines)))
    return whole if whole and whole[-1].strip() == "return" else tuple(lines[:prompt])


def _name(row: re.Match[str]) -> str:
    """The name in a prompt."""
    return row[1] or row[2]


def _is_at(row: re.Match[str], names: set[str]) -> bool:
    """Whether a prompt is of a device that was asked, in any view."""
    return any(_name(row) == name or (row[2] and row[2].startswith(name + "-")) for name in names)


def _full(typed: str) -> str:
    """A command in full words; one that is not known keeps all but its first word."""
    words = typed.lower().split()
    fitting = [each for each in COMMANDS if _fits(words, each.split())]
    if fitting:
        return max(fitting, key=lambda each: len(set(words) & set(each.split())))
    words = typed.split()
    return " ".join(["compare" if words[0].lower() == "compare" else "display", *words[1:]])


def _fits(words: list[str], full: list[str]) -> bool:
    """Whether these are the words of a command, each cut short or not."""
    return len(words) == len(full) and all(map(str.startswith, full, words))


def _bare(text: str) -> Iterator[str]:
    """The lines of a bare configuration up to its end; what a screen shows after it is none of it."""
    for line in text.split("\n"):
        yield line
        if line.strip() == "return":
            return


def _answer(said: str) -> Answer:
    """The answer as evidence: a refusal is one, with the words of the device."""
    refused = refusal(said)
    if refused:
        return Answer(1, b"", masked(refused).encode(), 0)
    return Answer(0, (masked(said).strip("\n") + "\n").encode(), b"", 0)


def _worth(answer: Answer | None) -> int:
    """Which of two answers to keep: a whole configuration before a cut one, an answer before a refusal."""
    if answer is None or answer.status:
        return 0 if answer else -1
    return 2 if re.search(rb"^\s*return\s*$", answer.stdout, re.MULTILINE) else 1


def _sysname(text: str) -> str:
    """The name that the configuration gives the device."""
    found = re.search(r"^ ?sysname (\S.*)$", text, re.MULTILINE)
    return found[1].strip() if found else ""
