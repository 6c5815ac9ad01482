"""The judgement of a unit: what was not positively shown is never 符合, and one finding is never hidden."""

import itertools
from typing import Any

import pytest

from anwei.baseline import catalogue, judging, units
from anwei.baseline.result import Check, Judgement, Outcome, Result, Severity

MET, NOT_MET, NOT_APPLICABLE, MANUAL = Outcome.MET, Outcome.NOT_MET, Outcome.NOT_APPLICABLE, Outcome.MANUAL
REQUIRED = {each.name: each for each in units.load(3, catalogue.MLPS)}
ALL, SINGLE, OR, SPECIAL = (REQUIRED[f"L3-CES1-{number}"] for number in ("02", "03", "06", "23"))


@pytest.mark.parametrize(
    ("outcomes", "shown", "expected"),
    [
        ([], True, MANUAL),
        ([MET], True, MET),
        ([MET], False, MANUAL),
        ([MET, MANUAL], True, MANUAL),
        ([MET, MANUAL, NOT_MET], True, NOT_MET),
        ([NOT_MET], False, NOT_MET),
        ([NOT_APPLICABLE], False, NOT_APPLICABLE),
        ([NOT_APPLICABLE, MET], True, MET),
    ],
)
def test_a_sub_check(outcomes: list[Outcome], shown: bool, expected: Outcome) -> None:
    assert judging.sub_check(outcomes, shown=shown) is expected


@pytest.mark.parametrize(
    ("required", "outcomes", "expected"),
    [
        (ALL, [MET, MET, MET], Judgement.MET),
        (ALL, [MET, MET, NOT_APPLICABLE], Judgement.MET),
        (ALL, [MET, MET, MANUAL], Judgement.OPEN),
        (ALL, [MET, NOT_MET, MANUAL], Judgement.PARTLY),
        (ALL, [MANUAL, NOT_MET, MANUAL], Judgement.NOT_ALL),
        (ALL, [NOT_MET, NOT_MET, NOT_MET], Judgement.NOT_MET),
        (ALL, [NOT_APPLICABLE] * 3, Judgement.NOT_APPLICABLE),
        (SINGLE, [MET], Judgement.MET),
        (SINGLE, [NOT_MET], Judgement.NOT_MET),
        (SINGLE, [MANUAL], Judgement.OPEN),
        (OR, [NOT_MET, MET], Judgement.MET),
        (OR, [NOT_MET, MANUAL], Judgement.OPEN),
        (OR, [NOT_MET, NOT_MET], Judgement.NOT_MET),
        (SPECIAL, [MET, NOT_MET, MET], Judgement.MET),
        (SPECIAL, [NOT_MET, MET, MET], Judgement.MET),
        (SPECIAL, [MET, NOT_MET, MANUAL], Judgement.OPEN),
        (SPECIAL, [MET, MET, NOT_MET], Judgement.PARTLY),
        (SPECIAL, [NOT_MET, NOT_MET, MANUAL], Judgement.NOT_ALL),
    ],
)
def test_a_unit_by_its_rule(required: Any, outcomes: list[Outcome], expected: Judgement) -> None:
    assert judging.judgement(required, outcomes) is expected


@pytest.mark.parametrize("required", REQUIRED.values(), ids=REQUIRED)
def test_no_unit_is_met_by_what_a_person_has_still_to_look_at(required: Any) -> None:
    for outcomes in itertools.product(Outcome, repeat=len(required.sub_checks)):
        found = judging.judgement(required, outcomes)
        if found is Judgement.MET:
            assert MET in outcomes or NOT_APPLICABLE in outcomes
            assert required.rule in ("or", "special") or not {NOT_MET, MANUAL} & set(outcomes)
        if required.rule == "single":
            assert found not in (Judgement.PARTLY, Judgement.NOT_ALL)


def test_only_units_that_the_standard_asks_of_this_kind_of_object_are_judged() -> None:
    of_databases = {each.unit.id for each in judging.judged(list(REQUIRED.values()), "DB", [], {})}
    assert "L3-CES1-01" in of_databases
    assert not {"L3-CES1-17", "L3-CES1-18", "L3-CES1-19", "L3-CES1-23"} & of_databases


def test_every_check_of_a_sub_check_counts() -> None:
    def result(name: str, outcome: Outcome, *sub_checks: int) -> Result:
        return Result(Check(name, name, ALL.unit, Severity.HIGH, "", "V", sub_checks=sub_checks), outcome, "")

    shown = {"L3-CES1-02": {1, 2, 3}}
    good = [result("a", MET, 1, 2), result("b", MET, 3)]
    (unit,) = judging.judged([ALL], "OS", good, shown)
    assert (unit.judgement, unit.sub_checks) == (Judgement.MET, (MET, MET, MET))
    (unit,) = judging.judged([ALL], "OS", [*good, result("c", NOT_MET, 2)], shown)
    assert (unit.judgement, unit.sub_checks) == (Judgement.PARTLY, (MET, NOT_MET, MET))
