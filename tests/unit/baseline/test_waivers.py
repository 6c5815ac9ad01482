"""Waivers excuse what they name, for as long as they last, and hide nothing."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from anwei.baseline import checking
from anwei.baseline.result import Assessment, Outcome, Result
from anwei.baseline.waivers import Waivers
from tests.unit.baseline.machine import CATALOGUE, SSHD, TAKEN, transcript

BAD = transcript({"/usr/sbin/sshd -T": SSHD.replace("permitrootlogin no", "permitrootlogin yes")})
ROOT_LOGIN = "LNX-ACb-02"
ROW = {
    "clause": "8.1.4.2 b",
    "objects": ["web1"],
    "reason": "堡垒机改造中",
    "measure": "只允许堡垒机地址登录",
    "approver": "anquan-1",
    "until": "2026-11-21",
}


def assessed(*rows: dict[str, Any]) -> Assessment:
    """Two hosts with the same finding, and one of them with a service that has it too."""
    said = {name: replace(BAD, object=name) for name in ("web1", "db1")}
    found = checking.assess(CATALOGUE, "estate", said, TAKEN)
    service = replace(found.objects[1], name="db1/mysql", type="mysql")
    both = replace(found, objects=(*found.objects, service))
    return Waivers(rows, {"web1": ("web", "all"), "db1": ("db", "all")}).applied(both)


def result(found: Assessment, name: str, check: str = ROOT_LOGIN) -> Result:
    return next(
        each for about in found.objects if about.name == name for each in about.results if each.check.id == check
    )


def test_a_waived_finding_is_shown_with_its_waiver_and_counted_apart() -> None:
    found = assessed(ROW)
    waived = result(found, "web1")
    assert (waived.outcome, waived.is_waived, waived.is_finding) == (Outcome.NOT_MET, True, False)
    assert waived.waiver is not None
    assert (waived.waiver.reason, waived.waiver.until) == ("堡垒机改造中", date(2026, 11, 21))
    assert [each.check.id for each in found.objects[0].waived] == [ROOT_LOGIN]
    assert ROOT_LOGIN not in [each.check.id for each in found.objects[0].findings]
    assert result(found, "db1").is_finding


def test_an_expired_waiver_excuses_nothing_and_says_so() -> None:
    expired = result(assessed(ROW | {"until": "2026-11-20"}), "web1")
    assert expired.is_finding
    assert expired.waiver is not None
    assert expired.waiver.expired


def test_the_judgement_of_the_unit_stays_what_it_is() -> None:
    assert assessed(ROW).objects[0].units == assessed().objects[0].units


@pytest.mark.parametrize(
    ("objects", "waived"),
    [
        (["web1"], {"web1"}),
        (["db1"], {"db1", "db1/mysql"}),
        (["db1/mysql"], {"db1/mysql"}),
        (["db1/linux"], {"db1"}),
        (["db"], {"db1", "db1/mysql"}),
        (["db/mysql"], {"db1/mysql"}),
        (["all"], {"web1", "db1", "db1/mysql"}),
        (["web"], {"web1"}),
        (["web11", "eb1"], set()),
    ],
)
def test_it_is_for_the_objects_that_it_names(objects: list[str], waived: set[str]) -> None:
    found = assessed(ROW | {"objects": objects})
    assert {each.name for each in found.objects if result(found, each.name).is_waived} == waived


@pytest.mark.parametrize(
    ("change", "waived"),
    [
        ({"clause": "8.1.4.2 a"}, False),
        ({"clause": "7.1.4.2 b"}, False),
        ({"check": ROOT_LOGIN}, True),
        ({"check": "LNX-ACb-01"}, False),
    ],
)
def test_it_is_for_the_clause_and_the_check_that_it_names(change: dict[str, str], waived: bool) -> None:
    assert result(assessed(ROW | change), "web1").is_waived is waived


def test_what_is_met_needs_no_waiver() -> None:
    assert result(assessed(ROW | {"clause": "8.1.4.1 c"}), "web1", "LNX-IAc-01").waiver is None


def test_of_several_the_one_that_lasts_longest_counts() -> None:
    rows = [ROW | {"until": "2026-01-01"}, ROW | {"until": "2027-01-01", "reason": "新的"}, ROW]
    waived = result(assessed(*rows), "web1").waiver
    assert waived is not None
    assert (waived.reason, waived.expired) == ("新的", False)
