"""What an assessment found: plain values, made by `checking`, shown by `anwei.report`, never changed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Outcome(StrEnum):
    """The four results of a sub-check, in the words of assessors."""

    MET = "满足"
    NOT_MET = "不满足"
    NOT_APPLICABLE = "不适用"
    MANUAL = "需人工核查"


MENDABLE = (Outcome.NOT_MET, Outcome.MANUAL)


class Judgement(StrEnum):
    """What is said of one unit on an object; assessors have the first four words. Nothing is met that was not shown."""

    MET = "符合"
    PARTLY = "部分符合"
    NOT_MET = "不符合"
    NOT_APPLICABLE = "不适用"
    NOT_ALL = "不符合或部分符合"
    OPEN = "待确认"


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
    """What the catalogue says of one check.

    `sub_checks` are those of its unit that it is about. It is not scored where the standard asks the unit of other
    objects only.
    """

    id: str
    title: str
    unit: Unit
    severity: Severity
    expected: str
    certainty: str
    high_risk_case: str = ""
    sub_checks: tuple[int, ...] = ()
    scored: bool = True
    fix: str = ""
    disruption: str = ""


@dataclass(frozen=True)
class Waiver:
    """What the site has put down for a finding that it cannot mend yet. Once expired it excuses nothing."""

    reason: str
    measure: str
    approver: str
    until: date
    expired: bool


@dataclass(frozen=True)
class Result:
    """One check on one object: the outcome, a sentence with the value seen, and the commands it rests on."""

    check: Check
    outcome: Outcome
    observed: str
    commands: tuple[str, ...] = ()
    waiver: Waiver | None = None

    @property
    def is_waived(self) -> bool:
        """Whether a waiver is in force for it."""
        return self.waiver is not None and not self.waiver.expired

    @property
    def is_finding(self) -> bool:
        """Whether somebody has to mend it."""
        return self.outcome is Outcome.NOT_MET and not self.is_waived


@dataclass(frozen=True)
class UnitResult:
    """One unit on one object: the judgement, and the outcome of each of its sub-checks."""

    unit: Unit
    judgement: Judgement
    sub_checks: tuple[Outcome, ...]


@dataclass(frozen=True)
class ObjectAssessment:
    """All results of one object (a host, or a service on it), or why its host could not be reached.

    A service has the name of its host before its own, as in `db1/mysql`.
    """

    name: str
    facts: dict[str, str] = field(default_factory=dict)
    results: tuple[Result, ...] = ()
    units: tuple[UnitResult, ...] = ()
    unreachable: str = ""
    round_trips: int = 0
    seconds: float = 0.0
    transcript_digest: str = ""
    type: str = ""
    type_name: str = ""
    taken_at: datetime | None = None

    @property
    def host(self) -> str:
        """The host that it is, or that it is on."""
        return self.name.partition("/")[0]

    @property
    def findings(self) -> tuple[Result, ...]:
        """The results that somebody has to mend."""
        return tuple(result for result in self.results if result.is_finding)

    @property
    def waived(self) -> tuple[Result, ...]:
        """The results that are not met, but excused for now."""
        return tuple(each for each in self.results if each.is_waived and each.outcome is Outcome.NOT_MET)


@dataclass(frozen=True)
class Assessment:
    """One run over an estate."""

    estate: str
    level: int
    taken_at: datetime
    checks: tuple[Check, ...]
    units_in_standard: int
    objects: tuple[ObjectAssessment, ...]

    @property
    def hosts(self) -> int:
        """How many hosts were to be looked at."""
        return len({each.host for each in self.objects})

    @property
    def findings(self) -> Iterator[tuple[ObjectAssessment, Result]]:
        """Every open finding with its object, in the order of the objects."""
        return ((each, result) for each in self.objects for result in each.findings)

    @property
    def unreachable(self) -> tuple[ObjectAssessment, ...]:
        """Hosts that gave no evidence."""
        return tuple(each for each in self.objects if each.unreachable)
