"""The examination: each thing that is wrong is found and named, and what is right is not."""

import json
import os
import shutil
import socket
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anwei import cli
from anwei.approval import trust_changes
from anwei.control import credentials, doctor, kept, left_over, machine, notes, own, reached
from anwei.control.finding import Finding, State
from anwei.estate import Estate, Host, Place
from anwei.record import Record, syslog
from anwei.texts import catalogue
from tests.unit.approval.people import somebody, trust_bytes

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
Spoil = Callable[[Path], object]


def states(found: Iterator[Finding]) -> dict[State, str]:
    """What was said, by how bad it is."""
    said: dict[State, str] = {}
    for each in found:
        said[each.state] = f"{said.get(each.state, '')}{each.said}\n"
    return said


# The control node's own


def test_a_sound_folder_has_nothing_bad_in_it(used: Path) -> None:
    assert State.BAD not in states(own.folder())
    assert states(own.keys()).keys() == {State.OK}
    assert states(own.trusted()).keys() == {State.OK}


FOLDERS: dict[str, tuple[Spoil, str]] = {
    "open": (lambda home: home.chmod(0o750), "other accounts get into"),
    "in-a-checkout": (lambda home: (home.parent / ".git").mkdir(), "lies in the checkout"),
    "above": (lambda home: home.parent.chmod(0o777), "something else in the place of"),
}


@pytest.mark.parametrize("what", FOLDERS)
def test_a_folder_that_others_get_at_is_bad(used: Path, what: str) -> None:
    spoil, said = FOLDERS[what]
    spoil(used)
    assert said in states(own.folder())[State.BAD]


def test_a_folder_that_is_not_there_is_a_warning(home: Path) -> None:
    home.rmdir()
    assert states(own.folder()).keys() == {State.WARNING}


