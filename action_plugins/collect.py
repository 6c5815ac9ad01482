"""Action plugin `collect`: run a prepared read-only script on a host, keep its answer on the control node.

See `library/collect.py` for what it promises.
"""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from jinja2.exceptions import UndefinedError

from anwei.evidence.inventory_secrets import secret_values
from anwei.evidence.naming import safe_name
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
        _write_private(stem.with_name(stem.name + ".known"), json.dumps(list(self._secrets(task_vars or {}))))
        return {**result, "changed": False, "round_trips": self.round_trips, "bytes": len(answer)}

    def _secrets(self, task_vars: Mapping[str, Any]) -> Iterator[str]:
        """The host's own secrets as they are now, so that the evidence can be masked. What cannot be had is no loss."""
        for value in secret_values(task_vars):
            with suppress(AnsibleError, UndefinedError):
                yield str(self._templar.template(value))
        for plugin, option in ((self._connection, "password"), (self._connection.become, "become_pass")):
            if plugin and plugin.has_option(option) and plugin.get_option(option):
                yield str(plugin.get_option(option))


def _write_private(path: Path, content: str) -> None:
    """Write a file that only its owner can read; never follow or overwrite what lies there."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as page:
        page.write(content.encode(errors="replace"))
