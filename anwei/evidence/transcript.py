"""A transcript: what read-only commands printed on one object at one time. It is the evidence behind every verdict.

Secrets are masked before an answer gets in, so whoever reads it, live or stored, sees the same.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from anwei.canonical import canonical
from anwei.errors import BadInput
from anwei.evidence import sealed, transcript_json
from anwei.evidence.known_secrets import NOTHING, Known
from anwei.evidence.masking import masked_answer
from anwei.evidence.naming import safe_name
from anwei.evidence.script import Answer
from anwei.whole import write_whole

SUFFIX = ".transcript"
OPEN_SUFFIX = ".json"
SMALL_SKEW = 5  # seconds that nobody needs to be told of
REFUSED = (b"permission denied", b"operation not permitted", b"must be root", b"access denied")


@dataclass(frozen=True)
class Transcript:
    """The answers of one object by the text of the command, with who asked, when, and at what cost.

    `login` is the account that became `account` by sudo; `skew` is how many seconds the host's clock is ahead of ours.
    """

    object: str
    object_type: str
    taken_at: datetime
    account: str = ""
    uid: int | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)
    round_trips: int = 0
    seconds: float = 0.0
    login: str = ""
    host_time: datetime | None = None
    skew: int | None = None
    complete: bool = True
    taken_by: str = "ansible"

    def including(
        self, answers: Mapping[str, Answer], round_trips: int, seconds: float, known: Known = NOTHING
    ) -> "Transcript":
        """The same transcript with what one more round brought, masked. What was said before is never overwritten."""
        new = {text: masked_answer(answer, known) for text, answer in answers.items() if text not in self.answers}
        return replace(
            self,
            answers={**new, **self.answers},
            round_trips=self.round_trips + round_trips,
            seconds=round(self.seconds + seconds, 3),
        )

    @property
    def privilege(self) -> str:
        """With which rights was asked: `root`, `sudo` (root by sudo), `limited`, or nothing where it is not known."""
        if self.uid is None:
            return ""
        return ("sudo" if self.login else "root") if self.uid == 0 else "limited"

    @property
    def asked_as(self) -> str:
        """Who asked, for a report: `root`, `root (sudo ops)`, `ops (uid 1000)`."""
        how = {"sudo": f" (sudo {self.login})", "limited": f" (uid {self.uid})"}
        return self.account + how.get(self.privilege, "") if self.account else ""

    @property
    def clock(self) -> str:
        """What is wrong with the host's clock, for a report; nothing where it is right, or not known."""
        return f"{self.skew:+d} s" if abs(self.skew or 0) > SMALL_SKEW else ""

    @property
    def refused(self) -> tuple[str, ...]:
        """The commands that the host did not permit."""
        failed = ((text, answer) for text, answer in self.answers.items() if answer.status)
        return tuple(text for text, answer in failed if any(words in answer.stderr.lower() for words in REFUSED))

    @property
    def digest(self) -> str:
        """SHA-256 over the canonical JSON of everything else in the transcript."""
        return "sha256:" + hashlib.sha256(canonical(transcript_json.body(self))).hexdigest()

    def save(self, folder: Path) -> Path:
        """Write it sealed, for its owner alone, whole or not at all."""
        content = canonical({**transcript_json.body(self), "digest": self.digest})
        return write_whole(folder / f"{safe_name(self.object)}{SUFFIX}", sealed.seal(content))

    def save_open(self, folder: Path) -> Path:
        """Write it as JSON that a person can read and any tool can check, for its owner alone."""
        content = transcript_json.readable({**transcript_json.body(self), "digest": self.digest})
        return write_whole(folder / f"{safe_name(self.object)}{OPEN_SUFFIX}", content)

    @classmethod
    def load(cls, path: Path) -> "Transcript":
        """Read a saved transcript, sealed or open; one that was altered since is refused."""
        where = str(path)
        try:
            content = path.read_bytes()
            page = sealed.opened(content, where) if sealed.is_sealed(content) else content
            values, stated = transcript_json.values(page, where, trusted=page is not content)
            transcript = cls(**values)
            actual = transcript.digest
        except OSError as error:
            raise BadInput("AW-transcript-unreadable", where=where, error=error.strerror) from error
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise BadInput("AW-transcript-unreadable", where=where, error=error) from error
        if stated != actual:
            raise BadInput("AW-transcript-altered", where=where, stated=stated, actual=actual)
        return transcript


def saved(folder: Path) -> list[Transcript]:
    """The transcripts of a folder, sealed or open, in the order of their names."""
    paths = [path for path in sorted(folder.glob("*")) if path.suffix in (SUFFIX, OPEN_SUFFIX) and path.is_file()]
    found: dict[str, Transcript] = {}
    for path in paths:
        said = Transcript.load(path)
        if found.setdefault(said.object, said).digest != said.digest:
            raise BadInput("AW-transcript-twice", where=str(path), object=said.object)
    return list(found.values())
