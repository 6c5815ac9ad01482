"""The files of approvals beside a change: writing one, and reading a folder of them, each with its verdict.

One bad file never hides a good one, and never counts.
"""

import json
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path

from anwei.approval import signing, statement
from anwei.approval.model import Approver, Trust
from anwei.approval.statement import Statement, Subject
from anwei.errors import AnweiError
from anwei.texts import text
from anwei.whole import write_whole

FOLDER = "approvals"
PARTS = {"statement", "signature"}
LONGEST = 64 * 1024
SHORT = 12
# The clocks of an approver and of the control node may differ by this much.
CLOCKS = timedelta(minutes=10)


@dataclass(frozen=True)
class Verdict:
    """One file: good where `reason` is empty, else one word for why not, and the sentence for people."""

    file: str
    reason: str = ""
    said: str = ""
    statement: Statement | None = None
    approver: Approver | None = None

    @property
    def good(self) -> bool:
        """Whether the approval counts."""
        return not self.reason


class _NotGood(Exception):
    """Why a file does not count."""

    def __init__(self, reason: str, **values: object) -> None:
        self.reason = reason
        self.said = text(f"approval.verdict.{reason}", None, **values)
        super().__init__(self.said)


def write(folder: Path, approved: Statement, key: Path) -> Path:
    """Sign a statement and put it into the folder; an earlier approval by the same key for the same is replaced."""
    signature = signing.sign(approved.canonical(), key, signing.APPROVAL)
    short = signing.file_name(signing.claimed(signature) or "")[:SHORT]
    page = folder / f"{short}-{approved.purpose}.json"
    content = json.dumps({"statement": approved.as_dict(), "signature": signature}, ensure_ascii=False, indent=2)
    folder.mkdir(parents=True, exist_ok=True)
    return write_whole(page, f"{content}\n".encode(), 0o644)  # it goes into the repository, for everybody to read


def read(folder: Path, trust: Trust, wanted: Subject, now: datetime) -> list[Verdict]:
    """The verdict on every file of the folder; none where there is no folder."""
    return [_verdict(page, trust, wanted, now) for page in _pages(folder)]


def claims(folder: Path) -> list[Statement]:
    """What the readable files of a folder say. It proves nothing: nobody looked at a signature."""
    said = []
    for page in _pages(folder):
        with suppress(_NotGood):
            said.append(_parts(page)[0])
    return said


def good(verdicts: list[Verdict]) -> list[Approver]:
    """Those whose approval counts."""
    return [verdict.approver for verdict in verdicts if verdict.good and verdict.approver]


def _pages(folder: Path) -> list[Path]:
    """The files of a folder, without drafts and what an editor left."""
    return sorted(page for page in folder.glob("*") if not page.name.startswith("."))


def _verdict(page: Path, trust: Trust, wanted: Subject, now: datetime) -> Verdict:
    """What is to be thought of one file."""
    said: Statement | None = None
    approver: Approver | None = None
    try:
        said, signature = _parts(page)
        approver = _approver(said, signature, trust)
        for mismatch in (*_other(said, wanted), *_times(said, trust, now)):
            raise mismatch
    except _NotGood as error:
        return Verdict(page.name, error.reason, error.said, said, approver)
    return Verdict(page.name, "", text("approval.verdict.good", name=approver.name), said, approver)


def _parts(page: Path) -> tuple[Statement, str]:
    """The statement and the signature in a file."""
    try:
        found = statement.strict_json(_bytes(page))
        if not isinstance(found, Mapping) or set(found) != PARTS or not isinstance(found["signature"], str):
            raise _NotGood("unreadable", error=text("approval.problem.parts"))
        return statement.from_fields(found["statement"]), found["signature"]
    except AnweiError as error:
        raise _NotGood("unreadable", error="; ".join(error.details)) from error
    except OSError as error:
        raise _NotGood("unreadable", error=error.strerror) from error


def _bytes(page: Path) -> bytes:
    """The content of an ordinary file. No link is followed, nothing waited for, and nothing endless read."""
    handle = os.open(page, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise _NotGood("unreadable", error=text("approval.problem.file"))
        content = file.read(LONGEST + 1)
    if len(content) > LONGEST:
        raise _NotGood("unreadable", error=text("approval.problem.long"))
    return content


def _approver(said: Statement, signature: str, trust: Trust) -> Approver:
    """Who signed it; a stranger and a signature that is none are told apart."""
    content = said.canonical()
    if key := signing.signer(content, signature, trust.keys, signing.APPROVAL):
        return trust.holder(key)
    if signing.is_whole(content, signature, signing.APPROVAL):
        raise _NotGood("unknown-key", fingerprint=signing.claimed(signature))
    raise _NotGood("signature")


def _other(said: Statement, wanted: Subject) -> Iterator[_NotGood]:
    """Where it speaks of something else than what is wanted."""
    for name in (each.name for each in fields(Subject)):
        value, expected = getattr(said, name), getattr(wanted, name)
        if value != expected:
            yield _NotGood(name, value=value, wanted=expected)


def _times(said: Statement, trust: Trust, now: datetime) -> Iterator[_NotGood]:
    """Where it is too late, too early, or given for longer than the trust file lets it be."""
    shown = said.as_dict()
    if said.expires <= now:
        yield _NotGood("expired", expires=shown["expires"])
    if said.signed > now + CLOCKS:
        yield _NotGood("early", signed=shown["signed"])
    if said.expires - said.signed > timedelta(days=trust.longest_days):
        yield _NotGood("too-long", expires=shown["expires"], days=trust.longest_days)
