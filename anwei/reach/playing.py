"""Playing one of our playbooks on hosts of an inventory, from anywhere, through ansible-runner."""

import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any

import ansible_runner

from anwei.home import ROOT, home

MOST_HOSTS_AT_ONCE = 20
PRIVATE = "anwei-play-"  # then the number of the process that it belongs to
LAST_LINES = 8

Note = Callable[[str, str, Mapping[str, Any]], None]


def play(
    playbook: str,
    inventory: Path,
    hosts: Sequence[str],
    values: Mapping[str, Any],
    note: Note,
    *,
    foretell: bool = False,
) -> list[str]:
    """Run `playbooks/NAME.yml`; `note` is told each host's events with their results. Ansible's last words.

    With `foretell` in check mode with diffs. Nothing of the results goes to the runner's own files, and its folder is
    removed afterwards.
    """

    def handle(event: dict[str, Any]) -> bool:
        """Pass on what became of a host; false has the runner write no file."""
        data = event.get("event_data", {})
        if "host" in data:
            note(event["event"], data["host"], {"task": data.get("task", ""), **data.get("res", {})})
        return False

    _sweep()
    with TemporaryDirectory(prefix=f"{PRIVATE}{os.getpid()}-") as private:
        limit = Path(private, "limit")
        private_file(limit, "\n".join(hosts) + "\n")
        run = ansible_runner.run(
            private_data_dir=private,
            project_dir=str(ROOT),
            playbook=str(ROOT / "playbooks" / f"{playbook}.yml"),
            inventory=str(inventory.resolve()),
            limit=f"@{limit}",
            cmdline="--check --diff" if foretell else None,
            forks=min(len(hosts), MOST_HOSTS_AT_ONCE),
            extravars=dict(values),
            envvars=_environment(inventory.resolve()),
            event_handler=handle,
            cancel_callback=_never,  # without one the runner takes the signals of the whole process for good
            quiet=True,
        )
        return list(run.stdout.read().splitlines()[-LAST_LINES:])


def _never() -> bool:
    """A play that was begun is not cancelled: who wants to stop ends the whole process, and goes on or takes back."""
    return False


def _sweep() -> None:
    """Remove what a process that was killed left: a runner's folder holds the values that a play was given."""
    for folder in Path(gettempdir()).glob(f"{PRIVATE}[0-9]*-*"):
        owner = folder.name.removeprefix(PRIVATE).partition("-")[0]
        if owner.isdecimal() and not Path("/proc", owner).exists() and folder.lstat().st_uid == os.geteuid():
            shutil.rmtree(folder, ignore_errors=True)


def _environment(inventory: Path) -> dict[str, str]:
    """What makes Ansible find our plugins and settings from anywhere, and print nothing but plain text.

    Kept connections are the inventory's own: Ansible knows them by the host's name, and would else carry what is meant
    for web1 of one estate to web1 of another. They lie in the control folder: a socket's path may have 107 characters,
    and a run's tree lies deep.
    """
    connections = home() / "cp" / hashlib.sha256(str(inventory).encode()).hexdigest()[:8]
    settings = {"ANSIBLE_CONFIG": str(ROOT / "ansible.cfg")} if (ROOT / "ansible.cfg").exists() else {}
    return {
        **settings,
        "ANSIBLE_SSH_CONTROL_PATH_DIR": str(connections),
        "ANSIBLE_ACTION_PLUGINS": str(ROOT / "action_plugins"),
        "ANSIBLE_LIBRARY": str(ROOT / "library"),
        "ANSIBLE_ROLES_PATH": str(ROOT / "roles"),
        "ANSIBLE_NOCOLOR": "1",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
    }


def private_file(path: Path, content: str) -> None:
    """Write a new file that only its owner can read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as page:
        page.write(content)
