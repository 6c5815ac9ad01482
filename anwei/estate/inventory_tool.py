"""Runs Ansible's own tools, so that merging variables and matching patterns are Ansible's own and not a copy.

It runs beside the interpreter that runs us, in an empty folder with an environment of its own: what stands in a
home directory, in `/etc/ansible` or in the caller's environment changes nothing.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SECONDS = 120
PROJECT = Path(__file__).resolve().parents[2]


class ToolError(Exception):
    """Ansible refused; `lines` are its own words."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = list(lines)
        super().__init__(" ".join(lines))


def merged(inventory: Path) -> dict[str, Any]:
    """Everything Ansible knows of `inventory`: groups, members and the merged variables of each host."""
    listing: dict[str, Any] = json.loads(_run("ansible-inventory", "--list", "-i", str(inventory)))
    return listing


def matching(inventory: Path, pattern: str) -> frozenset[str]:
    """The names of the hosts that match `pattern`, as `--limit` would take it."""
    printed = _run("ansible", "all", "--list-hosts", "-i", str(inventory), f"--limit={pattern}")
    return frozenset(line.strip() for line in printed.splitlines()[1:])


def _run(tool: str, *words: str) -> str:
    """What an Ansible tool prints, run in an empty folder."""
    command = [str(Path(sys.executable).parent / tool), *words]
    with tempfile.TemporaryDirectory(prefix="anwei-") as folder:
        try:
            ran = subprocess.run(
                command,
                cwd=folder,
                env=_environment(Path(folder)),
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ToolError([str(error)]) from error
    if ran.returncode:
        raise ToolError(_words_of_ansible(ran.stderr))
    return ran.stdout


def _environment(folder: Path) -> dict[str, str]:
    """A small, known environment. `ANWEI_*` passes on to inventory scripts; they may import from the checkout.

    An empty configuration in the folder keeps Ansible from going on to the one in `/etc/ansible`.
    """
    (folder / "ansible.cfg").touch()
    ours = {name: value for name, value in os.environ.items() if name.startswith("ANWEI_")}
    return ours | {
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(PROJECT),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "1",
        "ANSIBLE_INVENTORY_UNPARSED_FAILED": "1",
        "ANSIBLE_HOST_PATTERN_MISMATCH": "error",
    }


def _words_of_ansible(printed: str) -> list[str]:
    """The lines of an error output that say something, without marks and repetitions."""
    lines = (line.removeprefix("ERROR! ").removeprefix("[ERROR]: ").strip() for line in printed.splitlines())
    return list(dict.fromkeys(line for line in lines if line))
