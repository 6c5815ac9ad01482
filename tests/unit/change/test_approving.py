"""Approving: what is signed is what lies before the approver, and all who approve the same sign the same."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anwei.approval import approvals, trust
from anwei.approval.model import EMERGENCY, ROLLBACK, RUN
from anwei.approval.statement import Statement
from anwei.change import approved, approving, plan
from anwei.errors import BadInput
from tests.unit.change.site import AUTHOR, CHANGE, ESTATE, Site, record


@pytest.fixture
def fresh(site: Site) -> Site:
    """The site before anybody approved."""
    shutil.rmtree(site.place / approvals.FOLDER)
    return site


def drafted(purpose: str = "") -> Statement:
    return approving.draft(CHANGE, purpose).statement


def refusal() -> BadInput:
    with pytest.raises(BadInput, match="AW-change-uncommitted") as refused:
        approving.draft(CHANGE)
    return refused.value


def test_the_statement_is_about_the_commit_that_holds_the_plan(fresh: Site) -> None:
    draft = approving.draft(CHANGE, note="看过")
    said = draft.statement
    assert (said.change, said.estate, said.purpose, said.note) == (CHANGE, ESTATE, RUN, "看过")
    assert (said.commit, said.plan, draft.hosts) == (fresh.commit, fresh.plan.digest, 3)


def test_a_signature_that_is_given_counts(fresh: Site) -> None:
    page = fresh.approve("yezhu-1")
    assert page.parent == fresh.place / approvals.FOLDER
    said = drafted()
    (verdict,) = approvals.read(page.parent, trust.load(), said, datetime.now(UTC))
    assert (verdict.good, verdict.approver and verdict.approver.name) == (True, "yezhu-1@example.gov")


# All sign the same


def test_the_second_signs_the_commit_of_the_first_though_that_ones_file_came_in_between(fresh: Site) -> None:
    first = fresh.commit
    fresh.approve("yezhu-1")
    second = fresh.checkout.commit("yezhu-1")
    assert second != first
    assert drafted().commit == first
    fresh.approve("anquan-1")
    about = fresh.situation(commit=first)
    assert about.approval
    assert about.approval.tally.enough


def test_other_changes_that_came_in_between_make_no_difference(fresh: Site) -> None:
    first = fresh.commit
    fresh.approve("yezhu-1")
    fresh.checkout.write("changes/2031-other/change.yml", "title: other\n")
    fresh.checkout.commit()
    assert drafted().commit == first


ELSEWHERE = ["roles/harden_sshd/tasks/main.yml", f"inventories/{ESTATE}/hosts.yml", f"changes/{CHANGE}/notes.md"]


@pytest.mark.parametrize("name", ELSEWHERE, ids=["code", "inventory", "own-folder"])
def test_what_else_would_run_is_not_signed_unseen(fresh: Site, name: str) -> None:
    fresh.approve("yezhu-1")
    page = fresh.checkout.path / name
    fresh.checkout.write(name, (page.read_text() if page.exists() else "") + "# another line\n")
    second = fresh.checkout.commit()
    assert drafted().commit == second


def test_a_forged_approval_leads_nobody_to_another_commit(fresh: Site) -> None:
    """Its plan and its change folder are the same, but the code that would run is not what lies before the approver."""
    here = fresh.commit
    fresh.checkout.write("roles/harden_sshd/tasks/main.yml", "- name: Something else\n")
    evil = fresh.checkout.commit("stranger")
    fresh.checkout.git("reset", "--hard", here)
    for number in range(3):
        page = fresh.approve("stranger", commit=evil, note=f"{number}")
        page.rename(page.with_name(f"{number}.json"))
    assert approved.commit_of(fresh.place, [RUN]) == evil
    assert drafted().commit == here


def test_a_commit_that_is_not_here_is_not_signed(fresh: Site) -> None:
    fresh.approve("yezhu-1", commit="ab" * 20)
    assert drafted().commit == fresh.commit


def test_old_approvals_of_another_plan_do_not_keep_people_apart(fresh: Site) -> None:
    fresh.approve("anquan-1", plan="cd" * 32)
    first = fresh.checkout.commit("anquan-1")
    fresh.approve("yezhu-1")
    fresh.checkout.commit("yezhu-1")
    assert drafted().commit == first


def test_a_way_back_is_approved_for_the_code_that_ran(site: Site) -> None:
    ran = site.commit
    site.checkout.write("roles/harden_sshd/tasks/main.yml", "- name: Something newer\n")
    site.checkout.commit()
    assert drafted(ROLLBACK).commit == ran
    assert drafted(RUN).commit == site.commit


def test_the_record_says_which_code_ran_whatever_others_claim(site: Site) -> None:
    """A forged leave names another commit, with more files than the true ones: the record of this node is asked."""
    before = site.commit
    site.checkout.write("roles/harden_sshd/tasks/main.yml", "- name: Something newer\n")
    evil = site.checkout.commit("stranger")
    for number in range(3):
        page = site.approve("stranger", commit=evil, note=f"{number}")
        page.rename(page.with_name(f"{number}.json"))
    assert drafted(ROLLBACK).commit == evil, "where there is no record"
    record(CHANGE, [], [("begun", {"commit": before, "hosts": {}})])
    assert drafted(ROLLBACK).commit == before


# What cannot be approved


@pytest.mark.parametrize("page", ["change.yml", plan.PAGE, "plan.md", "notes.md"])
def test_uncommitted_work_is_refused_by_name(fresh: Site, page: str) -> None:
    path = fresh.place / page
    if page == "change.yml":
        fresh.write(reason="另一个原因")
    elif page == plan.PAGE:
        fresh.checkout.git("rm", "-q", "--cached", str(path))
        fresh.checkout.commit_staged()
    else:
        path.write_text("another\n")
    error = refusal()
    assert error.details == [page]
    assert "commit the listed files first" in str(error)


def test_a_page_that_says_something_else_than_the_plan_is_not_signed(fresh: Site) -> None:
    page = fresh.place / "plan.md"
    page.write_text(page.read_text(encoding="utf-8").replace("X11Forwarding no", "X11Forwarding yes"), encoding="utf-8")
    fresh.checkout.commit()
    with pytest.raises(BadInput, match="AW-plan-page") as refused:
        drafted()
    assert f"anwei change plan {CHANGE}" in str(refused.value)
    assert drafted(ROLLBACK).purpose == ROLLBACK, "the way back is not held up by it"


def test_without_a_plan_nothing_is_approved(fresh: Site) -> None:
    (fresh.place / plan.PAGE).unlink()
    with pytest.raises(BadInput, match="AW-plan-missing"):
        approving.draft(CHANGE)


def test_others_approvals_need_not_be_committed(fresh: Site) -> None:
    fresh.approve("yezhu-1")
    assert drafted().commit == fresh.commit


# Until when


def lasts(said: Statement) -> timedelta:
    return said.expires - said.signed


def test_an_approval_ends_with_the_window(fresh: Site) -> None:
    end = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=3)
    local = (end + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M")
    begin = (end + timedelta(hours=4)).strftime("%Y-%m-%d %H:%M")
    fresh.again(window={"from": begin, "to": local}, by=["yezhu-1"])
    assert drafted().expires == end


def test_an_approval_lasts_thirty_days_at_most(fresh: Site) -> None:
    assert lasts(drafted()) == timedelta(days=30)


def test_a_way_back_is_approved_for_a_day(fresh: Site) -> None:
    assert lasts(drafted(ROLLBACK)) == timedelta(days=1)


def test_a_window_that_is_over_leaves_a_day(fresh: Site) -> None:
    fresh.again(window={"from": "2020-03-04 22:00", "to": "2020-03-05 02:00"}, by=["yezhu-1"])
    assert lasts(drafted()) == timedelta(days=1)


def test_an_emergency_is_approved_as_one(fresh: Site) -> None:
    fresh.again(emergency="sshd 有漏洞正被利用", by=["yezhu-1"])
    assert (drafted().purpose, drafted(RUN).purpose) == (EMERGENCY, RUN)


def test_the_author_may_sign_and_does_not_count(fresh: Site) -> None:
    fresh.approve(AUTHOR)
    fresh.approve("yezhu-1")
    about = fresh.situation()
    assert about.approval
    assert (about.approval.tally.enough, len(about.approval.tally.counted)) == (False, 1)
    assert [name for person in about.approval.tally.authors for name in person.names] == [f"{AUTHOR}@example.gov"]


def test_the_head_is_asked_of_the_checkout(site: Site) -> None:
    assert approving.head(Path(site.checkout.path)) == site.commit
