from dataclasses import replace

from anwei.baseline.result import ObjectAssessment, Result
from anwei.report import arrange
from tests.sample_assessments import HIGH, LOW, MANUAL, MEDIUM, MET, NOT_MET, assessment, check, sample


def test_checks_stand_in_the_order_of_the_clauses_as_numbers() -> None:
    clauses = [found.unit.clause for found in arrange.checks_by_clause(sample())]
    assert clauses[0] == "8.1.4.1 a"
    assert clauses.index("8.1.4.2 a") < clauses.index("8.1.4.10 a")
    points = [name for name, _ in arrange.control_points(arrange.checks_by_clause(sample()))]
    assert len(points) == len(set(points))


def test_a_check_that_only_a_result_knows_is_not_lost() -> None:
    unlisted = check("LNX-IAc-01")
    run = assessment(ObjectAssessment("a", results=(Result(unlisted, NOT_MET, "telnet"),)), checks=(check("LNX-IAa-01"),))
    assert unlisted in arrange.checks_by_clause(run)
    assert [found.check for found in arrange.open_findings(run)] == [unlisted]


def test_every_finding_is_told_exactly_once() -> None:
    run = sample()
    told = [
        (host.name, finding.check.id, sighting.observed, sighting.commands)
        for finding in arrange.open_findings(run)
        for sighting in finding.sightings
        for host in sighting.hosts
    ]
    found = [(host.name, result.check.id, result.observed, result.commands) for host, result in run.findings]
    assert len(found) > 50
    assert sorted(told) == sorted(found)


def test_the_worst_comes_first() -> None:
    base = check("LNX-IAa-03")
    low, medium = replace(base, id="low", severity=LOW), replace(base, id="medium", severity=MEDIUM)
    high, many = replace(base, id="high", severity=HIGH), replace(base, id="many", severity=HIGH)
    case = replace(base, id="case", severity=HIGH, high_risk_case="6.4.1.1")
    first = ObjectAssessment("a", results=tuple(Result(each, NOT_MET, "x") for each in (low, medium, high, case, many)))
    second = ObjectAssessment("b", results=(Result(many, NOT_MET, "x"), Result(low, MET, "y")))
    found = arrange.open_findings(assessment(first, second))
    assert [finding.check.id for finding in found] == ["case", "many", "high", "medium", "low"]
    assert [finding.host_count for finding in found] == [1, 2, 1, 1, 1]


def test_hosts_that_showed_the_same_share_a_sighting_and_the_commonest_comes_first() -> None:
    one = check("LNX-IAa-01")
    seen = {"a": "rare", "b": "common", "c": "common"}
    hosts = [ObjectAssessment(name, results=(Result(one, NOT_MET, text, ("cat x",)),)) for name, text in seen.items()]
    (finding,) = arrange.open_findings(assessment(*hosts))
    assert [(s.observed, [host.name for host in s.hosts]) for s in finding.sightings] == [
        ("common", ["b", "c"]),
        ("rare", ["a"]),
    ]


def test_the_same_words_from_another_command_are_another_sighting() -> None:
    one = check("LNX-IAa-01")
    hosts = [ObjectAssessment(name, results=(Result(one, NOT_MET, "x", (f"cat {name}",)),)) for name in "ab"]
    (finding,) = arrange.open_findings(assessment(*hosts))
    assert [sighting.commands for sighting in finding.sightings] == [("cat a",), ("cat b",)]


def test_counts_add_up() -> None:
    results = [result for host in sample().objects for result in host.results]
    assert arrange.outcomes(results).total() == len(results)
    assert arrange.severities(results).total() == arrange.outcomes(results)[NOT_MET]
    by_check = arrange.outcomes_by_check(results)
    assert sum(tally.total() for tally in by_check.values()) == len(results)
    assert by_check["LNX-ACc-01"][MANUAL] == 12


def test_commands_are_numbered_from_one_in_order_of_use() -> None:
    results = (Result(check("LNX-IAa-01"), MET, "", ("b", "a")), Result(check("LNX-IAa-02"), MET, "", ("a", "c")))
    assert arrange.numbered_commands([ObjectAssessment("x", results=results)]) == {"b": 1, "a": 2, "c": 3}
