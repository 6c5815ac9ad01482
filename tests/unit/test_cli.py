"""The command: exit statuses, errors for people and for machines, nothing but one function behind each word."""

import json
import os
import subprocess
import sys

import pytest

from anwei import cli
from anwei.commands import lab
from anwei.errors import Exit


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANWEI_LANG", "en")


@pytest.mark.parametrize(
    "words", [[], ["frobnicate"], ["lab"], ["lab", "up", "--hosts", "many"], ["check", "mlps", "--level", "5"]]
)
def test_wrong_words_exit_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    assert ended.value.code == Exit.BAD_INPUT
    assert "usage: anwei" in capsys.readouterr().err


def test_one_noun_does_not_wait_for_all_others_to_load() -> None:
    code = "import sys; from anwei import cli; cli.parser('lab'); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "anwei.commands.lab" in loaded
    assert {"docx", "ansible_runner", "anwei.commands.change"}.isdisjoint(loaded)


def test_without_root_the_lab_is_refused_and_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert cli.main(["lab", "up"]) == Exit.BAD_INPUT
    said = capsys.readouterr().err
    assert said.startswith("AW-lab-root: ")
    assert "sudo" in said
    assert cli.main(["lab", "down"]) == Exit.BAD_INPUT


def test_a_machine_that_cannot_run_the_lab_is_told_what_it_lacks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("PATH", "/nonexistent")
    assert cli.main(["lab", "up"]) == Exit.NEEDS_PERSON
    said = capsys.readouterr().err
    assert "AW-lab-unfit" in said
    assert "systemd-nspawn, mmdebstrap" in said


def test_errors_are_json_where_json_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert cli.main(["lab", "up", "--json"]) == Exit.BAD_INPUT
    shown = capsys.readouterr()
    assert json.loads(shown.out)["error"]["code"] == "AW-lab-root"
    assert shown.err == ""


def test_a_defect_shows_its_traceback_and_says_that_it_is_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def defect(_arguments: object) -> int:
        return 1 // 0

    monkeypatch.setattr(lab, "_status", defect)
    assert cli.main(["lab", "status"]) == Exit.NEEDS_PERSON
    said = capsys.readouterr().err
    assert "Traceback" in said
    assert "AW-internal: internal error: ZeroDivisionError" in said


@pytest.mark.parametrize("language", ["zh", "en"])
def test_help_is_in_the_language_of_the_reader(
    language: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ANWEI_LANG", language)
    with pytest.raises(SystemExit) as ended:
        cli.main(["--help"])
    assert ended.value.code == 0
    assert ("实验环境" in capsys.readouterr().out) == (language == "zh")
