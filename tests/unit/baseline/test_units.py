"""The units as data, held against the numbers that `standard.py` has typed apart from them, both ways."""

import re
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from anwei.baseline import catalogue, units
from anwei.baseline.units import LEVELS, Requirement
from anwei.errors import BadInput
from tests.unit.baseline import standard

Change = Callable[[dict[str, Any]], object]

COUNTS = {
    3: {"CES": 34, "CNS": 8, "ABS": 20, "SMC": 12},
    2: {"CES": 23, "CNS": 4, "ABS": 11, "SMC": 4},
}


def loaded(level: int, folder: Path = catalogue.MLPS) -> dict[str, Requirement]:
    return {each.unit.id: each for each in units.load(level, folder)}


def found(level: int, folder: Path = catalogue.MLPS) -> list[standard.Row]:
    """What the data says, in the form of the table that was typed apart from it."""
    return [
        standard.Row(
            each.name, each.unit.id, each.unit.clause, each.rule, tuple(case.number for case in each.high_risk)
        )
        for each in units.load(level, folder)
    ]


@pytest.mark.parametrize("level", LEVELS)
def test_no_unit_is_missing_and_none_is_invented(level: int) -> None:
    assert sorted(found(level)) == sorted(standard.rows(level))
    assert Counter(each.area.code for each in loaded(level).values()) == COUNTS[level]


def test_the_number_that_the_standard_left_out_is_nowhere() -> None:
    assert "CES1-16" not in "".join(loaded(3))
    assert "L3-CES1-16" not in [each.name for each in loaded(2).values()]


@pytest.mark.parametrize("level", LEVELS)
def test_control_points_are_numbered_as_the_level_does(level: int) -> None:
    for each in loaded(level).values():
        assert each.unit.clause.split()[0] == each.control_point.number
        assert each.control_point.number.startswith(f"{each.area.number}.")
        assert each.unit.control_point == each.control_point.name
    points = {each.control_point.name: each.control_point.number for each in loaded(level).values()}
    shifted = {3: ("8.1.4.8", "8.1.4.9", "8.1.4.11"), 2: (None, "7.1.4.8", "7.1.4.10")}[level]
    assert tuple(points.get(name) for name in ("数据保密性", "数据备份恢复", "个人信息保护")) == shifted
    of_computing = {each.control_point.number for each in loaded(level).values() if each.area.code == "CES"}
    assert len(of_computing) == {3: 11, 2: 10}[level]


def test_sub_checks_are_as_many_as_the_fact_base_says() -> None:
    level_3 = loaded(3)
    assert {name: len(level_3[name].sub_checks) for name in standard.SUB_CHECKS} == standard.SUB_CHECKS
    for level in LEVELS:
        for each in loaded(level).values():
            assert each.rule != "single" or len(each.sub_checks) == 1
            assert (each.rule == "special") == bool(each.rule_words)
    assert level_3["L3-CES1-23"].rule_words == "（1 且 3）或（2 且 3）"


def test_what_the_fact_base_does_not_count_is_marked_as_inferred() -> None:
    for name, each in loaded(3).items():
        stated = name in standard.SUB_CHECKS or each.rule == "single"
        marked = each.certainty_of.get("sub_checks", each.certainty)
        assert (marked == "V") == (stated and name != "L3-CES1-23"), name
        if each.area.code != "CES":
            assert each.certainty_of["objects"] == "I"
            assert (each.certainty_of["rule"] == "I") == (name != "L3-SMC1-08")
    level_2 = {name: each.certainty_of.get("rule", "V") for name, each in loaded(2).items() if "CES" in name}
    assert {name for name, marked in level_2.items() if marked != "V"} == {"L2-CES1-16", "L2-CES1-21"}


def test_objects_are_those_of_the_fact_base() -> None:
    for name, each in loaded(3).items():
        if each.area.code == "CES":
            assert set(each.objects) == set(standard.OBJECTS.get(name, standard.ALL)), name


