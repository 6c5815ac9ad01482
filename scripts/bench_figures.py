"""What all parts of `make bench` share: the figures so far, running a command, asking a module of Ansible."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
BIN = PROJECT / ".venv" / "bin"
ANWEI = BIN / "anwei"


@dataclass
class Bench:
    """The figures so far, and where the work is done."""

    folder: Path
    rows: list[dict[str, str]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """A lab of the benchmark's own, and this checkout's Ansible."""
        own = {"ANWEI_LAB_DIR": str(self.folder / "lab"), "ANSIBLE_CONFIG": str(PROJECT / "ansible.cfg")}
        return {**os.environ, **own, "ANWEI_LANG": "en"}

    def note(self, what: str, figure: str, aim: str = "", ratio: str = "") -> None:
        """Keep one figure, and show it at once."""
        self.rows.append({"what": what, "ratio": ratio, "figure": figure, "aim": aim})
        print(f"{what}: {figure} {ratio}", file=sys.stderr, flush=True)

    def run(self, *words: object, **more: str) -> subprocess.CompletedProcess[str]:
        """Run one command that must succeed, or find something (exit 1)."""
        done = subprocess.run(
            [str(word) for word in words],
            env={**self.environment, **more},
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode > 1:
            raise SystemExit(f"{words}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def play(self, hosts: str, tasks: list[dict[str, Any]], **values: str) -> str:
        """Run tasks on hosts through ansible-playbook, which must succeed; what it printed."""
        page = self.folder / "play.yml"
        play = {"hosts": hosts, "gather_facts": False, "become": True, "tasks": tasks}
        page.write_text(json.dumps([play]), encoding="utf-8")
        return self.run(BIN / "ansible-playbook", page, "--extra-vars", json.dumps(values)).stdout

    def ask(self, hosts: str, module: str, arguments: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """Run one Ansible module on hosts, one host after the other so that none waits for another; its results."""
        with TemporaryDirectory(dir=self.folder) as tree:
            words = [BIN / "ansible", hosts, "--forks", 1, "--tree", tree, "--module-name", module]
            self.run(*words, "--args", json.dumps(arguments))
            return {page.name: json.loads(page.read_text(encoding="utf-8")) for page in Path(tree).iterdir()}


def seconds(action: Callable[[], object]) -> float:
    """Wall time of one action."""
    began = time.monotonic()
    action()
    return time.monotonic() - began
