"""A transcript: what read-only commands printed on one object at one time. It is the evidence behind every verdict."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from anwei.canonical import canonical
from anwei.errors import BadInput
from anwei.evidence.script import Answer
from anwei.whole import write_whole


@dataclass(frozen=True)
class Transcript:
    """The answers of one object by the text of the command, with who asked, when, and at what cost."""

    object: str
    object_type: str
    taken_at: datetime
    account: str = ""
    uid: int | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)
    round_trips: int = 0
    seconds: float = 0.0

    def including(self, answers: Mapping[str, Answer], round_trips: int, seconds: float) -> "Transcript":
        """The same transcript with what one more round brought. What was said before is never overwritten."""
        return replace(
            self,
            answers={**answers, **self.answers},
            round_trips=self.round_trips + round_trips,
            seconds=round(self.seconds + seconds, 3),
        )

    @property
    def digest(self) -> str:
        """SHA-256 over the canonical JSON of everything else in the transcript."""
        return "sha256:" + hashlib.sha256(canonical(self._body())).hexdigest()

    def save(self, folder: Path) -> Path:
        """Write it for its owner alone, whole or not at all."""
        path = folder / f"{safe_name(self.object)}.json"
        return write_whole(path, canonical({**self._body(), "digest": self.digest}) + b"\n")

    @classmethod
    def load(cls, path: Path) -> "Transcript":
        """Read a saved transcript; one that was altered since is refused."""
        try:
            body = json.loads(path.read_bytes())
            digest = body.pop("digest")
            body["taken_at"] = datetime.fromisoformat(body["taken_at"])
            body["answers"] = {each.pop("command"): _answer(each) for each in body["answers"]}
            transcript = cls(**body)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadInput("AW-transcript-unreadable", where=str(path), error=error) from error
        if digest != transcript.digest:
            raise BadInput("AW-transcript-altered", where=str(path), stated=digest, actual=transcript.digest)
        return transcript

    def _body(self) -> dict[str, Any]:
        """What the digest covers, as JSON holds it."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        answers = [{"command": text, **_plain(answer)} for text, answer in sorted(self.answers.items())]
        return {**fields, "taken_at": self.taken_at.isoformat(), "answers": answers}


def safe_name(name: str) -> str:
    """A file name for an object: what could leave the folder or confuse a shell is written as %XX."""
    return quote(name, safe="")


def _plain(answer: Answer) -> dict[str, Any]:
    """An answer as JSON: its outputs as text where they are text, so that a person can read the file."""
    return {**asdict(answer), "stdout": _text(answer.stdout), "stderr": _text(answer.stderr)}


def _text(output: bytes) -> str | dict[str, str]:
    """Text, or base64 when the bytes are no UTF-8."""
    try:
        return output.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(output).decode()}


def _answer(plain: dict[str, Any]) -> Answer:
    """The answer behind its JSON."""
    for stream in ("stdout", "stderr"):
        text = plain[stream]
        plain[stream] = text.encode() if isinstance(text, str) else base64.b64decode(text["base64"], validate=True)
    return Answer(**plain)
