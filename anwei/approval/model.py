"""Who may approve, and how many of them it takes: plain values."""

from collections.abc import Mapping
from dataclasses import dataclass

RISKS = ("低", "中", "高")
RUN, ROLLBACK, EMERGENCY = PURPOSES = ("run", "rollback", "emergency")


@dataclass(frozen=True, order=True)
class Approver:
    """Somebody whose signature counts. The name is an e-mail address, so that git's authors can be told from it."""

    name: str
    key: str
    roles: tuple[str, ...]
    fingerprint: str


@dataclass(frozen=True)
class Rule:
    """How many people must have signed, and which roles must be among them."""

    count: int
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Version:
    """One version of the trust file that was in force: its number, its digest, and who signed it into force."""

    number: int
    digest: str
    signers: tuple[str, ...]


@dataclass(frozen=True)
class Trust:
    """What the trust file says. `follows` is the digest of the version before, `history` what led here."""

    approvers: tuple[Approver, ...]
    approvals: Mapping[str, Rule]
    emergency: Rule
    rollback: Rule
    changing: int
    longest_days: int
    follows: str
    digest: str
    history: tuple[Version, ...] = ()

    @property
    def version(self) -> int:
        """The number of this version."""
        return len(self.history)

    @property
    def keys(self) -> tuple[str, ...]:
        """The public keys of those who may approve."""
        return tuple(approver.key for approver in self.approvers)

    def rule(self, purpose: str, risk: str) -> Rule:
        """What a change of `risk` needs for `purpose`."""
        return {RUN: self.approvals[risk], ROLLBACK: self.rollback, EMERGENCY: self.emergency}[purpose]

    def holder(self, key: str) -> Approver:
        """Whose key it is."""
        return next(approver for approver in self.approvers if approver.key == key)
