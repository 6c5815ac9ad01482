"""Approving: the statement that an approver signs, about the commit that holds the plan they have read."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from anwei.approval import approvals, git, repository
from anwei.approval.model import EMERGENCY, ROLLBACK, RUN
from anwei.approval.statement import Statement, Subject
from anwei.change import actions, changefile, plan, plan_page
from anwei.change.approved import claimed_commit
from anwei.change.changefile import Change
from anwei.change.progress import progress
from anwei.errors import AnweiError, BadInput
from anwei.estate import load_estate
from anwei.home import ROOT
from anwei.record import Record, store

LONGEST = timedelta(days=30)
SHORTEST = timedelta(days=1)


@dataclass(frozen=True)
class Draft:
    """What is about to be signed, and where the signature goes."""

    statement: Statement
    folder: Path
    hosts: int

    def sign(self, key: Path) -> Path:
        """Sign it; the file of the approval."""
        return approvals.write(self.folder / approvals.FOLDER, self.statement, key)


def draft(name: str, purpose: str = "", note: str = "", checkout: Path = ROOT) -> Draft:
    """The statement about a change. What is not committed cannot be approved: nobody could find it again."""
    change = changefile.load(name, checkout / "changes")
    made = plan.load(change)
    purpose = purpose or (EMERGENCY if change.emergency else RUN)
    commit = _commit(change, purpose, made.digest, checkout)
    if purpose != ROLLBACK:  # what changed since the plan was carried out must not hold up the way back
        plan_page.demand_own(change, actions.named(change["action"]), load_estate(change["estate"]), made)
    now = datetime.now(UTC).replace(microsecond=0)
    subject = Subject(purpose, change.id, commit, made.digest, change["estate"])
    said = Statement(**asdict(subject), signed=now, expires=_expires(change, purpose, now), note=note)
    return Draft(said, change.folder, len(made.hosts))


def head(checkout: Path = ROOT) -> str:
    """The commit that the checkout is at."""
    return git.asked(git.opened(checkout), ["rev-parse", "--verify", "HEAD^{commit}"]).decode().strip()


def demand_committed(name: str, commit: str, checkout: Path, apart_from: Sequence[str] = (approvals.FOLDER,)) -> None:
    """Refuse a change whose folder is not what the commit holds."""
    differing = repository.changed_since(checkout, commit, f"changes/{name}", None, apart_from)
    if differing:
        raise BadInput("AW-change-uncommitted", where=f"changes/{name}", details=differing, change=name)


def _commit(change: Change, purpose: str, digest: str, checkout: Path) -> str:
    """The commit that others signed for this plan, so that all sign the same; else the one that is checked out.

    Nobody verified what others signed: it must not lead an approver to code that they do not have before them. A way
    back is taken with the code that ran, which the record knows: it is asked where there is one. Elsewhere the claims
    are all there is; a false one makes the leave useless, and leads nowhere.
    """
    here, signed = head(checkout), (purpose == ROLLBACK and _ran(change)) or claimed_commit(change.folder, digest)
    commit = signed if signed and (purpose == ROLLBACK or _same(checkout, signed, here, change.id)) else here
    demand_committed(change.id, commit, checkout)
    return commit


def _ran(change: Change) -> str:
    """The commit that a change last ran from, as this node's record has it."""
    return progress(Record.open(change.id).entries()).commit if store.path_of(change.id).exists() else ""


def _same(checkout: Path, one: str, other: str, name: str) -> bool:
    """Whether a change would run the same from two commits: only other changes and approvals differ."""
    place, own = git.opened(checkout), f"changes/{name}/"
    try:
        first, second = (repository.listing(place, commit) for commit in (one, other))
    except AnweiError:  # a commit that is not here
        return False
    differing = (path.decode(errors="replace") for path, _ in first.items() ^ second.items())
    return all(
        path.startswith(f"{own}{approvals.FOLDER}/") if path.startswith(own) else path.startswith("changes/")
        for path in differing
    )


def _expires(change: Change, purpose: str, now: datetime) -> datetime:
    """At the end of the window; a leave to take back holds for a day."""
    end = change.window(load_estate(change["estate"])).end.astimezone(UTC)
    usual = now + SHORTEST if purpose == ROLLBACK or end <= now else end
    return min(usual, now + LONGEST).replace(microsecond=0)
