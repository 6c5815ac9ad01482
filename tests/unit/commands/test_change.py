"""`anwei change`: what each verb asks of the life cycle, what it says, and its exit status."""

import json
import os
import pty
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from anwei import cli
from anwei.approval import approvals
from anwei.approval.model import ROLLBACK
from anwei.change import foretelling, launching, plan
from anwei.change.foretelling import Foretold
from anwei.change.order import Order
from anwei.change.verifying import Finding
from anwei.commands import change_formats
from anwei.errors import Exit
from tests.unit.change.site import AUTHOR, CHANGE, ESTATE, INSIDE, PLANNED, Site, ran, usual

HOSTILE = "</td><script>x</script> [a](b) | `c`\n\x1b[2J\u202e"


def run(*words: str) -> int:
    return cli.main(["change", *words])


@pytest.fixture
def ordered(monkeypatch: pytest.MonkeyPatch) -> list[Order]:
    """The orders that would be launched."""
    orders: list[Order] = []
    monkeypatch.setattr(launching, "launch", lambda order: orders.append(order) or Exit.ROLLED_BACK)
    monkeypatch.setenv("SUDO_USER", AUTHOR)
    return orders


@pytest.fixture
def hosts(monkeypatch: pytest.MonkeyPatch) -> dict[str, Foretold]:
    """What hosts will say in check mode."""
    said = usual()

    def foretell(_change: object, _inventory: Path, names: list[str]) -> Mapping[str, Foretold]:
        return {name: said[name] for name in names}

    monkeypatch.setattr(foretelling, "foretell", foretell)
    return said


# new and plan


