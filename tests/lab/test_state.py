"""The module `state` on real hosts, whatever the way in: one trip, the way back, the dead-man, no secret anywhere."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.lab.conftest import PROJECT, Lab

HOSTS = {"web1": 1, "web2": 1, "db1": 1, "app1": 2, "kylin1": 2}  # with the trips that each takes
PLANTED = "Pl4nted-Word-4711"
SOUGHT = "Pl4nted-[W]ord-4711"  # sudo logs command lines: this one does not find itself
PAGE = "/etc/anwei-state-test"
EVERY_HOST = [pytest.param(name, marks=pytest.mark.needs(name)) for name in HOSTS]
SSHD = "/etc/ssh/sshd_config"


def ask(lab: Lab, host: str, module: str, *options: str, **arguments: object) -> dict[str, Any]:
    """The result of a module of ours on one host."""
    done = lab.ansible(host, module, json.dumps(arguments), "--one-line", *options, check=False)
    found: dict[str, Any] = json.loads(done.stdout[done.stdout.index("=> ") + 3 :])
    return found


def document(content: str = "one\n", **fields: object) -> dict[str, Any]:
    """A document that wants one file."""
    return {"file": {PAGE: {"content": content, "mode": "0600", **fields}}}


def fingerprint(lab: Lab, host: str) -> str:
    """What the file is now, in one word."""
    return str(ask(lab, host, "state_info", what="fingerprint", document={"file": {PAGE: {}}})["fingerprint"])


@pytest.fixture(scope="module", autouse=True)
def _clean(lab: Lab) -> Iterator[None]:
    """Hosts are left as they were found."""
    reachable = ",".join(name for name in HOSTS if name not in lab.left_out)
    yield
    lab.anwei("host", "clean", "--limit", reachable)


@pytest.mark.parametrize("name", EVERY_HOST)
def test_applied_once_and_taken_back(lab: Lab, name: str) -> None:
    before = fingerprint(lab, name)
    foretold = ask(lab, name, "state", "--check", document=document(), change="t1")
    applied = ask(lab, name, "state", document=document(), change="t1")
    again = ask(lab, name, "state", document=document(), change="t1")
    assert [each["changed"] for each in (foretold, applied, again)] == [True, True, False]
    assert foretold["changes"] == applied["changes"], "the plan tells the truth"
    assert again["round_trips"] == HOSTS[name]
    assert fingerprint(lab, name) != before
    back = ask(lab, name, "take_back", change="t1")
    assert (back["changed"], back.get("conflicts")) == (True, None)
    assert fingerprint(lab, name) == before


@pytest.mark.needs("legacy1")
def test_a_host_without_python_is_named(lab: Lab) -> None:
    refused = ask(lab, "legacy1", "state", document=document())
    assert refused["code"] == "AW-host-python"


@pytest.mark.parametrize("name", EVERY_HOST)
def test_a_secret_is_nowhere_but_in_its_file(lab: Lab, name: str) -> None:
    options = ["-vvv", "--diff", "-e", "@" + str(_variables(lab)), "-m", "state"]
    wanted = {"document": document("{{ planted }}\n", secret=True), "change": "t2"}
    done = lab._run(["ansible", name, *options, "-a", json.dumps(wanted)], check=True)
    assert f"{name} | CHANGED" in done.stdout
    assert PLANTED not in done.stdout + done.stderr
    assert _holding(PLANTED) == []
    assert lab.ansible(name, "ansible.builtin.raw", f"grep -c {SOUGHT} {PAGE}").stdout.split()[-1] == "1"
    open_to_others = f"grep -rls {SOUGHT} /tmp /var/tmp /dev/shm /run /var/log /etc --exclude={PAGE.rsplit('/', 1)[1]}"
    left = lab.ansible(name, "ansible.builtin.raw", f"{open_to_others}; echo end").stdout
    assert [line.strip() for line in left.splitlines() if line.startswith("/")] == []
    done = lab._run(["ansible", name, "-vvv", "--diff", "-m", "take_back", "-a", '{"change": "t2"}'], check=True)
    assert f"file:{PAGE}" in done.stdout
    assert PLANTED not in done.stdout + done.stderr


def _holding(word: str) -> list[Path]:
    """The files that Ansible keeps here and that hold a word; those of other processes come and go."""
    kept = [Path(folder, name) for folder, _, names in os.walk(PROJECT / ".ansible") for name in names]
    found: list[Path] = []
    for path in kept:
        with suppress(OSError):
            found += [path] if word.encode() in path.read_bytes() else []
    return found


def _variables(lab: Lab) -> Path:
    """A private file with the secret, as a vault would give it."""
    page = lab.directory / "planted.yml"
    page.touch(mode=0o600)
    page.write_text(f"planted: {PLANTED}\n")
    return page


@pytest.mark.parametrize("name", EVERY_HOST)
def test_no_payload_stays_on_a_host(lab: Lab, name: str) -> None:
    ask(lab, name, "state", "--check", document=document())
    listed = lab.ansible(name, "ansible.builtin.raw", "ls -A /tmp /var/tmp | grep ^anwei- ; echo end").stdout
    assert "anwei-" not in listed


@pytest.mark.needs("web1")
def test_a_store_that_others_can_open_is_not_used(lab: Lab) -> None:
    ask(lab, "web1", "state", "--check", document=document())
    lab.ssh("web1", "sudo chmod 755 /var/lib/anwei")
    try:
        refused = ask(lab, "web1", "state", document=document())
    finally:
        lab.ssh("web1", "sudo chmod 700 /var/lib/anwei")
    assert (refused["code"], "/var/lib/anwei" in refused["msg"]) == ("AW-host-refused", True)
    assert lab.ssh("web1", f"test -e {PAGE}", check=False).returncode != 0


@pytest.mark.parametrize("name", EVERY_HOST)
def test_a_dead_man_is_confirmed_and_does_not_come(lab: Lab, name: str) -> None:
    applied = ask(lab, name, "state", document=document("two\n"), change="t3", undo_unless_confirmed=30)
    assert "code" not in applied, applied["msg"]
    kept = ask(lab, name, "state_info", what="changes")["changes"]
    assert [each["armed"] for each in kept if each["change"] == "t3"] == [False]
    ask(lab, name, "take_back", change="t3")


@pytest.mark.needs("web1")
def test_who_locks_himself_out_gets_in_again(lab: Lab) -> None:
    lab.ssh("web1", "true")
    sshd = {"dialect": "sshd", "settings": {"AllowUsers": "nobody"}, "validate": ["sshd", "-t", "-f", "%s"]}
    locking = {"file": {SSHD: sshd}, "service": {"ssh": {"reload_on": [SSHD]}}}
    began = time.monotonic()
    locked = ask(lab, "web1", "state", document=locking, change="t4", undo_unless_confirmed=300)
    assert locked["code"] == "AW-host-returned", locked
    assert time.monotonic() - began < 20, "sshd itself says at once who is kept out"
    assert "AllowUsers" not in lab.ssh("web1", f"sudo cat {SSHD}").stdout


@pytest.mark.needs("web1")
def test_a_lockout_that_only_a_new_connection_shows_ends_by_itself(lab: Lab) -> None:
    settings = {"dialect": "sshd", "settings": {"Port": "2222"}, "validate": ["sshd", "-t", "-f", "%s"]}
    moving = {"file": {SSHD: settings}, "service": {"ssh": {"reload_on": [SSHD]}}}
    began, seconds = time.monotonic(), 30
    locked = ask(lab, "web1", "state", document=moving, change="t6", undo_unless_confirmed=seconds)
    assert locked["code"] == "AW-host-unconfirmed", locked
    assert lab.ssh("web1", "true", check=False).returncode != 0
    while lab.ssh("web1", "true", check=False).returncode and time.monotonic() - began < 60:
        time.sleep(1)
    assert time.monotonic() - began < seconds + 10 + 5
    assert "Port 2222" not in lab.ssh("web1", f"sudo cat {SSHD}").stdout


PAM_SUDO = "/etc/pam.d/sudo"


@pytest.mark.needs("web1")
def test_a_sudo_that_pam_keeps_from_people_ends_by_itself(lab: Lab) -> None:
    """Key logins and the operator's sudo without a password go on; only people with a password would notice."""
    before = lab.ssh("web1", f"cat {PAM_SUDO}").stdout
    setting = {"auth pam_deny.so": "auth requisite pam_deny.so"}
    denying = {"file": {PAM_SUDO: {"dialect": "columns", "key_columns": [1, 3], "settings": setting}}}
    done = ask(lab, "web1", "state", document=denying, change="t7", undo_unless_confirmed=60)
    assert done["code"] == "AW-host-returned", done
    assert "sudo" in done["msg"]
    assert lab.ssh("web1", f"cat {PAM_SUDO}").stdout == before
    assert lab.ssh("web1", "getent passwd anwei-probe", check=False).stdout == ""


@pytest.mark.needs("web1", "app1")
def test_the_command_lists_takes_back_and_cleans(lab: Lab) -> None:
    limit = ["--limit", "web1,app1"]
    for name in ("web1", "app1"):
        ask(lab, name, "state", document=document("three\n"), change="t5")
    lab.ssh("web1", f"echo mine | sudo tee {PAGE} >/dev/null")
    listed = json.loads(lab.anwei("host", "changes", *limit, "--json").stdout)
    assert all("t5" in [each["change"] for each in listed[name]["changes"]] for name in ("web1", "app1"))
    conflict = lab.anwei("host", "back", "t5", *limit, check=False)
    assert conflict.returncode == 5
    assert "AW-host-conflicts" in conflict.stderr
    assert "app1" in conflict.stdout, "what went well is told as well"
    assert lab.anwei("host", "back", "t5", "--over", *limit).returncode == 0
    assert lab.ssh("web1", f"test -e {PAGE}", check=False).returncode != 0
    lab.anwei("host", "clean", *limit)
    assert lab.ssh("web1", "sudo test -e /var/lib/anwei", check=False).returncode != 0
