"""A lab host becomes a control node: people use it through one sudo rule, and cannot get round what it refuses."""

import json
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from lab.site import RULES
from tests.lab.change_site import Site
from tests.lab.conftest import BIN, Done, Lab
from tests.lab.test_roles import differing, look

NODE, MANAGED = "web1", "kylin1"
HOME, PROGRAM, LAUNCHER = "/var/lib/anwei-control", "/opt/anwei", "/usr/local/sbin/anwei-runner"
OPERATOR, CHECKOUT = "yunwei-7", "/srv/anwei-checkout"
ISSUE, NOTICE = "/etc/issue.net", "by way of the control node"
EVIL = "/tmp/evil"
STEPS = 7  # group, account, folder, program, link, launcher, rules
ESTATE = """\
all:
  hosts:
    {name}:
      ansible_host: {address}
      ansible_user: ops
      ansible_become: true
      ansible_pipelining: false
      ansible_python_interpreter: /usr/bin/python3
      ansible_ssh_common_args: >-
        -o IdentityFile=${{ANWEI_HOME}}/ssh/id_ed25519 -o IdentitiesOnly=yes
        -o UserKnownHostsFile=${{ANWEI_HOME}}/ssh/known_hosts -o HostKeyAlias={name}
      address: {address}
      zone: all
      subnet: all
      owner: operator
      criticality: 一般
      mlps_level: 3
      system: kylin
  vars:
    estate_title: 现场
    estate_zones: {{all: {{title: 全部}}}}
    estate_subnets: {{all: {{zone: all, title: 全部, cidr: 10.213.0.0/16}}}}
    estate_owners: {{operator: {{title: 操作员}}}}
    estate_rehearsal: {name}
    estate_guarded: true
"""

pytestmark = [pytest.mark.pinned_core, pytest.mark.needs(NODE, MANAGED)]


@dataclass
class Node:
    """The control node, reached as its administrator by ssh and sudo, or as one of its operators."""

    lab: Lab
    site: Site

    def root(self, command: str, *, check: bool = True) -> Done:
        """A command line as root."""
        return self.lab.ssh(NODE, f"sudo sh -c {shlex.quote(command)}", check=check)

    def operator(self, command: str, *, check: bool = True) -> Done:
        """A command line as an operator, with the shell's own environment."""
        return self.lab.ssh(NODE, f"sudo -u {OPERATOR} -H sh -c {shlex.quote(f'cd; {command}')}", check=check)

    def runner(self, *words: str, check: bool = True) -> Done:
        """The launcher as an operator calls it."""
        return self.operator(f"sudo -n -u anwei anwei-runner {shlex.join(words)}", check=check)

    def set_up(self, *words: str, check: bool = True) -> Done:
        """The set-up script of the unpacked bundle."""
        return self.root(f"/root/anwei-*/scripts/control-node.sh {shlex.join(words)}", check=check)

    def put(self, content: bytes, place: str, owner: str = "root") -> None:
        """A file on the node."""
        command = f"sudo sh -c 'umask 077; cat > {place} && chown {owner}: {place}'"
        words = ["ssh", "-F", str(self.lab.directory / "ssh_config"), NODE, command]
        subprocess.run(words, input=content, check=True)

    def carry(self) -> None:
        """The site's repository as the operator's checkout on the node."""
        packed = subprocess.run(
            ["tar", "-C", str(self.site.checkout), "--exclude=./dist", "-cf", "-", "."],
            capture_output=True, check=True,
        ).stdout  # fmt: skip
        self.put(packed, "/root/checkout.tar")
        self.root(
            f"rm -rf {CHECKOUT} && mkdir {CHECKOUT} && tar -C {CHECKOUT} -xf /root/checkout.tar && "
            f"chown -R {OPERATOR}: {CHECKOUT} && chmod -R go=rX {CHECKOUT}"
        )

    def change(self, verb: str, name: str, *words: str, check: bool = True) -> Done:
        """The operator's words about a change."""
        return self.runner("change", verb, name, "--checkout", CHECKOUT, *words, check=check)


@pytest.fixture(scope="module")
def before(lab: Lab) -> dict[str, set[str]]:
    return look(lab, NODE)


