"""Kind `file`: content or single settings, owner, mode, ACL, label, links, folders, absence, whole trees."""

import base64
import errno
import os
import stat

from hostkit import carried, dialects, fileitem, newfile, pathname
from hostkit.blobs import digest
from hostkit.compat import native, octets
from hostkit.refusal import Refusal
from hostkit.shell import called

MYPY = False
if MYPY:
    from typing import Any, Dict, List, Optional, Tuple

    from hostkit.host import Host

    State = Dict[str, Any]

TYPES = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "link"}
OF_THE_TARGET = fileitem.CONTENTS + fileitem.CARRIED
BEYOND_SH = ("acl", "selinux", "xattrs", "flags")  # what the undo script cannot compare
LARGEST_EDITED = 16 << 20  # settings are edited in memory


def lower(host, key, wanted):
    # type: (Host, str, State) -> List[Tuple[str, str, State]]
    """One item for each file that an item means: where a link leads, a tree, all that is below a `deep` folder."""
    own = dict(pair for pair in wanted.items() if pair[0] != "deep")
    if wanted.get("deep"):
        return [("file", key, own)] + [("file", path, {}) for path in below(host, key)]
    if "tree" in wanted:
        return _tree(host, key, wanted)
    # As chown, chmod and editors do it: a link is what it leads to, unless the link itself is meant.
    follows = wanted.get("type") in ("file", "directory") or any(field in wanted for field in OF_THE_TARGET)
    return [("file", host.walk.real(key) if follows else key, own)]


def read(host, key, wanted):
    # type: (Host, str, State) -> State
    """What is there now; content is named by its digest."""
    name = host.walk.to(key)
    try:
        return {"type": "absent"} if name is None else _read(host, key, name)
    except OSError as error:
        if error.errno != errno.ENOENT:
            raise
        return {"type": "absent"}


def wish(host, key, wanted, now):
    # type: (Host, str, State, State) -> State
    """What shall be there: what is there, with the named fields replaced."""
    kind = fileitem.meant(wanted)[0] or now["type"]
    _demand_possible(key, wanted, kind, now["type"])
    if kind == "absent":
        return {"type": "absent"}
    if kind == "link":
        return {"type": "link", "target": wanted.get("target", now.get("target"))}
    state = dict(now) if now["type"] == kind else dict(carried.fresh(host, key, kind), type=kind)
    if kind == "file":
        state["sha256"] = _content(host, key, wanted, now)
        if host.blobs.has(state["sha256"]):
            host.coming[key] = state["sha256"]
    if kind != "other":
        carried.wish(state, wanted)
    return state


def judge(host, key, wanted, wished):
    # type: (Host, str, State, State) -> None
    """Let the checker that the item names judge the new content, before anything is written."""
    checker = wanted.get("validate", [])
    if not any("%s" in word for word in checker):
        return
    place = key
    while host.walk.to(place) is None:  # its folder is made by the same document: judge in the nearest one there is
        place = os.path.dirname(place)
    newfile.judge(host, os.path.basename(place), wished["sha256"], checker, "file:" + key)


def write(host, key, now, wished):
    # type: (Host, str, State, State) -> None
    """Bring what is there to what shall be there."""
    name, item = host.walk.to(key), "file:" + key
    if name is None:
        raise Refusal("folder-missing", item)
    _demand_unchanged(host, name, now, wished, item)
    if now.get("flags") and now != wished:
        carried.set_flags(host, name, "", item)
    if wished["type"] == "absent":
        newfile.remove(name)
        host.walk.forget()  # it may have been a folder on the way to another
    elif wished["type"] == "link":
        newfile.replace_link(name, wished["target"])
    elif wished["type"] == "file" and (now.get("sha256") != wished["sha256"] or _loses(now, wished)):
        host.blobs.put_file(now.get("sha256", ""), host.path(key))
        newfile.replace(host, name, wished, item)
    elif now["type"] == "absent":
        newfile.make_folder(host, name, wished, item)
    else:
        carried.dress_name(host, name, wished, item)
    newfile.sync_folder()


def undo(key, former, lefts):
    # type: (str, State, List[State]) -> List[str]
    """The script's line: how it was, and how the change may have left it."""
    alike = [state for state in lefts if state["type"] == former["type"]]
    beyond = [field for field in BEYOND_SH if any(state.get(field) != former.get(field) for state in alike)]
    flags = ("+" if beyond else "-") + str(former.get("flags", ""))
    words = [flags, key, _signature(former)] + sorted(set(_signature(state) for state in lefts))
    return [called("file", words)]


def below(host, key):
    # type: (Host, str) -> List[str]
    """Every path below a folder; links are not followed."""
    found = []  # type: List[str]
    if host.walk.to(key + "/.") is None:
        return found
    for name in sorted(native(entry) for entry in os.listdir(".")):
        path = key + "/" + name
        host.walk.to(path)
        # What has gone since is not there, and what hostkit keeps itself is no part of anything.
        if os.path.lexists(name) and path not in pathname.RESERVED:
            found.append(path)
            if os.path.isdir(name) and not os.path.islink(name):
                found.extend(below(host, path))
    return found


def sweep(host, key):
    # type: (Host, str) -> None
    """Remove what a killed run left beside a file."""
    name = host.walk.to(key)
    if name is not None and name != ".":
        newfile.remove(newfile.spare(name))


