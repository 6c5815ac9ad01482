"""Action plugin `state`: bring a host to what a state document says, or foretell what that would change.

See `library/state.py` for what it promises.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from ansible.errors import AnsibleConnectionFailure

from anwei.errors import BadInput, Failure
from anwei.state import asked, guarded, shown
from anwei.state.checking import demand_sound
from anwei.state.confirming import confirm
from anwei.state.host_action import HostAction, failure, plain
from anwei.state.secret_key import LEAVES, derived
from anwei.state.transport import Reply
from anwei.texts import text

# Ansible reads this file once, before it starts a process per host: so all hosts of a run say the same.
BEGUN = time.strftime("run-%Y%m%dT%H%M%SZ", time.gmtime())
WHO = 'echo "@anwei-who $(id -un) ${SSH_CONNECTION%% *}@"'


class ActionModule(HostAction):
    """One document, one host."""

    SPEC: Mapping[str, Mapping[str, Any]] = {
        "document": {"type": "dict", "required": True},
        "change": {"type": "str"},
        "footprint": {"type": "dict"},
        "undo_unless_confirmed": {"type": "int", "default": 0},
        "administrators": {"type": "list", "elements": "dict"},
        "keep": {"type": "int", "default": 10},
    }

    def act(self, arguments: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Check the document here, have the host apply it, and confirm that people still get in."""
        document = plain(arguments["document"])
        self._seconds = seconds = arguments["undo_unless_confirmed"]
        change = str(arguments["change"] or self._templar.template(task_vars.get("anwei_change")) or self._own_name())
        request = {"document": document, "change": change, "keep": arguments["keep"], **self._expected(task_vars)}
        if arguments["footprint"]:
            request["footprint"] = plain(arguments["footprint"])
        demand_sound({**request, "verb": "apply"}, seconds, self.host)
        if self.only_looking:
            return self._said(self.hostkit({**request, "verb": "diff"}), change, document)
        guarded.demand_run(task_vars, change, self.host)
        if seconds:
            request["undo_unless_confirmed"] = seconds
            named = [plain(each) for each in arguments["administrators"] or []]
            request["administrators"] = named or self._who_we_are()
        return self._apply({**request, "verb": "apply"})

    def _apply(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Apply. With a dead-man over a connection that notices when it is cut off, and then confirm."""
        change, document = request["change"], request["document"]
        with ExitStack() as stack:
            if request.get("undo_unless_confirmed"):
                stack.enter_context(self.own_connections())
            try:
                reply = self.hostkit(request)
            except AnsibleConnectionFailure as error:
                if not request.get("undo_unless_confirmed"):
                    raise
                said = Failure(
                    "AW-host-unconfirmed", where=self.host, details=[" ".join(str(error).split())], change=change
                )
                return {**failure(said), "changes": [], "armed": True, "unconfirmed": True, "dead_man": self._seconds}
        said = self._said(reply, change, document)
        if reply.status == "0" and reply.answer.get("deadline"):
            said |= {"armed": True}
            try:
                confirm(self, change, reply.answer)
            except Failure as error:
                return {**said, **failure(error), "unconfirmed": True}
            said |= {"confirmed": True}
        return said

    def _said(self, reply: Reply, change: str, document: shown.Document) -> dict[str, Any]:
        """The result for a reply."""
        answer = shown.without_secrets(reply.answer, document)
        said = shown.result(answer, with_diff=self.with_diff) | {"change": change, "task": self._task.get_name()}
        said |= {"asked": asked.leaves(document, derived(LEAVES)), "dead_man": self._seconds}
        error = shown.failed(reply.status, answer, self.host, change)
        if error:
            return {**said, **failure(error)}
        return {**said, "msg": shown.summary(answer, change, foretold=self.only_looking)}

    def _expected(self, task_vars: Mapping[str, Any]) -> dict[str, str]:
        """In an approved run, the digest of what this task may do here.

        Refused are a task that the plan does not know, and one that is armed in the plan and is not now: the seconds
        are a variable like others, which may be made anew each time it is read.
        """
        if self.only_looking or "anwei_expected" not in task_vars:
            return {}
        task = self._task.get_name()
        planned = task_vars["anwei_expected"].get(self.host, {}).get(task)
        if not planned:
            raise BadInput("AW-host-refused", where=self.host, details=[text("state.unplanned", task=task)])
        if planned["dead_man"] and not self._seconds:
            raise BadInput("AW-host-refused", where=self.host, details=[text("state.disarmed", task=task)])
        return {"expect": planned["plan"]}

    def _own_name(self) -> str:
        """A name for a change that has none: when the run began, and which of its tasks it is."""
        return f"{BEGUN}-{str(self._task._uuid).rsplit('-', 1)[-1].lstrip('0')}"

    def _who_we_are(self) -> list[dict[str, str]]:
        """The account that logs in, and the address that the host sees it come from."""
        who = re.search(r"@anwei-who (\S+) (\S*)@", self.ask(WHO, sudoable=False)["stdout"])
        return [{"user": who[1], "address": who[2]}] if who else []
