"""A site of the tests' own on a lab: what tests need beyond trying changes out."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lab.site import Done
from lab.site import Site as TrialSite
from tests.lab.conftest import Lab
from tests.lab.test_roles import SSHD, differing, look

ISSUE = "/etc/issue.net"


@dataclass
class Site(TrialSite):
    """Its hosts are those of a lab."""

    lab: Lab

    @classmethod
    def make(cls, folder: Path, lab: Lab) -> "Site":
        """A site with a checkout, people and a trust file."""
        return cls(folder, lab.directory, lab).set_up()

    @property
    def environment(self) -> dict[str, str]:
        """English, as tests read it, with the tools of the environment that runs the tests."""
        return {**super().environment, "ANWEI_LANG": "en", "PATH": self.lab.environment["PATH"]}

    def change(
        self, name: str, hosts: str, parameters: Mapping[str, Any], action: str = "settings", **about: Any
    ) -> None:
        """Write a change, plan it and commit it."""
        self.write(name, hosts, action, parameters, **about)
        self.anwei("change", "plan", name)
        self.commit(f"plan {name}")

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

    def variables(self, name: str, values: Mapping[str, Any]) -> None:
        """Give the estate or a group or host of it further variables; with none, take them away."""
        page = self.checkout / "inventories" / "lab" / f"{name}.yml"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.unlink(missing_ok=True)
        if values:
            page.write_text(yaml.safe_dump(dict(values), allow_unicode=True))

    def killed(self, *words: str, until: str | int | Callable[[], bool]) -> list[str]:
        """Start a command, kill it when the record has a new entry of this kind, or so many, or something is so.

        The events it wrote.
        """
        began = len(self.entries(words[2]))
        run = subprocess.Popen(
            self.words(*words), cwd=self.checkout, env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        deadline = time.monotonic() + 120
        while run.poll() is None and not self._reached(words[2], began, until):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        for process in [run.pid, *children(run.pid)]:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        run.wait()
        return self.events(words[2])[began:]

    def _reached(self, name: str, began: int, until: str | int | Callable[[], bool]) -> bool:
        """Whether the record has come so far."""
        if callable(until):
            return until()
        seen = self.events(name)[began:]
        return len(seen) >= until if isinstance(until, int) else until in seen

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


def children(process: int) -> list[int]:
    """All processes below one, the nearest first."""
    try:
        own = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return []
    return [found for child in map(int, own) for found in (child, *children(child))]


def notice(*words: str, **more: Any) -> dict[str, Any]:
    """A small change that every host can take: the notice before login."""
    page = {"path": ISSUE, "dialect": "block", "settings": {"anwei": list(words)}, "create": True, **more}
    return {"settings_files": [page], "settings_undo_unless_confirmed": 60}


def sshd(**settings: str) -> dict[str, Any]:
    """Settings of sshd, which sshd itself finds in order."""
    page = {
        "path": SSHD, "dialect": "sshd", "settings": settings,
        "validate": ["sshd", "-t", "-f", "%s"], "reload": ["ssh"],
    }  # fmt: skip
    return {"settings_files": [page], "settings_undo_unless_confirmed": 30}


def differences(site: Site, before: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """The hosts that are not as they were, looked at by other means than hostkit's, and in what."""
    after = look(site.lab, ",".join(before))
    return {host: found for host, found in differing(dict(before), after).items() if found}


def open_to_us(site: Site, host: str, command: str = "true") -> bool:
    """Whether one can log in to a host, and a command there succeeds."""
    return site.lab.ssh(host, f"sudo sh -c '{command}'", check=False).returncode == 0


def wait_for(so: Callable[[], bool], seconds: float) -> None:
    """Wait until something is so."""
    until = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < until
        time.sleep(0.5)
