"""What travels to hosts is the same wherever it is made; what comes back is found whatever stands around it."""

import base64
import io
import os
import sys
import zipfile
from pathlib import Path

import pytest

from anwei.state import transport
from tests.unit.state.machine import NONCE, Machine, stub_kit

ANSWER = '{"ok": true, "text": "中文"}'


def framed(answer: str = ANSWER, status: str = "0", end: str = "\n") -> str:
    coded = base64.b64encode(answer.encode()).decode()
    lines = [coded[start : start + 7] for start in range(0, len(coded), 7)]
    return end.join([f"@anwei-begin {NONCE}@", *lines, f"@anwei-end {NONCE} {status}@", ""])


def test_the_kit_does_not_depend_on_when_and_in_which_order_its_files_were_made(tmp_path: Path) -> None:
    names = ["hostkit/__init__.py", "hostkit/b.py", "hostkit/kinds/a.py", "hostkit/undo.sh", "hostkit/s/file.json"]
    for folder, order in (("one", names), ("two", names[::-1])):
        for name in order:
            page = tmp_path / folder / name
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(name)
            os.utime(page, (len(folder + order[0]), 1))
    one, two = (transport.kit(tmp_path / folder / "hostkit") for folder in ("one", "two"))
    assert one == two
    assert zipfile.ZipFile(io.BytesIO(one.content)).namelist() == ["__main__.py", *sorted(names)]
    (tmp_path / "two/hostkit/b.py").write_text("other")
    assert transport.kit(tmp_path / "two/hostkit").digest != one.digest


def test_what_python_or_an_editor_left_does_not_travel(tmp_path: Path) -> None:
    before = stub_kit(tmp_path)
    (tmp_path / "hostkit/__pycache__").mkdir()
    for name in ("__pycache__/x.pyc", ".x.swp", "bootstrap.py"):
        (tmp_path / "hostkit" / name).write_text("x")
    assert transport.kit(tmp_path / "hostkit") == before


def test_our_own_kit_holds_everything_but_the_bootstrap() -> None:
    names = set(zipfile.ZipFile(io.BytesIO(transport.kit().content)).namelist())
    assert {"hostkit/__main__.py", "hostkit/undo.sh", "hostkit/kinds/file.py"} <= names
    assert "hostkit/bootstrap.py" not in names


def test_the_bootstrap_is_short_and_says_the_same_without_its_explanations() -> None:
    code = transport.bootstrap()
    assert len(code) < 4096
    assert "'" not in code, "each quote is quoted up to three times on its way"
    assert "#" not in code
    assert '"""' not in code
    compile(code, "bootstrap", "exec")


def test_no_command_comes_near_the_longest_argument() -> None:
    assert len(transport.command("d" * 64, 10**7, NONCE, "/usr/bin/python3")) < 8192


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_banners_and_terminals_do_no_harm(end: str) -> None:
    printed = f"*** 仅限授权 ***{end}BECOME-SUCCESS{end}{framed(end=end)}Connection closed{end}"
    reply = transport.read(printed, NONCE)
    assert reply == transport.Reply("0", {"ok": True, "text": "中文"})


@pytest.mark.parametrize(
    "printed",
    ["", "no frame", framed()[:-30], framed().replace(NONCE, "ffff"), framed("{"), framed().replace("\n", "\n*", 2)],
)
def test_a_damaged_answer_is_none(printed: str) -> None:
    assert transport.read(printed, NONCE) is None


def test_a_word_instead_of_an_answer() -> None:
    assert transport.read(framed("", "wanted"), NONCE) == transport.Reply("wanted", {})


@pytest.mark.parametrize("named", ["", "auto", "auto_silent", "auto_legacy"])
def test_ways_to_guess_name_no_python(named: str) -> None:
    assert tuple(transport.pythons(named)) == transport.PYTHONS


def test_the_named_python_is_tried_first_and_one_that_is_too_old_is_passed_over(tmp_path: Path) -> None:
    kit, machine = stub_kit(tmp_path), Machine(tmp_path)
    old = tmp_path / "an old python"
    old.write_text('#!/bin/sh\ncase $3 in *version_info*) touch "$0.asked"; exit 77;; esac\n')
    old.chmod(0o755)
    command = transport.command(kit.digest, 0, NONCE, str(old))
    assert machine.reply(machine.sh(command, b"{}")).status == "wanted"
    assert (tmp_path / "an old python.asked").exists()


def test_a_host_without_python_says_so_and_takes_all_that_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "PYTHONS", ("no-such-python",))
    machine = Machine(tmp_path)
    done = machine.sh(transport.command("d", 0, NONCE), b"x" * 1_000_000)
    assert machine.reply(done).status == "no-python"


def test_nothing_is_imported_from_the_folder_that_login_leads_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "base64.py").write_text("raise SystemExit('taken from the home directory')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert Machine(tmp_path).ask(stub_kit(tmp_path / "kit"), b"{}", python=sys.executable).status == "wanted"
