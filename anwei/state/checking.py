"""Holding a request against hostkit's schemas on the control node: all that is wrong is said before a host is asked."""

import json
from collections.abc import Mapping
from typing import Any

from anwei.errors import BadInput
from anwei.state import shown
from anwei.texts import text
from hostkit import document
from hostkit.refusal import Refusals

SHORTEST, LONGEST = 30, 86400  # seconds that a host waits for a confirmation


def demand_sound(request: Mapping[str, Any], seconds: int, host: str) -> None:
    """Refuse a request that a host would refuse for its form alone."""
    problems = [] if not seconds or SHORTEST <= seconds <= LONGEST else [_deadline(seconds)]
    try:
        document.check(document.loads(json.dumps({**request, "key": "0" * 64}).encode()))
    except Refusals as found:
        problems += [shown.sentence(refusal.as_dict()) for refusal in found.refusals]
    if problems:
        raise BadInput("AW-host-document", where=host, details=problems)


def _deadline(seconds: int) -> str:
    """The sentence on a deadline that is too short to be met or too long to be one."""
    return text("state.deadline", seconds=seconds, shortest=SHORTEST, longest=LONGEST)
