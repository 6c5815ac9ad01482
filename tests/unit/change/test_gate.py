"""The gate: every way to be refused says by its code what is wrong, names the thing, and tells what to do next."""

import argparse
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pytest

from anwei.approval import approvals, trust_changes
from anwei.approval.model import EMERGENCY, ROLLBACK
from anwei.change import environment, foretelling, gate, launching, locks, plan, situation, started
from anwei.change.foretelling import Foretold
from anwei.commands import change as command
from anwei.errors import AnweiError, Exit, Refused
from anwei.estate import loader
from anwei.health import Result
from anwei.home import ROOT
from anwei.record import store
from tests.unit.approval.checkout import Checkout
from tests.unit.approval.people import trust_bytes
from tests.unit.change.site import AUTHOR, CHANGE, INSIDE, PLANNED, Site, change_of, foretold, ran, record, usual

OTHER = "openeuler-22.03"
PAST = {"signed": datetime(2020, 1, 1, tzinfo=UTC), "expires": datetime(2020, 1, 9, tzinfo=UTC)}


def judged(site: Site, now: datetime = INSIDE, **changed: Any) -> None:
    """What a run is told before any host is asked."""
    gate.refuse(gate.before_hosts(site.situation(now, **changed)), CHANGE)


def hosts_judged(site: Site, health: Mapping[str, list[Result]], **now: Foretold) -> None:
    """What a run is told once the hosts were asked how they are and what they would do now; `web_01` is web-01."""
    about = site.situation()
    said = {**usual(), **{name.replace("_", "-"): each for name, each in now.items()}}
    hosts = [host for host in about.estate.hosts if host.name in said]
    gate.refuse(gate.of_hosts(about, hosts, plan.drifted(about.plan, said), health), CHANGE)


def typed(*words: str) -> int:
    """One command as somebody types it."""
    top = argparse.ArgumentParser()
    command.add_parser(top.add_subparsers())
    arguments = top.parse_args(["change", *words])
    return int(arguments.run(arguments))


@dataclass(frozen=True)
class Way:
    """One way to be refused: the code, what its message must name, and how to get there."""

    code: str
    words: tuple[str, ...]
    act: Callable[[Site], object]


WAYS: dict[str, Way] = {}
Act = Callable[[Site], object]


def refused(code: str, *words: str) -> Callable[[Act], Act]:
    """Put a way to be refused on the list, under the name of its function."""

    def keep(act: Act) -> Act:
        WAYS[act.__name__.replace("_", "-")] = Way(code, words, act)
        return act

    return keep


# The change file


@refused("AW-change-name", "../etc", "choose another id")
def a_name_that_leads_elsewhere(site: Site) -> None:
    typed("run", "../etc")


@refused("AW-change-unknown", "2031-other", "anwei change new")
def no_such_change(site: Site) -> None:
    typed("run", "2031-other")


@refused("AW-change-unreadable", "'risk' twice", "change.yml", "correct it")
def a_key_twice(site: Site) -> None:
    site.raw("risk: 低\nrisk: 高\n")
    judged(site)


@refused("AW-change-invalid", "risk", "高", "correct them")
def a_risk_that_is_none(site: Site) -> None:
    site.write(risk="none")
    judged(site)


@refused("AW-action-unknown", "hardn_sshd", "harden_sshd")
def no_such_action(site: Site) -> None:
    site.again(action="settings")
    site.write(action="hardn_sshd")
    typed("plan", CHANGE)


@refused("AW-change-parameters", "harden_sshd_max_auth_tries", "correct them")
def a_parameter_out_of_range(site: Site) -> None:
    site.write(parameters={"harden_sshd_max_auth_tries": 50})
    typed("plan", CHANGE)


@refused("AW-change-parameters", "harden_sshd_undo_unless_confirmed must not be 0")
def a_change_that_disarms_itself(site: Site) -> None:
    site.write(parameters={"harden_sshd_undo_unless_confirmed": 0})
    typed("plan", CHANGE)


@refused("AW-estate-unknown", "nowhere", "small")
def no_such_estate(site: Site) -> None:
    site.write(estate="nowhere")
    typed("plan", CHANGE)


@refused("AW-hosts-none", "web-99")
def no_such_hosts(site: Site) -> None:
    site.write(hosts="web-99")
    typed("plan", CHANGE)