def restore_flags(host, key, flags):
    # type: (Host, str, str) -> None
    """Set the flags that a killed run had taken off."""
    name = host.walk.to(key)
    if name is not None and os.path.lexists(name):
        carried.set_flags(host, name, flags, "file:" + key)


def keep(host, key, state, into):
    # type: (Host, str, State, str) -> Optional[str]
    """Lay a plain copy, with all that the file carries, into a snapshot: `cp -a` can bring it back.

    The digest of a file as it was copied; empty when it has gone.
    """
    name, item = host.walk.to(key), "file:" + key
    if state["type"] == "directory":
        if not os.path.isdir(into):
            os.makedirs(into, 0o700)
        carried.dress_name(host, into, dict(state, flags=""), item)
    if state["type"] != "file":
        return None
    return newfile.copy(host, name, into, state, item) if name and os.path.lexists(name) else ""


def _read(host, key, name):
    # type: (Host, str, str) -> State
    """The state of a name in the folder that we stand in."""
    about = os.lstat(name)
    kind = TYPES.get(stat.S_IFMT(about.st_mode), "other")
    if kind == "link":
        return {"type": "link", "target": native(os.readlink(name))}
    if kind == "other":
        return {"type": "other", "mode": "%06o" % about.st_mode, "owner": carried.owner_name(about.st_uid)}
    handle = carried.opened(host, name, "file:" + key)
    try:
        state = dict(carried.read(host, handle), type=kind)
        if kind == "file":
            with os.fdopen(os.dup(handle), "rb") as content:
                state["sha256"] = digest(content)
        return state
    finally:
        os.close(handle)


def _signature(state):
    # type: (State) -> str
    """A state as the undo script sees it."""
    if state["type"] == "link":
        return "link " + str(state["target"])
    if state["type"] not in ("file", "directory"):
        return str(state["type"])
    words = [state["type"], state["owner"], state["group"], "%o" % int(state["mode"], 8)]
    return " ".join(words + [state[field] for field in ("sha256",) if field in state])


def _tree(host, key, wanted):
    # type: (Host, str, State) -> List[Tuple[str, str, State]]
    """A folder and what it shall hold; with `only`, what is not named goes."""
    own = dict(pair for pair in wanted.items() if pair[0] not in ("tree", "only"))
    inner = dict((key + "/" + path, item) for path, item in wanted["tree"].items())
    for path in wanted["tree"]:
        parts = path.split("/")
        for depth in range(1, len(parts)):
            inner.setdefault("/".join([key] + parts[:depth]), {"type": "directory"})
    if wanted.get("only"):
        inner.update((path, {"type": "absent"}) for path in below(host, key) if path not in inner)
    parts = [(key, dict(own, type="directory"))] + sorted(inner.items())
    return [part for path, item in parts for part in lower(host, path, item)]


def _demand_possible(key, wanted, kind, now):
    # type: (str, State, str, str) -> None
    """Refuse what cannot be done without losing what is there, or needs what is not there."""
    given = [field for field in wanted if field not in ("type", "why", "secret", "validate")]
    if now == "other" and (given or kind != now):
        raise Refusal("path-special", "file:" + key)
    if "directory" in (now, kind) and now != kind and "absent" not in (now, kind):
        raise Refusal("path-type", "file:" + key, now=now, wanted=kind)
    if now == "absent" and kind == "absent" and given:
        raise Refusal("file-missing", "file:" + key)


def _content(host, key, wanted, now):
    # type: (Host, str, State, State) -> str
    """The digest of the content that shall be."""
    if "content" in wanted:
        return host.blobs.put(octets(wanted["content"]))
    if "content_base64" in wanted:
        return host.blobs.put(base64.b64decode(octets(wanted["content_base64"])))
    if now["type"] != "file" and not wanted.get("create"):
        raise Refusal("file-missing", "file:" + key)
    if "settings" in wanted:
        try:
            return host.blobs.put(dialects.edit(text(host, key), wanted))
        except Refusal as refusal:
            refusal.item = refusal.item or "file:" + key
            raise
    return str(now["sha256"]) if "sha256" in now else host.blobs.put(b"")


def text(host, key):
    # type: (Host, str) -> bytes
    """The present content of a file, to be edited or compared; nothing when it is no file."""
    name = host.walk.to(key)
    if name is None or not os.path.isfile(name) or os.path.islink(name):
        return b""
    if os.lstat(name).st_size > LARGEST_EDITED:
        raise Refusal("file-large", "file:" + key, most=LARGEST_EDITED)
    with os.fdopen(carried.opened(host, name, "file:" + key), "rb") as opened:
        return opened.read()


def _demand_unchanged(host, name, now, wished, item):
    # type: (Host, str, State, State, str) -> None
    """Refuse to overwrite content that somebody has saved since it was looked at."""
    if "sha256" not in now or now["sha256"] == wished.get("sha256"):
        return
    with os.fdopen(carried.opened(host, name, item), "rb") as content:
        if digest(content) != now["sha256"]:
            raise Refusal("changed-meanwhile", item)


def _loses(now, wished):
    # type: (State, State) -> bool
    """Whether a program, changed in place, would for a moment not have its special bits or capabilities as wished."""
    alike = all(now[field] == wished[field] for field in ("owner", "group", "acl"))
    return not alike and (int(wished["mode"], 8) & 0o6000 != 0 or "security.capability" in wished["xattrs"])
