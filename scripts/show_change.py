#!/usr/bin/env python3
"""Show on the embedded estate what a change is: foretold, made, taken back; and a lockout that ends by itself.

The lockout runs on another host beside the rest, because its half minute is the host's own and cannot be hurried.
"""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

from anwei.texts import text
from lab.place import Place

PROJECT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
HOST, LOCKED = "web1", "web2"
SECONDS = 30
LONGEST = 90
SSHD = "/etc/ssh/sshd_config"
# Passes `sshd -t`, and sshd itself says that everybody is admitted; but nobody comes to this port.
LOCKOUT = {
    "settings_undo_unless_confirmed": SECONDS,
    "settings_files": [
        {
            "path": SSHD,
            "dialect": "sshd",
            "settings": {"Port": "2222"},
            "validate": ["sshd", "-t", "-f", "%s"],
            "reload": ["ssh"],
        }
    ],
}


def main() -> int:
    """All of it; what does not come out as foretold ends it with the whole output."""
    missing = {HOST, LOCKED} - _hosts_up()
    if missing:
        print(text("demo.missing", hosts=", ".join(sorted(missing))))
        return 0
    change = time.strftime("demo-%H%M%S")
    print(text("demo.begin", host=HOST, locked=LOCKED, change=change, seconds=SECONDS))
    began = time.monotonic()
    lockout = _start("settings", LOCKED, change, "-e", json.dumps(LOCKOUT))
    try:
        _harden(change)
        _come_back(lockout, began)
    finally:
        lockout.kill()
    print(text("demo.end", change=change))
    return 0


def _hosts_up() -> set[str]:
    """The hosts that the lab runs."""
    return {host["name"] for host in json.loads(Place.of_checkout().record.read_text())["hosts"]}


def _harden(change: str) -> None:
    """Foretell, make, make again, take back."""
    for step, playbook, options, counts in (
        ("foretell", "harden_sshd", ["--check", "--diff"], "changed=1"),
        ("make", "harden_sshd", [], "changed=1"),
        ("again", "harden_sshd", [], "changed=0"),
        ("back", "rollback", [], "changed=1"),
    ):
        print("\n" + text(f"demo.{step}", host=HOST))
        printed = _ended(_start(playbook, HOST, change, *options), fails=False)
        _demand(counts in printed, printed)
        print(_last_task(printed))


def _come_back(lockout: subprocess.Popen[str], began: float) -> None:
    """See that nobody gets in, and that everybody does once the host has taken the change back."""
    print("\n" + text("demo.lockout", host=LOCKED, seconds=SECONDS), flush=True)
    printed = _ended(lockout, fails=True)
    said = re.search(r"AW-host-unconfirmed: [^\\\n]*", printed)
    _demand(said is not None, printed)
    print(f"  {said[0] if said else ''}")
    _demand(not _gets_in("true"), f"{LOCKED} still lets people in")
    print("  " + text("demo.locked", host=LOCKED), flush=True)
    while not _gets_in("true"):
        _demand(time.monotonic() - began < LONGEST, f"{LOCKED} did not come back within {LONGEST} seconds")
        time.sleep(1)
    _demand(_gets_in(f"! sudo grep -q '^Port 2222' {SSHD}"), f"{LOCKED} still has the change")
    print("  " + text("demo.returned", host=LOCKED, seconds=round(time.monotonic() - began)))


def _gets_in(command: str) -> bool:
    """Whether a new connection gets in and the command succeeds there."""
    config = Place.of_checkout().directory / "ssh_config"
    words = ["ssh", "-F", str(config), "-o", "ControlPath=none", "-o", "ConnectTimeout=5", LOCKED, command]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def _start(playbook: str, host: str, change: str, *options: str) -> subprocess.Popen[str]:
    """Start one of our playbooks as anybody would."""
    words = [str(BIN / "ansible-playbook"), "-i", "inventories/lab", f"playbooks/{playbook}.yml"]
    words += ["--limit", host, "-e", f"anwei_change={change}", *options]
    settings = {**os.environ, "ANSIBLE_CONFIG": str(PROJECT / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1"}
    return subprocess.Popen(
        words, cwd=PROJECT, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def _ended(play: subprocess.Popen[str], *, fails: bool) -> str:
    """What a playbook printed, when it ended as expected."""
    printed = play.communicate()[0]
    _demand((play.returncode != 0) == fails, printed)
    return printed


def _last_task(printed: str) -> str:
    """What Ansible printed of the last task, indented."""
    lines = printed.rpartition("\nTASK [")[2].partition("\nPLAY RECAP")[0].splitlines()[1:]
    return "\n".join(f"  {line}" for line in lines if line.strip())


def _demand(holds: bool, otherwise: str) -> None:
    """End it all where the host does something else than is told here."""
    if not holds:
        raise SystemExit(text("demo.unexpected") + "\n" + otherwise)


if __name__ == "__main__":
    sys.exit(main())