@refused("AW-hosts-none", "twin-01", "change.yml")
def hosts_that_are_not_in_the_plan(site: Site) -> None:
    situation.chosen(site.situation(), "twin-01")


@refused("AW-change-unsound", "AW-window-wrong", "2031-03-05 02:00", f"anwei change verify {CHANGE}")
def a_window_that_ends_before_it_begins(site: Site) -> None:
    site.write(window={"from": "2031-03-05 02:00", "to": "2031-03-04 22:00"})
    site.checkout.commit()
    judged(site)


@refused("AW-change-unsound", "harden_sshd_max_auth_tries", "action and parameters")
def a_signed_parameter_out_of_range(site: Site) -> None:
    site.again(parameters={"harden_sshd_max_auth_tries": 50})
    judged(site)


@refused("AW-change-unsound", "harden_sshd_undo_unless_confirmed must not be 0")
def a_signed_change_that_disarms_itself(site: Site) -> None:
    site.again(parameters={"harden_sshd_undo_unless_confirmed": "00"})
    judged(site)


@refused("AW-change-unsound", "C99", "nobody", "2 errors")
def a_signed_clause_and_owner_that_nobody_knows(site: Site) -> None:
    site.again(clauses=["C1", "C99"])
    site.write(clauses=["C1", "C99"], owner="nobody")
    judged(site)


@refused("AW-change-unsound", "harden_sshd_max_auth_tries")
def a_rehearsal_with_a_parameter_out_of_range(site: Site) -> None:
    site.again(parameters={"harden_sshd_max_auth_tries": 50})
    situation.of_rehearsal(site.order("rehearse", rehearsal=True))


@refused("AW-waves-unsound", "10%", "waves")
def waves_that_shrink(site: Site) -> None:
    site.write(waves=["50%", "10%"])
    site.planned()


# The plan


@refused("AW-plan-missing", CHANGE, f"anwei change plan {CHANGE}")
def no_plan(site: Site) -> None:
    (site.place / plan.PAGE).unlink()
    judged(site)


@refused("AW-plan-altered", "plan.json", f"anwei change plan {CHANGE}")
def a_plan_that_was_edited(site: Site) -> None:
    page = site.place / plan.PAGE
    page.write_text(page.read_text().replace('"dead_man": true', '"dead_man": false', 1))
    judged(site)


@refused("AW-plan-stale", "hosts", f"anwei change plan {CHANGE}")
def a_plan_for_other_hosts(site: Site) -> None:
    site.write(hosts="web-01")
    judged(site)


@refused("AW-plan-stale", "2031-other")
def the_plan_of_another_change(site: Site) -> None:
    shutil.copytree(site.place, site.changes / "2031-other")
    plan.load(replace(site.change, id="2031-other", folder=site.changes / "2031-other"))


# Approval


@refused("AW-gate-unsigned", CHANGE, f"anwei change approve {CHANGE}")
def nobody_approved(site: Site) -> None:
    shutil.rmtree(site.place / approvals.FOLDER)
    typed("run", CHANGE)


@refused("AW-gate-approval", "2 people needed, 1 counted", f"anwei change approve {CHANGE}")
def too_few_approved(site: Site) -> None:
    site.approved("yezhu-1")
    judged(site)


@refused("AW-gate-approval", "1 counted", f"{AUTHOR}@example.gov wrote the change")
def the_author_approved(site: Site) -> None:
    site.approved("yezhu-1", AUTHOR)
    judged(site)


@refused("AW-gate-approval", "1 counted")
def one_person_approved_twice(site: Site) -> None:
    site.approved("yezhu-1")
    page = site.approve("yezhu-1", note="again")
    shutil.copy(page, page.with_name("another.json"))
    judged(site)


@refused("AW-gate-approval", "expired at 2020-01-09")
def an_approval_that_expired(site: Site) -> None:
    site.approved("yezhu-1")
    site.approve("anquan-1", **PAST)
    judged(site)


@refused("AW-gate-approval", "more than the longest 30 days")
def an_approval_for_ever(site: Site) -> None:
    site.approved("yezhu-1")
    site.approve("anquan-1", expires=datetime(2040, 1, 1, tzinfo=UTC))
    judged(site)


@refused("AW-gate-approval", "yet to come")
def an_approval_of_tomorrow(site: Site) -> None:
    site.approved("yezhu-1")
    tomorrow = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    site.approve("anquan-1", signed=tomorrow, expires=tomorrow + timedelta(days=1))
    judged(site)


