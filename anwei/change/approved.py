"""Whether a change is approved: the statements beside it, the trust file, and the authors that git names."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from anwei.approval import approvals, counting, repository, trust
from anwei.approval.approvals import Verdict
from anwei.approval.counting import Authors, Tally
from anwei.approval.model import PURPOSES, Trust
from anwei.approval.statement import Statement, Subject


@dataclass(frozen=True)
class Approval:
    """What was found: every file's verdict, the count, and the trust file that decided it."""

    verdicts: tuple[Verdict, ...]
    tally: Tally
    authors: Authors
    trust: Trust

    def as_record(self) -> dict[str, object]:
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


def commit_of(folder: Path, purposes: Collection[str]) -> str:
    """The commit that most good signatures name. With none that is good, what is claimed: the gate says why not."""
    trusted, now = trust.load(), datetime.now(UTC)
    good = [said for said in _claims(folder, purposes) if _is_good(folder, trusted, said, now)]
    return _most(good or _claims(folder, purposes))


def claimed_commit(folder: Path, plan: str) -> str:
    """The commit that most statements about a plan name, for who has no trust file at hand. It proves nothing."""
    return _most([said for said in _claims(folder, PURPOSES) if said.plan == plan])


def _claims(folder: Path, purposes: Collection[str]) -> list[Statement]:
    """What the statements for some purposes say."""
    return [said for said in approvals.claims(folder / approvals.FOLDER) if said.purpose in purposes]


def _is_good(folder: Path, trusted: Trust, said: Statement, now: datetime) -> bool:
    """Whether a statement is signed by an approver and in force."""
    wanted = Subject(said.purpose, said.change, said.commit, said.plan, said.estate)
    verdicts = approvals.read(folder / approvals.FOLDER, trusted, wanted, now)
    return any(verdict.good and verdict.statement == said for verdict in verdicts)


def _most(said: Sequence[Statement]) -> str:
    """The commit that is named most often."""
    named = Counter(each.commit for each in said)
    return max(named, key=lambda commit: named[commit]) if named else ""
