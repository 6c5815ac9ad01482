"""The words of `anwei collect` that contact no host: the list, the script, what is carried back, what is opened."""

import argparse
import json
import subprocess
from pathlib import Path

import pytest

from anwei.baseline import catalogue
from anwei.baseline.checking import Questions
from anwei.commands import collect as subject
from anwei.commands import collect_carried
from anwei.errors import BadInput, Exit
from anwei.evidence import carried
from anwei.evidence.commands import Command
from anwei.evidence.transcript import Transcript, saved

LINUX = catalogue.load(3).declarations("linux")
ASKED = [Command("cat -- %s", ("/etc/os-release",)), Command("uname -r")]


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANWEI_HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setattr(subject, "load_estate", lambda name: pytest.fail("no estate is needed"))


def run(*words: object) -> int:
    parser = argparse.ArgumentParser()
    subject.add_parser(parser.add_subparsers(required=True))
    arguments = parser.parse_args(["collect", *map(str, words)])
    return int(arguments.run(arguments))


def answered(path: Path, commands: list[Command], host: str = "web1") -> Path:
    """What a host answers to these commands, run here under its name."""
    text = carried.write("linux", [(each, 5) for each in commands]).replace("$(uname -n)", host)
    done = subprocess.run(["sh"], input=text, capture_output=True, text=True, check=True)
    path.write_text(done.stdout)
    return path


def test_the_list_shows_every_command_that_may_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--list") == Exit.GOOD
    shown = capsys.readouterr().out
    assert "uname -r" in shown
    assert "cat -- <public_file>" in shown
    assert "/etc/os-release" in shown


def test_the_list_for_a_machine_has_types_limits_and_patterns(capsys: pytest.CaptureFixture[str]) -> None:
    run("--list", "--json")
    types = {each["type"]: each for each in json.loads(capsys.readouterr().out)["types"]}
    assert set(types) == {each.code for each in catalogue.load(3).types}
    commands = {each["command"]: each for each in types["linux"]["commands"]}
    assert commands["uname -r"] == {"command": "uname -r", "seconds": 10, "parameters": [], "first_round": []}
    (parameter,) = commands["cat -- %s"]["parameters"]
    assert parameter["type"] == "public_file"
    assert parameter["pattern"].startswith("(?!")
    listed = {(name, each["command"]) for name, kind in types.items() for each in kind["commands"]}
    assert {template for _, template in listed} >= {each.template for each in LINUX.commands()}


