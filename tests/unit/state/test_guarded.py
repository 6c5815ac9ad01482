"""Guarded estates: a playbook by hand may look and not write; an approved run proves itself; taking back stays easy."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from anwei.errors import Refused
from anwei.record import Record
from anwei.state import guarded, secret_key, transport
from tests.unit.state.machine import TASK, Machine, on_machine, plugin, stub_kit
from tests.unit.state.test_actions import answering, requests

GUARDED = {"inventory_hostname": "web1", "anwei_change": "c1", "estate_guarded": True}
DOCUMENT = {"file": {"/etc/motd": {"content": "x"}}}
PLANNED = {"plan": "ab" * 32, "dead_man": False}
NOW = datetime(2026, 12, 5, 3, tzinfo=UTC)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    stub_kit(tmp_path / "kit")
    monkeypatch.setattr(transport, "HOSTKIT", tmp_path / "kit" / "hostkit")
    monkeypatch.setenv("ANWEI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ANWEI_LANG", "en")
    return Machine(tmp_path)


def state(machine: Machine, variables: dict[str, Any], **about: Any) -> dict[str, Any]:
    result: dict[str, Any] = on_machine(plugin("state"), machine, {"document": DOCUMENT}, **about).run(
        task_vars=variables
    )
    return result


def test_by_hand_nothing_is_written_and_the_way_to_go_is_named(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answering(machine, monkeypatch)
    result = state(machine, GUARDED)
    assert (result["failed"], result["code"], result["status"]) == (True, "AW-guarded", 3)
    assert "anwei change plan, approve, run c1" in result["msg"]
    assert not asked.exists()


def test_by_hand_one_may_look(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answering(machine, monkeypatch)
    assert "failed" not in state(machine, GUARDED, check_mode=True)
    assert [each["verb"] for each in requests(asked)] == ["diff"]


def test_an_approved_run_proves_itself_for_its_own_change_only(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(machine, monkeypatch)
    assert "failed" not in state(machine, {**GUARDED, "anwei_run_proof": guarded.proof("c1")})
    assert state(machine, {**GUARDED, "anwei_run_proof": guarded.proof("c2")})["code"] == "AW-guarded"


def test_what_a_host_is_sent_makes_no_proof(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who reads the key on a host can make digests with it, in whatever way the control node makes its own."""
    asked = answering(machine, monkeypatch)
    state(machine, GUARDED, check_mode=True)
    sent = requests(asked)[0]["key"]
    assert sent != secret_key.key()
    with monkeypatch.context() as on_host:
        on_host.setattr(secret_key, "key", lambda: sent)
        forged = {guarded.proof("c1"), *(_mac(sent, words) for words in ("c1", "run c1", secret_key.RUNS))}
    assert guarded.proof("c1") not in forged


def _mac(key: str, words: str) -> str:
    return hmac.new(bytes.fromhex(key), words.encode(), hashlib.sha256).hexdigest()


