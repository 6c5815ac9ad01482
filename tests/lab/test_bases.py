"""Each base is what its recipe says: what it proves, and what the lab cannot reach."""

import pytest

from tests.lab.conftest import Lab

HTTP_HEAD = r"""bash -c 'exec 3<>/dev/tcp/127.0.0.1/80; printf "HEAD / HTTP/1.0\r\n\r\n" >&3; head -1 <&3'"""


@pytest.mark.needs("kylin1")
def test_ansible_takes_kylin_for_kylin(lab: Lab) -> None:
    facts = lab.ansible_json("kylin1", "ansible.builtin.setup", "gather_subset=!all,!min,distribution,pkg_mgr")
    found = {key.removeprefix("ansible_"): value for key, value in facts["ansible_facts"].items()}
    assert found["distribution"] == "Kylin Linux Advanced Server"
    assert (found["distribution_version"], found["os_family"], found["pkg_mgr"]) == ("V10", "RedHat", "dnf")


@pytest.mark.needs("kylin1")
def test_kylin_has_an_old_package_and_an_advisory_for_it(lab: Lab) -> None:
    assert lab.ssh("kylin1", "rpm -q labtool libdemo").stdout.split() == [
        "labtool-1.0-1.ky10.noarch",
        "libdemo-1.0-1.ky10.noarch",
    ]
    advisories = lab.ssh("kylin1", "sudo dnf --quiet updateinfo list", "-tt").stdout
    assert "KYSA-2026-0001" in advisories
    assert "labtool-1.1" in advisories
    assert "libdemo" not in advisories


@pytest.mark.needs("app1")
@pytest.mark.pinned_core
def test_stock_modules_run_on_python_2(lab: Lab) -> None:
    assert lab.ansible_json("app1", "ansible.builtin.ping") == {"changed": False, "ping": "pong"}
    assert lab.ssh("app1", "ls /usr/bin/python3*", check=False).stdout == ""


@pytest.mark.parametrize(
    ("host", "service", "question", "answer"),
    [
        (
            "web1",
            "nginx",
            "bash -c 'exec 3<>/dev/tcp/127.0.0.1/80; printf \"HEAD / HTTP/1.0\\r\\n\\r\\n\" >&3; head -1 <&3'",
            "200",
        ),
        (
            "web2",
            "nginx",
            "bash -c 'exec 3<>/dev/tcp/127.0.0.1/80; printf \"HEAD / HTTP/1.0\\r\\n\\r\\n\" >&3; head -1 <&3'",
            "200",
        ),
        ("db1", "mariadb", "sudo mariadb -Ne 'select 6*7'", "42"),
        ("db1", "redis-server", "redis-cli ping", "PONG"),
    ],
)
def test_services_of_a_host_answer(lab: Lab, host: str, service: str, question: str, answer: str) -> None:
    assert lab.ssh(host, f"systemctl is-active {service}", check=False).stdout.split()[-1] == "active"
    assert answer in lab.ssh(host, question).stdout


def test_services_nobody_asked_for_are_stopped(lab: Lab) -> None:
    quiet = ["mariadb", "redis-server", "tomcat10", "firewalld", "nftables"]
    states = lab.ssh("web1", f"systemctl is-active {' '.join(quiet)}", check=False).stdout.split()
    assert states == ["inactive"] * len(quiet)


@pytest.mark.needs("db1")
@pytest.mark.parametrize(
    ("service", "question", "answer"),
    [
        ("tomcat10", HTTP_HEAD.replace("/80;", "/8080;"), "HTTP/1.1"),
        ("firewalld", "sudo firewall-cmd --state", "running"),
    ],
)
def test_quiet_services_work_once_they_are_started(lab: Lab, service: str, question: str, answer: str) -> None:
    lab.ssh("db1", f"sudo systemctl start {service}")
    try:
        lab.ssh(
            "db1", f"for second in $(seq 20); do {question} 2>&1 | grep -q {answer} && exit 0; sleep 1; done; exit 1"
        )
    finally:
        lab.ssh("db1", f"sudo systemctl stop {service}")


@pytest.mark.parametrize(
    "harm",
    [
        "date -s '2000-01-01'",
        "sysctl -w kernel.printk_ratelimit=7",
        "sysctl -w vm.swappiness=7",
        "modprobe dummy",
        "mknod /tmp/disk b 254 0 && dd if=/tmp/disk of=/dev/null count=1",
    ],
)
def test_root_in_a_host_cannot_change_this_machine(lab: Lab, harm: str) -> None:
    assert lab.ssh("web1", f"sudo sh -c '{harm.replace(chr(39), chr(34))}'", check=False).returncode != 0


def test_a_host_has_network_settings_and_a_firewall_of_its_own(lab: Lab) -> None:
    lab.ssh("web1", "sudo sysctl -qw net.ipv4.conf.all.log_martians=1")
    assert lab.ssh("web1", "cat /proc/sys/net/ipv4/conf/all/log_martians").stdout.strip() == "1"
    assert lab.ssh("db1", "cat /proc/sys/net/ipv4/conf/all/log_martians").stdout.strip() == "0"
    lab.ssh("web1", "sudo nft add table inet proof")
    assert "proof" in lab.ssh("web1", "sudo nft list tables").stdout
    assert "proof" not in lab.ssh("db1", "sudo nft list tables").stdout
