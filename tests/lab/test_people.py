"""Accounts and groups on real hosts: older and newer tools, Python 2.7 and 3, by su and by a sudo with a terminal."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.lab.conftest import Lab, every
from tests.lab.on_host import OnHost

LAWS = Path(__file__).with_name("people_on_host.py").read_text()
NAMES = re.findall(r"^def (law_\w+)", LAWS, re.MULTILINE)
HOSTS = ["web1", "app1", "web2", "kylin1"]
Proved = dict[str, dict[str, str]]
NAME = "anwt1"
BRING = """
from hostkit import engine, kinds
def bring(kind, key, wanted):
    for step in engine.survey(host, {kind: {key: wanted}}, {}):
        if step.differs():
            kinds.named(step.kind).write(host, step.key, step.now, step.wish)
"""


@pytest.fixture(scope="module")
def proved(lab: Lab) -> Proved:
    """What each law said on a host; all of them run there at once, and on all hosts at the same time."""

    def on(name: str) -> dict[str, str]:
        there = OnHost(lab, name)
        try:
            said = there.run(LAWS + "\nanswer = proved()\n")
        finally:
            there.clear()
        assert isinstance(said, dict)
        return said

    hosts = every(lab, *HOSTS)
    with ThreadPoolExecutor() as pool:
        return dict(zip(hosts, pool.map(on, hosts), strict=True))


@pytest.fixture
def web1(lab: Lab) -> Iterator[OnHost]:
    """A host on which the throw-away account is gone afterwards."""
    there = OnHost(lab, "web1")
    yield there
    # A login leaves the account's own service manager running for a while, and userdel refuses what is in use.
    gone = f"/usr/sbin/userdel -rf {NAME}; /usr/sbin/groupdel {NAME}"
    there.shell(f"rm -f /etc/sudoers.d/{NAME}; loginctl terminate-user {NAME}; {gone}; true")
    assert NAME not in there.shell("cat /etc/passwd")
    there.clear()


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.needs(name)) for name in HOSTS])
@pytest.mark.parametrize("law", NAMES)
def test_law(proved: Proved, name: str, law: str) -> None:
    assert proved[name][law] == ""


@pytest.mark.needs("web1")
def test_a_key_lets_in_behind_a_lock_and_no_longer_once_revoked(lab: Lab, web1: OnHost) -> None:
    key = (lab.directory / "id_ed25519.pub").read_text().strip()

    def bring(kind: str, wanted: dict[str, object]) -> None:
        web1.run(BRING + f"bring({kind!r}, {NAME!r}, {wanted!r})\n")

    bring("account", {"shell": "/bin/bash"})
    assert lab.ssh(f"{NAME}@web1", "id -un", check=False).returncode != 0
    bring("authorized_key", {"with": [f'from="0.0.0.0/0",no-pty {key}']})
    assert lab.ssh(f"{NAME}@web1", "id -un").stdout.strip() == NAME
    bring("account", {"locked": True})
    assert lab.ssh(f"{NAME}@web1", "id -un").stdout.strip() == NAME
    bring("account", {"revoked": True})
    assert lab.ssh(f"{NAME}@web1", "id -un", check=False).returncode != 0
    bring("account", {"revoked": False, "locked": True})
    assert lab.ssh(f"{NAME}@web1", "id -un").stdout.strip() == NAME
    bring("authorized_key", {"without": [key]})
    assert lab.ssh(f"{NAME}@web1", "id -un", check=False).returncode != 0


@pytest.mark.needs("web1")
def test_rules_reach_sudo(web1: OnHost) -> None:
    wanted = {"rules": [f"{NAME} ALL=(root) NOPASSWD: /usr/bin/id"]}
    web1.run(BRING + f"bring('account', {NAME!r}, {{}})\nbring('sudo', {NAME!r}, {wanted!r})\n")
    assert "(root) NOPASSWD: /usr/bin/id" in web1.shell(f"sudo -l -U {NAME}")
    web1.run(BRING + f"bring('sudo', {NAME!r}, {{'present': False}})\n")
    assert "not allowed" in web1.shell(f"sudo -l -U {NAME}")
