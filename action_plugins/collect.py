"""Action plugin `collect`: run a prepared read-only script on a host, keep its answer on the control node.

See `library/collect.py` for what it promises.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from anwei.evidence.transcript import safe_name

# The folder is new and its owner's alone, so nobody can put another script in its place before it is run.
KEEP = (
    'umask 077 && folder=$(mktemp -d "${TMPDIR:-/tmp}/anwei-XXXXXXXXXX") && '
    'cat >"$folder/script" && echo "@anwei-in $folder@"'
)
WANTS_TERMINAL = re.compile(r"\btty\b|\bterminal\b")
LONGEST_REASON = 400


class ActionModule(ActionBase):
    """One script per host; standard input where that is possible, else a private file and a terminal."""

    _VALID_ARGS = frozenset(("exchange",))

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the script; the answer goes into the exchange folder, only counts into the result."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        stem = Path(self._task.args["exchange"]) / safe_name((task_vars or {})["inventory_hostname"])
        self._round_trips = 0
        answer = self._answer(stem.with_name(stem.name + ".sh").read_bytes())
        _write_private(stem.with_name(stem.name + ".answer"), answer)
        return {**result, "changed": False, "round_trips": self._round_trips, "bytes": len(answer)}

    def _answer(self, script: bytes) -> str:
        """What the script printed. A sudo that turns out to demand a terminal is given one."""
        if self._is_pipelining_enabled("new"):
            done = self._ask("/bin/sh", in_data=script)
            if _answered(done) or not WANTS_TERMINAL.search(done["stderr"]):
                return _checked(done)
        return _checked(self._with_terminal(script))

    def _with_terminal(self, script: bytes) -> dict[str, Any]:
        """Keep the script in a private file on the host, run it there, and take it away, whatever happens."""
        kept = self._ask(KEEP, in_data=script, sudoable=False)
        place = re.search(r"@anwei-in (/[^@\r\n]+)@", kept["stdout"])
        if not place:
            return kept
        folder = shlex.quote(place[1])
        removed = False
        try:
            done = self._ask(f"/bin/sh {folder}/script; rm -rf {folder}")
            removed = _answered(done)
        finally:
            if not removed:
                self._ask(f"rm -rf {folder}", sudoable=False)
        return done

    def _ask(self, command: str, *, in_data: bytes | None = None, sudoable: bool = True) -> dict[str, Any]:
        """One round trip."""
        self._round_trips += 1
        done: dict[str, Any] = self._low_level_execute_command(command, in_data=in_data, sudoable=sudoable)
        return done


def _answered(done: dict[str, Any]) -> bool:
    """Whether the script ran at all."""
    return "@anwei-" in done["stdout"]


def _checked(done: dict[str, Any]) -> str:
    """The answer; when there is none, fail with the host's own last words."""
    if not _answered(done):
        words = (done["stderr"].strip() or done["stdout"].strip())[-LONGEST_REASON:]
        raise AnsibleActionFail(f"exit status {done['rc']}: {words}")
    return str(done["stdout"])


def _write_private(path: Path, content: str) -> None:
    """Write a file that only its owner can read; never follow or overwrite what lies there."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as page:
        page.write(content.encode(errors="replace"))
