"""How a run begins in the record: what is changed, by whom, who approved it, in which waves; and what was cut short."""

import platform
from collections.abc import Mapping, Sequence
from typing import Any

from anwei.calendar.window import ZONE
from anwei.change.gate import Situation
from anwei.change.order import Order
from anwei.estate import Host
from anwei.record import Record, seal, store
from anwei.texts import text

# What the gate asks in which mode: a rehearsal needs no leave, an emergency waits for nothing.
GATE = {
    "normal": ("approval", "unaltered", "time", "rehearsed", "armed", "packages", "drift", "health"),
    "emergency": ("approval", "unaltered", "armed", "packages", "drift", "health"),
    "rehearsal": ("armed", "packages", "health"),
}


def record_of(about: Situation, name: str) -> Record:
    """The record of a change, begun where there is none."""
    if store.path_of(name).exists():
        return Record.open(name)
    change, settings = about.change, about.estate.settings
    opened = {
        "change": change.id,
        **{key: change.written.get(key, "") for key in ("title", "reason", "risk", "window", "action", "estate")},
        "owner": settings["estate_owners"][change["owner"]]["title"],
        "clauses": list(change.written.get("clauses", ())),
        "action_title": about.action.title,
        "estate_title": settings["estate_title"],
        "timezone": settings.get("estate_timezone", ZONE),
        "algorithm": settings.get("estate_record_digest", "sha256"),
        "node": platform.node(),
    }
    record = Record.begin(name, opened)
    seal(record)
    return record


def begin(order: Order, about: Situation, record: Record, hosts: Sequence[Host], left_out: Mapping[str, str]) -> None:
    """Note that a run begins or goes on."""
    mode = "rehearsal" if not about.approval else "emergency" if about.change.emergency else "normal"
    approval = about.approval.as_record() if about.approval else {"approvals": [], "authors": [], "trust": ""}
    record.append(
        "begun",
        {
            "by": order.by,
            "commit": order.commit,
            "plan": about.plan.digest,
            "mode": mode,
            **approval,
            "waves": [list(wave) for wave in about.plan.waves],
            "left_out": dict(left_out),
            "hosts": {host.name: _host(host, about) for host in hosts},
            "resumed": about.progress.under_way,
        },
    )
    checks = [{"name": name, "ok": True, "said": text(f"change.gate.{name}")} for name in GATE[mode]]
    record.append("gate", {"checks": checks})


def _host(host: Host, about: Situation) -> dict[str, Any]:
    """What the record says of a host."""
    return {
        "release": about.plan.hosts[host.name]["release"],
        "address": str(host.variables.get("address", "")),
        "ha_group": str(host.variables.get("ha_group", "")),
    }
