"""The dead-man on a real host: expiry, reboot, kills, confirmation; and that a host's /etc is as before afterwards."""

import json
import shlex
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest

from anwei.state.transport import kit
from tests.lab.conftest import Lab

HOST = "web1"
KEY = "5a" * 32
PROGRAM = "/var/lib/anwei/hostkit/deadman-test"
TARGET = "/etc/issue.net"
ETC = "find /etc -xdev -type f ! -name '*-' ! -name '.pwd.lock' -exec md5sum {} + | sort; find /etc -xdev | sort"
Answer = dict[str, Any]

pytestmark = pytest.mark.needs(HOST)


class Kit:
    """hostkit on one lab host, asked as the action plugin asks it."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        unpack = f"cat >{PROGRAM}.zip; python3 -m zipfile -e {PROGRAM}.zip {PROGRAM}; rm {PROGRAM}.zip"
        self.root(f"umask 077; mkdir -p {PROGRAM}; {unpack}", kit().content)

    def root(self, script: str, stdin: bytes = b"") -> str:
        """What a shell script of root's prints."""
        words = ["ssh", "-F", str(self.lab.directory / "ssh_config"), HOST, f"sudo sh -c {shlex.quote(script)}"]
        return subprocess.run(words, input=stdin, capture_output=True, check=True).stdout.decode()

    def ask(self, verb: str, change: str, **more: Any) -> Answer:
        """One request; its answer."""
        request = {"verb": verb, "key": KEY, "change": change, **more}
        answer: Answer = json.loads(self.root(f"cd /; python3 {PROGRAM} || true", json.dumps(request).encode()))
        return answer

    def apply(self, change: str, seconds: int, path: str = TARGET, content: str = "changed\n") -> Answer:
        """Change a file, unless confirmed."""
        administrators = [{"user": "ops", "address": "10.213.0.1"}]
        document = {"file": {path: {"content": content}}}
        answer = self.ask(
            "apply", change, document=document, undo_unless_confirmed=seconds, administrators=administrators
        )
        assert answer["ok"], answer
        return answer

    def content(self) -> str:
        """What the changed file holds."""
        return self.root(f"cat {TARGET}")

    def outcome(self, change: str) -> dict[str, str]:
        """What the dead-man noted."""
        noted = self.root(f"cat /var/lib/anwei/{change}/returned 2>/dev/null || true")
        return dict(line.split(" ", 1) for line in noted.splitlines())

    def wait_for_outcome(self, change: str, seconds: float) -> dict[str, str]:
        """The same, as soon as there is one."""
        latest = time.monotonic() + seconds
        while not self.outcome(change):
            assert time.monotonic() < latest, f"{change} was not taken back within {seconds} s"
            time.sleep(0.5)
        return self.outcome(change)

    def settle(self) -> str:
        """All of /etc, once the watcher has seen that nothing is armed."""
        self.root("for _ in 1 2 3 4 5; do systemctl is-active -q anwei-deadman || break; sleep 1; done")
        return self.root(ETC)


@pytest.fixture
def host(lab: Lab) -> Iterator[Kit]:
    """The host with hostkit; afterwards without a trace of these changes."""
    made = Kit(lab)
    made.root(f"printf 'former\\n' >{TARGET}")
    yield made
    made.root("rm -rf /var/lib/anwei/lab-deadman-*; sleep 3")


def test_what_nobody_confirms_is_taken_back_in_time_and_leaves_no_trace_in_etc(host: Kit) -> None:
    before = host.settle()
    host.apply("lab-deadman-a", 3)
    assert host.content() == "changed\n"
    assert host.wait_for_outcome("lab-deadman-a", 3 + 10)["status"] == "0"
    assert host.content() == "former\n"
    assert host.settle() == before


def test_a_reboot_takes_back_before_logins_start(host: Kit) -> None:
    host.apply("lab-deadman-a", 3000)
    boot = host.root("cat /proc/sys/kernel/random/boot_id")
    host.lab.ssh(HOST, "sudo systemctl --no-block reboot", check=False)  # may be cut off before it answers
    latest = time.monotonic() + 60
    while time.monotonic() < latest:
        time.sleep(1)
        try:
            if host.root("cat /proc/sys/kernel/random/boot_id") != boot:
                break
        except subprocess.CalledProcessError:
            continue
    assert host.content() == "former\n"
    assert host.outcome("lab-deadman-a")["status"] == "0"
    journal = host.root("journalctl -b --no-pager -o cat")
    assert journal.index("lab-deadman-a: taken back") < journal.index("Starting ssh.service")
    assert "ordering cycle" not in journal


def test_a_watcher_that_has_nothing_to_watch_ends_and_leaves_no_failed_unit(host: Kit) -> None:
    host.apply("lab-deadman-a", 3000)
    host.root("cd /var/lib/anwei && rm lab-deadman-a/deadline && mv deadman kept")  # so that its unit's file stays
    host.root("sleep 4")
    shown = host.root("systemctl show anwei-deadman -p ActiveState -p SubState -p NRestarts")
    host.root("cd /var/lib/anwei && mv kept deadman && sh /var/lib/anwei/deadman.sh retire")
    assert set(shown.split()) == {"ActiveState=inactive", "SubState=dead", "NRestarts=0"}


def test_a_killed_watcher_comes_back_and_keeps_its_word(host: Kit) -> None:
    host.apply("lab-deadman-a", 6)
    for signal in ["KILL", "TERM", "HUP"] * 2:
        host.root(f"systemctl kill -s {signal} anwei-deadman || true; sleep 0.3")
    assert host.wait_for_outcome("lab-deadman-a", 6 + 10)["status"] == "0"
    assert host.content() == "former\n"


def test_where_python_is_broken_the_plain_script_takes_back(host: Kit) -> None:
    host.apply("lab-deadman-a", 3)
    host.root(f"echo 'raise SystemExit(1)' >{PROGRAM}/__main__.py")
    assert host.wait_for_outcome("lab-deadman-a", 3 + 10)["by"] == "undo"
    assert host.content() == "former\n"


def test_a_confirmation_keeps_the_change_and_takes_the_service_away(host: Kit) -> None:
    answer = host.apply("lab-deadman-a", 300)
    assert "deadman" in host.root("ls /etc/systemd/system")
    assert host.ask("confirm", "lab-deadman-a", confirmation=answer["confirmation"])["ok"]
    assert host.content() == "changed\n"
    assert "deadman" not in host.root("ls -R /etc/systemd/system")


def test_a_change_that_breaks_sudo_for_people_cannot_be_confirmed(host: Kit) -> None:
    former = host.root("cat /etc/pam.d/sudo")
    answer = host.apply("lab-deadman-a", 300, "/etc/pam.d/sudo", "auth requisite pam_deny.so\n" + former)
    refused = host.ask("confirm", "lab-deadman-a", confirmation=answer["confirmation"])
    assert not refused["ok"]
    assert "probe-failed" in json.dumps(refused)
    assert host.root("cat /etc/pam.d/sudo") == former
    assert "anwei-probe" not in host.root("cat /etc/passwd; ls /etc/sudoers.d")
