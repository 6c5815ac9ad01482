"""The two commands of the looking half: their words, what they refuse, their exit status and what they print."""

import argparse
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from anwei.commands import check
from anwei.commands import collect as subject
from anwei.errors import BadInput, Exit
from anwei.evidence.collect import Collected
from anwei.evidence.reasons import Unreachable
from tests.unit.baseline.machine import CATALOGUE, TAKEN, transcript

BAD = {"cat -- /etc/login.defs": "PASS_MAX_DAYS 365\n"}


def run(*words: object) -> int:
    parser = argparse.ArgumentParser()
    nouns = parser.add_subparsers(required=True)
    subject.add_parser(nouns)
    check.add_parser(nouns)
    arguments = parser.parse_args([str(word) for word in words])
    return int(arguments.run(arguments))


@pytest.fixture
def estate(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """An estate of three objects, one of them no Linux host; `said` is what collecting brings."""
    hosts = [
        SimpleNamespace(name=name, variables={"system": system}, groups=("all",))
        for name, system in (("host1", "linux"), ("host2", "kylin"), ("switch1", "vrp"))
    ]
    made = SimpleNamespace(name="trading", path=Path("inventories/trading"), said={"host1": transcript()}, asked=None)
    made.hosts, made.settings = hosts, {}
    made.select = lambda pattern: [host for host in hosts if pattern in ("all", host.name)]

    def collect(
        _estate: object, chosen: list[SimpleNamespace], questions: object, out: Path | None, learnt: object
    ) -> Collected:
        made.asked = [host.name for host in chosen]
        made.out = out
        made.questions = questions
        return made.said

    for module in (subject, check):
        monkeypatch.setattr(module, "load_estate", lambda name: made)
    monkeypatch.setattr(subject, "collect", collect)
    return made


def test_only_hosts_that_have_checks_are_asked_and_the_others_are_named(
    estate: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("collect") == Exit.GOOD
    assert estate.asked == ["host1", "host2"]
    assert "switch1" in capsys.readouterr().err


def test_a_choice_without_any_checkable_host_is_refused(estate: SimpleNamespace) -> None:
    with pytest.raises(BadInput, match="AW-check-no-hosts"):
        run("collect", "--limit", "switch1")


def test_collect_tells_a_machine_what_came_without_the_outputs(
    estate: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    estate.said = {"host1": transcript(), "host2": Unreachable("refused")}
    assert run("collect", "--json") == Exit.NEEDS_PERSON
    answer = json.loads(capsys.readouterr().out)
    assert answer["host1"]["digest"] == transcript().digest
    assert answer["host1"]["round_trips"] == 1
    assert answer["host2"]["cause"] == "refused"
    assert "PASS_MAX_DAYS" not in json.dumps(answer)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"host1": transcript()}, Exit.GOOD),
        ({"host1": transcript(BAD)}, Exit.FINDINGS),
        ({"host1": transcript(BAD), "host2": Unreachable("refused")}, Exit.NEEDS_PERSON),
    ],
    ids=["good", "findings", "unreachable"],
)
def test_the_exit_status_says_what_was_found(estate: SimpleNamespace, said: Collected, status: Exit) -> None:
    estate.said = said
    assert run("check", "mlps", "--level", 3) == status


