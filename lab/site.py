"""A site for trying changes: a checkout with a history, people with keys, a control home. The lab is its estate."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import yaml

from lab.place import PROJECT

APPROVERS = {"yezhu-1": "业主", "anquan-1": "安全", "yunwei-1": "运维"}
STRANGER = "stranger"
RULES = {
    "approvals": {risk: {"count": 1, "roles": []} for risk in ("低", "中", "高")},
    "emergency": {"count": 2, "roles": []},
    "rollback": {"count": 1, "roles": []},
    "trust": {"count": 2},
    "longest_days": 30,
}
AUTHOR = ("-c", "user.name=author-1", "-c", "user.email=author-1@example.gov", "-c", "commit.gpgsign=false")
LEFT_BEHIND = shutil.ignore_patterns(
    ".git", ".venv*", ".lab", ".anwei", ".ansible", "build", "dist", "wheels", "__pycache__", ".*_cache", ".hypothesis",
    "*.egg-info",
)  # fmt: skip
ZONE = timedelta(hours=8)  # of the lab estate

Done = subprocess.CompletedProcess[str]


@dataclass
class Site:
    """The checkout lies in `folder/checkout`, keys in `folder/keys`, what is the control node's in `folder/home`."""

    folder: Path
    lab_directory: Path

    @property
    def checkout(self) -> Path:
        """Where changes are written."""
        return self.folder / "checkout"

    @property
    def home(self) -> Path:
        """Where the control node keeps its own."""
        return self.folder / "home"

    @property
    def environment(self) -> dict[str, str]:
        """What its commands run with."""
        ours = {"ANWEI_HOME": str(self.home), "ANWEI_LAB_DIR": str(self.lab_directory), "PYTHONDONTWRITEBYTECODE": "1"}
        return {**os.environ, **ours, "ANSIBLE_CONFIG": str(self.checkout / "ansible.cfg")}

    def set_up(self) -> Self:
        """A copy of this project as a repository of its own, and people who may approve."""
        shutil.copytree(PROJECT, self.checkout, symlinks=True, ignore=LEFT_BEHIND)
        self.home.mkdir(mode=0o700)
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit("everything")
        self._trust()
        return self

    def git(self, *words: str) -> str:
        """Run git in the checkout as its author."""
        words = ("git", *AUTHOR, *words)
        return subprocess.run(words, cwd=self.checkout, capture_output=True, text=True, check=True).stdout.strip()

    def commit(self, why: str) -> str:
        """Commit all that differs; the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", why)
        return self.git("rev-parse", "HEAD")

    def key(self, who: str) -> Path:
        """Somebody's key."""
        return self.folder / "keys" / who

    def write(self, name: str, hosts: str, action: str, parameters: Mapping[str, object], **about: object) -> Path:
        """Write a change whose window is open now; what is None is left out."""
        now = datetime.now(UTC) + ZONE
        window = {"from": _moment(now - timedelta(hours=1)), "to": _moment(now + timedelta(hours=9))}
        written = {
            "title": name, "action": action, "estate": "lab", "hosts": hosts, "reason": "试用", "risk": "低",
            "window": window, "waves": [1], "soak": 0, "owner": "platform", "unrehearsed": "实验环境没有演练组",
            "parameters": dict(parameters), **about,
        }  # fmt: skip
        page = self.checkout / "changes" / name / "change.yml"
        page.parent.mkdir(parents=True, exist_ok=True)
        shown = {key: value for key, value in written.items() if value is not None}
        page.write_text(yaml.safe_dump(shown, allow_unicode=True, sort_keys=False), encoding="utf-8")
        return page

    def words(self, *words: str) -> list[str]:
        """A command line of this checkout, as its own `.venv/bin/anwei` would be."""
        code = f"import sys; sys.path.insert(0, {str(self.checkout)!r}); from anwei.entry import main; sys.exit(main())"
        return [sys.executable, "-c", code, *words]

    def anwei(self, *words: str, check: bool = True, **environment: str) -> Done:
        """Run the command of this checkout."""
        # Ansible demands a standard input of its own.
        done = subprocess.run(
            self.words(*words), cwd=self.checkout, env=self.environment | environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False, timeout=600,
        )  # fmt: skip
        if check and done.returncode:
            raise AssertionError(f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def approve(self, name: str, *words: str, by: tuple[str, ...] = ("yezhu-1", "anquan-1")) -> None:
        """Have people sign."""
        for who in by:
            self.anwei("change", "approve", name, "--key", str(self.key(who)), *words)

    def _trust(self) -> None:
        """Make everybody's key, and set the control node up with those of the approvers."""
        self.key("").mkdir(mode=0o700)
        for who in (*APPROVERS, STRANGER):
            words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", who, "-f", str(self.key(who))]
            subprocess.run(words, check=True)
        approvers = [
            {"name": f"{who}@example.gov", "key": _public(self.key(who)), "roles": [role]}
            for who, role in APPROVERS.items()
        ]
        page = self.folder / "trust.yml"
        page.write_text(yaml.safe_dump({"approvers": approvers, **RULES}, allow_unicode=True), encoding="utf-8")
        self.anwei("trust", "begin", str(page))


def _public(key: Path) -> str:
    """A key's public half, without its comment."""
    return key.with_suffix(".pub").read_text(encoding="ascii").rsplit(" ", 1)[0]


def _moment(when: datetime) -> str:
    """A moment as change files have it."""
    return when.strftime("%Y-%m-%d %H:%M")
