"""A wave that breaks off: whatever it was, hosts that were written to are taken back, and the record says so."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from anwei.change import hosts, running
from anwei.change.actions import named
from anwei.change.changefile import Change
from anwei.change.plan import Plan
from anwei.change.running import Run, go
from anwei.change.view import View
from anwei.errors import Exit, Failure
from anwei.estate import Estate, Host
from anwei.estate.model import Place
from anwei.record import Record, syslog

NAMES = ("h1", "h2")
BACK = {"ok": True, "unknown": False, "code": "", "said": "", "changes": [], "conflicts": [], "kept": []}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run of one wave; only what is asked of hosts is made up, and by each test itself."""
    monkeypatch.setenv("ANWEI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(syslog, "LOCAL", tmp_path / "none")
    monkeypatch.setattr(
        hosts, "take_back", lambda _path, _name, names, **_options: {name: dict(BACK) for name in names}
    )
    monkeypatch.setattr(running, "foretell", lambda *_words: {})
    monkeypatch.setattr(running.health, "check", lambda *_words: {})
    plan = Plan({"waves": [list(NAMES)], "hosts": {name: {"tasks": []} for name in NAMES}, "left_out": {}})
    estate = Estate("small", tmp_path, tuple(Host(name, {}, (), Place(tmp_path)) for name in NAMES), {})
    return Run(
        name="c1",
        change=Change("c1", tmp_path, {"action": "harden_sshd"}),
        action=named("harden_sshd"),
        estate=estate,
        plan=plan,
        record=Record.begin("c1", {"change": "c1", "algorithm": "sha256"}),
        view=View(io.StringIO()),
    )


def raising(error: BaseException) -> Callable[..., Any]:
    def work(*_words: object, **_values: object) -> None:
        raise error

    return work


def events(run: Run) -> list[str]:
    return [entry["event"] for entry in run.record.entries()]


@pytest.mark.parametrize(
    "error", [RuntimeError("lost"), Failure("AW-host-silent", where="h1"), KeyError("plan")], ids=repr
)
def test_whatever_breaks_off_while_hosts_are_written_to_is_taken_back(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(hosts, "apply", raising(error))
    assert go(run, {}, ()) is Exit.ROLLED_BACK
    assert events(run) == ["opened", "applying", "interrupted", "returning", "returned", "wave", "ended"]
    told = {entry["event"]: entry["data"] for entry in run.record.entries()}
    assert told["interrupted"]["said"] == str(error)
    assert told["returning"]["hosts"] == list(NAMES)
    assert (told["wave"]["outcome"], told["ended"]["status"]) == ("returned", 4)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1)], ids=repr)
def test_who_ends_the_process_leaves_all_to_the_next_run(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    monkeypatch.setattr(hosts, "apply", raising(error))
    with pytest.raises(type(error)):
        go(run, {}, ())
    assert events(run) == ["opened", "applying"]  # from which the next one knows what was begun


def test_what_is_not_taken_back_needs_a_person(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosts, "apply", raising(RuntimeError("lost")))
    stuck = {**BACK, "ok": False, "code": "AW-host-refused"}
    monkeypatch.setattr(
        hosts, "take_back", lambda _path, _name, names, **_options: {name: dict(stuck) for name in names}
    )
    assert go(run, {}, ()) is Exit.NEEDS_PERSON
    assert run.record.entries()[-2]["data"]["outcome"] == "failed"


class Gone(io.StringIO):
    """The end of a pipe that nobody reads any more, as after `| head`."""

    def write(self, _shown: str) -> int:
        raise BrokenPipeError


def test_nobody_needs_to_look_on(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosts, "apply", raising(RuntimeError("lost")))
    assert go(replace(run, view=View(Gone())), {}, ()) is Exit.ROLLED_BACK
