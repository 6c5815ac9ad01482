"""The bootstrap, run for real by every Python there is: what it takes in, what it refuses, what it removes."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from anwei.state import transport
from anwei.state.transport import Kit
from tests.unit.state.machine import MAIN, NONCE, PYTHONS, Machine, reason, sha256, stub_kit

DAYS = 86400
REQUEST = json.dumps({"verb": "diff", "text": "中文"}).encode()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def kit(tmp_path: Path) -> Kit:
    return stub_kit(tmp_path / "kit")


@pytest.mark.parametrize("python", PYTHONS, ids=lambda path: Path(path).parents[1].name)
def test_a_kit_is_wanted_once_and_then_kept(machine: Machine, kit: Kit, python: str) -> None:
    assert machine.ask(kit, REQUEST, python=python).status == "wanted"
    first = machine.ask(kit, REQUEST, send=True, python=python)
    again = machine.ask(kit, REQUEST, python=python)
    assert (first.status, again.status) == ("0", "0")
    assert again.answer["asked"]["text"] == "中文"
    assert again.answer["file"].startswith(f"{machine.store}/hostkit/{kit.digest}/hostkit/__main__.py")
    assert machine.kits == [kit.digest]


def test_what_is_kept_is_roots_alone_and_compiled(machine: Machine, kit: Kit) -> None:
    machine.ask(kit, REQUEST, send=True)
    for path in [machine.store, *machine.store.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path
    assert list(machine.store.rglob("*.pyc"))


def test_the_kit_is_a_program_for_the_engineer_at_the_console(machine: Machine, kit: Kit) -> None:
    machine.ask(kit, REQUEST, send=True)
    folder = machine.store / "hostkit" / kit.digest
    done = subprocess.run([sys.executable, str(folder), "back", "x"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (7, "back x")


def test_the_umask_of_what_runs_is_the_systems_own(machine: Machine, kit: Kit) -> None:
    before = os.umask(0o022)
    try:
        assert machine.ask(kit, REQUEST, send=True).answer["umask"] == 0o022
    finally:
        os.umask(before)


@pytest.mark.parametrize("cut", [slice(0, -1), slice(1, None)])
def test_a_kit_that_is_not_the_named_one_is_neither_unpacked_nor_run(machine: Machine, kit: Kit, cut: slice) -> None:
    other = Kit(kit.content[cut], kit.digest)
    assert reason(machine.ask(other, REQUEST, send=True)) == "payload-altered"
    assert machine.kits == []


def test_only_root_may_run_it(machine: Machine, kit: Kit) -> None:
    machine.owner = os.geteuid() + 1
    assert reason(machine.ask(kit, REQUEST, send=True)) == "not-root"
    assert not machine.store.exists()


def _open(path: Path) -> None:
    path.chmod(0o755)


def _link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))


def _file(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.write_text("")


def _foreign(path: Path) -> None:
    os.chown(path, 12345, -1)


Spoiler = Callable[[Path], None]
SPOILERS: list[Spoiler] = [_open, _link, _file] + ([_foreign] if os.geteuid() == 0 else [])


@pytest.mark.parametrize("spoil", SPOILERS)
@pytest.mark.parametrize("which", [".", "hostkit", "hostkit/DIGEST"])
def test_nothing_runs_from_a_store_that_others_can_reach(
    machine: Machine, kit: Kit, spoil: Spoiler, which: str
) -> None:
    machine.ask(kit, REQUEST, send=True)
    spoil(machine.store / which.replace("DIGEST", kit.digest))
    assert reason(machine.ask(kit, REQUEST)) == "store-unsafe"


def test_nothing_runs_when_others_could_replace_the_store(machine: Machine, kit: Kit) -> None:
    machine.folder.chmod(0o777)
    assert reason(machine.ask(kit, REQUEST, send=True)) == "store-unsafe"
    assert not machine.store.exists()
    machine.folder.chmod(0o1777)  # as /tmp is: what is there can only be replaced by its owner
    assert machine.ask(kit, REQUEST, send=True).status == "0"


def test_a_payload_in_a_file_is_taken_when_it_is_the_very_one(machine: Machine, kit: Kit, tmp_path: Path) -> None:
    page = tmp_path / "payload"
    page.write_bytes(kit.content + REQUEST)
    right = sha256(page.read_bytes())
    assert machine.ask_by_file(kit, page, right).status == "0"
    page.write_bytes(kit.content + REQUEST.replace(b"diff", b"read"))
    assert reason(machine.ask_by_file(kit, page, right)) == "payload-altered"


def test_a_link_or_a_pipe_instead_of_the_payload_is_refused(machine: Machine, kit: Kit, tmp_path: Path) -> None:
    (tmp_path / "payload").write_bytes(kit.content + REQUEST)
    (tmp_path / "link").symlink_to("payload")
    os.mkfifo(tmp_path / "pipe")
    right = sha256(kit.content + REQUEST)
    for name in ("link", "pipe"):
        reply = machine.ask_by_file(kit, tmp_path / name, right)
        assert reply.answer["ok"] is False
    assert not machine.store.exists()


def test_a_defect_names_its_line_and_quotes_nothing(machine: Machine, kit: Kit) -> None:
    reply = machine.ask(kit, b'{"verb": "crash", "password": "hunter2"}', send=True)
    line = MAIN.splitlines().index('        raise OSError(28, "No space left on device", "/secret/path")') + 1
    assert reply.status == "5"
    said = reply.answer["refusals"][0]
    assert (said["reason"], said["item"]) == ("defect", f"__main__.py:{line}")
    assert said["values"] == {"kind": "OSError", "words": "No space left on device"}


def test_old_kits_go_but_not_the_newest_a_young_or_an_armed_one(machine: Machine, kit: Kit) -> None:
    machine.ask(kit, REQUEST, send=True)
    armed, young = "a" * 64, "b" * 64
    ages = {armed: 9, "c" * 64: 8, "d" * 64: 10, "e" * 64: 5, ".new-x1y2z3": 4, young: 0.5}
    for name, days in ages.items():
        folder = machine.store / "hostkit" / name
        folder.mkdir(mode=0o700)
        os.utime(folder, (time.time() - days * DAYS,) * 2)
    (machine.store / "deadman").write_text(f"made /etc/x\nkit {machine.store}/hostkit/{armed}\n")
    newer = stub_kit(machine.folder / "newer", MAIN + "\n")
    machine.ask(newer, REQUEST, send=True)
    assert machine.kits == sorted([kit.digest, newer.digest, young, armed])


def test_two_that_come_at_once_both_get_their_answer(machine: Machine, kit: Kit) -> None:
    command = transport.command(kit.digest, len(kit.content), NONCE, sys.executable)
    here = command.replace('"/var/lib/anwei"', f'"{machine.store}"').replace("OWNER = 0", f"OWNER = {machine.owner}")
    pipes = [subprocess.Popen(["/bin/sh", "-c", here], stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(3)]
    for pipe in pipes:
        assert pipe.stdin
        pipe.stdin.write(kit.content + REQUEST)
        pipe.stdin.close()
    for pipe in pipes:
        assert pipe.stdout
        reply = transport.read(pipe.stdout.read().decode(), NONCE)
        pipe.wait()
        assert reply
        assert reply.status == "0"
    assert machine.kits == [kit.digest]


def test_what_a_killed_run_left_half_unpacked_hinders_nobody(machine: Machine, kit: Kit) -> None:
    (machine.store / "hostkit" / ".new-half").mkdir(parents=True)
    for folder in (machine.store, machine.store / "hostkit", machine.store / "hostkit" / ".new-half"):
        folder.chmod(0o700)
    assert machine.ask(kit, REQUEST, send=True).status == "0"
