"""The ways in that sites have are real in the lab, and what the inventory says of them is enough for Ansible."""

import socket
import time
from pathlib import Path

import pytest

from tests.lab.conftest import Lab

HOSTS = ["web1", "web2", "app1", "db1", "kylin1", "legacy1"]
SLOW = 0.08


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.needs(name)) for name in HOSTS])
def test_ansible_becomes_root_everywhere(lab: Lab, name: str) -> None:
    answer = lab.ansible(name, "ansible.builtin.raw", "id -u").stdout.split()
    assert answer[-1] == "0"


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.needs(name)) for name in HOSTS])
def test_every_host_is_fully_booted(lab: Lab, name: str) -> None:
    assert lab.ssh(name, "systemctl is-system-running --wait").stdout.split()[-1] == "running"


@pytest.mark.needs("kylin1")
def test_sudo_on_kylin_wants_a_terminal(lab: Lab) -> None:
    refused = lab.ssh("kylin1", "sudo -n id -u", check=False)
    assert refused.returncode != 0
    assert "tty" in refused.stderr
    assert lab.ssh("kylin1", "sudo -n id -u", "-tt").stdout.strip() == "0"


@pytest.mark.needs("app1")
def test_app_has_no_sudo_and_the_password_opens_su(lab: Lab) -> None:
    assert lab.ssh("app1", "sudo -n id -u", check=False).returncode != 0
    wrong = lab.ansible("app1", "ansible.builtin.raw", "id -u", "-e", "ansible_become_password=wrong", check=False)
    assert wrong.returncode != 0


@pytest.mark.needs("legacy1")
def test_legacy_has_no_sftp_and_no_python(lab: Lab) -> None:
    assert lab.ssh("legacy1", "command -v python python2 python3", check=False).stdout == ""
    assert lab.ssh("web1", "sftp", "-s", "-n").returncode == 0, "the same question is answered where sftp is on"
    assert lab.ssh("legacy1", "sftp", "-s", "-n", check=False).returncode != 0


@pytest.mark.needs("db1", "web1")
def test_db_is_reached_through_the_jump_host_only(lab: Lab) -> None:
    address = lab.ssh("db1", "hostname -I").stdout.strip()
    assert address.startswith("10.214.")
    with pytest.raises(OSError, match="No route"):
        socket.create_connection((address, 22), timeout=2)
    assert lab.ssh("web1", f"bash -c 'exec 3<>/dev/tcp/{address}/22; head -c 7 <&3'").stdout == "SSH-2.0"


@pytest.mark.needs("web2")
def test_every_login_on_web2_costs_time_and_prints_a_banner(lab: Lab, tmp_path: Path) -> None:
    def seconds(host: str) -> float:
        shared = ["-oControlMaster=auto", "-oControlPersist=20", f"-oControlPath={tmp_path}/%n"]
        lab.ssh(host, "true", *shared)
        began = time.monotonic()
        lab.ssh(host, "true", *shared)
        return time.monotonic() - began

    assert "授权" in lab.ssh("web2", "true").stdout
    assert min(seconds("web1") for _ in range(5)) < SLOW <= min(seconds("web2") for _ in range(5))


def test_a_host_whose_key_changed_is_refused(lab: Lab) -> None:
    known_hosts = lab.directory / "known_hosts"
    right = known_hosts.read_text()
    keys = dict(line.split(" ", 1) for line in right.splitlines())
    web1, other = (next(key for name, key in keys.items() if name.startswith(host)) for host in ("web1,", "db1,"))
    known_hosts.write_text(right.replace(web1, other))
    try:
        refused = lab.ssh("web1", "true", check=False)
    finally:
        known_hosts.write_text(right)
    assert refused.returncode != 0
    assert "Host key verification failed" in refused.stderr


def test_hosts_have_no_mirror(lab: Lab) -> None:
    assert lab.ssh("web1", "test -s /etc/apt/sources.list", check=False).returncode != 0
