"""Action plugin `state_info`: what is on a host, in the words of state documents. It changes nothing.

See `library/state_info.py` for what it promises.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anwei.state import shown
from anwei.state.host_action import HostAction, failure, plain

PASSED_ON = ("document", "fingerprint", "limits")


class ActionModule(HostAction):
    """One question to one host."""

    SPEC: Mapping[str, Mapping[str, Any]] = {
        "what": {"type": "str", "default": "read", "choices": ["read", "fingerprint", "changes"]},
        "document": {"type": "dict", "default": {}},
        "footprint": {"type": "dict"},
    }

    def act(self, arguments: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """Ask, and pass on what is asked for."""
        document = plain(arguments["document"])
        request = {"verb": arguments["what"], "document": document}
        if arguments["footprint"]:
            request["footprint"] = plain(arguments["footprint"])
        reply = self.hostkit(request)
        answer = shown.without_secrets(reply.answer, document)
        error = shown.failed(reply.status, answer, self.host)
        if error:
            return {"changed": False, **failure(error)}
        if arguments["what"] == "changes":
            return {"changed": False, "changes": answer["kept_changes"]}
        return {"changed": False, **{name: answer[name] for name in PASSED_ON if answer.get(name)}}