def test_the_script_asks_all_that_is_known_beforehand(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--script", "linux") == Exit.GOOD
    text = capsys.readouterr().out
    assert text.startswith("#!/bin/sh\n")
    assert text.count("\n    asks ") == len(list(LINUX.commands()))
    subprocess.run(["sh", "-n"], input=text, text=True, check=True)


def test_what_is_carried_back_becomes_evidence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = answered(tmp_path / "a.txt", ASKED)
    second = answered(tmp_path / "b.txt", ASKED, "web2")
    out = tmp_path / "new" / "out"
    assert run("--from", first, second, "--out", out) == Exit.GOOD
    found = {each.object: each for each in saved(out)}
    assert set(found) == {"web1", "web2"}
    assert found["web1"].answers.keys() == {each.text for each in ASKED}
    assert found["web1"].digest in capsys.readouterr().out
    assert out.stat().st_mode & 0o777 == 0o700


def test_without_a_folder_it_is_only_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = answered(tmp_path / "a.txt", ASKED)
    assert run("--from", path, "--json") == Exit.GOOD
    answer = json.loads(capsys.readouterr().out)["web1"]
    assert (answer["commands"], answer["taken_by"], answer["skew"]) == (2, "script", None)
    assert answer["privilege"] in ("root", "limited")


def test_a_name_can_be_given_and_two_of_one_name_are_refused(tmp_path: Path) -> None:
    first = answered(tmp_path / "a.txt", ASKED, "localhost")
    second = answered(tmp_path / "b.txt", ASKED, "localhost")
    with pytest.raises(BadInput, match="AW-carried-twice") as refused:
        run("--from", first, second)
    assert "b.txt" in refused.value.where
    run("--from", f"web1={first}", f"web2={second}", "--out", tmp_path / "out")
    assert [each.object for each in saved(tmp_path / "out")] == ["web1", "web2"]


def test_one_bad_file_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    first = answered(tmp_path / "a.txt", ASKED)
    (tmp_path / "b.txt").write_text(first.read_text()[:-50])
    with pytest.raises(BadInput, match="AW-carried-cut") as refused:
        run("--from", first, tmp_path / "b.txt", "--out", tmp_path / "out")
    assert refused.value.where == str(tmp_path / "b.txt")
    assert not (tmp_path / "out").exists()
    with pytest.raises(BadInput, match="AW-carried-unreadable"):
        run("--from", tmp_path / "missing.txt")


@pytest.mark.parametrize("content", [b"", b"hello\n", b"\0\xff" * 100])
def test_a_file_that_is_neither_answer_nor_device_text_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.txt").write_bytes(content)
    with pytest.raises(BadInput) as refused:
        run("--from", tmp_path / "x.txt")
    assert "x" in refused.value.where


def test_the_log_of_a_device_is_handed_on_and_masked(tmp_path: Path) -> None:
    lines = ["<SW1>display current-configuration", "!Software Version V200R019C10SPC500", "#", "sysname SW1", "#"]
    lines += ["ftp server enable", " set x password=Hunter2!x", "#", "return", "<SW1>"]
    (tmp_path / "sw1.log").write_text("\n".join(lines) + "\n")
    run("--from", tmp_path / "sw1.log", "--out", tmp_path / "out")
    (said,) = saved(tmp_path / "out")
    assert (said.object, said.taken_by) == ("SW1", "text")
    everything = b"".join(each.stdout for each in said.answers.values())
    assert b"ftp server enable" in everything
    assert b"Hunter2!x" not in everything


class Led(Questions):
    """A catalogue whose first answer leads to one more command on that host."""

    def wanted(self, transcript: Transcript, learnt: tuple[Command, ...] = ()) -> tuple[Command, ...]:
        led = Command("cat -- %s", (f"/etc/{transcript.object}.conf",))
        return () if led.text in transcript.answers else (led,)


def test_a_second_script_asks_what_the_first_answer_led_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    questions = Led(catalogue.load(3))
    first = answered(tmp_path / "a.txt", ASKED)
    other = answered(tmp_path / "b.txt", ASKED, "web2")
    collect_carried.print_script("linux", questions, [str(first)], None)
    text = capsys.readouterr().out
    assert text.count("\n    asks ") == 1
    assert "cat -- /etc/web1.conf" in text
    done = subprocess.run(["sh"], input=text.replace("$(uname -n)", "web1"), capture_output=True, text=True, check=True)
    (tmp_path / "more.txt").write_text(done.stdout)
    (whole,) = collect_carried.transcripts(questions, [str(first), str(tmp_path / "more.txt")])
    assert whole.answers.keys() == {*(each.text for each in ASKED), "cat -- /etc/web1.conf"}
    assert collect_carried.print_script("linux", questions, [str(first), str(tmp_path / "more.txt")], None) == Exit.GOOD
    assert capsys.readouterr().out == ""
    with pytest.raises(BadInput, match="AW-carried-hosts"):
        collect_carried.print_script("linux", questions, [str(first), str(other)], None)
    with pytest.raises(BadInput, match="AW-carried-nothing"):
        collect_carried.transcripts(questions, [str(tmp_path / "more.txt")])


def test_opened_evidence_is_what_was_sealed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("--from", answered(tmp_path / "a.txt", ASKED), "--out", tmp_path / "sealed")
    (said,) = saved(tmp_path / "sealed")
    assert run("--open", tmp_path / "sealed", "--out", tmp_path / "open") == Exit.GOOD
    assert said.digest in capsys.readouterr().out
    (path,) = (tmp_path / "open").iterdir()
    assert json.loads(path.read_text())["digest"] == said.digest
    assert saved(tmp_path / "open") == [said]


def test_opening_needs_another_folder_and_something_to_open(tmp_path: Path) -> None:
    for out in ((), ("--out", tmp_path)):
        with pytest.raises(BadInput, match="AW-transcript-open"):
            run("--open", tmp_path, *out)
    with pytest.raises(BadInput, match="AW-check-no-transcripts"):
        run("--open", tmp_path, "--out", tmp_path / "out")


def test_the_secrets_of_an_estate_are_known_when_files_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = type("Host", (), {"variables": {"ansible_password": "Kn0wn-Secret"}})
    monkeypatch.setattr(subject, "load_estate", lambda name: type("Estate", (), {"hosts": [host]}))
    path = answered(tmp_path / "a.txt", [Command("uname -r")])
    text = carried.write("linux", [(Command("uname -r"), 5)]).replace("'uname -r'", "'echo Kn0wn-Secret'")
    path.write_text(subprocess.run(["sh"], input=text, capture_output=True, text=True, check=True).stdout)
    run("--from", path, "--estate", "lab", "--out", tmp_path / "out")
    assert saved(tmp_path / "out")[0].answers["uname -r"].stdout == b"(secret.12.aA1!)\n"
