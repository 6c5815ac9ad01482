"""The lab leaves the machine as it was: after `down`, after a kill, and beside another lab."""

import json
import os
import random
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from lab.place import CACHE
from tests.lab import machine
from tests.lab.conftest import SUDO, Lab

KILLS = 200 if os.environ.get("ANWEI_SOAK") else 10
FORTY = 40


def test_forty_hosts_leave_the_machine_as_it_was(own_lab: Lab) -> None:
    before = machine.footprint(own_lab.prefix)
    up = json.loads(own_lab.as_root("lab", "up", "--hosts", str(FORTY), "--json").stdout)
    status = json.loads(own_lab.as_root("lab", "status", "--json").stdout)["hosts"]
    assert len(up["hosts"]) == len(status) == FORTY - sum(len(hosts) for hosts in up["left_out"].values())
    assert {host["state"] for host in status} == {"running"}
    assert machine.footprint(own_lab.prefix) != before, "the footprint sees nothing of a lab, so it proves nothing"
    own_lab.as_root("lab", "down")
    assert machine.settled(before, own_lab.prefix) == {}


def test_a_killed_up_is_cleaned_up_by_down(own_lab: Lab) -> None:
    before = machine.footprint(own_lab.prefix)
    took = _seconds_of_up(own_lab)
    own_lab.as_root("lab", "down")
    rng = random.Random(os.environ.get("ANWEI_SEED", "2026"))
    alive_when_killed = 0
    for kill in range(KILLS):
        after = rng.uniform(0, took)
        alive_when_killed += _kill_up(own_lab, after)
        own_lab.as_root("lab", "down")
        assert machine.settled(before, own_lab.prefix) == {}, f"kill {kill + 1}, after {after:.2f} s of {took:.2f}"
    assert alive_when_killed >= KILLS // 2, "most kills came too late to prove anything"


