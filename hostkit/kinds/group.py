"""Kind `group`: a local group, its number and its members."""

from hostkit import people, traces
from hostkit.refusal import Refusal
from hostkit.shell import called

MYPY = False
if MYPY:
    from typing import Any, Dict, Iterable, List

    from hostkit.host import Host

    State = Dict[str, Any]


def read(host, key, wanted):
    # type: (Host, str, State) -> State
    """What /etc/group says."""
    row = people.row(host, "group", key)
    if row is None:
        return {"present": False}
    return {"present": True, "gid": int(row[2]), "members": sorted(set(name for name in row[3].split(",") if name))}


def wish(host, key, wanted, now):
    # type: (Host, str, State, State) -> State
    """The group with the named number and members; other members stay."""
    people.demand_local(host, "group", key)
    if not wanted.get("present", True):
        return {"present": False}
    return {"present": True, "gid": _gid(host, key, wanted, now), "members": _members(host, key, wanted, now)}


def write(host, key, now, wish):
    # type: (Host, str, State, State) -> None
    """Bring the group there with the system's tools."""
    now = read(host, key, wish)  # another item may have changed it: userdel takes memberships and the own group along
    item = "group:" + key
    if not wish["present"]:
        if now["present"]:
            host.demand(["groupdel", key], item=item)
        return
    if now.get("gid") != wish["gid"]:
        host.demand(["groupmod" if now["present"] else "groupadd", "-g", str(wish["gid"]), key], item=item)
    _write_members(host, key, set(now.get("members", [])), set(wish["members"]))


def sweep(host, key):
    # type: (Host, str) -> None
    """Finish what a killed tool began: it writes the second of two files last."""
    traces.agree(host, key)


def undo(key, former, lefts):
    # type: (str, State, List[State]) -> List[str]
    """One line for a group that came or went, and else one for each field that the change may have left different."""
    if not former["present"]:
        return [called("group_gone", [key] + sorted(set(str(state["gid"]) for state in lefts if state["present"])))]
    lines = []
    there = [state for state in lefts if state["present"]]
    if there != lefts:
        lines.append(called("group_back", [key] + [_word(former[field]) for field in ("gid", "members")]))
    for field in ("gid", "members"):
        left = [_word(state[field]) for state in there if state[field] != former[field]]
        if left or not there:
            lines.append(called("group_field", [key, field, _word(former[field])] + left))
    return lines


def _gid(host, key, wanted, now):
    # type: (Host, str, State, State) -> int
    """The number: as it is, named, or a free one."""
    if now["present"] and wanted.get("gid", now["gid"]) == now["gid"]:
        return int(now["gid"])
    return people.number(host, "group", key, wanted.get("gid"))


def _members(host, key, wanted, now):
    # type: (Host, str, State, State) -> List[str]
    """The members: exactly those named, or those there with some more and some less."""
    coming, going = set(wanted.get("with", [])), set(wanted.get("without", []))
    if coming & going:
        raise Refusal("member-both", member=sorted(coming & going)[0])
    exactly = wanted.get("members", [])
    people.asked(host).members[key] = coming.union(exactly)
    return sorted(coming.union(exactly if "members" in wanted else now.get("members", [])) - going)


def _write_members(host, key, now, wish):
    # type: (Host, str, Iterable[str], Iterable[str]) -> None
    """Take members out and in one by one: setting the whole list fails where it holds a name that is gone."""
    for name in sorted(set(now) - set(wish)):
        host.demand(["gpasswd", "-d", name, key], item="group:" + key)
    for name in sorted(set(wish) - set(now)):
        if people.row(host, "passwd", name) or people.known_elsewhere(host, "passwd", name):
            host.demand(["gpasswd", "-a", name, key], item="group:" + key)
        else:
            _await(host, key, name)


def _await(host, key, name):
    # type: (Host, str, str) -> None
    """A member that is not there: it comes with this document, or was never, or was removed since the former state."""
    asked = people.asked(host)
    if name in asked.new:
        asked.joining.setdefault(name, []).append(key)
    elif name in asked.members.get(key, ()):
        raise Refusal("member-missing", "group:" + key, member=name)
    else:
        host.limit("member-gone")


def _word(value):
    # type: (Any) -> str
    """A field as the undo script compares it."""
    return ",".join(value) if isinstance(value, list) else str(value)
