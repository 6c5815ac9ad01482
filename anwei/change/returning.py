"""Taking back: every host that was written to, as fast as it goes; hosts that cannot be reached are left for later.

It is the emergency exit: it asks for as little as it can, and what fails on one host hinders no other.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from anwei.change import hosts
from anwei.change.plan import member
from anwei.change.view import View
from anwei.change.waves import split
from anwei.estate import Estate
from anwei.record import Record

GRACE = 60  # seconds after its dead-man's deadline in which a host has taken itself back
PAUSE = 5


@dataclass(frozen=True)
class Way:
    """What is taken back, where, why, and for how many seconds a locked host is waited for."""

    name: str
    estate: Estate
    record: Record
    view: View
    why: str
    by: str = ""
    over: bool = False
    wait: int = 0
    written: frozenset[str] = frozenset()  # hosts that are known to have been changed: they must have a snapshot


def bring_back(way: Way, names: Sequence[str], wave: int | None = None) -> dict[str, hosts.Said]:
    """Take these hosts back. Members of a high-availability group go one after the other, all else at once."""
    about = {"wave": wave, "hosts": list(names), "over": way.over, "why": way.why, "by": way.by}
    way.record.append("returning", about)
    chosen = [member(host) for host in way.estate.hosts if host.name in names]
    found: dict[str, hosts.Said] = {}
    for batch in split(chosen, ["100%"]):
        found |= _batch(way, batch)
    way.record.append("returned", {"wave": wave, "hosts": found})
    return found


def _batch(way: Way, names: Sequence[str]) -> dict[str, hosts.Said]:
    """Take some hosts back at once; those that nobody gets into are tried until their own dead-man must have acted."""
    until = time.monotonic() + (way.wait + GRACE if way.wait else 0)
    if way.wait:
        way.view.say("waiting", seconds=way.wait)
    found: dict[str, hosts.Said] = {}
    waiting = list(names)
    while waiting:
        back = hosts.take_back(way.estate.path, way.name, waiting, over=way.over, seen=_ignored)
        # A host that knows nothing of the change was never written to, unless it said itself that it was.
        found |= {
            name: {**said, "ok": said["ok"] or (said["unknown"] and name not in way.written)}
            for name, said in back.items()
        }
        waiting = [name for name in waiting if _unreached(found[name])]
        if time.monotonic() + PAUSE > until:
            break
        way.view.all(waiting, "locked")
        time.sleep(PAUSE if waiting else 0)
    for name in names:
        way.view.host(name, "returned" if found[name]["ok"] else "not-returned", _trouble(found[name]))
    return found


def _unreached(said: hosts.Said) -> bool:
    """Whether a host gave no answer of its own."""
    return not said["ok"] and not said["code"]


def _trouble(said: hosts.Said) -> str:
    """What hindered it."""
    return "" if said["ok"] else str(said["said"])


def _ignored(host: str, said: hosts.Said) -> None:
    """Hosts are shown when it is known how they ended."""
