"""A site with a checkout of its own: git, approvers with keys, a trust file, a control home; the lab is its estate."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from anwei.home import ROOT
from tests.lab.conftest import Done, Lab

APPROVERS = {"yezhu-1": "业主", "anquan-1": "安全", "yunwei-1": "运维"}
RULES = {
    "approvals": {risk: {"count": 1, "roles": []} for risk in ("低", "中", "高")},
    "emergency": {"count": 2, "roles": []},
    "rollback": {"count": 1, "roles": []},
    "trust": {"count": 2},
    "longest_days": 30,
}
WHY = "the lab has no twin"


@dataclass
class Site:
    """The checkout lies in `folder/checkout`, the control node's own things in `folder/home`."""

    folder: Path
    lab: Lab

    @property
    def checkout(self) -> Path:
        return self.folder / "checkout"

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @classmethod
    def make(cls, folder: Path, lab: Lab) -> "Site":
        """A copy of this project's files as a repository of its own, and people who may approve."""
        site = cls(folder, lab)
        site.checkout.mkdir(parents=True)
        site.home.mkdir(mode=0o700)
        files = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        listed = "\n".join(name for name in files.stdout.splitlines() if (ROOT / name).exists())
        packed = subprocess.run(
            ["tar", "-cf", "-", "-T", "-"], cwd=ROOT, input=listed.encode(), capture_output=True, check=True
        )
        subprocess.run(["tar", "-xf", "-"], cwd=site.checkout, input=packed.stdout, check=True)
        site.git("init", "--quiet", "--initial-branch=main")
        site.commit("everything")
        site._trust()
        return site

    def git(self, *words: str) -> str:
        """Run git in the checkout as its author."""
        who = ["-c", "user.name=author-1", "-c", "user.email=author-1@example.gov", "-c", "commit.gpgsign=false"]
        done = subprocess.run(["git", *who, *words], cwd=self.checkout, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def commit(self, why: str) -> str:
        """Commit all that differs; the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", why)
        return self.git("rev-parse", "HEAD")

    def tampered(self) -> dict[str, str]:
        """Spoil the live checkout, in files and in a commit that nobody signed, and give an environment that does."""
        for name, line in {
            "roles/settings/filter_plugins/settings_document.py": "raise SystemExit('evil')",
            "hostkit/verbs.py": "raise SystemExit('evil')",
            "anwei/change/gate.py": "before_hosts = of_hosts = lambda *_: []",
            "roles/settings/defaults/main.yml": "settings_files: evil",
        }.items():
            with (self.checkout / name).open("a") as page:
                page.write(f"\n{line}\n")
        self.commit("a newer commit that nobody signed")
        with (self.checkout / "roles/settings/tasks/main.yml").open("a") as page:
            page.write("\n- name: Do evil\n  ansible.builtin.raw: echo evil >> /etc/issue.net\n")
        evil = self.folder / "evil"
        for name in ("ansible", "yaml"):
            (evil / name).mkdir(parents=True, exist_ok=True)
            (evil / name / "__init__.py").write_text("raise SystemExit('evil')\n")
        return {
            "PYTHONPATH": str(evil),
            "ANSIBLE_ROLES_PATH": str(evil),
            "ANSIBLE_STDOUT_CALLBACK": "minimal",
            "ANSIBLE_BECOME_EXE": "/bin/false",
            "ANSIBLE_SSH_EXECUTABLE": "/bin/false",
            "GIT_DIR": str(evil),
        }

    def key(self, who: str) -> Path:
        """Somebody's key."""
        return self.folder / "keys" / who

    def variables(self, name: str, values: Mapping[str, Any]) -> None:
        """Give the estate or a group or host of it further variables; with none, take them away."""
        page = self.checkout / "inventories" / "lab" / f"{name}.yml"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.unlink(missing_ok=True)
        if values:
            page.write_text(yaml.safe_dump(dict(values), allow_unicode=True))

    def change(
        self, name: str, hosts: str, parameters: Mapping[str, Any], action: str = "settings", **about: Any
    ) -> None:
        """Write a change whose window is open now, plan it and commit it."""
        now = datetime.now(UTC) + timedelta(hours=8)
        moment = "%Y-%m-%d %H:%M"
        window = {"from": f"{now - timedelta(hours=1):{moment}}", "to": f"{now + timedelta(hours=9):{moment}}"}
        written = {
            "title": name, "action": action, "estate": "lab", "hosts": hosts, "reason": "a test", "risk": "低",
            "window": window, "waves": [1], "soak": 0, "owner": "platform", "unrehearsed": WHY,
            "parameters": dict(parameters), **about,
        }  # fmt: skip
        page = self.checkout / "changes" / name / "change.yml"
        page.parent.mkdir(parents=True, exist_ok=True)
        shown = {key: value for key, value in written.items() if value is not None}
        page.write_text(yaml.safe_dump(shown, allow_unicode=True, sort_keys=False))
        self.anwei("change", "plan", name)
        self.commit(f"plan {name}")

    def approve(self, name: str, *words: str, by: tuple[str, ...] = ("yezhu-1", "anquan-1")) -> None:
        """Have people sign."""
        for who in by:
            self.anwei("change", "approve", name, "--key", str(self.key(who)), *words)

    def anwei(self, *words: str, check: bool = True, **environment: str) -> Done:
        """Run the command of this checkout."""
        done = subprocess.run(
            self.words(*words), cwd=self.checkout, env=self.environment | environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert not check or done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def words(self, *words: str) -> list[str]:
        """A command line of this checkout, as its own `.venv/bin/anwei` would be."""
        code = f"import sys; sys.path.insert(0, {str(self.checkout)!r}); from anwei.entry import main; sys.exit(main())"
        return [sys.executable, "-c", code, *words]

    @property
    def environment(self) -> dict[str, str]:
        """What its commands run with."""
        ours = {"ANWEI_HOME": str(self.home), "PYTHONDONTWRITEBYTECODE": "1"}
        return {**self.lab.environment, **ours, "ANSIBLE_CONFIG": str(self.checkout / "ansible.cfg")}

    def killed(self, *words: str, until: str) -> list[str]:
        """Start a command, kill it as soon as the record has a new entry of this kind; the events that it wrote."""
        began = len(self.entries(words[2]))
        run = subprocess.Popen(
            self.words(*words), cwd=self.checkout, env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        deadline = time.monotonic() + 120
        while run.poll() is None and until not in self.events(words[2])[began:]:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        for process in [run.pid, *children(run.pid)]:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        run.wait()
        return self.events(words[2])[began:]

    def play(self, *words: str) -> Done:
        """Run one of Ansible's own tools in the checkout, as a person would."""
        environment = self.environment | {"PYTHONPATH": str(self.checkout), "ANSIBLE_NOCOLOR": "1"}
        return subprocess.run(
            words, cwd=self.checkout, env=environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip

    def plan(self, name: str) -> dict[str, Any]:
        """The plan of a change."""
        made: dict[str, Any] = json.loads((self.checkout / "changes" / name / "plan.json").read_text())
        return made

    def parameters(self, name: str) -> str:
        """The parameters of a change as a file of variables."""
        written = yaml.safe_load((self.checkout / "changes" / name / "change.yml").read_text())
        return yaml.safe_dump(written["parameters"])

    def entries(self, name: str) -> list[dict[str, Any]]:
        """The record of a change as it stands."""
        page = self.home / "records" / f"{name}.jsonl"
        lines = page.read_text().splitlines() if page.exists() else []
        return [json.loads(line) for line in lines if line.endswith("}")]

    def events(self, name: str) -> list[str]:
        """The names of its entries."""
        return [entry["event"] for entry in self.entries(name)]

    def hosts(self, name: str, event: str) -> dict[str, Any]:
        """What all entries of one kind say of hosts, the last word of each."""
        found = [entry["data"]["hosts"] for entry in self.entries(name) if entry["event"] == event]
        return {host: said for hosts in found for host, said in hosts.items()}

    def _trust(self) -> None:
        """Make the approvers' keys and set the control node up with them."""
        (self.folder / "keys").mkdir(mode=0o700)
        approvers = []
        for who, role in APPROVERS.items():
            words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", who, "-f", str(self.key(who))]
            subprocess.run(words, check=True)
            public = self.key(who).with_suffix(".pub").read_text().rsplit(" ", 1)[0]
            approvers.append({"name": f"{who}@example.gov", "key": public, "roles": [role]})
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.key("stranger"))], check=True)
        page = self.folder / "trust.yml"
        page.write_text(yaml.safe_dump({"approvers": approvers, **RULES}, allow_unicode=True))
        self.anwei("trust", "begin", str(page))


def children(process: int) -> list[int]:
    """All processes below one, the nearest first."""
    try:
        own = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return []
    return [found for child in map(int, own) for found in (child, *children(child))]
