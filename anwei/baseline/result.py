"""What an assessment found: plain values, made by `checking`, shown by `anwei.report`, never changed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """The four results of a sub-check, in the words of assessors."""

    MET = "满足"
    NOT_MET = "不满足"
    NOT_APPLICABLE = "不适用"
    MANUAL = "需人工核查"


class Severity(StrEnum):
    """How much a finding matters: a proposal of this product, not a standard's."""

    HIGH = "高"
    MEDIUM = "中"
    LOW = "低"


@dataclass(frozen=True)
class Unit:
    """One assessment unit of the standard, e.g. L3-CES1-02 for clause 8.1.4.1 b."""

    id: str
    clause: str
    control_point: str
    title: str


@dataclass(frozen=True)
class Check:
    """What the catalogue says of one check."""

    id: str
    title: str
    unit: Unit
    severity: Severity
    expected: str
    certainty: str
    high_risk_case: str = ""


@dataclass(frozen=True)
class Result:
    """One check on one host: the outcome, a sentence with the value seen, and the commands it rests on."""

    check: Check
    outcome: Outcome
    observed: str
    commands: tuple[str, ...] = ()


@dataclass(frozen=True)
class HostAssessment:
    """All results of one host, or why it could not be reached."""

    name: str
    facts: dict[str, str] = field(default_factory=dict)
    results: tuple[Result, ...] = ()
    unreachable: str = ""
    round_trips: int = 0
    seconds: float = 0.0
    transcript_digest: str = ""

    @property
    def findings(self) -> tuple[Result, ...]:
        """The results that somebody has to mend."""
        return tuple(result for result in self.results if result.outcome is Outcome.NOT_MET)


@dataclass(frozen=True)
class Assessment:
    """One run over an estate."""

    estate: str
    level: int
    taken_at: datetime
    checks: tuple[Check, ...]
    units_in_standard: int
    hosts: tuple[HostAssessment, ...]

    @property
    def findings(self) -> Iterator[tuple[HostAssessment, Result]]:
        """Every open finding with its host, in the order of the hosts."""
        return ((host, result) for host in self.hosts for result in host.findings)

    @property
    def unreachable(self) -> tuple[HostAssessment, ...]:
        """Hosts that gave no evidence."""
        return tuple(host for host in self.hosts if host.unreachable)
