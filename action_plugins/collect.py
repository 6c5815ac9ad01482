"""Action plugin `collect`: run a prepared read-only script on a host, keep its answer on the control node.

See `library/collect.py` for what it promises.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Any

from anwei.evidence.transcript import safe_name
from anwei.reach.asking import Asking, checked


class ActionModule(Asking):
    """One script per host."""

    _VALID_ARGS = frozenset(("exchange",))

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the script; the answer goes into the exchange folder, only counts into the result."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        stem = Path(self._task.args["exchange"]) / safe_name((task_vars or {})["inventory_hostname"])
        script = stem.with_name(stem.name + ".sh").read_bytes()
        answer = checked(self.ask_with(script, "/bin/sh", lambda page: f"/bin/sh {shlex.quote(page)}"))
        _write_private(stem.with_name(stem.name + ".answer"), answer)
        return {**result, "changed": False, "round_trips": self.round_trips, "bytes": len(answer)}


def _write_private(path: Path, content: str) -> None:
    """Write a file that only its owner can read; never follow or overwrite what lies there."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as page:
        page.write(content.encode(errors="replace"))
