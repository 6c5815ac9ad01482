from anwei.baseline.result import Judgement, ObjectAssessment, UnitResult
from anwei.report import figures
from anwei.report.arrange import groups
from anwei.report.questions import questions, unasked
from tests.sample_assessments import MANUAL, MET, assessment, check, sample

KNOWN = figures.required(3)
OPEN, NONE = Judgement.OPEN, Judgement.NOT_APPLICABLE


def judged(name: str, **units: Judgement) -> ObjectAssessment:
    found = tuple(UnitResult(KNOWN[f"L3-{key}"].unit, each, (MANUAL, MET)) for key, each in units.items())
    return ObjectAssessment(name, units=found, type="x", type_name="X")


def test_the_rate_is_met_by_all_that_applies_and_what_is_open_is_not_met() -> None:
    words = [Judgement.MET, Judgement.PARTLY, Judgement.NOT_MET, Judgement.NOT_ALL, OPEN, NONE]
    units = tuple(UnitResult(check("LNX-IAa-01").unit, each, ()) for each in words)
    rate = figures.rate(figures.judgements([ObjectAssessment("a", units=units)]))
    assert (rate.met, rate.applicable, rate.percent) == (1, 5, 20)


def test_where_nothing_applies_there_is_no_rate() -> None:
    assert figures.rate({NONE: 3}).percent is None
    assert figures.rate({}).percent is None


def test_judgements_are_counted_by_class_in_the_order_of_the_standard() -> None:
    objects = [judged("a", **{"SMC1-08": OPEN, "CES1-01": Judgement.MET}), judged("b", **{"CES1-01": OPEN})]
    found = figures.by_class(assessment(*objects), KNOWN)
    assert [(name, units, dict(counted)) for name, units, counted in found] == [
        ("安全计算环境", 1, {Judgement.MET: 1, OPEN: 1}),
        ("安全管理中心", 1, {OPEN: 1}),
    ]


def test_the_counts_by_class_add_up() -> None:
    run = sample()
    found = figures.by_class(run, KNOWN)
    assert sum(counted.total() for _, _, counted in found) == figures.judgements(run.objects).total()


def test_what_is_open_is_asked_once_with_the_objects_that_wait() -> None:
    objects = [
        judged("a", **{"CES1-01": OPEN, "CES1-03": Judgement.MET}),
        judged("b", **{"CES1-01": Judgement.NOT_ALL}),
    ]
    (found,) = questions(groups(assessment(*objects)), KNOWN)
    assert (found.required.unit.id, found.sub_checks, found.waiting) == ("L3-CES1-01", (1,), (("X", 2),))
    assert found.object_count == 2


def test_units_without_any_object_are_named() -> None:
    left = unasked(assessment(judged("a", **{"CES1-01": NONE})), KNOWN)
    assert len(left) == len(KNOWN) - 1
    assert KNOWN["L3-CES1-01"] not in left


def test_objects_with_something_to_mend_are_counted() -> None:
    run = sample()
    assert figures.with_findings(run.objects) == len({about.name for about, _ in run.findings})
