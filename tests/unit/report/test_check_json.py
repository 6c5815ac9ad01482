"""The assessment as JSON: every key that docs/check-json.md names, nothing that hides, and back again."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from anwei.baseline.result import ObjectAssessment, Outcome, Result
from anwei.errors import BadInput
from anwei.report.check_json import plain, printed, write_json
from anwei.report.earlier import compare
from anwei.report.earlier_file import load_earlier
from tests.sample_assessments import MANUAL, MET, NOT_APPLICABLE, NOT_MET, assessment, check, hostile, sample

DOCUMENT = Path(__file__).parents[3] / "docs" / "check-json.md"
ONE = check("LNX-IAa-01")


def of(name: str, outcome: Outcome | None) -> ObjectAssessment:
    return ObjectAssessment(name, results=(Result(ONE, outcome, "x"),) if outcome else ())


def test_every_key_is_documented() -> None:
    said = plain(sample())
    keys = {*said, *said["objects"][0], *said["estimated_rate"]}
    waived = next(each for about in said["objects"] for each in about["results"].values() if each["waiver"])
    keys |= {*waived, *waived["waiver"], *said["checks"]["LNX-IAa-01"], *said["units"]["L3-CES1-01"]}
    document = DOCUMENT.read_text(encoding="utf-8")
    assert {key for key in keys if not re.search(rf"`(objects\[\]\.)?{key}(`|\.|\[)", document)} == set()


def test_it_says_all_that_the_assessment_says() -> None:
    run = sample()
    said = json.loads(printed(run))
    assert said["taken_at"] == run.taken_at.isoformat()
    for about, told in zip(run.objects, said["objects"], strict=True):
        assert (told["name"], told["host"], told["type"]) == (about.name, about.host, about.type)
        assert told["unreachable"] == about.unreachable
        assert {key: each["judgement"] for key, each in told["units"].items()} == {
            each.unit.id: each.judgement.value for each in about.units
        }
        for result in about.results:
            found = told["results"][result.check.id]
            assert (found["outcome"], found["observed"]) == (result.outcome.value, result.observed)
            assert found["finding"] is result.is_finding
            assert said["checks"][result.check.id]["unit"] == result.check.unit.id
    assert sum(said["judgements"].values()) == sum(len(each.units) for each in run.objects)


def test_nothing_that_a_host_says_hides_in_it_and_all_of_it_is_there() -> None:
    run = hostile()
    shown = printed(run)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", shown)
    told = json.loads(shown)["objects"]
    assert [each["results"]["LNX-IAa-01"]["observed"] for each in told[:10]] == [
        about.results[0].observed for about in run.objects[:10]
    ]


def test_the_file_is_read_back_for_a_comparison(tmp_path: Path) -> None:
    run = sample()
    earlier = load_earlier(write_json(run, tmp_path / "report.json"), 3)
    assert (earlier.estate, earlier.level, earlier.taken_at) == (run.estate, 3, run.taken_at)
    assert earlier.outcomes == {
        (about.name, each.check.id): each.outcome for about in run.objects for each in about.results
    }
    found = compare(run, earlier)
    bad = sum(each.outcome is NOT_MET for about in run.objects for each in about.results)
    assert sum(len(each.objects) for each in found.unchanged) == bad
    assert (found.fresh, found.first_seen, found.repaired, found.unclear) == ((), (), (), ())


@pytest.mark.parametrize(
    ("before", "now", "kind"),
    [
        (MET, NOT_MET, "fresh"),
        (MANUAL, NOT_MET, "fresh"),
        (None, NOT_MET, "first_seen"),
        (NOT_MET, NOT_MET, "unchanged"),
        (NOT_MET, MET, "repaired"),
        (NOT_MET, NOT_APPLICABLE, "repaired"),
        (NOT_MET, MANUAL, "unclear"),
        (NOT_MET, None, "unclear"),
        (MET, MET, ""),
        (None, MANUAL, ""),
        (MANUAL, None, ""),
    ],
)
def test_what_became_of_a_check(before: Outcome | None, now: Outcome | None, kind: str, tmp_path: Path) -> None:
    earlier = load_earlier(write_json(assessment(of("a", before)), tmp_path / "x.json"), 3)
    found = compare(assessment(of("a", now)), earlier)
    kinds = ("fresh", "first_seen", "repaired", "unchanged", "unclear")
    told = {name: getattr(found, name) for name in kinds if getattr(found, name)}
    assert list(told) == ([kind] if kind else [])
    assert [(each.check, each.title, each.objects) for own in told.values() for each in own] == (
        [(ONE.id, ONE.title, ("a",))] if kind else []
    )


GOOD = plain(assessment(of("a", MET)))
FOREIGN: list[Any] = [
    [],
    None,
    "text",
    {"form": "anwei-assessment"},
    {**GOOD, "form": "other"},
    {**GOOD, "version": 2},
    {**GOOD, "objects": [{"name": "a"}]},
    {**GOOD, "objects": {"a": 1}},
    {**GOOD, "objects": [{"name": "a", "results": {"x": {"outcome": "好"}}}]},
    {**GOOD, "taken_at": "yesterday"},
    {**GOOD, "level": 2},
    {**GOOD, "level": "three"},
]


@pytest.mark.parametrize("foreign", FOREIGN, ids=range(len(FOREIGN)))
def test_a_foreign_file_is_refused_by_name(foreign: object, tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text(json.dumps(foreign))
    with pytest.raises(BadInput, match="AW-check-before") as refused:
        load_earlier(path, 3)
    assert refused.value.where == str(path)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"{", b"[" * 100_000])
def test_what_is_no_json_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(content)
    with pytest.raises(BadInput, match="AW-check-before"):
        load_earlier(path, 3)
    with pytest.raises(BadInput, match="AW-check-before"):
        load_earlier(tmp_path / "missing.json", 3)


def test_a_file_from_the_terminal_can_be_compared_with_too(tmp_path: Path) -> None:
    path = tmp_path / "saved.json"
    run = replace(sample(2, 0), estate="trading")
    path.write_text(printed(run))
    assert load_earlier(path, 3).outcomes