def test_a_long_path_is_bad_before_ssh_says_so(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    longer = home / ("x" * own.LONGEST)
    longer.mkdir(mode=0o700)
    monkeypatch.setenv("ANWEI_HOME", str(longer))
    assert "too long" in states(own.folder())[State.BAD]


def test_an_encrypted_disk_is_told_by_the_kernel(tmp_path: Path) -> None:
    device = tmp_path.stat().st_dev
    block = tmp_path / "blocks" / f"{os.major(device)}:{os.minor(device)}"
    assert not own.encrypted(tmp_path, tmp_path / "blocks")
    for name, uuid in (("a", "CRYPT-LUKS2-0123"), ("b", "LVM-4567")):
        (block / "slaves" / name / "dm").mkdir(parents=True)
        (block / "slaves" / name / "dm" / "uuid").write_text(uuid)
    assert not own.encrypted(tmp_path, tmp_path / "blocks"), "half of it is not"
    shutil.rmtree(block / "slaves" / "b")
    assert own.encrypted(tmp_path, tmp_path / "blocks")


KEYS: dict[str, tuple[Spoil, str, State]] = {
    "open": (lambda home: (home / "key").chmod(0o640), "can read the key", State.BAD),
    "node-open": (lambda home: (home / "node_key").chmod(0o604), "can read the key", State.BAD),
    "gone": (lambda home: (home / "node_key").unlink(), "is gone", State.WARNING),
    "damaged": (lambda home: (home / "key").write_text("x"), "AW-key-damaged", State.BAD),
    "apart": (lambda home: (home / "node_key.pub").write_text("ssh-ed25519 AAAA x"), "does not belong", State.BAD),
}


@pytest.mark.parametrize("what", KEYS)
def test_a_key_that_is_not_what_it_should_be_is_named(used: Path, what: str) -> None:
    spoil, said, state = KEYS[what]
    spoil(used)
    found = doctor.examine().checks["keys"]
    assert [each.state for each in found if said in each.said] == [state]


@needs_root
def test_keys_of_somebody_else_are_bad(used: Path) -> None:
    os.chown(used / "key", 65534, -1)
    assert "nobody" in states(own.keys())[State.BAD]


def test_without_keys_there_is_nothing_wrong_yet(home: Path) -> None:
    assert states(own.keys()).keys() == {State.OK}
    assert list(home.iterdir()) == []


def test_without_a_trust_file_nothing_can_be_approved(home: Path) -> None:
    assert states(own.trusted()).keys() == {State.WARNING}


def test_a_trust_file_that_was_altered_is_bad(used: Path) -> None:
    page = used / "trust" / "0001.yml"
    page.write_text(page.read_text() + "x: y\n")
    (found,) = doctor.examine().checks["trust"]
    assert (found.state, "AW-trust-broken" in found.said) == (State.BAD, True)


@pytest.mark.parametrize(("people", "thin"), [(2, True), (3, False)], ids=["two", "three"])
def test_rules_that_take_everybody_are_told(home: Path, tmp_path: Path, people: int, thin: bool) -> None:
    approvers = [somebody(tmp_path / "people", f"yezhu-{number}", "业主") for number in range(people)]
    (tmp_path / "trust.yml").write_bytes(trust_bytes(*approvers))
    trust_changes.begin(tmp_path / "trust.yml")
    assert (State.WARNING in states(own.trusted())) == thin


# What it keeps


def test_records_that_were_altered_are_named(used: Path) -> None:
    assert states(kept.records()).keys() == {State.OK}
    page = used / "records" / "c1.jsonl"
    page.write_bytes(page.read_bytes().replace(b"ctl-1", b"ctl-2", 1))
    assert "c1: line 1" in states(kept.records())[State.BAD]


def test_heads_that_nobody_hears_of_are_told(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "nowhere outside" in states(kept.heads_told(""))[State.WARNING]
    monkeypatch.setattr(syslog, "LOCAL", tmp_path / "log")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(syslog.LOCAL))
        assert "listens" in states(kept.heads_told("127.0.0.1:5514"))[State.OK]
        listening.setblocking(False)
        with pytest.raises(BlockingIOError):
            listening.recv(1)  # it was asked without a word
    assert "do not get to" in states(kept.heads_told(""))[State.WARNING]  # a socket that nobody listens on


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.1:x", "no such host:514"])
def test_an_address_that_is_none_is_told(address: str) -> None:
    assert address in states(kept.heads_told(address))[State.WARNING]
    assert State.UNKNOWN not in states(kept.heads_told(address))


def test_backups_and_take_overs_are_told(used: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "never" in states(kept.copies())[State.WARNING]
    notes.write(notes.BACKED_UP)
    notes.write(notes.TAKEN_OVER, former="ctl-1")
    assert "ctl-1" in states(kept.copies())[State.OK]
    monkeypatch.setattr("platform.node", lambda: "ctl-9")
    assert "another machine" in states(kept.copies())[State.WARNING]
    monkeypatch.setattr(kept, "OLD_BACKUP", timedelta(0))
    time.sleep(1)
    assert "more than 30 days" in states(kept.copies())[State.WARNING]


@contextmanager
def alive(*words: str) -> Iterator[int]:
    """A process with these words."""
    process = subprocess.Popen(["sh", "-c", "sleep 60; :", *words])
    try:
        while words[-1] not in Path(f"/proc/{process.pid}/cmdline").read_text():  # its words come a moment after it
            time.sleep(0.01)
        yield process.pid
    finally:
        process.kill()
        process.wait()


def test_a_record_of_which_nothing_was_written_hinders_no_look(used: Path) -> None:
    (used / "records" / "c3.jsonl").touch(mode=0o600)
    assert states(left_over.found()).keys() == {State.OK}


def test_what_was_cut_short_is_told_and_what_goes_on_is_not(used: Path) -> None:
    assert states(left_over.found()).keys() == {State.OK}
    Record.open("c1").append("begun", {"commit": "ab"})
    lock = used / "locks" / "lab" / "web1"
    about = {"change": "c1", "by": "x", "since": f"{datetime.now(UTC):%Y}"}
    assert "c1" in states(left_over.found())[State.WARNING]
    with alive("anwei.change.started") as pid:
        lock.write_text(json.dumps({**about, "pid": pid}))
        assert states(left_over.found()) == {State.OK: "running now: c1\n"}
    assert "c1" in states(left_over.found())[State.WARNING], "what the dead left in a lock means nothing"
    with alive("something else") as pid:
        lock.write_text(json.dumps({**about, "pid": pid}))
        assert "c1" in states(left_over.found())[State.WARNING]


def test_folders_of_the_dead_are_told(used: Path) -> None:
    (used / "tmp" / f"anwei-play-{os.getpid()}-x").mkdir()
    assert states(left_over.found()).keys() == {State.OK}
    (used / "tmp" / "anwei-play-4194999-x").mkdir()
    (used / "tmp" / "anwei-x").touch()
    os.utime(used / "tmp" / "anwei-x", (0, 0))
    said = states(left_over.found())[State.WARNING]
    assert ("anwei-play-4194999-x" in said, "anwei-x" in said, f"anwei-play-{os.getpid()}" in said) == (1, 1, 0)
    (used / ".restore-x").mkdir()
    assert ".restore-x" in states(left_over.found())[State.BAD]


# The machine


def test_the_clock_is_what_the_kernel_says(monkeypatch: pytest.MonkeyPatch) -> None:
    assert states(machine.clock()).keys() <= {State.OK, State.WARNING, State.UNKNOWN}
    for told, state in ((True, State.OK), (False, State.WARNING), (None, State.UNKNOWN)):
        monkeypatch.setattr(machine, "kept_in_step", lambda told=told: told)
        assert states(machine.clock()).keys() == {state}


def test_little_space_is_told(used: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = shutil.disk_usage(used).free
    for tight, full, state in ((0, 0, State.OK), (free * 2, 0, State.WARNING), (free * 2, free * 2, State.BAD)):
        monkeypatch.setattr(machine, "TIGHT", tight)
        monkeypatch.setattr(machine, "FULL", full)
        assert states(machine.space()).keys() == {state}


def test_programs_that_are_missing_or_too_old_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert states(machine.programs()).keys() == {State.OK}
    for said in ("git version 2.25.1", ""):
        git = tmp_path / "git"
        git.write_text(f"#!/bin/sh\necho {said}\n")
        git.chmod(0o755)
        with monkeypatch.context() as patch:
            patch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
            assert "git" in states(machine.programs())[State.BAD]


# Credentials and hosts


def estate(**variables: object) -> Estate:
    """An estate of one host, on a port of this machine where nobody listens."""
    usual = {"ansible_host": "127.0.0.1", "ansible_port": 1, "system": "linux"}
    host = Host("web1", {**usual, **variables}, (), Place(Path("hosts.yml"), 1))
    return Estate("small", Path("/nowhere"), (host,), {})


@pytest.fixture
def key(home: Path) -> Path:
    """A key for hosts."""
    page = home / "id_ed25519"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(page)], check=True)
    return page


@pytest.mark.parametrize("how", ["variable", "option", "configuration", "environment"])
def test_the_key_is_found_however_the_inventory_names_it(key: Path, how: str) -> None:
    config = key.with_name("config")
    config.write_text(f"Host *\n  IdentityFile {key}\n")
    variables = {
        "variable": {"ansible_ssh_private_key_file": "{{ place }}/id_ed25519", "place": str(key.parent)},
        "option": {"ansible_ssh_common_args": f"-i {key} -o LogLevel=ERROR"},
        "configuration": {"ansible_ssh_common_args": f"-F {config}"},
        "environment": {"ansible_ssh_extra_args": "-o IdentityFile=${ANWEI_HOME}/id_ed25519"},
    }
    found = credentials.of(estate(**variables[how]))
    assert key in found.keys
    assert states(credentials.checked(estate(**variables[how]))).keys() == {State.OK}


def test_a_key_that_others_can_read_is_bad(key: Path) -> None:
    key.chmod(0o644)
    found = states(credentials.checked(estate(ansible_ssh_private_key_file=str(key))))
    assert "can read the host key" in found[State.BAD]


@needs_root
def test_a_key_of_somebody_else_is_told(key: Path) -> None:
    os.chown(key, 65534, -1)
    assert "nobody" in states(credentials.checked(estate(ansible_ssh_private_key_file=str(key))))[State.WARNING]


def test_a_password_in_the_inventory_is_told(key: Path) -> None:
    inventory = estate(ansible_ssh_private_key_file=str(key), ansible_become_password="s3cret")  # noqa: S106 - a sample
    said = states(credentials.checked(inventory))[State.WARNING]
    assert ("web1" in said, "s3cret" in said) == (True, False)


def test_what_would_have_to_be_run_is_unknown(key: Path) -> None:
    looked_up = estate(ansible_ssh_private_key_file="{{ lookup('pipe', 'touch /tmp/evil') }}")
    assert "web1" in states(credentials.checked(looked_up))[State.UNKNOWN]
    broken = estate(ansible_ssh_common_args="-o Port={{ 22 // 0 }}")
    assert "web1" in states(credentials.checked(broken))[State.UNKNOWN]
    other = estate(ansible_connection="network_cli")
    assert states(credentials.checked(other)).keys() == {State.UNKNOWN}


def test_hosts_that_do_not_answer_are_told_with_their_reason(tmp_path: Path) -> None:
    (tmp_path / "inventory").mkdir()
    page = tmp_path / "inventory" / "hosts.yml"
    page.write_text("all: {hosts: {web1: {ansible_host: 127.0.0.1, ansible_port: 1, ansible_connection: ssh}}}\n")
    host = Host("web1", {"system": "linux", "health_checks_x": [{"type": "nonsense"}]}, (), Place(page, 1))
    switch = Host("sw1", {"system": "comware"}, (), Place(page, 1))
    found = states(reached.hosts(Estate("small", page.parent, (host, switch), {})))
    assert "1 of 1 hosts do not answer: web1: " in found[State.WARNING]
    assert "1 device" in found[State.UNKNOWN]


# The whole


def test_it_changes_nothing(used: Path) -> None:
    def seen() -> dict[str, tuple[int, int]]:
        return {str(path): (path.lstat().st_mode, path.lstat().st_mtime_ns) for path in used.rglob("*")}

    before = seen()
    doctor.examine()
    assert seen() == before


def test_a_check_that_fails_hides_no_other(used: Path) -> None:
    (used / "records" / "heads.jsonl").unlink()
    (used / "records" / "heads.jsonl").mkdir()
    found = doctor.examine().checks
    assert found["records"][0].state is State.BAD
    assert found["keys"][0].state is State.OK


def test_every_check_has_a_title_and_every_sentence_is_used() -> None:
    titles = {key.removeprefix("control.check.") for key in catalogue("zh") if key.startswith("control.check.")}
    assert titles == {*doctor.examine().checks, "hosts"}
    sources = "\n".join(page.read_text() for page in Path(doctor.__file__).parent.glob("*.py"))
    for key in (key for key in catalogue("zh") if key.startswith(("control.fine.", "control.found."))):
        name = key.split(".")[2]
        assert f'"{name}"' in sources, key


def test_the_command_says_all_and_ends_with_the_verdict(used: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert "control folder" in lines
    assert any(line.startswith("      → ") for line in lines)
    assert lines[-1].startswith("GUARD-RAIL: ")
    assert cli.main(["doctor", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["good"], told["verdict"]["control"]) == (False, False)
    assert {"check", "title", "state", "said", "remedy"} == set(told["checks"][0])


def test_where_nothing_is_wrong_it_ends_well(used: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "kept_in_step", lambda: True)
    monkeypatch.setattr(machine, "TIGHT", 0)
    monkeypatch.setenv("ANWEI_SYSLOG", "127.0.0.1:5514")
    notes.write(notes.BACKED_UP)
    assert stat.S_IMODE(used.stat().st_mode) == 0o700
    assert cli.main(["doctor"]) == 0