def test_a_kill_while_a_base_is_built_leaves_no_builder(
    own_lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANWEI_LAB_CACHE", str(tmp_path / "cache"))
    before = machine.footprint(own_lab.prefix)
    assert _kill_up(own_lab, after=4)
    left = machine.settled(before, own_lab.prefix, seconds=0)
    own_lab.as_root("lab", "down")
    subprocess.run([*SUDO, "rm", "-rf", tmp_path / "cache"], check=True)
    assert any("mmdebstrap" in line for line in left["processes"]), "it was killed before or after the build"
    assert machine.settled(before, own_lab.prefix) == {}


@pytest.mark.parametrize("part", [0.5, 0.7, 0.9])
def test_a_killed_up_is_finished_by_the_next_up(own_lab: Lab, part: float) -> None:
    took = _seconds_of_up(own_lab)
    own_lab.as_root("lab", "down")
    _kill_up(own_lab, after=took * part)
    own_lab.as_root("lab", "up", "web1", "web2")
    assert _states(own_lab) == {"web1": "running", "web2": "running"}
    assert json.loads((own_lab.directory / "lab.json").read_text())["complete"] is True


def test_two_labs_do_not_meet(lab: Lab, own_lab: Lab) -> None:
    own_lab.as_root("lab", "up", "web1")
    addresses = [other.ssh("web1", "hostname -I").stdout.split()[0] for other in (lab, own_lab)]
    assert addresses[0] != addresses[1]
    told = [other.ansible("web1", "ansible.builtin.raw", "hostname -I").stdout for other in (lab, own_lab)]
    assert [answer.split()[-2] for answer in told] == addresses, "a kept connection went to the other lab"
    across = lab.ssh("web1", f"timeout 1 bash -c 'exec 3<>/dev/tcp/{addresses[1]}/22'", check=False)
    assert across.returncode != 0, "this machine forwards between labs, so it may forward to the world"
    own_lab.as_root("lab", "down")
    assert lab.ssh("web1", "systemctl is-active nginx").stdout.strip() == "active"


def test_a_base_that_cannot_be_built_is_named_and_the_others_come_up(
    own_lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANWEI_LAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("ANWEI_APT_MIRROR", "file:///nonexistent")
    before = machine.footprint(own_lab.prefix)
    failed = own_lab.as_root("lab", "up", "legacy1", "--json", check=False)
    subprocess.run([*SUDO, "rm", "-rf", tmp_path / "cache"], check=True)
    assert failed.returncode == 5
    assert json.loads(failed.stdout)["left_out"] == {"legacy": ["legacy1"]}
    assert "AW-lab-base-failed" in failed.stderr
    assert machine.settled(before, own_lab.prefix) == {}


def test_a_base_given_up_by_name_is_no_failure(own_lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANWEI_WITHOUT", "trixie,bullseye")
    up = own_lab.as_root("lab", "up", "web1", "web2", "--json")
    assert json.loads(up.stdout)["left_out"] == {"trixie": ["web2"]}
    assert own_lab.ssh("web1", "hostname").stdout.strip() == "web1"


def test_users_of_this_machine_cannot_reach_the_programs_of_a_host(lab: Lab) -> None:
    assert lab.ssh("web1", "stat -c %A /usr/bin/sudo").stdout.startswith("-rws"), (
        "no setuid program: this shows nothing"
    )
    assert {oct(folder.stat().st_mode & 0o777) for folder in (machine.STATE, CACHE / "bases")} == {"0o700"}


def test_up_again_changes_nothing(lab: Lab) -> None:
    boot_id = "cut -d' ' -f22 /proc/1/stat"
    before = lab.ssh("web1", boot_id).stdout
    lab.as_root("lab", "up", check=not lab.left_out)
    assert lab.ssh("web1", boot_id).stdout == before


def test_a_host_that_stopped_is_started_again(own_lab: Lab) -> None:
    own_lab.as_root("lab", "up", "web1", "web2")
    started = own_lab.ssh("web1", "cut -d' ' -f22 /proc/1/stat").stdout
    own_lab.ssh("web2", "sudo systemctl poweroff", check=False)
    _wait(lambda: _states(own_lab)["web2"] == "stopped")
    assert own_lab.as_root("lab", "status", check=False).returncode == 1
    own_lab.as_root("lab", "up", "web1", "web2")
    assert _states(own_lab) == {"web1": "running", "web2": "running"}
    assert own_lab.ssh("web1", "cut -d' ' -f22 /proc/1/stat").stdout == started, "the healthy host was restarted"


def test_a_host_can_reboot_itself(lab: Lab) -> None:
    lab.ssh("web1", "sudo touch /run/before-reboot; sudo touch /var/lib/kept")
    lab.ssh("web1", "sudo systemctl reboot", check=False)
    _wait(lambda: lab.ssh("web1", "test ! -e /run/before-reboot", "-oConnectTimeout=1", check=False).returncode == 0)
    assert lab.ssh("web1", "test -e /var/lib/kept; systemctl is-active nginx").stdout.strip() == "active"


@pytest.mark.parametrize(
    ("words", "code", "status"),
    [
        (["up", "nowhere"], "AW-lab-host-unknown", 2),
        (["up", "--hosts", "3"], "AW-lab-count", 2),
        (["up", "--hosts", "400"], "AW-lab-count", 2),
        (["ssh", "web1"], "AW-lab-not-up", 2),
    ],
)
def test_wrong_words_are_refused_with_nothing_half_made(own_lab: Lab, words: list[str], code: str, status: int) -> None:
    before = machine.footprint(own_lab.prefix)
    done = own_lab.as_root("lab", *words, check=False)
    assert (done.returncode, code in done.stderr) == (status, True), done.stderr
    assert machine.settled(before, own_lab.prefix) == {}
    assert not own_lab.directory.exists()


def _seconds_of_up(lab: Lab) -> float:
    began = time.monotonic()
    lab.as_root("lab", "up", "web1", "web2")
    return time.monotonic() - began


def _kill_up(lab: Lab, after: float) -> bool:
    """Start `up` and SIGKILL it `after` seconds, and it alone: what it has started lives on. Whether it was at work."""
    with subprocess.Popen(
        lab.root_words("lab", "up", "web1", "web2"),
        env=lab.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as running:
        time.sleep(after)
        doomed = _anwei_in_session(running.pid)
        if doomed:
            subprocess.run([*SUDO, "kill", "-KILL", *doomed], check=False)
    return bool(doomed)


def _anwei_in_session(session: int) -> list[str]:
    """Ids of the processes of one session that run `anwei`, without the sudo in front of it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it may end while it is being read
            words = (process / "cmdline").read_bytes().split(b"\0")
            if os.getsid(int(process.name)) == session and b"up" in words and not words[0].endswith(b"sudo"):
                found.append(process.name)
    return found


def _states(lab: Lab) -> dict[str, str]:
    hosts = json.loads(lab.as_root("lab", "status", "--json", check=False).stdout)["hosts"]
    return {host["name"]: host["state"] for host in hosts}


def _wait(until: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
