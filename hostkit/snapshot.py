"""The way back, taken before the first write: states, plain copies, and a script that needs no Python.

A change has one snapshot. What it once holds never changes; items that a later run of the same change is the first to
touch are added.
"""

import os
import pkgutil

from hostkit import durable, engine, kinds
from hostkit.compat import native, octets
from hostkit.kinds import file
from hostkit.refusal import Refusal
from hostkit.shell import quote

MYPY = False
if MYPY:
    from typing import Any, Dict, List

    from hostkit.engine import Step
    from hostkit.host import Host
    from hostkit.store import Change, Store

    State = Dict[str, Any]

MARGIN = 16 << 20  # bytes that stay free
FOLLOWS = ("reload_on", "restart_on")
NODES = 64  # names that stay free


def begin_anew(change, steps):
    # type: (Change, List[Step]) -> None
    """After a take-back: where nothing of the change is left, what others have made of it since is the former state."""
    former, left = change.former(), change.left()
    for step in steps:
        if step.now not in left.get(step.item, []):
            left.pop(step.item, None)
            former["items"].pop(step.item, None)
    durable.write_json(change.file("left.json"), left)
    durable.write_json(change.file("former.json"), former)


def record(host, change, steps):
    # type: (Host, Change, List[Step]) -> None
    """Keep how everything is, and what this run means to leave; on the disk before this returns."""
    former, left = change.former(), change.left()
    new = [step for step in steps if step.item not in former["items"]]
    for step in new:
        if step.kind == "file":
            _copy(host, change, step)
    for step in steps:
        former["items"].setdefault(step.item, step.now)
        for state in [step.wish] + step.passing:
            _add(left.setdefault(step.item, []), state)
        if step.wish.get("flags"):  # they come last: a kill may leave all but them
            _add(left[step.item], dict(step.wish, flags=""))
        if "settings" in step.wanted and step.differs():
            _keep_left(host, change, step)
        heeded = dict((field, step.wanted[field]) for field in FOLLOWS + ("secret",) if step.wanted.get(field))
        if heeded:
            former["wanted"].setdefault(step.item, {}).update(heeded)
    _sync_folders(change.copy_of(""))
    durable.write_json(change.file("left.json"), left)
    durable.write(change.file("undo"), octets(undo_script(former, left)), 0o700)
    durable.write_json(change.file("former.json"), former)


def record_left(host, change, steps, seen):
    # type: (Host, Change, List[Step], List[State]) -> None
    """Keep what the run really left: kernels and tools may add to what was meant."""
    left = change.left()
    for step, now in zip(steps, seen):
        _add(left.setdefault(step.item, []), _ours(step, now))
    durable.write_json(change.file("left.json"), left)
    durable.write(change.file("undo"), octets(undo_script(change.former(), left)), 0o700)


def demand_room(host, store, steps):
    # type: (Host, Store, List[Step]) -> None
    """Refuse before anything is written when copies or new files would fill a file system."""
    needs = {}  # type: Dict[int, List[Any]]
    for step in steps:
        if step.kind == "file":
            size = _size(host, step)
            for place in [store.root] + ([_folder(host, step.key)] if step.differs() else []):
                need = needs.setdefault(os.stat(place).st_dev, [place, 0, 0])
                need[1] += size
                need[2] += 1
    for place, size, names in needs.values():
        about = os.statvfs(place)
        if about.f_bavail * about.f_frsize < size + MARGIN:
            raise Refusal("no-space", place=place, needed=size + MARGIN, free=about.f_bavail * about.f_frsize)
        if about.f_files and about.f_favail < names + NODES:
            raise Refusal("no-names", place=place, needed=names + NODES, free=about.f_favail)


def undo_script(former, left):
    # type: (Dict[str, Any], Dict[str, List[State]]) -> str
    """The script that brings everything back without Python: fixed functions, then one line per item."""
    steps = [_step(item, state, left.get(item, [])) for item, state in former["items"].items()]
    lines = []
    for step in engine.in_order(step for step in steps if step.differs()):
        lines.extend(kinds.named(step.kind).undo(step.key, step.wish, left.get(step.item, [])))
    for item, wanted in sorted(former["wanted"].items()):
        for on in FOLLOWS:
            if on in wanted:
                words = [on.replace("_on", ""), item.split(":", 1)[1]] + wanted[on]
                lines.append("follow " + " ".join(quote(word) for word in words))
    return prelude() + "\n".join(lines + ["finish", ""])


def prelude():
    # type: () -> str
    """The script's functions, one file per kind."""
    names = ["undo.sh"] + ["undo.d/%s.sh" % kind for kind in kinds.ORDER]
    return "".join(_text(name) for name in names)


def _step(item, state, left):
    # type: (str, State, List[State]) -> Step
    """The way from what a change left to what was before."""
    kind, key = item.split(":", 1)
    differing = [seen for seen in left if seen != state]
    return engine.Step(kind, key, {}, differing[-1] if differing else state, state)


def _text(name):
    # type: (str) -> str
    """A file that lies beside this module."""
    return native(pkgutil.get_data("hostkit", name) or b"")


def _copy(host, change, step):
    # type: (Host, Change, Step) -> None
    """Lay one plain copy. What others write to just now is kept as copied, unless its content is to be changed."""
    into = change.copy_of(step.key)
    _folder_for(into)
    digest = file.keep(host, step.key, step.now, into)
    if digest == step.now.get("sha256"):
        return
    if "sha256" in step.fields() or (not digest and step.differs()):
        raise Refusal("changed-meanwhile", step.item)
    if digest:
        step.now, step.wish = (dict(state, sha256=digest) for state in (step.now, step.wish))
    else:
        step.now = step.wish = {"type": "absent"}


def _keep_left(host, change, step):
    # type: (Host, Change, Step) -> None
    """Keep a file as single settings will leave it, so that later edits of others can be told from them."""
    into = change.file("left" + step.key)
    _folder_for(into)
    durable.write(into, host.blobs.bytes(step.wish["sha256"]))


def _ours(step, seen):
    # type: (Step, State) -> State
    """What is there now, but for what others wrote into a file of which only other fields were named."""
    if step.wanted and "sha256" in seen and "sha256" not in step.fields():
        return dict(seen, sha256=step.now.get("sha256", seen["sha256"]))
    return seen


def _folder_for(path):
    # type: (str) -> None
    """Make the folder of a path."""
    if not os.path.isdir(os.path.dirname(path)):
        os.makedirs(os.path.dirname(path), 0o700)


def _add(states, state):
    # type: (List[State], State) -> None
    """Add a state that is not there yet."""
    if state not in states:
        states.append(state)


def _size(host, step):
    # type: (Host, Step) -> int
    """How many bytes a step needs at most: a copy of the old content, and the new one."""
    old = os.lstat(host.path(step.key)).st_size if "sha256" in step.now else 0
    changes = step.wish.get("sha256") not in (None, step.now.get("sha256"))
    return old + (host.blobs.size(step.wish["sha256"]) if changes else 0)


def _folder(host, path):
    # type: (Host, str) -> str
    """The nearest folder above a path that is there."""
    folder = os.path.dirname(host.path(path))
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    return folder


def _sync_folders(top):
    # type: (str) -> None
    """Bring the names of all copies to the disk."""
    for folder, _names, _files in os.walk(top):
        durable.sync_folder(folder)
