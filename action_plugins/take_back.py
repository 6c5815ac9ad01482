"""Action plugin `take_back`: bring back what a change found, unless somebody changed it since.

See `library/take_back.py` for what it promises.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anwei.change.progress import progress
from anwei.record import Record, store
from anwei.state import guarded, shown
from anwei.state.host_action import HostAction, failure
from anwei.texts import text


class ActionModule(HostAction):
    """One change on one host."""

    SPEC: Mapping[str, Mapping[str, Any]] = {
        "change": {"type": "str", "required": True},
        "over": {"type": "bool", "default": False},
    }

    def act(self, arguments: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Have the host take it back; what is left to a person makes it fail."""
        change = arguments["change"]
        if not (self.only_looking or guarded.may_take_back(task_vars, change, over=arguments["over"])):
            guarded.demand_young(task_vars, change, self._wrote(change))
        reply = self.hostkit({"verb": "back", "change": change, "over": arguments["over"], "check": self.only_looking})
        said = shown.result(reply.answer, with_diff=self.with_diff) | {"change": change}
        error = shown.failed(reply.status, reply.answer, self.host, change)
        if error:
            unknown = any(each["reason"] == "change-unknown" for each in reply.answer.get("refusals", []))
            return {**said, **failure(error), "unknown": unknown}
        return {**said, "msg": text("state.back", count=len(said["changes"]), change=change)}

    def _wrote(self, change: str) -> str:
        """When the change last wrote, by its record, as `anwei change rollback` reckons.

        Where there is no record of it, when it began on this host, by the host's own clock; nothing where it does not
        know it.
        """
        moment = progress(Record.open(change).entries()).last_moment if store.path_of(change).exists() else None
        if moment:
            return moment.isoformat()
        kept = self.hostkit({"verb": "changes"}).answer.get("kept_changes", [])
        return next((str(each["begun"]) for each in kept if each["change"] == change), "")
