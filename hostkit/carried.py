"""What a file or folder carries: owner, group, mode, access list, label, other attributes, flags."""

import base64
import grp
import os
import pwd
import stat

from hostkit import acl, attributes, durable
from hostkit.compat import native, octets
from hostkit.refusal import Refusal

MYPY = False
if MYPY:
    from typing import Any, Dict, List

    from hostkit.host import Host

    State = Dict[str, Any]

READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY
NEW_MODES = {"file": "0644", "directory": "0755"}
LISTS = (("", attributes.ACCESS), ("default:", attributes.DEFAULT))


def read(host, handle):
    # type: (Host, int) -> State
    """All that an open file carries."""
    if not attributes.readable():
        host.limit("attributes-unreadable")
    about = os.fstat(handle)
    found = attributes.read(handle)
    lists = [(prefix, found.pop(name)) for prefix, name in LISTS if name in found]
    label = found.pop(attributes.LABEL, "")
    return {
        "owner": owner_name(about.st_uid),
        "group": acl.name_of(grp.getgrgid, about.st_gid),
        "mode": "%04o" % stat.S_IMODE(about.st_mode),
        "acl": [prefix + entry for prefix, value in lists for entry in acl.decode(value)],
        "selinux": native(base64.b64decode(octets(label))).rstrip("\0"),
        "xattrs": found,
        "flags": attributes.flags(handle),
    }


def fresh(host, key, kind):
    # type: (Host, str, str) -> State
    """What something new carries when nobody says otherwise."""
    state = {"mode": NEW_MODES[kind], "acl": [], "selinux": _default_label(host, key), "xattrs": {}, "flags": ""}
    state.update(owner=owner_name(os.geteuid()), group=acl.name_of(grp.getgrgid, os.getegid()))
    return state


def wish(state, wanted):
    # type: (State, State) -> None
    """Put the wanted fields into a state."""
    state.update((field, wanted[field]) for field in ("owner", "group", "selinux", "xattrs") if field in wanted)
    if "mode" in wanted or "acl" in wanted:
        _set_mode(state, wanted)
    if "immutable" in wanted:
        state["flags"] = state["flags"].replace("i", "") + ("i" if wanted["immutable"] else "")


def dress(handle, wished, item):
    # type: (int, State, str) -> None
    """Give an open file what it shall carry, and touch only what differs: another owner takes special bits away.

    A list is set before the mode: it brings its bits along in one step, and none is taken away by one that says the
    same as the mode. So whoever looks in between sees nothing that is neither as before nor as wished.
    """
    owners = acl.number_of(pwd.getpwnam, wished["owner"], item), acl.number_of(grp.getgrnam, wished["group"], item)
    about = os.fstat(handle)
    if (about.st_uid, about.st_gid) != owners:
        os.fchown(handle, *owners)
    now, wanted = attributes.read(handle), _extended(wished, item)
    if attributes.ACCESS in now and attributes.ACCESS not in wanted:
        wanted[attributes.ACCESS] = acl.encode(acl.of_mode(wished["mode"]))
    attributes.write(handle, now, wanted, item)
    if stat.S_IMODE(os.fstat(handle).st_mode) != int(wished["mode"], 8):
        os.fchmod(handle, int(wished["mode"], 8))


def opened(host, name, item):
    # type: (Host, str, str) -> int
    """Open a name in the folder that we stand in. Where others may write, a second name may be anybody's file."""
    handle = os.open(name, READ)
    about = os.fstat(handle)
    if stat.S_ISREG(about.st_mode) and about.st_nlink > 1 and not host.walk.trusted:
        os.close(handle)
        raise Refusal("path-hard-link", item)
    return handle


def dress_name(host, name, wished, item):
    # type: (Host, str, State, str) -> None
    """The same for a name in the folder that we stand in; flags last, since they forbid the rest."""
    with durable.Held(opened(host, name, item)) as handle:
        attributes.set_flags(handle, "", item)
        dress(handle, wished, item)
        attributes.set_flags(handle, wished["flags"], item)


def set_flags(host, name, wished, item):
    # type: (Host, str, str, str) -> None
    """Set or clear only the flags of a name in the folder that we stand in."""
    with durable.Held(opened(host, name, item)) as handle:
        attributes.set_flags(handle, wished, item)


def known(name, field):
    # type: (str, str) -> bool
    """Whether an account or group of this name, or with this number as name, can be owner or group of something."""
    try:
        acl.number_of(pwd.getpwnam if field == "owner" else grp.getgrnam, name)
    except Refusal:
        return False
    return True


def owner_name(number):
    # type: (int) -> str
    """The account's name; its number where it has none."""
    return acl.name_of(pwd.getpwuid, number)


def _set_mode(state, wanted):
    # type: (State, State) -> None
    """Mode and access list share bits: the group bits of a file with a list are the list's mask."""
    access, default = (_entries(state, wanted, prefix) for prefix, _ in LISTS)
    if "mode" not in wanted:
        state["mode"] = acl.mode_with(access, state["mode"])
    else:
        state["mode"] = "%04o" % int(wanted["mode"], 8)
        access = access if "acl" in wanted else acl.masked(access, state["mode"])
    access = acl.complete(access, state["mode"])
    state["mode"] = acl.mode_with(access, state["mode"])
    state["acl"] = access + ["default:" + entry for entry in acl.handed_down(default, state["mode"])]


def _entries(state, wanted, prefix):
    # type: (State, State, str) -> List[str]
    """The entries of one of the two lists: those wanted, and the group's own where nobody names it anew."""
    before = _of_list(state["acl"], prefix)
    if "acl" not in wanted:
        return before
    entries = _of_list(wanted["acl"], prefix)
    # Without a list the group is what it was beside one, and not what the mask let through.
    own = [entry for entry in before if entry.startswith("group::")]
    return own + entries if entries or not prefix else []


def _of_list(entries, prefix):
    # type: (List[str], str) -> List[str]
    """The entries of one of the two lists, without what tells it from the other."""
    return [entry[len(prefix) :] for entry in entries if entry.startswith("default:") == bool(prefix)]


def _extended(wished, item):
    # type: (State, str) -> Dict[str, str]
    """The extended attributes that a state means."""
    wanted = dict(wished["xattrs"])
    for prefix, name in LISTS:
        entries = _of_list(wished["acl"], prefix)
        if entries:
            wanted[name] = acl.encode(entries, item)
    if wished["selinux"]:
        wanted[attributes.LABEL] = native(base64.b64encode(octets(wished["selinux"]) + b"\0"))
    return wanted


def _default_label(host, key):
    # type: (Host, str) -> str
    """The label that the host's policy gives a path; none without SELinux."""
    if not host.exists("/sys/fs/selinux/enforce"):
        return ""
    if host.program("matchpathcon") is None:
        host.limit("label-unknown")
        return ""
    return host.demand(["matchpathcon", "-n", key]).strip()