@refused("AW-gate-approval", "the trust file does not have the key")
def a_stranger_approved(site: Site) -> None:
    site.approved("yezhu-1", "stranger")
    judged(site)


@refused("AW-gate-approval", "the signature does not belong to the content")
def an_approval_that_was_edited(site: Site) -> None:
    page = next((site.place / approvals.FOLDER).iterdir())
    page.write_text(page.read_text().replace('"note": ""', '"note": "yes"'))
    judged(site)


@refused("AW-gate-approval", "it cannot be read")
def an_approval_that_is_none(site: Site) -> None:
    next((site.place / approvals.FOLDER).iterdir()).write_text("yes\n")
    judged(site)


def _something_else(field: str, value: str) -> Act:
    """An approval that is about something else in one field."""

    def act(site: Site) -> None:
        site.approved("yezhu-1")
        site.approve("anquan-1", **{field: value})
        judged(site)

    act.__name__ = f"an_approval_of_another_{field}"
    return act


for _field, _value in {"change": "2031-other", "commit": "ab" * 20, "plan": "cd" * 32, "estate": "lab"}.items():
    refused("AW-gate-approval", f"it approves the {_field} {_value}")(_something_else(_field, _value))


@refused("AW-gate-approval", "it approves rollback, not run")
def an_approval_to_take_back(site: Site) -> None:
    site.approved("yezhu-1")
    site.approve("anquan-1", ROLLBACK)
    judged(site)


@refused("AW-gate-approval", "among them: 业主")
def a_high_risk_without_the_owner(site: Site) -> None:
    people = {**site.people, "yezhu-1": replace(site.people["yezhu-1"], roles=("安全",))}
    shutil.rmtree(site.home / "trust")
    page = site.folder / "trust.yml"
    page.write_bytes(trust_bytes(people["yezhu-1"], people["anquan-1"], site.people["stranger"]))
    trust_changes.begin(page)
    site.again(risk="高")
    judged(site)


@refused("AW-gate-approval", "3 people needed, 2 counted")
def an_unrehearsed_change_without_one_more(site: Site) -> None:
    site.again(unrehearsed="演练组没有这个版本")
    judged(site)


@refused("AW-gate-approval", "it approves run, not emergency")
def an_emergency_that_was_approved_as_usual(site: Site) -> None:
    site.again(emergency="sshd 有漏洞正被利用", by=["anquan-1"])
    shutil.rmtree(site.place / approvals.FOLDER)
    site.approve("yezhu-1", "run")
    judged(site)


@refused("AW-gate-approval", "0 counted")
def a_newer_commit_that_nobody_signed(site: Site) -> None:
    site.checkout.write("roles/harden_sshd/tasks/main.yml", "- name: Something else\n")
    judged(site, commit=site.checkout.commit())


@refused("AW-gate-altered", "change.yml", f"approve {CHANGE} again")
def a_change_file_that_was_edited_since(site: Site) -> None:
    """The signed tree has the old one; who edited the live one must not think that it counts."""
    about = site.situation()
    site.write(title="另一个名称")
    order = site.order()
    altered = situation.repository.changed_since(
        Path(order.checkout), order.commit, f"changes/{CHANGE}", situation.repository.own(), situation.LATER
    )
    gate.refuse(gate.before_hosts(replace(about, altered=altered)), CHANGE)


# Trust


@refused("AW-trust-none", "trust", "anwei trust begin")
def no_trust_file(site: Site) -> None:
    shutil.rmtree(site.home / "trust")
    judged(site)


@refused("AW-trust-inside", "site")
def a_trust_file_within_a_checkout(site: Site) -> None:
    Checkout(site.folder)
    judged(site)


@refused("AW-trust-open", "0001.yml")
def a_trust_file_that_others_can_write(site: Site) -> None:
    (site.home / "trust" / "0001.yml").chmod(0o666)
    judged(site)


@refused("AW-trust-strange", "notes.txt")
def something_else_beside_the_trust_file(site: Site) -> None:
    (site.home / "trust" / "notes.txt").write_text("x")
    judged(site)


@refused("AW-trust-broken", "0002.yml")
def a_trust_file_that_nobody_signed(site: Site) -> None:
    page = site.home / "trust" / "0002.yml"
    page.write_bytes((site.home / "trust" / "0001.yml").read_bytes())
    judged(site)


