"""The sentences of a 结果记录: numbered as the sub-checks of the unit, each with what was seen. Always Chinese."""

from collections.abc import Iterator, Sequence

from anwei.baseline.result import Check, ObjectAssessment, Result, UnitResult, Waiver
from anwei.baseline.units import Requirement
from anwei.texts import catalogue, text


def record(unit: UnitResult, about: ObjectAssessment, required: Requirement | None) -> str:
    """What was seen of one unit on one object, sub-check by sub-check."""
    own = [each for each in about.results if each.check.scored and each.check.unit.id == unit.unit.id]
    return "\n".join(_sentences(unit, own, required))


def _sentences(unit: UnitResult, own: Sequence[Result], required: Requirement | None) -> Iterator[str]:
    """One line a sub-check; a check that is about several is told at the first of them."""
    told: dict[str, int] = {}
    for number in range(1, len(unit.sub_checks) + 1):
        results = [each for each in own if number in each.check.sub_checks]
        fresh = [each for each in results if each.check.id not in told]
        again = dict.fromkeys(told[each.check.id] for each in results if each.check.id in told)
        told |= {each.check.id: number for each in fresh}
        said = [observation(each) for each in fresh] + [_say("see", numbers="、".join(map(str, again)))] * bool(again)
        words = required.sub_checks[number - 1] if required else ""
        yield _say("numbered", number=number, said="；".join(said) or _say("nothing", words=words))
    rest = [each for each in own if each.check.id not in told]
    if rest:
        yield _say("besides", said="；".join(map(observation, rest)))


def observation(result: Result) -> str:
    """One check in a clause: its title, what was seen, the outcome, and a waiver where there is one."""
    said = _say("observation", title=result.check.title, observed=result.observed, outcome=result.outcome)
    return f"{said}；{excuse(result.waiver)}" if result.waiver else said


def excuse(waiver: Waiver | None) -> str:
    """What a waiver says; an expired one says that first."""
    if waiver is None:
        return ""
    return _say(
        "expired" if waiver.expired else "excuse",
        reason=waiver.reason,
        measure=waiver.measure,
        approver=waiver.approver,
        until=waiver.until,
    )


def disruption(check: Check) -> str:
    """What the fix disturbs; a word that the texts do not know stands as it is."""
    return catalogue("zh").get(f"report.disruption.{check.disruption}", check.disruption)


def fact_name(key: str) -> str:
    """The name of a fact; a type may have facts that the texts do not name."""
    return catalogue("zh").get(f"report.fact.{key}", key)


def possible_case(check: Check) -> str:
    """The high-risk case that a finding can trigger; whether it does is for the assessors to say."""
    return text("report.high_risk_value", "zh", case=check.high_risk_case) if check.high_risk_case else ""


def _say(key: str, /, **values: object) -> str:
    """A sentence of the record."""
    return text(f"report.record.{key}", "zh", **values)
