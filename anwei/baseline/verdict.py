"""What a check function returns: an outcome and the sentence that quotes what was seen."""

from dataclasses import dataclass

from anwei.baseline.result import Outcome
from anwei.texts import text


@dataclass(frozen=True)
class Verdict:
    """The outcome of one check on one host."""

    outcome: Outcome
    observed: str


def met(key: str, **values: object) -> Verdict:
    """What was seen is as expected."""
    return Verdict(Outcome.MET, text(f"verdict.{key}", **values))


def not_met(key: str, **values: object) -> Verdict:
    """What was seen is not as expected."""
    return Verdict(Outcome.NOT_MET, text(f"verdict.{key}", **values))


def not_applicable(key: str, **values: object) -> Verdict:
    """The check does not apply to this object, and the sentence says why."""
    return Verdict(Outcome.NOT_APPLICABLE, text(f"verdict.{key}", **values))


def manual(key: str, **values: object) -> Verdict:
    """What was seen does not suffice for a verdict; a person has to look."""
    return Verdict(Outcome.MANUAL, text(f"verdict.{key}", **values))


class NotReadableError(Exception):
    """A check could not read what it needs: never a finding, always for a person to look at."""

    def __init__(self, command: str, why: str) -> None:
        self.command = command
        self.why = why
        super().__init__(f"{command}: {why}")