# When


@refused("AW-gate-window-early", "2031-03-04 22:00", "emergency")
def before_the_window(site: Site) -> None:
    judged(site, INSIDE - timedelta(hours=2))


@refused("AW-gate-window-over", "2031-03-05 02:00", f"approve {CHANGE} again")
def after_the_window(site: Site) -> None:
    judged(site, INSIDE + timedelta(hours=3))


@refused("AW-gate-frozen", "两会", "重点保障", "move it behind the period")
def in_a_key_period(site: Site) -> None:
    site.inventory(estate_freezes=[{"name": "两会", "from": "2031-03-05", "to": "2031-03-11", "reason": "重点保障"}])
    judged(site)


CONGRESS = {"name": "两会", "from": "2031-03-05", "to": "2031-03-11", "reason": "重点保障"}


@contextmanager
def signed_before(site: Site) -> Iterator[None]:
    """What is signed has the inventory as it is now; what is written to it within is in the live checkout only."""
    with pytest.MonkeyPatch.context() as patch:
        shutil.copytree(site.checkout.path / "inventories", site.folder / "signed")
        patch.setattr(loader, "INVENTORIES", site.folder / "signed")
        yield


def _only_in_the_live_checkout(**settings: Any) -> Act:
    """Settings of the calendar that nobody signed."""

    def act(site: Site) -> None:
        with signed_before(site):
            site.inventory(**settings)
            judged(site)

    return act


DAYS = {"holidays": ["2031-03-05"], "workdays": ["2031-03-04"]}
LIVE: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "a_key_period_declared_after_signing": (("AW-gate-frozen", "两会"), {"estate_freezes": [CONGRESS]}),
    "days_off_declared_after_signing": (
        ("AW-gate-not-a-change-day", "2031-03-05"), {"estate_change_days": "workdays", "estate_calendar": DAYS},
    ),
    "a_live_period_without_an_end": (
        ("AW-gate-calendar-live", "hosts.yml:", "anwei estate check"),
        {"estate_freezes": [{"name": "x", "from": "2031-03-01"}]},
    ),
    "a_live_day_that_is_none": (
        ("AW-gate-calendar-live", "hosts.yml:"), {"estate_freezes": [{**CONGRESS, "to": "2031-03-32"}]},
    ),
    "a_live_period_that_is_no_list": (("AW-gate-calendar-live", "hosts.yml:"), {"estate_freezes": "{{ later }}"}),
}  # fmt: skip
for _name, ((_code, *_words), _settings) in LIVE.items():
    _act = _only_in_the_live_checkout(**_settings)
    _act.__name__ = _name
    refused(_code, *_words)(_act)


@refused("AW-gate-calendar-live", "hosts.yml")
def a_live_inventory_that_cannot_be_read(site: Site) -> None:
    with signed_before(site):
        site.checkout.write(f"inventories/{site.change['estate']}/hosts.yml", "all: [\n")
        judged(site)


@refused("AW-gate-calendar-live", "small")
def a_live_checkout_without_the_estate(site: Site) -> None:
    with signed_before(site):
        shutil.rmtree(site.checkout.path / "inventories" / site.change["estate"])
        judged(site)


@refused("AW-gate-not-a-change-day", "2031-03-05", "move the window")
def on_a_day_off(site: Site) -> None:
    days = {"holidays": ["2031-03-05"], "workdays": ["2031-03-04"]}
    site.inventory(estate_change_days="workdays", estate_calendar=days)
    judged(site)


@refused("AW-gate-calendar-unknown", "2031-03-04", "estate_calendar")
def on_a_day_of_which_nobody_knows(site: Site) -> None:
    site.inventory(estate_change_days="workdays")
    judged(site)


# Rehearsal


@refused("AW-gate-untried", OTHER, "web-01", f"anwei change rehearse {CHANGE}")
def on_a_release_that_nobody_tried(site: Site) -> None:
    site.again({**usual(), "web-01": foretold(change_of(), release=OTHER)})
    judged(site)


@refused("AW-gate-unrehearsed", "debian-12-bookworm", "web-01", f"anwei change rehearse {CHANGE}")
def values_that_were_not_rehearsed(site: Site) -> None:
    site.again({**usual(), "web-01": foretold(change_of(), asked=["a1", "a9"])})
    judged(site)