@pytest.fixture(scope="module")
def site(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A checkout with an estate of one host, which two people's signatures open."""
    made = Site.make(tmp_path_factory.mktemp("control"), lab)
    address = lab.ssh(MANAGED, "hostname -I").stdout.split()[-1]
    page = made.checkout / "inventories" / "site" / "hosts.yml"
    page.parent.mkdir()
    page.write_text(ESTATE.format(name=MANAGED, address=address))
    made.commit("an estate")
    trust = made.folder / "trust.yml"
    rules = {**RULES, "approvals": {risk: {"count": 2} for risk in ("低", "中", "高")}}
    trust.write_text(yaml.safe_dump({**yaml.safe_load(trust.read_text()), **rules}, allow_unicode=True))
    return made


@pytest.fixture(scope="module")
def node(lab: Lab, site: Site, before: dict[str, set[str]]) -> Iterator[Node]:
    """web1 with the bundle, the set-up, host credentials, the trust file and one operator."""
    made = Node(lab, site)
    try:
        made.put(_bundle(site).read_bytes(), "/root/bundle.tar.gz")
        made.root("tar -C /root -xzf /root/bundle.tar.gz")
        foretold = made.set_up("--check").stdout.splitlines()
        done = made.set_up().stdout.splitlines()
        assert [line for line in done if line.startswith("+")] == foretold
        assert len(foretold) == STEPS
        assert made.set_up().stdout == "", "a second time there is nothing to do"
        made.root(f"useradd -m -G anwei-operators {OPERATOR}")
        made.root(f"install -d -m 700 -o anwei -g anwei {HOME}/ssh")
        for name in ("id_ed25519", "known_hosts"):
            made.put((lab.directory / name).read_bytes(), f"{HOME}/ssh/{name}", "anwei")
        made.put((site.folder / "trust.yml").read_bytes(), "/tmp/trust.yml", "anwei")
        made.root("anwei-runner trust begin /tmp/trust.yml; rm /tmp/trust.yml")
        yield made
    finally:
        lab.ssh(MANAGED, "sudo sh /var/lib/anwei/notice/undo", "-tt", check=False)  # where a test failed half-way
        lab.anwei("host", "clean", "--limit", MANAGED)
        removed = made.set_up("--remove", "--with-home", check=False)
        made.root(f"userdel -rf {OPERATOR}; rm -rf /root/anwei-* /root/*.tar* {CHECKOUT} {EVIL}")
        assert removed.returncode == 0, removed


@pytest.fixture(scope="module")
def changed(node: Node) -> dict[str, str]:
    """A change that went the whole way on the control node, and what stood in its one file before."""
    former = node.lab.ssh(MANAGED, f"cat {ISSUE}").stdout
    _planned(node, "notice")
    unread = node.change("rehearse", "notice", check=False)
    node.site.approve("notice", by=("yezhu-1",))
    node.carry()
    early = node.change("run", "notice", check=False)
    node.change("rehearse", "notice")
    rehearsed = node.lab.ssh(MANAGED, f"cat {ISSUE}").stdout
    node.change("rollback", "notice", "--rehearsal")
    node.site.approve("notice", by=("anquan-1",))
    node.carry()
    ran = node.change("run", "notice")
    assert (unread.returncode, "AW-gate-unsigned" in unread.stderr) == (3, True), unread.stderr
    assert (early.returncode, "AW-gate-approval" in early.stderr) == (3, True), early.stderr
    assert NOTICE in rehearsed
    return {"former": former, "ran": ran.stdout}


def test_an_operator_carries_an_approved_change_out(node: Node, changed: dict[str, str]) -> None:
    assert NOTICE in node.lab.ssh(MANAGED, f"cat {ISSUE}").stdout
    shown = json.loads(node.runner("record", "show", "notice", "--json").stdout)
    begun = next(entry["data"] for entry in shown["entries"] if entry["event"] == "begun")
    assert (begun["by"], len(begun["approvals"])) == (f"{OPERATOR} (anwei)", 2)
    assert shown["verified"]["problems"] == []
    assert json.loads(node.change("show", "notice", "--json").stdout)["done"] == [MANAGED]
    page = node.runner("record", "page", "notice", "html").stdout
    assert page.startswith("<!doctype html>")
    assert node.root(f"ls {HOME}/tmp").stdout == ""


def test_what_others_could_edit_is_not_installed(node: Node) -> None:
    for spoil, mend in (("chown ops", "chown root"), ("chmod o+w", "chmod o-w")):
        node.root(f"{spoil} /root/anwei-*/Makefile")
        refused = node.set_up("--check", check=False)
        node.root(f"{mend} /root/anwei-*/Makefile")
        assert (refused.returncode, "Makefile" in refused.stderr) == (2, True), refused


def test_nothing_else_is_open_to_an_operator(node: Node, changed: dict[str, str]) -> None:
    refused = {
        f"ls {HOME}": "Permission denied",
        f"cat {HOME}/key": "Permission denied",
        f"cat {HOME}/ssh/id_ed25519": "Permission denied",
        f"echo >> {PROGRAM}/current/anwei/cli.py": "Permission denied",
        f"touch {PROGRAM}/x": "Permission denied",
        f"echo >> {LAUNCHER}": "Permission denied",
        LAUNCHER + " record list": "AW-control-words",
        "sudo -n -u anwei id": "password is required",
        f"sudo -n -u anwei {PROGRAM}/current/.venv/bin/anwei record list": "password is required",
        "sudo -n anwei-runner record list": "password is required",
        "su anwei -c id": "Authentication failure",
        f"ssh -o BatchMode=yes ops@{MANAGED} id": "",
        f"sudo -n -u anwei anwei-runner change run notice --checkout /srv --limit @{HOME}/key": "AW-control-words",
        "sudo -n -u anwei anwei-runner change plan notice --checkout /srv": "AW-control-words",
        "sudo -n -u anwei anwei-runner change run notice": "AW-control-words",
        f"sudo -n -u anwei anwei-runner record show notice --out {HOME}/trust": "AW-control-words",
        "sudo -n -u anwei anwei-runner control backup /tmp/x.tar.gz": "AW-control-words",
        "sudo -n -u anwei anwei-runner trust adopt /tmp/x": "AW-control-words",
    }
    for command, said in refused.items():
        done = node.operator(command, check=False)
        assert (done.returncode != 0, said in done.stdout + done.stderr) == (True, True), (command, done)


def test_no_variable_of_an_operator_gets_in(node: Node, changed: dict[str, str]) -> None:
    for name in ("ANWEI_HOME=/tmp", "ANSIBLE_CONFIG=/tmp/a", "PYTHONPATH=/tmp", "LD_PRELOAD=/tmp/x.so"):
        handed = node.operator(f"sudo -n {name} -u anwei anwei-runner record list", check=False)
        assert (handed.returncode, "not allowed to set" in handed.stderr) == (1, True), handed
        kept = node.operator(f"export {name}; sudo -n -E -u anwei anwei-runner record list", check=False)
        assert (kept.returncode, "not allowed to preserve" in kept.stderr) == (1, True), kept
        if not name.startswith("LD_"):
            told = node.operator(f"export {name}; sudo -n -u anwei anwei-runner record list --json")
            assert "notice" in [each["record"] for each in json.loads(told.stdout)]


def test_code_that_nobody_signed_does_not_run(node: Node, changed: dict[str, str]) -> None:
    """An operator names a commit of their own in an approval that they forge, on which they rely nowhere else."""
    evil = f"import os; os.system('id > {EVIL}')\n"
    whole = node.site.git("rev-parse", "HEAD")
    for name in ("anwei/__init__.py", "anwei/change/started.py", "anwei/errors.py"):
        page = node.site.checkout / name
        page.write_text(evil + page.read_text().replace("from __future__ import annotations\n", ""))
    commit = node.site.commit("evil")
    for page in (node.site.checkout / "changes" / "notice" / "approvals").glob("*.json"):
        page.write_text(re.sub(r'"commit": "\w+"', f'"commit": "{commit}"', page.read_text()))
    node.carry()
    try:
        for verb in ("run", "rehearse"):
            ran = node.change(verb, "notice", check=False)
            code = {"run": "AW-gate-approval", "rehearse": "AW-control-unread"}[verb]
            assert (ran.returncode, code in ran.stderr) == (3, True), ran
        assert node.root(f"test -e {EVIL}", check=False).returncode == 1
    finally:
        node.site.git("reset", "--quiet", "--hard", whole)
        node.carry()


def test_the_doctor_tells_a_control_from_a_guard_rail(node: Node, changed: dict[str, str]) -> None:
    told = json.loads(node.runner("doctor", "--estate", "site", "--json", check=False).stdout)
    assert told["verdict"]["reasons"] == []
    assert told["verdict"]["control"]
    states = {each["check"]: each["state"] for each in told["checks"]}
    assert {states[name] for name in ("home", "keys", "trust", "records", "programs", "credentials", "hosts")} <= {
        "ok", "unknown",
    }  # fmt: skip
    code = "import sys; sys.path.insert(0, '.'); from anwei.entry import main; sys.exit(main())"
    own = f"{PROGRAM}/current/.venv/bin/python -I -c {shlex.quote(code)} doctor"
    rail = node.root(f"cd /root/anwei-* && mkdir -m 700 .anwei && {own}; rm -rf .anwei", check=False)
    assert rail.stdout.strip().splitlines()[-1].startswith("护栏：运行它的人可以绕过它，因为：控制目录属于 root"), rail
    straight = f"sudo -u anwei env ANWEI_HOME={HOME} {PROGRAM}/current/.venv/bin/anwei doctor --estate site --json"
    (reason,) = json.loads(node.root(straight, check=False).stdout)["verdict"]["reasons"]
    assert "anwei-runner" in reason
    node.root("usermod -s /bin/sh anwei")
    open_account = node.runner("doctor", "--estate", "site", "--json", check=False).stdout
    node.root("usermod -s /usr/sbin/nologin anwei")
    assert not json.loads(open_account)["verdict"]["control"]


def test_a_second_node_takes_over(
    node: Node, changed: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("node")
    second, archive = folder / "home", folder / "backup.tar.gz"
    node.root("install -d -m 700 -o anwei /var/tmp/anwei-backup")
    node.root("anwei-runner control backup /var/tmp/anwei-backup/1.tar.gz")
    words = ["ssh", "-F", str(node.lab.directory / "ssh_config"), NODE, "sudo cat /var/tmp/anwei-backup/1.tar.gz"]
    archive.write_bytes(subprocess.run(words, capture_output=True, check=True).stdout)
    node.root("rm -r /var/tmp/anwei-backup")

    def there(*words: str) -> Done:
        return node.site.anwei(*words, ANWEI_HOME=str(second), ANWEI_LANG="en")

    assert "none altered" in there("control", "restore", str(archive)).stdout
    before = node.site.plan("notice")["digest"]
    there("change", "rollback", "notice")
    assert node.lab.ssh(MANAGED, f"cat {ISSUE}").stdout == changed["former"]
    there("change", "plan", "notice")
    assert node.site.plan("notice")["digest"] == before, "the same state, the same keyed digests"
    node.site.git("checkout", "--quiet", ".")
    assert there("record", "verify").returncode == 0
    told = json.loads(node.site.anwei("doctor", "--json", check=False, ANWEI_HOME=str(second)).stdout)
    assert any(NODE in each["said"] for each in told["checks"] if each["check"] == "backup")
    there("host", "clean", "--estate", "site")


def test_it_is_all_gone_when_it_is_removed(node: Node, changed: dict[str, str], before: dict[str, set[str]]) -> None:
    kept = node.set_up("--remove", check=False)
    assert (kept.returncode, "AW-control-setup" in kept.stderr) == (2, True), kept
    node.root(f"userdel -r {OPERATOR}")
    node.set_up("--remove", "--with-home")
    assert differing(before, look(node.lab, NODE)) == {NODE: set()}
    gone = node.root(
        f"ls -d {HOME} {PROGRAM} {LAUNCHER}; getent passwd anwei; getent group anwei-operators", check=False
    )
    assert gone.stdout == ""


def _planned(node: Node, name: str) -> None:
    """A change of one small file, planned on the control node by its administrator, and committed with its plan."""
    page = {"path": ISSUE, "dialect": "block", "settings": {"anwei": [NOTICE]}, "create": True}
    parameters = {"settings_files": [page], "settings_undo_unless_confirmed": 60}
    folder = node.site.write(
        name, MANAGED, "settings", parameters, estate="site", owner="operator", unrehearsed=None
    ).parent
    node.site.commit(f"write {name}")
    node.carry()
    made = json.loads(node.root(f"anwei-runner change plan {name} --checkout {CHECKOUT} --json").stdout)
    for kind in ("plan.json", "plan.md"):
        place = str(Path(made["page"]).with_name(kind))
        (folder / kind).write_text(node.root(f"cat {place}").stdout)
    node.site.commit(f"plan {name}")
    node.carry()


def _bundle(site: Site) -> Path:
    """The archive of the site's commit, as `make bundle` makes it, for this machine's kind of control node."""
    environment = site.checkout / ".venv"
    environment.symlink_to(BIN.parent)
    made = subprocess.run(
        [site.checkout / "scripts" / "bundle.sh"], env={**os.environ, "BUNDLE_FOR": f"3.11:{os.uname().machine}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    environment.unlink()
    return site.checkout / made.stdout.split()[-1]
