"""Whether a change is approved: the statements beside it, the trust file, and the authors that git names."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from anwei.approval import approvals, counting, repository, trust
from anwei.approval.approvals import Verdict
from anwei.approval.counting import Authors, Tally
from anwei.approval.model import Trust
from anwei.approval.statement import Subject


@dataclass(frozen=True)
class Approval:
    """What was found: every file's verdict, the count, and the trust file that decided it."""

    verdicts: tuple[Verdict, ...]
    tally: Tally
    authors: Authors
    trust: Trust

    def as_record(self) -> dict[str, Any]:
        """What the record keeps of it."""
        good = [(each.approver, each.statement) for each in self.verdicts if each.good]
        return {
            "approvals": [
                {
                    "name": approver.name,
                    "roles": list(approver.roles),
                    "fingerprint": approver.fingerprint,
                    "expires": statement.as_dict()["expires"],
                }
                for approver, statement in good
                if approver and statement
            ],
            "authors": sorted(self.authors.emails),
            "trust": self.trust.digest,
        }


def judge(folder: Path, wanted: Subject, risk: str, *, extra: int = 0, now: datetime | None = None) -> Approval:
    """Hold the statements in a change's folder against what is wanted; git is asked in the runner's own repository."""
    trusted = trust.load()
    verdicts = approvals.read(folder / approvals.FOLDER, trusted, wanted, now or datetime.now(UTC))
    authors = repository.authors(repository.own(), wanted.commit, f"changes/{wanted.change}")
    tally = counting.tally(approvals.good(verdicts), trusted.rule(wanted.purpose, risk), authors, extra)
    return Approval(tuple(verdicts), tally, authors, trusted)


def commit_of(folder: Path, purpose: Iterable[str], plan: str = "") -> str:
    """The commit that most statements for a purpose (and a plan) name. Only a hint where to look: none was verified."""
    claims = [said for said in approvals.claims(folder / approvals.FOLDER) if plan in ("", said.plan)]
    named = Counter(said.commit for said in claims if said.purpose in purpose)
    return max(named, key=lambda commit: named[commit]) if named else ""
