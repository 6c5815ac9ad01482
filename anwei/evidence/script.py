"""One POSIX sh script that runs commands on a host, and the reading of what it printed.

The script works in dash, bash 3 and busybox, without Python. Each line of its answer is a frame
`@anwei-NONCE NUMBER KIND …`; everything else (banners, prompts, messages to the terminal) is passed over.
"""

import base64
import binascii
import re
import shlex
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
MOST_BYTES = 1_000_000


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
    """All that a host's answer holds: undamaged answers by number, the account, and whether it came to its end."""

    answers: dict[int, Answer]
    account: str = ""
    uid: int | None = None
    complete: bool = False
    nowhere: bool = False


def write(
    commands: Sequence[tuple[str, int]], nonce: str, *, path: str = SYSTEM_PATH, most_bytes: int = MOST_BYTES
) -> str:
    """The script for `commands`, each a shell text and the seconds it may take.

    All work is in one function that is called on the last line, so a script cut short on its way does nothing.
    """
    settings = [f"nonce={nonce}", f"bytes={most_bytes}", f"PATH={shlex.quote(path)}"]
    collector = files(__package__).joinpath("collector.sh").read_text(encoding="utf-8")
    runs = [f"    run {number} {seconds} {shlex.quote(text)}" for number, (text, seconds) in enumerate(commands)]
    return "\n".join([*settings, collector, "main() {", "    begin", *runs, "    finish", "}", "main", ""])


def read(answer: str, nonce: str, *, most_bytes: int = MOST_BYTES) -> Reading:
    """The frames in what came back. A command whose frames are damaged or missing simply has no answer."""
    frame = re.compile(rf"@anwei-{nonce} (-|\d+) (\w+) ?([^\r\n]*)")
    streams: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for number, kind, payload in frame.findall(answer):
        streams[number, kind].append(payload.rstrip())
    answers = {int(number): _answer(number, streams, most_bytes) for number, kind in list(streams) if kind == "end"}
    uid, _, account = "".join(streams["-", "account"]).partition(" ")
    return Reading(
        answers={number: each for number, each in answers.items() if each},
        account=account,
        uid=int(uid) if uid.isdecimal() else None,
        complete=("-", "finished") in streams,
        nowhere=("-", "nowhere") in streams,
    )


def _answer(number: str, streams: dict[tuple[str, str], list[str]], most_bytes: int) -> Answer | None:
    """One command's answer, or None when a byte of it is missing."""
    end = re.fullmatch(r"(\d+|limit|lost) (\d+) (\d+) (\d+)", streams[number, "end"][0])
    outputs = [_decoded(streams.get((number, stream), [])) for stream in ("out", "err")]
    if not end or [len(each) for each in outputs if each is not None] != [int(end[3]), int(end[4])]:
        return None
    stdout, stderr = (each or b"" for each in outputs)
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
