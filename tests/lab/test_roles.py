"""Roles on real hosts: foretold, made, made again, taken back; and nothing outside their footprint."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.lab.conftest import BIN, PROJECT, Done, Lab, every

HOSTS = ["web1", "web2", "db1", "app1", "kylin1"]
SSHD = "/etc/ssh/sshd_config"
# Copies that the account tools keep, what sessions come and go with, and the mount of a runtime folder.
VOLATILE = re.compile(
    r"/etc/(passwd|shadow|group|gshadow|subuid|subgid)-|/etc/ld\.so\.cache|\.scope |user-runtime-dir@"
)
# By other means than hostkit's: what is in /etc (accounts too), whose it is, what starts, what the kernel is set to,
# what is installed, what the firewall lets through.
LOOK = (
    "PATH=/usr/sbin:/sbin:$PATH; "
    # The watcher of a change that was confirmed ends within its next second.
    "for _ in 1 2 3 4 5; do "
    "test -e /var/lib/anwei/deadman || ! systemctl --quiet is-active anwei-deadman || sleep 1; done; "
    "find /etc -xdev -type f -exec sha256sum {} + | sed 's/^/content /'; "
    "find /etc -xdev -printf 'mode %p %y %m %U %G %l\\n'; "
    "systemctl list-unit-files --no-pager --no-legend --plain | sed 's/^/unit /'; "
    "systemctl list-units --all --type=service --no-pager --no-legend --plain | sed 's/^/running /'; "
    "sysctl -a 2>/dev/null | grep '^net\\.' | sed 's/^/kernel /'; "
    "dpkg-query -W -f 'package ${Package} ${Version} ${Status}\\n'; "
    "nft --stateless list ruleset 2>/dev/null | sha256sum | sed 's/^/firewall /'"
)
KINDS = {"content", "mode", "unit", "running", "kernel", "package", "firewall"}
COUNTERS = re.compile(r"^kernel net\.(netfilter\.nf_conntrack_count|ipv4\.(route|neigh)\.|ipv6\.(route|neigh)\.)")
REDIRECTS = "net.ipv4.conf.all.secure_redirects"
PASSWORDS = {"path": "/etc/login.defs", "dialect": "words", "settings": {"PASS_MAX_DAYS": 91}, "why": "8.1.4.1 a"}


@pytest.fixture(scope="module", autouse=True)
def _clean(lab: Lab) -> Iterator[None]:
    """Hosts are left as they were found."""
    yield
    lab.anwei("host", "clean", "--limit", ",".join(name for name in HOSTS if name not in lab.left_out))


def play(lab: Lab, playbook: str, host: str, *options: str, **variables: object) -> Done:
    """Run a playbook on one host; `changed` is in its recap."""
    words = [str(BIN / "ansible-playbook"), str(PROJECT / "playbooks" / f"{playbook}.yml"), "--limit", host]
    return lab._run([*words, *options, "-e", json.dumps(variables)], check=False)


def changed(done: Done) -> int:
    """How many tasks changed something on each host: the same number on all of them."""
    assert done.returncode == 0, done.stdout + done.stderr
    counts = {int(count) for count in re.findall(r"changed=(\d+)", done.stdout)}
    assert len(counts) == 1, done.stdout
    return counts.pop()


def look(lab: Lab, hosts: str) -> dict[str, set[str]]:
    """Everything that `LOOK` sees on each host."""
    blocks = re.split(
        r"^(\w+) \| CHANGED \| rc=0 >>$", lab.ansible(hosts, "ansible.builtin.raw", LOOK).stdout, flags=re.M
    )
    return {name: seen(printed) for name, printed in zip(blocks[1::2], blocks[2::2], strict=True)}


def seen(printed: str) -> set[str]:
    """The lines that count."""
    lines = {line.strip() for line in printed.splitlines() if line.partition(" ")[0] in KINDS}
    assert {line.split()[0] for line in lines} == KINDS, printed
    return {line for line in lines if not VOLATILE.search(line + " ") and not COUNTERS.match(line)}


def differing(before: dict[str, set[str]], after: dict[str, set[str]]) -> dict[str, set[str]]:
    """The things that are not as they were, by host."""
    return {
        host: {
            re.split("[ =]+", re.sub("^content [0-9a-f]+", "content", line))[1] for line in before[host] ^ after[host]
        }
        for host in before
    }


def diff_lines(done: Done) -> list[str]:
    """The lines that a diff takes out and puts in, whichever host came first."""
    return sorted(line for line in done.stdout.splitlines() if re.match(r"[-+][^-+]", line))


def says(lab: Lab, host: str) -> dict[str, str]:
    """What sshd says of itself."""
    lines = lab.ansible(host, "ansible.builtin.raw", "/usr/sbin/sshd -T").stdout.splitlines()
    return {name: value for name, _, value in (line.strip().partition(" ") for line in reversed(lines))}


def cycle(lab: Lab, playbook: str, footprint: set[str], **variables: object) -> None:
    """Foretell, make, make again, take back, on all hosts at once; each time the whole of each host is looked at."""
    hosts = every(lab, *HOSTS)
    host, nowhere = ",".join(hosts), {name: set[str]() for name in hosts}
    named: Mapping[str, Any] = {"anwei_change": f"roles-{playbook}".replace("_", "-"), **variables}
    before = look(lab, host)
    foretold = play(lab, playbook, host, "--check", "--diff", **named)
    assert changed(foretold) == 1
    assert differing(before, look(lab, host)) == nowhere, "check mode writes nothing"
    made = play(lab, playbook, host, "--diff", **named)
    assert changed(made) == 1
    assert diff_lines(made) == diff_lines(foretold) != [], "the plan tells the truth"
    assert differing(before, look(lab, host)) == dict.fromkeys(hosts, footprint)
    assert changed(play(lab, playbook, host, **named)) == 0
    assert changed(play(lab, "rollback", host, **named)) == 1
    assert differing(before, look(lab, host)) == nowhere


def test_sshd_is_hardened_and_taken_back(lab: Lab) -> None:
    cycle(lab, "harden_sshd", {SSHD})


@pytest.mark.needs("web1")
def test_hardened_is_what_the_catalogue_checks(lab: Lab) -> None:
    def outcomes() -> list[str]:
        done = lab.anwei("check", "mlps", "--level", "3", "--limit", "web1", "--json", check=False)
        results = json.loads(done.stdout)["objects"][0]["results"]
        return [results[check]["outcome"] for check in ("LNX-IAb-03", "LNX-IAc-02", "LNX-ACb-02")]

    assert outcomes() == ["不满足", "满足", "不满足"]
    hardening = {"anwei_change": "roles-check", "harden_sshd_permit_root_login": "no"}
    assert changed(play(lab, "harden_sshd", "web1", **hardening)) == 1
    assert outcomes() == ["满足", "满足", "满足"]
    assert changed(play(lab, "rollback", "web1", **hardening)) == 1


@pytest.mark.needs("web2")
def test_weak_algorithms_go_and_a_drop_in_does_not_win(lab: Lab) -> None:
    offered = "Ciphers aes128-cbc,aes256-ctr\\nMACs hmac-md5,hmac-sha2-256\\nMaxAuthTries 9\\n"
    lab.ssh("web2", f"printf '{offered}' | sudo tee /etc/ssh/sshd_config.d/10-site.conf >/dev/null")
    hardening = {"anwei_change": "roles-weak"}
    try:
        assert changed(play(lab, "harden_sshd", "web2", **hardening)) == 1
        found = says(lab, "web2")
        assert (found["ciphers"], found["macs"], found["maxauthtries"]) == ("aes256-ctr", "hmac-sha2-256", "5")
        assert changed(play(lab, "harden_sshd", "web2", **hardening)) == 0
        assert changed(play(lab, "rollback", "web2", **hardening)) == 1
        assert says(lab, "web2")["ciphers"] == "aes128-cbc,aes256-ctr"
    finally:
        lab.ssh("web2", "sudo rm /etc/ssh/sshd_config.d/10-site.conf")


@pytest.mark.needs("web1")
def test_root_who_is_the_only_one_is_not_locked_out(lab: Lab) -> None:
    administrators = [{"user": "root", "address": "127.0.0.1"}]
    lab.ssh("web1", "sudo install -d -m 700 /root/.ssh && sudo cp ~/.ssh/authorized_keys /root/.ssh/authorized_keys")
    hardening = {"anwei_change": "roles-root", "harden_sshd_permit_root_login": "no"}
    try:
        done = play(lab, "harden_sshd", "web1", **hardening, harden_sshd_administrators=administrators)
        assert (done.returncode, "AW-host-returned" in done.stdout) == (2, True), done.stdout
        assert says(lab, "web1")["permitrootlogin"] == "without-password"
    finally:
        lab.ssh("web1", "sudo rm /root/.ssh/authorized_keys; sudo rmdir --ignore-fail-on-non-empty /root/.ssh")


def test_named_settings_are_made_and_taken_back(lab: Lab) -> None:
    sysctls = [{"name": REDIRECTS, "value": 0}]  # on everywhere
    footprint = {"/etc/login.defs", "/etc/sysctl.d/90-anwei.conf", REDIRECTS}
    cycle(lab, "settings", footprint, settings_files=[PASSWORDS], settings_sysctls=sysctls)


@pytest.mark.needs("app1", "web1", "web2", "kylin1")
def test_what_make_run_shows_comes_out_as_told(lab: Lab) -> None:
    hosts = "app1,kylin1,web1,web2"
    before = look(lab, hosts)
    done = lab._run([str(BIN / "python"), str(PROJECT / "scripts" / "show_change.py")], check=True)
    assert [line[0] for line in done.stdout.splitlines() if re.match(r"\d\. ", line)] == list("12345")
    assert "AW-host-unconfirmed" in done.stdout
    assert re.search(r"kylin1 is back, exit status 4 .*, after \d+ seconds more", done.stdout)
    pages = re.findall(r"^ +(\S+\.html)$", done.stdout, flags=re.M)
    assert [Path(page).stem for page in pages] == ["harden-sshd", "lock-out"]
    assert all(Path(page).read_text().startswith("<!doctype html>") for page in pages)
    assert differing(before, look(lab, hosts)) == {host: set() for host in before}
