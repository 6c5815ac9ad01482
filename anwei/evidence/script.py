"""One POSIX sh script that runs commands on a host, and the reading of what it printed.

The script works in dash, bash 3 and busybox, without Python. Each line of its answer is a frame
`@anwei-NONCE NUMBER KIND …`; everything else (banners, prompts, messages to the terminal) is passed over.
"""

import base64
import binascii
import hashlib
import re
import shlex
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
MOST_BYTES = 1_000_000
END = r"(\d{1,3}|limit|lost) (\d{1,6}) (\d{1,9}) (\d{1,9})(?: ([0-9a-f]{1,128}))?"


@dataclass(frozen=True)
class Answer:
    """What one command did. `status` is None when it was ended at its time limit or got lost."""

    status: int | None
    stdout: bytes
    stderr: bytes
    seconds: int
    cut: bool = False
    timed_out: bool = False


@dataclass(frozen=True)
class Reading:
    """All that a host's answer holds: undamaged answers by number, the account, and whether it came to its end.

    `login` is the account that became `account` by sudo, `clock` what the host's clock said when it began.
    """

    answers: dict[int, Answer]
    account: str = ""
    uid: int | None = None
    login: str = ""
    clock: int | None = None
    complete: bool = False
    nowhere: bool = False


def write(
    commands: Sequence[tuple[str, int]], nonce: str, *, path: str = SYSTEM_PATH, most_bytes: int = MOST_BYTES
) -> str:
    """The script for `commands`, each a shell text and the seconds it may take.

    All work is in one function that is called on the last line, so a script cut short on its way does nothing.
    """
    return assembled([f"nonce={nonce}", f"bytes={most_bytes}", f"PATH={shlex.quote(path)}", "list="], _runs(commands))


def assembled(settings: Sequence[str], steps: Sequence[str], last: str = "main") -> str:
    """The collector with its settings and the steps that it makes."""
    collector = files(__package__).joinpath("collector.sh").read_text(encoding="utf-8")
    return "\n".join([*settings, collector, "main() {", "    begin", *steps, "    finish", "}", last, ""])


def _runs(commands: Sequence[tuple[str, int]]) -> list[str]:
    """The step for each command."""
    return [f"    run {number} {seconds} {shlex.quote(text)}" for number, (text, seconds) in enumerate(commands)]


def read(answer: str, nonce: str, *, most_bytes: int = MOST_BYTES, checksum: str = "") -> Reading:
    """The frames in what came back. A command whose frames are damaged or missing simply has no answer.

    Where a checksum is named, so has one whose outputs are not what theirs says. The host may be hostile: no frame can
    bring more than wrong answers of this host.
    """
    frame = re.compile(rf"@anwei-{nonce} (-|\d{{1,6}}) (\w{{1,20}}) ?([^\r\n]*)", re.ASCII)
    streams: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for number, kind, payload in frame.findall(answer):
        streams[number, kind].append(payload.rstrip())
    ended = [number for number, kind in streams if kind == "end" and number != "-"]
    answers = {int(number): _answer(number, streams, most_bytes, checksum) for number in ended}
    uid, _, account = "".join(streams["-", "account"]).partition(" ")
    return Reading(
        answers={number: each for number, each in answers.items() if each},
        account=_name(account),
        uid=_number(uid),
        login=_name("".join(streams["-", "login"])),
        clock=_number("".join(streams["-", "clock"])),
        complete=("-", "finished") in streams,
        nowhere=("-", "nowhere") in streams,
    )


def _name(said: str) -> str:
    """The name of an account; nothing where it is none, so that nothing else gets into reports as one."""
    return said if re.fullmatch(r"(?=[^-])[\w.@\\$+-]{1,64}", said) else ""


def _number(said: str) -> int | None:
    """A number of ordinary length."""
    return int(said) if re.fullmatch(r"\d{1,12}", said, re.ASCII) else None


def _answer(number: str, streams: dict[tuple[str, str], list[str]], most_bytes: int, checksum: str) -> Answer | None:
    """One command's answer, or None when a byte of it is missing."""
    end = re.fullmatch(END, streams[number, "end"][0], re.ASCII)
    outputs = [_decoded(streams.get((number, stream), [])) for stream in ("out", "err")]
    if not end or [len(each) for each in outputs if each is not None] != [int(end[3]), int(end[4])]:
        return None
    stdout, stderr = (each or b"" for each in outputs)
    if checksum and hashlib.new(checksum, stdout + stderr, usedforsecurity=False).hexdigest() != end[5]:
        return None
    return Answer(
        status=int(end[1]) if end[1].isdecimal() else None,
        stdout=stdout[:most_bytes],
        stderr=stderr[:most_bytes],
        seconds=int(end[2]),
        cut=len(stdout) > most_bytes or len(stderr) > most_bytes,
        timed_out=end[1] == "limit",
    )


def _decoded(lines: list[str]) -> bytes | None:
    """The bytes behind encoded lines; None when something else got into them."""
    encodings = {line[:2] for line in lines}
    try:
        if encodings <= {"b "}:
            return b"".join(base64.b64decode(line[2:], validate=True) for line in lines)
        if encodings <= {"x "}:
            return b"".join(bytes.fromhex(line[2:]) for line in lines)
    except (ValueError, binascii.Error):
        pass
    return None
