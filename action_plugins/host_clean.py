"""Action plugin `host_clean`: remove what Anwei keeps on a host.

See `library/host_clean.py` for what it promises.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anwei.state import shown
from anwei.state.host_action import HostAction, failure


class ActionModule(HostAction):
    """One host."""

    SPEC: Mapping[str, Mapping[str, Any]] = {}
    _supports_check_mode = False

    def act(self, arguments: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Have hostkit clean up after itself."""
        reply = self.hostkit({"verb": "clean"})
        error = shown.failed(reply.status, reply.answer, self.host)
        said = {"changed": bool(reply.answer.get("changed"))}
        return {**said, **failure(error)} if error else said
