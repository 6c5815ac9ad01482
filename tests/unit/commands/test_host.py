"""`anwei host`: what it plays, what it says of each host, and when it fails."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from anwei.commands import host
from anwei.errors import Failure
from anwei.reach.playing import Note

OK, FAILED, UNREACHABLE = host.ENDINGS
KEPT = [
    {"change": "c1", "begun": "2026-11-21T01:02:03Z", "outcome": "applied", "armed": True},
    {"change": "c2", "begun": "2026-11-21T02:02:03Z", "outcome": "returned", "armed": False},
]
Events = list[tuple[str, str, Mapping[str, Any]]]


class Played:
    """Takes the place of Ansible: tells the given events, and keeps what it was asked to play."""

    def __init__(self) -> None:
        self.events: Events = []
        self.asked: tuple[str, list[str], Mapping[str, Any]] | None = None

    def __call__(
        self, playbook: str, _inventory: Path, hosts: list[str], values: Mapping[str, Any], note: Note
    ) -> list[str]:
        self.asked = (playbook, hosts, values)
        for event in self.events:
            note(*event)
        return ["last words"]


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Played:
    monkeypatch.setenv("ANWEI_LANG", "en")
    stand_in = Played()
    chosen = {"web": ["web1", "web2"], "web1": ["web1"]}
    estate = SimpleNamespace(
        path=Path("inventories/lab"),
        select=lambda pattern: [SimpleNamespace(name=name) for name in chosen[pattern]],
    )
    monkeypatch.setattr(host, "load_estate", lambda _name: estate)
    monkeypatch.setattr(host, "play", stand_in)
    return stand_in


def run(*words: str) -> int:
    top = argparse.ArgumentParser()
    host.add_parser(top.add_subparsers())
    arguments = top.parse_args(["host", *words])
    return int(arguments.run(arguments))


def test_kept_changes_are_listed_by_host(played: Played, capsys: pytest.CaptureFixture[str]) -> None:
    played.events = [
        ("runner_on_start", "web1", {}),
        (OK, "web1", {"changes": KEPT}),
        (OK, "web2", {"changes": []}),
    ]
    assert run("changes", "--limit", "web") == 0
    assert played.asked == ("host_changes", ["web1", "web2"], {})
    assert capsys.readouterr().out.splitlines() == [
        "web1  c1  2026-11-21T01:02:03Z  applied (waits for confirmation, else takes itself back)",
        "    c2  2026-11-21T02:02:03Z  returned",
        "web2  no change that could be taken back",
    ]


def test_taking_back_passes_on_the_change_and_whether_over_others_work(played: Played) -> None:
    played.events = [(OK, "web1", {"msg": "took back 1"})]
    assert run("back", "c1", "--over", "--limit", "web1") == 0
    assert played.asked == ("rollback", ["web1"], {"anwei_change": "c1", "anwei_over": True})
    run("back", "c1", "--limit", "web1")
    assert played.asked[2]["anwei_over"] is False


def test_cleaning_says_what_was_there(played: Played, capsys: pytest.CaptureFixture[str]) -> None:
    played.events = [(OK, "web1", {"changed": True}), (OK, "web2", {"changed": False})]
    assert run("clean", "--limit", "web") == 0
    assert capsys.readouterr().out.splitlines() == ["web1  cleaned", "web2  nothing was kept"]


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([(FAILED, "web1", {"failed": True, "msg": "AW-host-conflicts: left"})], "AW-host-conflicts"),
        ([(UNREACHABLE, "web1", {"unreachable": True, "msg": "Connection refused"})], "refused"),
        ([], "did not answer"),
    ],
)
def test_one_host_that_did_not_makes_it_fail_and_the_others_are_told(
    played: Played, capsys: pytest.CaptureFixture[str], events: Events, words: str
) -> None:
    played.events = [*events, (OK, "web2", {"msg": "took back 1"})]
    assert run("back", "c1", "--limit", "web") == 5
    shown = capsys.readouterr()
    assert shown.out == "web2  took back 1\n"
    assert shown.err.startswith("web1  ")
    assert words in shown.err


def test_an_answer_for_machines_holds_nothing_of_ansibles_own(
    played: Played, capsys: pytest.CaptureFixture[str]
) -> None:
    played.events = [(OK, "web1", {"changes": KEPT, "_ansible_no_log": False})]
    run("changes", "--limit", "web1", "--json")
    assert json.loads(capsys.readouterr().out) == {"web1": {"changes": KEPT}}


def test_an_ansible_that_does_not_start_is_told_in_its_own_words(played: Played) -> None:
    with pytest.raises(Failure) as failure:
        run("changes", "--limit", "web1")
    assert (failure.value.code, failure.value.details) == ("AW-host-engine", ["last words"])