@refused("AW-gate-unrehearsed", "app-01, web-01, web-02")
def a_rehearsal_that_was_tampered_with(site: Site) -> None:
    page = store.path_of(f"{CHANGE}.rehearsal")
    page.write_bytes(page.read_bytes().replace(b'"ok":true', b'"ok":True'))
    judged(site)


@refused("AW-gate-no-twin", "estate_rehearsal", "unrehearsed")
def an_estate_without_twins(site: Site) -> None:
    site.inventory(estate_rehearsal=None)
    store.path_of(f"{CHANGE}.rehearsal").unlink()
    judged(site)


@refused("AW-rehearsal-none", "small", "estate_rehearsal")
def a_rehearsal_where_there_are_no_twins(site: Site) -> None:
    site.inventory(estate_rehearsal=None)
    situation.of_rehearsal(site.order("rehearse", rehearsal=True))


# Hosts, packages, others at work


@refused("AW-gate-first-wave", "web-01", f"anwei change run {CHANGE} --limit web-01")
def the_first_wave_passed_over(site: Site) -> None:
    judged(site, limit="web-02,app-01")


@refused("AW-gate-first-wave", "web-01")
def the_first_wave_taken_back_and_passed_over(site: Site) -> None:
    done = [
        ("applying", {"wave": 1, "hosts": ["web-01"]}),
        ("wave", {"wave": 1, "outcome": "kept", "hosts": ["web-01"]}),
    ]
    ran(*done, ("returned", {"wave": 1, "hosts": {"web-01": {"ok": True}}}))
    judged(site, limit="app-01")


@refused("AW-gate-disarmed", "web-02", f"plan {CHANGE} again")
def a_host_without_its_dead_man(site: Site) -> None:
    site.again({**usual(), "web-02": foretold(change_of(), dead_man=False)})
    judged(site)


