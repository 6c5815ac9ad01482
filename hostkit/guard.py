"""The guard around a change that can lock people out: what works is tried before it, and tried again after it."""

import binascii
import os

from hostkit import deadman, durable, logins, probe
from hostkit.refusal import Refusal

MYPY = False
if MYPY:
    from typing import Any, Dict, List

    from hostkit.engine import Step
    from hostkit.host import Host
    from hostkit.store import Change

    Asked = Dict[str, Any]


def arm(host, change, steps, asked):
    # type: (Host, Change, List[Step], Asked) -> Asked
    """Note who gets in now and what works, and set the dead-man; what the answer says of it. Nothing is written yet."""
    seconds = asked.get("undo_unless_confirmed", 0)
    if not seconds:
        return {}
    # What an unconfirmed run made of this host is not how it was before.
    known = durable.read_json(change.file("before.json"), {}) if change.armed() else {}
    durable.write_json(change.file("before.json"), _works(host, steps, asked.get("administrators", []), known))
    token = binascii.hexlify(os.urandom(16)).decode("ascii")
    deadman.arm(host, change.folder, seconds, token)
    return {"deadline": seconds, "confirmation": token}


def _works(host, steps, administrators, known):
    # type: (Host, List[Step], List[Dict[str, str]], Asked) -> Asked
    """Who gets in now, and what a probe account can do where that may change; what is known already stands."""
    changing = [step for step in steps if step.differs()]
    concerned = probe.concerned([step.key for step in changing], [step.kind for step in changing])
    administrators = known.get("administrators", administrators)
    return {
        "administrators": administrators,
        "logins": known["logins"] if known else logins.admitted(host, administrators),
        "probe": known.get("probe") or (probe.before(host) if concerned else None),
    }


def demand_admitted(host, change):
    # type: (Host, Change) -> None
    """Refuse at once what sshd itself says would keep out somebody who got in before."""
    lost = _lost(host, durable.read_json(change.file("before.json"), None))
    if lost:
        raise Refusal("confirmation-failed", problems=lost)


def problems(host, change):
    # type: (Host, Change) -> List[Dict[str, str]]
    """What worked before the change and does not now."""
    before = durable.read_json(change.file("before.json"), None)
    if before is None:
        raise Refusal("nothing-to-confirm", change=change.name)
    return _lost(host, before) + (probe.after(host, before["probe"]) if before["probe"] else [])


def _lost(host, before):
    # type: (Host, Asked) -> List[Dict[str, str]]
    """The declared logins that were admitted before and are not now."""
    return logins.compare(before["logins"], logins.admitted(host, before["administrators"]))
