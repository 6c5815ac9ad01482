"""Estates that demand approval: what a playbook started by hand may do there, and how a run proves that it is approved.

This is a guard-rail. It becomes a control where only the service account can read the key and the host credentials.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from anwei.errors import Refused
from anwei.state.secret_key import RUNS, derived

FREE_HOURS = 72  # after a change last wrote, taking it back needs nobody's leave; an estate may set it


def proof(change: str) -> str:
    """What a run hands to its playbooks: only who holds the control node's key can make it, and no host does."""
    return hmac.new(bytes.fromhex(derived(RUNS)), change.encode(), hashlib.sha256).hexdigest()


def demand_run(task_vars: Mapping[str, Any], change: str, host: str) -> None:
    """Refuse to write on a guarded estate unless an approved run asks for it."""
    if task_vars.get("estate_guarded") and not _proved(task_vars, change):
        raise Refused("AW-guarded", where=host, change=task_vars.get("anwei_change") or "CHANGE")


def may_take_back(task_vars: Mapping[str, Any], change: str, *, over: bool) -> bool:
    """Whether a take-back needs no look at its age: not guarded, or proved. Over others' work it must be proved."""
    if not task_vars.get("estate_guarded") or _proved(task_vars, change):
        return True
    if over:
        raise Refused("AW-guarded-rollback", hours=free_hours(task_vars), change=change)
    return False


def demand_young(task_vars: Mapping[str, Any], change: str, wrote: str, now: datetime | None = None) -> None:
    """Refuse to take back by hand what was written too long ago; what no host knows is refused by the host."""
    hours = free_hours(task_vars)
    if wrote and is_late(datetime.fromisoformat(wrote), hours, now):
        raise Refused("AW-guarded-rollback", hours=hours, change=change)


def is_late(wrote: datetime, hours: int, now: datetime | None = None) -> bool:
    """Whether the free time after the last write is over: the same for `anwei change rollback` and for a playbook."""
    return (now or datetime.now(UTC)) > wrote + timedelta(hours=hours)


def free_hours(variables: Mapping[str, Any]) -> int:
    """For how many hours a change may be taken back freely."""
    return int(variables.get("estate_rollback_hours", FREE_HOURS))


def _proved(task_vars: Mapping[str, Any], change: str) -> bool:
    """Whether the playbook was started by an approved run of this change."""
    return hmac.compare_digest(str(task_vars.get("anwei_run_proof", "")), proof(change))