@refused("AW-gate-environment", "jinja2", "==1.0", "make setup")
def other_packages_than_locked(site: Site) -> None:
    for name in environment.LOCKS:
        (site.folder / name).write_text("jinja2==1.0 \\\n    --hash=sha256:00\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(environment, "ROOT", site.folder)
        judged(site)


@refused("AW-gate-done", CHANGE, f"anwei change rollback {CHANGE}")
def a_change_that_is_done(site: Site) -> None:
    ran()
    judged(site)


def _begun(**more: Any) -> list[tuple[str, dict[str, Any]]]:
    """A run that has begun on one host."""
    begun = {"commit": "", "hosts": {"web-01": {"release": "debian-12-bookworm"}}, **more}
    return [("begun", begun), ("applying", {"wave": 1, "hosts": ["web-01"]})]


@refused("AW-gate-another", "web-01", f"anwei change rollback {CHANGE}")
def a_new_plan_for_hosts_that_stand_half_changed(site: Site) -> None:
    record(CHANGE, PLANNED, _begun(plan="cd" * 32))
    judged(site)


@refused("AW-gate-another", "trading ≠ small", "another id")
def a_record_of_another_estate(site: Site) -> None:
    record(CHANGE, PLANNED, _begun(plan=site.plan.digest), estate="trading")
    judged(site)


@refused("AW-gate-locked", "web-01: 2031-other (yunwei-2", "wait")
def a_host_that_another_change_holds(site: Site) -> None:
    with locks.held("small", ["web-01"], "2031-other", "yunwei-2"), locks.held("small", PLANNED, CHANGE, AUTHOR):
        pass


@refused("AW-gate-drifted", "web-01: file:/etc/motd, file:/etc/ssh/sshd_config", "app-01", "plan and approve again")
def hosts_that_all_drifted(site: Site) -> None:
    other = foretold(change_of("file:/etc/motd"))
    hosts_judged(site, {}, web_01=other, web_02=other, app_01=other)


@refused("AW-gate-drifted-group", "web-01, web-02", "web-02: file:/etc/ssh/sshd_config", "--limit")
def one_of_a_pair_that_drifted(site: Site) -> None:
    hosts_judged(site, {}, web_02=foretold())


@refused("AW-gate-drifted-group", "web-02: no answer")
def one_of_a_pair_that_cannot_be_asked(site: Site) -> None:
    hosts_judged(site, {}, web_02=Foretold(trouble="no answer"))


@refused("AW-gate-sick", "app-01: service nginx: is down", "--limit")
def a_host_that_is_not_well(site: Site) -> None:
    good, sick = Result("tcp 22", True, "open", 0.1, 1), Result("service nginx", False, "is down", 0.1, 1)
    hosts_judged(site, {"web-01": [good], "app-01": [good, sick]})


@refused("AW-host-engine", "last words")
def hosts_that_ansible_did_not_reach_at_all(site: Site) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(foretelling, "play", lambda *_, **__: ["last words"])
        typed("plan", CHANGE)


# The way back


@refused("AW-rollback-nothing", CHANGE, "anwei change show")
def nothing_to_take_back(site: Site) -> None:
    typed("rollback", CHANGE)


# Launching


@refused("AW-approval-commit", "ab" * 20)
def a_commit_that_is_not_there(site: Site) -> None:
    launching.launch(site.order(commit="ab" * 20))


@refused("AW-approval-commit", "main")
def a_branch_instead_of_a_commit(site: Site) -> None:
    launching.launch(site.order(commit="main"))


@refused("AW-approval-repository", "checkout")
def a_folder_without_a_repository(site: Site) -> None:
    order = site.order()
    shutil.rmtree(site.checkout.path / ".git")
    launching.launch(order)


@refused("AW-approval-shallow", "checkout")
def a_clone_that_hides_authors(site: Site) -> None:
    order = site.order()
    (site.checkout.path / ".git" / "shallow").write_text(order.commit)
    launching.launch(order)


@refused("AW-approval-damaged", "checkout")
def an_object_under_another_ones_name(site: Site) -> None:
    site.checkout.write("notes.md", "a")
    order = site.order(commit=site.checkout.commit())
    page = site.checkout.loose("HEAD:notes.md")
    page.chmod(0o644)
    page.write_bytes(b"x")
    launching.launch(order)


@refused("AW-approval-open", "repository.git")
def a_repository_of_ours_that_others_can_write(site: Site) -> None:
    (site.home / "repository.git").chmod(0o777)
    launching.launch(site.order())


@refused("AW-approval-tree", "way-out")
def a_link_that_leads_out_of_the_tree(site: Site) -> None:
    (site.checkout.path / "way-out").symlink_to("../../home")
    launching.launch(site.order(commit=site.checkout.commit()))


@pytest.mark.parametrize("name", WAYS)
def test_a_way_to_be_refused(name: str, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    way = WAYS[name]
    monkeypatch.setattr("os.execve", lambda *_: pytest.fail("it was started"))
    with pytest.raises(AnweiError) as error:
        way.act(site)
    said = str(error.value)
    assert error.value.code == way.code, said
    assert [word for word in way.words if word not in said] == []
    assert error.value.part("remedy") in said
    assert error.value.exit_status in (Exit.BAD_INPUT, Exit.REFUSED) or way.code == "AW-host-engine"
    assert (ROOT / "docs" / "errors" / f"{way.code}.md").is_file()


def test_there_are_many_ways() -> None:
    assert len(WAYS) >= 50
    assert len({way.code for way in WAYS.values()}) >= 30


# Several at once


def test_a_change_in_order_may_run(site: Site) -> None:
    judged(site)
    hosts_judged(site, {"web-01": [Result("tcp 22", True, "open", 0.1, 1)]})


def test_several_reasons_are_told_together_each_with_its_remedy(site: Site) -> None:
    site.inventory(estate_freezes=[{"name": "两会", "from": "2031-03-01", "to": "2031-03-11", "reason": "重点保障"}])
    site.again({**usual(), "app-01": foretold(change_of(), release=OTHER, dead_man=False)}, by=["yezhu-1"])
    with pytest.raises(Refused, match="AW-gate-refused") as error:
        judged(site, INSIDE + timedelta(days=1))
    codes = [line.partition(":")[0] for line in error.value.details if line.startswith("AW-")]
    assert codes == [f"AW-gate-{name}" for name in ("approval", "window-over", "frozen", "untried", "disarmed")]
    assert len([line for line in error.value.details if line.startswith("  → ")]) == 5
    assert "for 5 reasons" in str(error.value)


def test_one_reason_is_told_by_itself() -> None:
    reason = Refused("AW-gate-done", change=CHANGE)
    with pytest.raises(Refused) as error:
        gate.refuse([reason], CHANGE)
    assert error.value is reason
    gate.refuse([], CHANGE)


def test_hosts_can_be_drifted_and_sick_at_once(site: Site) -> None:
    sick = [Result("service nginx", False, "is down", 0.1, 1)]
    with pytest.raises(Refused) as error:
        hosts_judged(site, {"app-01": sick, "web-02": sick}, web_02=foretold())
    assert [line for line in error.value.details if "nginx" in line] == ["  app-01: service nginx: is down"]
    assert error.value.code == "AW-gate-refused"


def test_all_of_a_group_may_drift_and_the_others_go_on(site: Site) -> None:
    hosts_judged(site, {}, web_01=foretold(), web_02=foretold())


# What is let through


def test_once_the_first_wave_is_done_the_others_may_be_chosen_alone(site: Site) -> None:
    judged(site, limit="web-01")
    judged(site, limit="web-01,app-01")
    ran(("applying", {"wave": 1, "hosts": ["web-01"]}), ("wave", {"wave": 1, "outcome": "kept", "hosts": ["web-01"]}))
    judged(site, limit="app-01")


def test_the_live_calendar_takes_no_refusal_away(site: Site) -> None:
    site.inventory(estate_freezes=[CONGRESS])
    with signed_before(site):
        site.inventory()
        with pytest.raises(Refused, match="AW-gate-frozen"):
            judged(site)


def test_a_period_that_is_in_both_is_told_once_and_two_are_told_both(site: Site) -> None:
    site.inventory(estate_freezes=[CONGRESS])
    with signed_before(site):
        assert [reason.code for reason in gate.before_hosts(site.situation())] == ["AW-gate-frozen"]
        site.inventory(estate_freezes=[CONGRESS, {**CONGRESS, "name": "演习"}])
        assert [reason.code for reason in gate.before_hosts(site.situation())] == ["AW-gate-frozen"] * 2


def test_a_period_that_is_declared_during_a_run_stops_it_before_the_next_wave(site: Site) -> None:
    with signed_before(site):
        now = datetime.now(UTC) + timedelta(hours=8)
        ends = {"from": now - timedelta(hours=1), "to": now + timedelta(hours=1)}
        site.again(window={name: f"{moment:%Y-%m-%d %H:%M}" for name, moment in ends.items()})
        about = site.situation(datetime.now(UTC))
        assert gate.too_late(about) == []
        day = f"{now:%Y-%m-%d}"
        site.inventory(estate_freezes=[{**CONGRESS, "from": day, "to": day}])
        assert gate.too_late(about) == [Refused("AW-gate-frozen", change=CHANGE).part("what")]


def test_what_a_link_in_the_live_checkout_leads_to_is_not_quoted(site: Site) -> None:
    """Whoever owns the checkout is not the runner, and must not read by its eyes."""
    secret = site.folder / "secret.yml"
    secret.write_text("Pl4nted: [\nPl4nted-too: 1\n")
    with signed_before(site):
        link = site.checkout.path / "inventories" / site.change["estate"] / "group_vars" / "all" / "more.yml"
        link.parent.mkdir(parents=True)
        link.symlink_to(secret)
        (reason,) = gate.before_hosts(site.situation())
    assert (reason.code, "more.yml" in str(reason), "Pl4nted" in str(reason)) == ("AW-gate-calendar-live", True, False)


def test_an_emergency_does_not_ask_for_the_live_calendar(site: Site) -> None:
    site.again(emergency="sshd 有漏洞正被利用", by=["yezhu-1"])
    with signed_before(site):
        site.checkout.write(f"inventories/{site.change['estate']}/hosts.yml", "all: [\n")
        judged(site)


def test_an_emergency_waits_for_no_window_freeze_or_rehearsal(site: Site) -> None:
    site.inventory(estate_freezes=[{"name": "两会", "from": "2031-03-01", "to": "2031-03-11", "reason": "重点保障"}])
    store.path_of(f"{CHANGE}.rehearsal").unlink()
    site.again(emergency="sshd 有漏洞正被利用", by=["yezhu-1"])
    judged(site, INSIDE + timedelta(days=1))
    assert site.situation().approval is not None
    assert {said.purpose for said in approvals.claims(site.place / approvals.FOLDER)} == {EMERGENCY}


def test_an_emergency_runs_on_no_release_that_nobody_tried(site: Site) -> None:
    site.again({"app-01": foretold(change_of(), release=OTHER)}, hosts="app-01", emergency="漏洞", by=["yezhu-1"])
    with pytest.raises(Refused, match="AW-gate-untried"):
        judged(site)


def test_what_says_why_it_was_not_rehearsed_runs_with_one_more_signature(site: Site) -> None:
    store.path_of(f"{CHANGE}.rehearsal").unlink()
    site.again(unrehearsed="演练组正在重装", by=["yezhu-1", "anquan-1"])
    with pytest.raises(Refused, match="AW-gate-approval"):
        judged(site)
    page = site.folder / "more.yml"
    people = [site.people[who] for who in ("yezhu-1", "anquan-1", AUTHOR, "stranger")]
    shutil.rmtree(site.home / "trust")
    page.write_bytes(trust_bytes(*people))
    trust_changes.begin(page)
    site.approve("stranger")
    judged(site)


def test_a_rehearsal_needs_no_approval_window_or_rehearsal_but_its_dead_man(site: Site) -> None:
    about = replace(site.situation(INSIDE + timedelta(days=9)), approval=None, rehearsed={})
    assert gate.before_hosts(about) == []
    bare = plan.made(site.change, site.estate, {"app-01": foretold(change_of(), dead_man=False)})
    assert [reason.code for reason in gate.before_hosts(replace(about, plan=bare))] == ["AW-gate-disarmed"]


def test_a_run_that_was_cut_short_before_its_last_word_may_say_it(site: Site) -> None:
    everyone = {"wave": 1, "hosts": list(PLANNED)}
    ran(("applying", everyone), ("wave", {**everyone, "outcome": "kept"}))
    judged(site)


def test_what_was_cut_short_may_go_on_and_what_was_taken_back_may_run_again(site: Site) -> None:
    ran(("applying", {"wave": 1, "hosts": ["web-01"]}))
    judged(site)
    back = ("returned", {"wave": 1, "hosts": {"web-01": {"ok": True}}})
    ended = ("ended", {"outcome": "returned", "status": 4, "said": ""})
    under_way = store.Record.open(CHANGE)
    for event, data in (back, ended):
        under_way.append(event, data)
    judged(site)


def test_a_run_of_the_same_plan_goes_on(site: Site) -> None:
    record(CHANGE, PLANNED, _begun(plan=site.plan.digest))
    judged(site)


# The way back


@pytest.mark.parametrize(("over", "code"), [(False, "AW-gate-rollback-late"), (True, "AW-gate-rollback-over")])
def test_taking_back_late_or_over_others_work_needs_approval(
    site: Site, over: bool, code: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran()
    if not over:
        monkeypatch.setattr(started, "free_hours", lambda _settings: -1)
    order = site.order("rollback", over=over)
    assert started.main(order.as_text()) == Exit.REFUSED
    said = capsys.readouterr().err
    assert said.startswith(f"{code}: ")
    assert "1 people needed, 0 counted" in said
    assert f"anwei change approve {CHANGE} --for rollback" in said


class Then(datetime):
    """The clock of four days ago."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Then":
        return cls.fromtimestamp(time.time(), tz) - timedelta(days=4)


def test_taking_one_host_back_makes_the_others_no_younger(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as long_ago:
        long_ago.setattr("anwei.record.journal.datetime", Then)
        under_way = ran()
    for event, data in [
        ("returning", {"wave": None, "hosts": ["app-01"]}),
        ("returned", {"wave": None, "hosts": {"app-01": {"ok": True}}}),
        ("ended", {"outcome": "taken-back", "status": 0, "said": ""}),
    ]:
        under_way.append(event, data)
    assert started.main(site.order("rollback").as_text()) == Exit.REFUSED
    assert capsys.readouterr().err.startswith("AW-gate-rollback-late: ")


def test_a_way_back_that_is_free_or_approved_asks_the_hosts(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[list[str]] = []

    def bring_back(_way: object, names: list[str], *_: object) -> dict[str, dict[str, Any]]:
        asked.append(list(names))
        return {name: {"ok": True} for name in names}

    monkeypatch.setattr(started.returning, "bring_back", bring_back)
    ran()
    assert started.main(site.order("rollback", limit="app-01").as_text()) == Exit.GOOD
    site.approve("yezhu-1", ROLLBACK)
    assert started.main(site.order("rollback", over=True).as_text()) == Exit.GOOD
    assert asked == [["app-01"], sorted(PLANNED)]
    assert capsys.readouterr().err.count("AW-") == 0