def test_check_with_a_folder_leaves_page_and_evidence_there(
    estate: SimpleNamespace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("check", "mlps", "--level", 3, "--out", tmp_path)
    assert "LNX-IAa-02" in (tmp_path / "report.html").read_text()
    assert str(tmp_path / "report.html") in capsys.readouterr().out
    assert estate.out == tmp_path / "transcripts"


def test_saved_evidence_gives_the_verdicts_again_without_any_host(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "load_estate", lambda name: pytest.fail("no estate is needed"))
    transcript(BAD).save(tmp_path)
    assert run("check", "mlps", "--level", 2, "--transcripts", tmp_path, "--json") == Exit.FINDINGS
    answer = json.loads(capsys.readouterr().out)
    assert answer["objects"][0]["results"]["LNX-IAa-04"]["outcome"] == "不满足"
    assert answer["checks"]["LNX-IAa-04"]["unit"] == "L2-CES1-01"
    assert answer["objects"][0]["transcript_digest"] == transcript(BAD).digest


def test_the_same_evidence_gives_the_same_answer_byte_for_byte(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    transcript(BAD).save(tmp_path)
    for folder in ("first", "second"):
        words = ("--out", tmp_path / folder, "--format", "json,html,junit")
        run("check", "mlps", "--level", 3, "--transcripts", tmp_path, *words)
    first, second = capsys.readouterr().out.split("\n}\n")[:2]
    assert first == second
    assert TAKEN.isoformat() in first
    for name in ("report.json", "report.html", "report.junit.xml"):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()


def test_every_form_is_written_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    transcript(BAD).save(tmp_path)
    out = tmp_path / "out"
    words = ("--out", out, "--format", "terminal,html,xlsx,docx,junit")
    run("check", "mlps", "--level", 3, "--transcripts", tmp_path, *words)
    names = ["report.docx", "report.html", "report.json", "report.junit.xml", "report.xlsx"]
    assert sorted(each.name for each in out.iterdir()) == names
    shown = capsys.readouterr().out
    assert all(str(out / name) in shown for name in names)


def test_a_run_is_compared_with_the_report_of_an_earlier_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, said in (("before", transcript(BAD)), ("now", transcript())):
        (tmp_path / name).mkdir()
        said.save(tmp_path / name)
    run("check", "mlps", "--level", 3, "--transcripts", tmp_path / "before", "--out", tmp_path / "out")
    capsys.readouterr()
    before = tmp_path / "out" / "report.json"
    run("check", "mlps", "--level", 3, "--transcripts", tmp_path / "now", "--before", before, "--out", tmp_path / "new")
    assert "新出现 0，首次核查即不满足 0，已修复 1，无法判断 0，没有变化 " in capsys.readouterr().out
    assert 'id="comparison"' in (tmp_path / "new" / "report.html").read_text()


def test_a_foreign_file_to_compare_with_is_refused_before_any_host_is_asked(
    estate: SimpleNamespace, tmp_path: Path
) -> None:
    foreign = tmp_path / "other.json"
    foreign.write_text('{"form": "something else", "version": 1}')
    with pytest.raises(BadInput, match="AW-check-before") as refused:
        run("check", "mlps", "--level", 3, "--before", foreign)
    assert refused.value.where == str(foreign)
    assert estate.asked is None


def test_waivers_of_the_estate_are_applied(estate: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    estate.said = {"host1": transcript(BAD)}
    row = {"clause": "8.1.4.1 a", "check": "LNX-IAa-04", "objects": ["all"], "until": "2026-12-31"}
    estate.settings = {"estate_waivers": [{**row, "reason": "a", "measure": "b", "approver": "c"}]}
    assert run("check", "mlps", "--level", 3, "--json") == Exit.GOOD
    (about,) = json.loads(capsys.readouterr().out)["objects"]
    assert about["results"]["LNX-IAa-04"]["waiver"]["until"] == "2026-12-31"
    assert about["results"]["LNX-IAa-04"]["finding"] is False


def test_a_folder_without_evidence_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="AW-check-no-transcripts"):
        run("check", "mlps", "--level", 3, "--transcripts", tmp_path)


@pytest.mark.parametrize("form", ["pdf", "html", "xlsx", "docx", "junit"])
def test_a_form_that_cannot_be_had_is_refused_before_any_host_is_asked(estate: SimpleNamespace, form: str) -> None:
    with pytest.raises(BadInput, match="AW-check-format"):
        run("check", "mlps", "--level", 3, "--format", form)
    assert estate.asked is None


def test_listing_asks_no_host(estate: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", "mlps", "--level", 3, "--list", "--json") == Exit.GOOD
    units = json.loads(capsys.readouterr().out)["units"]
    listed = [check["id"] for unit in units for check in unit["checks"]]
    assert sorted(listed) == sorted(check.id for check in CATALOGUE.checks)
    assert estate.asked is None


def test_the_list_for_a_machine_has_every_field_of_every_unit(capsys: pytest.CaptureFixture[str]) -> None:
    run("check", "mlps", "--level", 2, "--list", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["level"], len(answer["units"])) == (2, 42)
    unit = next(each for each in answer["units"] if each["id"] == "L2-CES1-16")
    assert (unit["name"], unit["clause"], unit["rule"]) == ("L3-CES1-23", "7.1.4.5", "all")
    assert unit["class"] == {"number": "7.1.4", "name": "安全计算环境", "code": "CES"}
    assert unit["control_point"]["number"] == "7.1.4.5"
    assert unit["high_risk"] == [{"number": "6.4.4.1", "from_level": 2, "only": ""}]
    assert (unit["certainty"], unit["certainty_of"]) == ("V", {"sub_checks": "I", "rule": "I"})
    assert unit.keys() >= {"title", "objects", "sub_checks", "ask", "level_2", "rule_words", "person_only", "checks"}


def test_the_list_for_a_person_has_the_units_and_the_checks(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", "mlps", "--level", 3, "--list") == Exit.GOOD
    shown = capsys.readouterr().out
    assert "L3-SMC1-12" in shown
    assert f"3 级共 {len(CATALOGUE.checks)} 项检查，涉及 " in shown.splitlines()[-1]