def test_new_names_the_page_and_what_comes_next(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("new", "harden_sshd", "--estate", ESTATE, "--limit", "web-01", "--id", "mine") == Exit.GOOD
    said = capsys.readouterr().out
    assert str(site.changes / "mine" / "change.yml") in said
    assert "anwei change plan mine" in said
    assert run("new", "harden_sshd", "--estate", ESTATE, "--limit", "web-01", "--id", "other", "--json") == Exit.GOOD
    assert json.loads(capsys.readouterr().out)["change"] == "other"


def test_plan_writes_both_pages_and_tells_the_digest(
    site: Site, hosts: dict[str, Foretold], capsys: pytest.CaptureFixture[str]
) -> None:
    (site.place / plan.PAGE).unlink()
    (site.place / "plan.md").unlink()
    assert run("plan", CHANGE) == Exit.GOOD
    said = capsys.readouterr().out
    assert site.plan.digest in said
    assert "3 hosts, 0 could not be planned" in said
    assert site.plan.digest in (site.place / "plan.md").read_text(encoding="utf-8")


def test_a_host_that_could_not_be_planned_is_a_finding(
    site: Site, hosts: dict[str, Foretold], capsys: pytest.CaptureFixture[str]
) -> None:
    hosts["app-01"] = Foretold(trouble="no answer")
    assert run("plan", CHANGE, "--json") == Exit.FINDINGS
    told = json.loads(capsys.readouterr().out)
    assert (told["hosts"], told["left_out"], told["digest"]) == (2, 1, site.plan.digest)


def test_bad_parameters_are_refused_before_any_host_is_asked(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(foretelling, "foretell", lambda *_: pytest.fail("a host was asked"))
    site.write(parameters={"harden_sshd_max_auth_tries": 50, "nonsense": 1})
    before = (site.place / plan.PAGE).read_bytes()
    assert run("plan", CHANGE) == Exit.BAD_INPUT
    said = capsys.readouterr().err
    assert said.startswith("AW-change-parameters: 2 parameters are wrong")
    assert "harden_sshd_max_auth_tries" in said
    assert (site.place / plan.PAGE).read_bytes() == before


# verify


def test_verify_looks_at_every_change_and_fails_for_one(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("verify") == Exit.GOOD
    assert capsys.readouterr().out.splitlines()[:2] == [CHANGE, "  ✓ form of the file"]
    site.checkout.write("changes/2031-bad/change.yml", "title: x\n")
    assert run("verify") == Exit.BAD_INPUT
    said = capsys.readouterr().out
    assert "2031-bad\n  ✗ form of the file\n      AW-change-invalid:" in said
    assert run("verify", CHANGE) == Exit.GOOD


def test_verify_writes_what_a_pipeline_reads(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site.write(owner="nobody")
    out = tmp_path / "deep" / "out"
    assert run("verify", "--format", "terminal,junit,markdown,json", "--out", str(out)) == Exit.BAD_INPUT
    assert sorted(path.name for path in out.iterdir()) == ["changes.json", "changes.md", "changes.xml"]
    assert "✗ owner" in capsys.readouterr().out
    told = json.loads((out / "changes.json").read_text())[CHANGE]
    assert [each["check"] for each in told if not each["ok"]] == ["owner", "page"]


def test_an_unknown_form_is_refused_before_anything_is_shown(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("verify", "--format", "terminal,yaml") == Exit.BAD_INPUT
    shown = capsys.readouterr()
    assert (shown.out, shown.err.startswith("AW-change-format: there is no form yaml")) == ("", True)


FOUND = {
    "c1": [Finding("form", "changes/c1/change.yml"), Finding("owner", "changes/c1/change.yml", ["one", HOSTILE])],
    "c|2": [Finding("plan", "changes/c2/change.yml", ["three"])],
}


def shown(form: str, capsys: pytest.CaptureFixture[str]) -> str:
    change_formats.show(FOUND, [form], None)
    return capsys.readouterr().out.removesuffix("\n")


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANWEI_LANG", "en")


def test_junit_can_be_read_whatever_the_problems_say(capsys: pytest.CaptureFixture[str]) -> None:
    suites = ElementTree.fromstring(shown("junit", capsys))  # noqa: S314 - our own
    assert [(suite.get("name"), suite.get("tests"), suite.get("failures")) for suite in suites] == [
        ("c1", "2", "1"),
        ("c|2", "1", "1"),
    ]
    (failure,) = suites.findall("./testsuite[@name='c1']/testcase/failure")
    assert failure.get("message") == "one"
    assert (failure.text or "").startswith("one\n</td><script>x</script> [a](b) | `c`")
    (case,) = suites.findall("./testsuite[@name='c1']/testcase[@name='owner']")
    assert (case.get("file"), case.get("classname")) == ("changes/c1/change.yml", "c1")


def test_markdown_is_a_table_whatever_the_problems_say(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown("markdown", capsys).splitlines()
    assert lines[:3] == ["| change | check | result |", "|---|---|---|", "| c1 | form of the file | ✓ |"]
    assert (
        lines[3]
        == r"| c1 | owner | ✗<br>one<br>\</td\>\<script\>x\</script\> \[a\](b) \| \`c\` \<U+001B\>\[2J\<U+202E\> |"
    )
    assert lines[4] == r"| c\|2 | plan | ✗<br>three |"


def test_on_a_terminal_problems_move_no_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    said = shown("terminal", capsys)
    assert not set(said) & set("\x1b\u202e")
    assert "  ✗ owner\n      one\n" in said


def test_json_has_every_problem_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(shown("json", capsys))["c1"][1] == {"check": "owner", "ok": False, "problems": ["one", HOSTILE]}


# approve


@pytest.fixture
def fresh(site: Site) -> Site:
    """The site before anybody approved."""
    shutil.rmtree(site.place / approvals.FOLDER)
    return site


def test_approving_shows_what_is_signed_and_names_the_file(fresh: Site, capsys: pytest.CaptureFixture[str]) -> None:
    key = fresh.people["yezhu-1"].key
    assert run("approve", CHANGE, "--key", str(key), "--note", "看过") == Exit.GOOD
    said = capsys.readouterr().out
    assert all(word in said for word in (fresh.plan.digest, fresh.commit, ESTATE, "3 hosts", "valid until"))
    (statement,) = approvals.claims(fresh.place / approvals.FOLDER)
    assert (statement.note, statement.purpose) == ("看过", "run")


def test_approving_for_something_else_is_said_so(fresh: Site, capsys: pytest.CaptureFixture[str]) -> None:
    key = fresh.people["yezhu-1"].key
    assert run("approve", CHANGE, "--key", str(key), "--for", ROLLBACK, "--json") == Exit.GOOD
    assert json.loads(capsys.readouterr().out)["purpose"] == ROLLBACK


@pytest.mark.parametrize(("typed", "status"), [("3", Exit.GOOD), ("4", Exit.REFUSED), ("", Exit.REFUSED)])
def test_a_person_types_the_number_of_hosts(
    fresh: Site, typed: str, status: Exit, monkeypatch: pytest.MonkeyPatch
) -> None:
    master, slave = pty.openpty()
    os.write(master, f"{typed}\n".encode())
    with os.fdopen(slave) as stream:
        monkeypatch.setattr("sys.stdin", stream)
        monkeypatch.setattr("sys.stdout.isatty", lambda: True)
        assert run("approve", CHANGE, "--key", str(fresh.people["yezhu-1"].key)) == status
    os.close(master)
    assert (fresh.place / approvals.FOLDER).exists() == (status == Exit.GOOD)


# run, rehearse, rollback


def test_run_launches_the_commit_that_was_signed(site: Site, ordered: list[Order]) -> None:
    signed = site.commit
    site.checkout.write("roles/harden_sshd/tasks/main.yml", "- name: Newer\n")
    site.checkout.commit()
    assert run("run", CHANGE, "--limit", "web-01", "--json") == Exit.ROLLED_BACK, "the status of the run is passed on"
    (order,) = ordered
    assert (order.verb, order.change, order.commit, order.limit) == ("run", CHANGE, signed, "web-01")
    assert order.by.startswith(f"{AUTHOR} (")
    assert (order.json, order.over, order.rehearsal) == (True, False, False)
    assert Path(order.checkout) == site.folder / "checkout"


def test_rehearse_launches_the_commit_that_one_approver_signed(site: Site, ordered: list[Order]) -> None:
    site.approved("yezhu-1")
    signed = site.commit
    site.checkout.write("roles/harden_sshd/tasks/main.yml", "- name: Newer\n")
    site.checkout.commit()
    assert run("rehearse", CHANGE) == Exit.ROLLED_BACK
    assert [(order.verb, order.commit, order.rehearsal) for order in ordered] == [("rehearse", signed, True)]


@pytest.mark.parametrize(
    ("verb", "who", "code"),
    [
        ("run", ["yezhu-1"], "AW-gate-approval"),
        ("run", ["stranger", "yezhu-1"], "AW-gate-approval"),
        ("run", [], "AW-gate-unsigned"),
        ("rehearse", [AUTHOR], "AW-control-unread"),
        ("rehearse", ["stranger"], "AW-control-unread"),
        ("rehearse", [], "AW-gate-unsigned"),
    ],
    ids=["too-few", "stranger", "nobody", "rehearsed-by-author", "rehearsed-by-stranger", "rehearsed-by-nobody"],
)
def test_what_is_not_signed_is_not_even_started(
    site: Site, ordered: list[Order], verb: str, who: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    site.approved(*who)
    assert run(verb, CHANGE) == Exit.REFUSED
    assert capsys.readouterr().err.startswith(f"{code}: ")
    assert ordered == []


def test_forged_statements_do_not_lead_away_from_the_commit_that_was_signed(site: Site, ordered: list[Order]) -> None:
    signed = site.commit
    for number in range(3):
        page = site.approve("stranger", commit="ab" * 20, note=f"{number}")
        page.rename(page.with_name(f"{number}.json"))
    run("run", CHANGE)
    assert [order.commit for order in ordered] == [signed]


def test_rollback_launches_the_commit_that_ran(site: Site, ordered: list[Order]) -> None:
    ran()
    assert run("rollback", CHANGE) == Exit.BAD_INPUT, "the record of the tests names no commit"
    assert run("rollback", CHANGE, "--rehearsal", "--limit", "twin-01") == Exit.ROLLED_BACK
    (order,) = ordered
    assert (order.verb, order.commit, order.limit) == ("rollback", "ab" * 20, "twin-01")
    assert (order.rehearsal, order.over) == (True, False)
    assert run("rollback", CHANGE, "--rehearsal", "--over") == Exit.ROLLED_BACK
    assert ordered[1].over


# show


def test_show_tells_how_far_a_change_is(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", CHANGE) == Exit.GOOD
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{CHANGE}  加固 sshd"
    assert lines[1] == f"  plan: {site.plan.digest}"
    assert lines[2].startswith("  signed: run ")
    assert lines[2].count(site.commit[:12]) == 2
    assert len(lines) == 3


def test_show_tells_what_ran_and_what_came_back(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    ran(
        ("applying", {"wave": 1, "hosts": list(PLANNED)}),
        ("wave", {"wave": 1, "outcome": "kept", "hosts": ["web-01"]}),
        ("returning", {"wave": 2, "hosts": ["app-01"]}),
        ("returned", {"wave": 2, "hosts": {"app-01": {"ok": True}}}),
    )
    assert run("show", CHANGE, "--json") == Exit.GOOD
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert {name: told[name] for name in ("done", "attempted", "returned", "under_way")} == {
        "done": ["web-01"],
        "attempted": ["web-02"],
        "returned": ["app-01"],
        "under_way": True,
    }
    run("show", CHANGE)
    assert capsys.readouterr().out.endswith(
        "  done: web-01\n  begun, not done: web-02\n  taken back: app-01\n  under way, or the last run was cut short\n"
    )


def test_show_says_what_is_wrong_with_the_plan_and_which_signatures_are_over(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.approve("yezhu-1", signed=INSIDE.replace(year=2020), expires=INSIDE.replace(year=2020, month=4))
    (site.place / plan.PAGE).unlink()
    site.write(title="加固 \x1b[2J")
    run("show", CHANGE)
    said = capsys.readouterr().out
    assert f"plan: change {CHANGE} has no plan" in said
    assert "2020-04-04T15:00:00Z (expired)" in said
    assert "加固 <U+001B>[2J" in said


@pytest.mark.parametrize("words", [[], ["frobnicate"], ["new"], ["new", "x"], ["approve", "x"], ["run"]], ids=str)
def test_wrong_words_are_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(*words)
    assert ended.value.code == Exit.BAD_INPUT
    assert "usage: anwei change" in capsys.readouterr().err
