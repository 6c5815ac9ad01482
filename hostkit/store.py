"""What hostkit keeps on the host, in /var/lib/anwei: the lock, one folder per change, and what a killed run still owes.

Root only. It is the one place outside a change's footprint that hostkit writes to, beside the dead-man's unit.
"""

import fcntl
import json
import os
import re
import shutil
import stat
import time

from hostkit import durable
from hostkit.compat import canonical, octets, plain
from hostkit.refusal import Refusal

MYPY = False
if MYPY:
    from typing import Any, Dict, List

    from hostkit.host import Host

ROOT = "/var/lib/anwei"
CHANGE = re.compile(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
FORGOTTEN = ".forgotten"  # no change is called so
RESERVED = ("hostkit", "lock", "owed.json", "deadman", "deadman.sh")
PAUSE, MOST_TRIES = 0.2, 50  # how long a run waits for another; by no clock that somebody may set


class Store(object):
    """The folder /var/lib/anwei of a host."""

    def __init__(self, host):
        # type: (Host) -> None
        self.host = host
        self.root = host.path(ROOT)
        if not os.path.isdir(self.root):
            os.makedirs(self.root, 0o700)
        about = os.lstat(self.root)
        if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.geteuid() or about.st_mode & 0o077:
            raise Refusal("store-open", path=ROOT)

    def change(self, name):
        # type: (str) -> Change
        """The folder of one change, whether it exists or not."""
        if not is_change(name):
            raise Refusal("change-name", change=name)
        return Change(self, name)

    def changes(self):
        # type: () -> List[Change]
        """All changes that left something here, oldest first."""
        names = [name for name in os.listdir(self.root) if is_change(name)]
        found = [Change(self, name) for name in names if os.path.isdir(os.path.join(self.root, name))]
        return sorted(found, key=lambda change: (change.begun(), change.name))

    def touched_since(self, change, item):
        # type: (Change, str) -> List[str]
        """The changes that began after another one and have an item in their snapshot."""
        later = [other for other in self.changes() if other.name != change.name and other.begun() >= change.begun()]
        return [other.name for other in later if item in other.former()["items"]]

    def lock(self, verb, change=""):
        # type: (str, str) -> durable.Held
        """Let one run at a time change this host."""
        words = {"pid": os.getpid(), "started": _started(os.getpid()), "verb": verb, "change": change}
        return durable.Held(_locked(os.path.join(self.root, "lock"), words))

    def owed(self):
        # type: () -> Dict[str, Dict[str, str]]
        """What a killed run had still to do after its writes: reloads by service, flags by path."""
        owed = durable.read_json(os.path.join(self.root, "owed.json"), {})
        return {"services": owed.get("services", {}), "flags": owed.get("flags", {})}

    def owe(self, services, flags):
        # type: (Dict[str, str], Dict[str, str]) -> None
        """Note it before the writes, and afterwards that it is done."""
        path = os.path.join(self.root, "owed.json")
        if services or flags:
            durable.write_json(path, {"services": services, "flags": flags})
        elif os.path.exists(path):
            os.unlink(path)

    def prune(self, keep, newest):
        # type: (int, str) -> None
        """Forget the oldest changes beyond `keep`: never the newest, an armed one, or one that was cut short."""
        others = [change for change in self.changes() if change.name != newest]
        done = [change for change in others if change.finished() and not change.armed()]
        for change in done[: max(0, len(done) + 1 - max(keep, 1))]:
            change.forget()


class Change(object):
    """One change's folder: how things were before, what it left, what it did, and the way back."""

    def __init__(self, store, name):
        # type: (Store, str) -> None
        self.name = name
        self.folder = os.path.join(store.root, name)

    def file(self, name):
        # type: (str) -> str
        """A path in the folder."""
        return os.path.join(self.folder, name)

    def copy_of(self, path):
        # type: (str) -> str
        """Where the plain copy of a host's file lies."""
        return self.folder + "/former" + path

    def exists(self):
        # type: () -> bool
        """Whether a snapshot was taken: without one nothing was written."""
        return os.path.exists(self.file("former.json"))

    def former(self):
        # type: () -> Dict[str, Any]
        """States by item before the change first touched them, under `items`; what a way back heeds, under `wanted`."""
        former = durable.read_json(self.file("former.json"), {})
        return {"items": former.get("items", {}), "wanted": former.get("wanted", {})}

    def left(self):
        # type: () -> Dict[str, List[Dict[str, Any]]]
        """The states that the change meant to leave, or left, by item."""
        return dict(durable.read_json(self.file("left.json"), {}))

    def note(self, event, **about):
        # type: (str, **Any) -> None
        """Add an event to the journal before it happens."""
        if not os.path.isdir(self.folder):
            os.mkdir(self.folder, 0o700)
            durable.sync_folder(os.path.dirname(self.folder))
        durable.append(self.file("journal"), octets(canonical(dict(about, event=event, time=_now())) + "\n"))

    def journal(self):
        # type: () -> List[Dict[str, Any]]
        """All events, but for lines that a power cut or a full disk left half-written."""
        events = [_event(line) for line in (durable.read(self.file("journal")) or b"").splitlines()]
        return [event for event in events if event]

    def begun(self):
        # type: () -> str
        """When it began."""
        return str((self.journal() or [{"time": ""}])[0]["time"])

    def outcome(self):
        # type: () -> str
        """The last event: `applying`, `applied`, `returning` or `returned`."""
        return str((self.journal() or [{"event": "none"}])[-1]["event"])

    def finished(self):
        # type: () -> bool
        """Whether no run of it was cut short."""
        return self.outcome() not in ("applying", "returning")

    def armed(self):
        # type: () -> bool
        """Whether the dead-man watches it."""
        return os.path.exists(self.file("deadline")) or os.path.exists(self.file("expired"))

    def forget(self):
        # type: () -> None
        """Remove the folder, out of sight first: a kill leaves no change with half a way back."""
        away = os.path.join(os.path.dirname(self.folder), FORGOTTEN)
        shutil.rmtree(away, True)
        if os.path.isdir(self.folder):
            os.rename(self.folder, away)
        durable.sync_folder(os.path.dirname(away))
        shutil.rmtree(away, True)


def _locked(path, words):
    # type: (str, Dict[str, Any]) -> int
    """The host's lock. The kernel frees it with its holder, so a stale one cannot be; its text says who holds it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    fcntl.fcntl(handle, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
    if not _taken(handle):
        holder = _event(durable.read(path) or b"")
        os.close(handle)
        raise Refusal("host-locked", **dict((key, holder.get(key, "?")) for key in ("pid", "verb", "change")))
    try:
        os.ftruncate(handle, 0)
        os.write(handle, octets(canonical(words)))
    except EnvironmentError:
        pass  # the lock holds without its words, and a full disk must not hinder a take-back
    return handle


def _taken(handle):
    # type: (int) -> bool
    """Whether nobody else has the lock, or gives it back while a run waits."""
    for _ in range(MOST_TRIES + 1):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except (IOError, OSError):
            time.sleep(PAUSE)
    return False


def is_change(name):
    # type: (str) -> bool
    """Whether a change may have this name: its folder stands beside hostkit's own files."""
    return CHANGE.match(name) is not None and name not in RESERVED


def _event(line):
    # type: (bytes) -> Dict[str, Any]
    """What a line says; nothing when it is not whole."""
    try:
        return dict(plain(json.loads(line.decode("ascii"))))
    except (ValueError, TypeError):
        return {}


def _started(pid):
    # type: (int) -> int
    """When a process started, in the kernel's ticks: with the number it names one process for good."""
    with open("/proc/%d/stat" % pid) as page:
        return int(page.read().rsplit(")", 1)[1].split()[19])


def _now():
    # type: () -> str
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
