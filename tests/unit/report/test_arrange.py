from dataclasses import replace
from datetime import date

from anwei.baseline.result import ObjectAssessment, Outcome, Result, UnitResult, Waiver
from anwei.report import arrange
from tests.sample_assessments import HIGH, LOW, MEDIUM, MET, NOT_MET, assessment, check, sample

WAIVER = Waiver("等待厂商补丁", "只允许堡垒机访问", "anquan-1", date(2027, 1, 1), expired=False)


def found_in(*objects: ObjectAssessment) -> list[arrange.OpenFinding]:
    return arrange.open_findings(arrange.sightings(assessment(*objects)))


def test_units_and_checks_stand_in_the_order_of_the_clauses_as_numbers() -> None:
    group = arrange.groups(sample())[0]
    clauses = [unit.clause for unit in group.units]
    assert clauses[0] == "8.1.4.1 a"
    assert clauses.index("8.1.4.2 a") < clauses.index("8.1.4.10 a")
    points = [name for name, _ in arrange.control_points(group.units)]
    assert len(points) == len(set(points))


def test_objects_are_grouped_by_type_and_those_not_reached_are_in_none() -> None:
    run = sample()
    groups = arrange.groups(run)
    assert [(each.code, len(each.objects)) for each in groups] == [("linux", 12), ("mysql", 1), ("nginx", 1)]
    assert [each.number for each in groups] == [1, 2, 3]
    assert sum(len(each.objects) for each in groups) + len(run.unreachable) == len(run.objects)


def test_checks_that_no_unit_of_the_type_is_judged_by_are_supplementary() -> None:
    groups = {each.code: each for each in arrange.groups(sample())}
    assert groups["linux"].supplementary == ()
    assert len(groups["mysql"].supplementary) == 2
    alone = ObjectAssessment("a", results=(Result(check("LNX-IAa-01"), MET, ""),))
    assert arrange.groups(assessment(alone))[0].supplementary == (check("LNX-IAa-01"),)


def test_a_check_that_only_a_result_knows_is_not_lost() -> None:
    unlisted = check("LNX-IAc-01")
    about = ObjectAssessment("a", results=(Result(unlisted, NOT_MET, "telnet"),))
    assert [each.check for each in found_in(about)] == [unlisted]


def test_every_finding_is_told_exactly_once() -> None:
    run = sample()
    told = [
        (about.name, finding.check.id, sighting.result.observed, sighting.result.commands)
        for finding in arrange.open_findings(arrange.sightings(run))
        for sighting in finding.sightings
        for about in sighting.objects
    ]
    found = [(about.name, result.check.id, result.observed, result.commands) for about, result in run.findings]
    assert len(found) > 50
    assert sorted(told) == sorted(found)


def test_the_worst_comes_first() -> None:
    base = check("LNX-IAa-03")
    low, medium = replace(base, id="low", severity=LOW), replace(base, id="medium", severity=MEDIUM)
    high, many = replace(base, id="high", severity=HIGH), replace(base, id="many", severity=HIGH)
    case = replace(base, id="case", severity=HIGH, high_risk_case="6.4.1.1")
    first = ObjectAssessment("a", results=tuple(Result(each, NOT_MET, "x") for each in (low, medium, high, case, many)))
    second = ObjectAssessment("b", results=(Result(many, NOT_MET, "x"), Result(low, MET, "y")))
    found = found_in(first, second)
    assert [finding.check.id for finding in found] == ["case", "many", "high", "medium", "low"]
    assert [finding.object_count for finding in found] == [1, 2, 1, 1, 1]


def test_objects_that_showed_the_same_share_a_sighting_and_the_commonest_comes_first() -> None:
    one = check("LNX-IAa-01")
    seen = {"a": "rare", "b": "common", "c": "common"}
    objects = [ObjectAssessment(name, results=(Result(one, NOT_MET, text, ("cat x",)),)) for name, text in seen.items()]
    (finding,) = found_in(*objects)
    assert [(each.result.observed, [about.name for about in each.objects]) for each in finding.sightings] == [
        ("common", ["b", "c"]),
        ("rare", ["a"]),
    ]


def test_the_same_words_from_another_command_or_with_another_outcome_are_another_sighting() -> None:
    one = check("LNX-IAa-01")
    said = [("a", NOT_MET, "cat a"), ("b", NOT_MET, "cat b"), ("c", MET, "cat a")]
    objects = [ObjectAssessment(name, results=(Result(one, outcome, "x", (by,)),)) for name, outcome, by in said]
    assert len(arrange.sightings(assessment(*objects))[one.id]) == 3
    assert [sighting.result.commands for sighting in found_in(*objects)[0].sightings] == [("cat a",), ("cat b",)]


def test_waived_findings_are_apart_and_expired_waivers_excuse_nothing() -> None:
    one = check("LNX-IAa-01")
    late = replace(WAIVER, expired=True)
    objects = [
        ObjectAssessment(name, results=(Result(one, NOT_MET, "x", (), each),))
        for name, each in (("plain", None), ("waived", WAIVER), ("late", late))
    ]
    seen = arrange.sightings(assessment(*objects))
    names = [about.name for each in arrange.open_findings(seen)[0].sightings for about in each.objects]
    assert names == ["plain", "late"]
    (excused,) = arrange.waived(seen)
    assert [about.name for each in excused.sightings for about in each.objects] == ["waived"]
    assert arrange.severities(each.results[0] for each in objects)[one.severity] == 2


def test_sightings_are_numbered_once() -> None:
    numbers = [each.number for own in arrange.sightings(sample()).values() for each in own]
    assert sorted(numbers) == [*range(1, len(numbers) + 1)]


def test_facts_of_a_type_are_those_of_all_its_objects() -> None:
    objects = [ObjectAssessment("a", {"version": "1"}), ObjectAssessment("b", {"port": "3306", "version": "2"})]
    assert arrange.fact_names(arrange.groups(assessment(*objects))[0]) == ("version", "port")


def test_commands_are_numbered_from_one_in_order_of_use() -> None:
    results = (Result(check("LNX-IAa-01"), MET, "", ("b", "a")), Result(check("LNX-IAa-02"), MET, "", ("a", "c")))
    assert arrange.numbered_commands([ObjectAssessment("x", results=results)]) == {"b": 1, "a": 2, "c": 3}


def test_a_unit_that_only_some_objects_have_is_in_the_group() -> None:
    unit = check("LNX-IAa-01").unit
    judged = sample().objects[0].units[0]
    with_unit = ObjectAssessment("a", units=(UnitResult(unit, judged.judgement, (Outcome.MET,)),))
    assert arrange.groups(assessment(ObjectAssessment("b"), with_unit))[0].units == (unit,)