def test_a_run_hands_the_host_the_digest_that_was_approved(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answering(machine, monkeypatch)
    expected = {"web1": {TASK: PLANNED}}
    state(machine, {**GUARDED, "anwei_run_proof": guarded.proof("c1"), "anwei_expected": expected})
    assert requests(asked)[0]["expect"] == "ab" * 32


@pytest.mark.parametrize("expected", [{}, {"web1": {}}, {"web2": {TASK: PLANNED}}], ids=["none", "task", "host"])
def test_what_the_plan_does_not_know_is_refused(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, expected: dict[str, Any]
) -> None:
    asked = answering(machine, monkeypatch)
    result = state(machine, {"inventory_hostname": "web1", "anwei_change": "c1", "anwei_expected": expected})
    assert result["failed"]
    assert TASK in result["msg"]
    assert not asked.exists()


@pytest.mark.parametrize("seconds", [{}, {"undo_unless_confirmed": 0}, {"undo_unless_confirmed": "0"}])
def test_what_the_plan_has_armed_is_not_written_without(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, seconds: dict[str, Any]
) -> None:
    """The seconds may be made of a template that says one thing in check mode and another in the run."""
    asked = answering(machine, monkeypatch)
    expected = {"web1": {TASK: {**PLANNED, "dead_man": True}}}
    variables = {**GUARDED, "anwei_run_proof": guarded.proof("c1"), "anwei_expected": expected}
    arguments = {"document": DOCUMENT, **seconds}
    result = on_machine(plugin("state"), machine, arguments).run(task_vars=variables)
    assert (result["failed"], result["code"]) == (True, "AW-host-refused")
    assert f"the approved plan has the task “{TASK}” armed" in result["msg"]
    assert not asked.exists()
    armed = on_machine(plugin("state"), machine, {**arguments, "undo_unless_confirmed": 60}).run(task_vars=variables)
    assert ("failed" in armed, requests(asked)[0]["undo_unless_confirmed"]) == (False, 60)


def test_taking_back_is_free_for_a_time() -> None:
    begun = "2026-12-02T03:00:01Z"
    assert not guarded.may_take_back(GUARDED, "c1", over=False)
    guarded.demand_young(GUARDED, "c1", begun, NOW)
    with pytest.raises(Refused, match="AW-guarded-rollback"):
        guarded.demand_young(GUARDED, "c1", begun, NOW + timedelta(seconds=2))
    guarded.demand_young({**GUARDED, "estate_rollback_hours": 100}, "c1", begun, NOW + timedelta(hours=5))


def test_over_others_work_it_needs_a_proof(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ANWEI_HOME", str(tmp_path))
    with pytest.raises(Refused, match="AW-guarded-rollback"):
        guarded.may_take_back(GUARDED, "c1", over=True)
    assert guarded.may_take_back({**GUARDED, "anwei_run_proof": guarded.proof("c1")}, "c1", over=True)
    assert guarded.may_take_back({}, "c1", over=True)


def test_the_host_says_how_old_a_change_is(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    old = [{"change": "c1", "begun": "2020-01-01T00:00:00Z", "outcome": "applied", "armed": False}]
    asked = answering(machine, monkeypatch, kept_changes=old)
    result = on_machine(plugin("take_back"), machine, {"change": "c1"}).run(task_vars=GUARDED)
    assert result["code"] == "AW-guarded-rollback"
    assert [each["verb"] for each in requests(asked)] == ["changes"]


def wrote(change: str, *events: str) -> None:
    """A record of the change, with entries made now."""
    record = Record.begin(change, {"change": change})
    for event in events:
        data = {"wave": 1, "hosts": {"web1": {"ok": False}} if event == "returned" else ["web1"], "outcome": "kept"}
        record.append(event, data)


@pytest.mark.parametrize(
    ("begun", "hours", "refused"), [("2020-01-01T00:00:00Z", 72, False), ("2099-01-01T00:00:00Z", -1, True)]
)
def test_by_hand_the_record_decides_as_it_does_for_the_command(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, begun: str, hours: int, refused: bool
) -> None:
    """A host that was begun days before the last wave is free as long as the others, and not a second longer."""
    kept = [{"change": "c1", "begun": begun, "outcome": "applied", "armed": False}]
    asked = answering(machine, monkeypatch, ok=True, changed=False, kept_changes=kept)
    wrote("c1", "applying", "wave")
    variables = {**GUARDED, "estate_rollback_hours": hours}
    result = on_machine(plugin("take_back"), machine, {"change": "c1"}).run(task_vars=variables)
    assert result.get("code") == ("AW-guarded-rollback" if refused else None), result
    assert asked.exists() is not refused


def test_a_record_of_what_was_only_taken_back_leaves_it_to_the_host(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = [{"change": "c1", "begun": "2020-01-01T00:00:00Z", "outcome": "applied", "armed": False}]
    answering(machine, monkeypatch, kept_changes=old)
    wrote("c1", "returning", "returned", "ended")
    result = on_machine(plugin("take_back"), machine, {"change": "c1"}).run(task_vars=GUARDED)
    assert result["code"] == "AW-guarded-rollback"
