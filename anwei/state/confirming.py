"""Telling a host that people still get in: over a new connection, before its dead-man takes the change back."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleConnectionFailure
from ansible.utils.display import Display

from anwei.errors import BadInput, Failure
from anwei.state import shown
from anwei.state.host_action import HostAction
from anwei.state.transport import Reply
from anwei.texts import text

MARGIN = 5  # seconds before the deadline in which nothing is begun any more
PAUSE = 2
LONGEST_PAUSE = 15


def confirm(action: HostAction, change: str, answer: Mapping[str, Any]) -> None:
    """Try until it is confirmed; when the host says no, or the deadline is near, fail: the host takes it back."""
    last, pause = time.monotonic() + answer["deadline"] - MARGIN, PAUSE
    request = {"verb": "confirm", "change": change, "confirmation": answer["confirmation"]}
    while True:
        Display().display(text("state.confirming", host=action.host, seconds=int(last - time.monotonic())))
        reply, words = _try(action, request)
        if reply:
            return _demand_confirmed(reply, action.host, change)
        if time.monotonic() + pause > last:
            raise Failure("AW-host-unconfirmed", where=action.host, details=words, change=change)
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


def _try(action: HostAction, request: Mapping[str, Any]) -> tuple[Reply | None, list[str]]:
    """The host's reply over a new connection; without one, the words that say why nobody got in."""
    try:
        with action.own_connections():
            return action.hostkit(request), []
    except AnsibleConnectionFailure as error:
        return None, [" ".join(str(error).split())]
    except Failure as error:
        return None, error.details


def _demand_confirmed(reply: Reply, host: str, change: str) -> None:
    """What the host itself says no to is not tried again: it tells why, and may have taken the change back already."""
    error = shown.failed(reply.status, reply.answer, host, change)
    if isinstance(error, BadInput):
        raise Failure("AW-host-unconfirmed", where=host, details=error.details, change=change)
    if error:
        raise error