@pytest.mark.parametrize("level", LEVELS)
def test_high_risk_cases_have_the_form_of_the_guide_and_its_conditions(level: int) -> None:
    cases = [case for each in loaded(level).values() for case in each.high_risk]
    assert all(re.fullmatch(r"6\.[2-5]\.\d\.\d", case.number) for case in cases)
    assert {case.number: case.only for case in cases if case.only} == (standard.CONDITIONS if level == 3 else {})
    assert all(case.from_level <= level for case in cases)


def test_words_are_short_ours_to_ask_and_without_a_gap() -> None:
    for level in LEVELS:
        for each in loaded(level).values():
            assert 4 <= len(each.unit.title) <= 40
            assert len(set(each.sub_checks)) == len(each.sub_checks)
            assert each.ask
            assert all(re.match("(访谈|文档|现场|测试)：.", words) for words in each.ask)


def test_every_check_belongs_to_a_unit_of_the_levels_it_exists_at() -> None:
    for level in LEVELS:
        known = {each.unit for each in loaded(level).values()}
        assert {check.unit for check in catalogue.load(level).checks} <= known


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the data to spoil."""
    copy = tmp_path / "mlps"
    shutil.copytree(catalogue.MLPS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def spoil(folder: Path, page: str, change: Change) -> None:
    written = yaml.safe_load((folder / page).read_text())
    change(written)
    (folder / page).write_text(yaml.safe_dump(written, allow_unicode=True))


def row(page: Mapping[str, Any], name: str) -> dict[str, Any]:
    rows = [each for area in page["classes"] for point in area["control_points"] for each in point["units"]]
    found: dict[str, Any] = next(each for each in rows if each["id"][3] == name)
    return found


def without_level_2(page: Mapping[str, Any], name: str) -> None:
    for key in ("id", "clause"):
        row(page, name)[key].pop(2)


@pytest.mark.parametrize(
    "change",
    [
        lambda page: row(page, "L3-CES1-17")["id"].update({3: "L3-CES1-16"}),
        lambda page: row(page, "L3-CES1-31")["clause"].update({3: "8.1.4.9 d"}),
        lambda page: row(page, "L3-CES1-09").update(rule="or"),
        lambda page: row(page, "L3-CES1-29")["high_risk"][0].pop("from"),
        lambda page: without_level_2(page, "L3-CES1-07"),
        lambda page: page["classes"][0]["control_points"].pop(),
        lambda page: (
            row(page, "L3-CES1-04")["id"].update({2: "L2-CES1-24"})
            or row(page, "L3-CES1-04")["clause"].update({2: "7.1.4.1 d"})
        ),
    ],
    ids=["number", "clause", "rule", "case", "missing at level 2", "missing control point", "invented at level 2"],
)
def test_one_spoilt_row_of_sound_form_differs_from_the_standard(folder: Path, change: Change) -> None:
    spoil(folder, units.PAGE, change)
    assert any(sorted(found(level, folder)) != sorted(standard.rows(level)) for level in LEVELS)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda page: row(page, "L3-CES1-02")["id"].update({2: "L2-CES1-01"}), "L2-CES1-01: twice"),
        (lambda page: row(page, "L3-CES1-02")["clause"].update({3: "8.1.4.1 a"}), "8.1.4.1 a: twice"),
        (lambda page: row(page, "L3-CES1-02")["clause"].update({2: "7.1.4.2 b"}), "L2-CES1-02: clause 7.1.4.2 b"),
        (lambda page: row(page, "L3-CES1-02")["clause"].pop(2), "L3-CES1-02: id and clause"),
        (lambda page: row(page, "L3-CES1-02")["id"].update({3: "L3-ABS1-99"}), "L3-ABS1-99: not of class CES"),
        (lambda page: row(page, "L3-CES1-02")["id"].update({3: "L2-CES1-99"}), "L2-CES1-99"),
        (lambda page: row(page, "L3-CES1-02")["id"].update({4: "L4-CES1-02"}), "'4' was unexpected"),
        (lambda page: row(page, "L3-CES1-02").update(rule="single"), "L3-CES1-02: rule single with 3"),
        (lambda page: row(page, "L3-CES1-13").update(rule="or"), "L3-CES1-13: rule or with 1"),
        (lambda page: row(page, "L3-CES1-02").update(rule="most"), "most"),
        (lambda page: row(page, "L3-CES1-25").update(rule={3: "all", 2: "none"}), "none"),
        (lambda page: row(page, "L3-CES1-25").update(rule={3: "all"}), "'2' is a required"),
        (lambda page: row(page, "L3-CES1-23").pop("rule_words"), "L3-CES1-23: rule special"),
        (lambda page: row(page, "L3-CES1-04").update(level_2="same"), "L3-CES1-04: level_2"),
        (lambda page: row(page, "L3-CES1-01").update(title="长" * 41), "title"),
        (lambda page: row(page, "L3-CES1-30")["title"].update({2: "长" * 41}), "title"),
        (lambda page: row(page, "L3-CES1-01").update(titel="x"), "titel"),
        (lambda page: row(page, "L3-CES1-01").pop("ask"), "ask"),
        (lambda page: row(page, "L3-CES1-01").update(ask=["去问一问"]), "去问一问"),
        (lambda page: row(page, "L3-CES1-01").update(objects=["OS", "PRINTER"]), "PRINTER"),
        (lambda page: row(page, "L3-CES1-01").update(certainty="sure"), "sure"),
        (lambda page: row(page, "L3-CES1-01").update(certainty_of={"clause": "I"}), "clause"),
        (lambda page: row(page, "L3-CES1-01").update(high_risk=[{"case": "6.4.1"}]), "6.4.1"),
        (lambda page: row(page, "L3-CES1-04").update(high_risk=[{"case": "6.4.1.3", "from": 4}]), "from"),
    ],
)
def test_a_slip_in_the_units_is_named_and_all_of_it_refused(folder: Path, change: Change, named: str) -> None:
    spoil(folder, units.PAGE, change)
    with pytest.raises(BadInput) as refused:
        catalogue.load(3, folder)
    assert refused.value.code == "AW-catalogue"
    assert named in str(refused.value)
    assert "units.yml" in refused.value.where


def test_a_check_whose_unit_only_level_3_has_is_not_made_at_level_2(folder: Path) -> None:
    spoil(folder, "linux/checks.yml", lambda page: page["checks"][0].update(unit="L3-CES1-10", sub_checks=[1]))
    names = {level: [check.id for check in catalogue.load(level, folder).checks] for level in LEVELS}
    known = {each.name for each in units.load(2, folder)}
    only = {check.id for check in catalogue.load(3, folder).checks if check.unit.id not in known}
    assert "LNX-IAa-01" in only
    assert names[2] == [name for name in names[3] if name not in only]


def test_a_high_risk_case_that_begins_at_level_3_is_not_told_at_level_2(folder: Path) -> None:
    spoil(folder, "linux/checks.yml", lambda page: page["checks"][0].update(high_risk_case="6.5.1.2"))
    checks = {level: {each.id: each for each in catalogue.load(level, folder).checks} for level in LEVELS}
    cases = {level: checks[level]["LNX-IAa-01"].high_risk_case for level in LEVELS}
    assert cases == {3: "6.5.1.2", 2: ""}


def test_the_number_in_the_report_is_the_number_of_units_in_the_data(folder: Path) -> None:
    spoil(folder, units.PAGE, lambda page: page["classes"][0]["control_points"].pop())
    counts = [[catalogue.load(level, each).units_in_standard for level in LEVELS] for each in (catalogue.MLPS, folder)]
    assert [before - after for before, after in zip(*counts, strict=True)] == [2, 2]
