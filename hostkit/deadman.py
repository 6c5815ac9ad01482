"""The dead-man: a change that nobody confirms in time is taken back by the host itself.

Arming writes the deadline to the disk before anything is changed, and starts a watcher (`deadman.sh`) that needs
neither this code nor the control node. The service is installed only while something is armed, so that a host has the
same `/etc` before and after. Deadlines run on the kernel's own clock: setting the time moves none of them.
"""

import hashlib
import os
import pkgutil
import sys
import time

from hostkit import durable
from hostkit.compat import octets
from hostkit.refusal import Refusal

MYPY = False
if MYPY:
    from typing import Dict, List

    from hostkit.host import Host

STORE = "/var/lib/anwei"
WATCHER = STORE + "/deadman.sh"
# What arming made, in the order in which it goes, and which hostkit the way back runs: that one is not pruned.
LIST = STORE + "/deadman"
WATCHING = STORE + "/.deadman-watching"
BOOTED = STORE + "/.deadman-booted"
# All that is ever written outside a change's footprint; gone again when nothing is armed.
SYSTEMD = {
    "/etc/systemd/system/anwei-deadman.service": "deadman.service",
    "/etc/systemd/system/sysinit.target.wants/anwei-deadman.service": "../anwei-deadman.service",
}
SYSV = dict(("/etc/rc%d.d/S01anwei-deadman" % level, "../init.d/anwei-deadman") for level in (2, 3, 4, 5))
SYSV["/etc/init.d/anwei-deadman"] = "deadman.init"
START_SECONDS = 10


def arm(host, folder, seconds, token):
    # type: (Host, str, int, str) -> None
    """Have the change in this folder taken back unless `token` comes within so many seconds."""
    if os.path.exists(folder + "/expired"):
        raise Refusal("return-owed", change=os.path.basename(folder))
    again = os.path.exists(folder + "/deadline")
    durable.write(folder + "/deadline", _deadline(host, seconds, token))
    try:
        _start(host, _program())
    except Exception:
        if not again:  # what an earlier run of this change wrote stays watched
            disarm(host, folder)
        raise
    for name in ("returned", "confirmed"):
        durable.remove(folder + "/" + name)


def confirm(host, folder, token):
    # type: (Host, str, str) -> None
    """Disarm the change for good, if this is its token and it is not too late. A second time is the same as once."""
    if _read(folder + "/confirmed").get("token") == _digest(token):
        return
    deadline = _read(folder + "/deadline")
    if not deadline or _due(host, deadline):
        raise Refusal("confirmation-late", change=os.path.basename(folder))
    if deadline.get("token") != _digest(token):
        raise Refusal("confirmation-wrong", change=os.path.basename(folder))
    try:  # the watcher renames the same file when it is due: only one of the two finds it
        os.rename(folder + "/deadline", folder + "/confirmed")
    except OSError:
        raise Refusal("confirmation-late", change=os.path.basename(folder))
    durable.sync_folder(folder)
    _retire(host)


def disarm(host, folder):
    # type: (Host, str) -> None
    """No deadline any more, since the change was taken back. One that has passed is the watcher's own to finish."""
    durable.remove(folder + "/deadline")
    durable.sync_folder(folder)
    _retire(host)


def armed(store_root):
    # type: (str) -> List[str]
    """The changes that wait for a confirmation, or for the end of their way back."""
    return [name for name in sorted(os.listdir(store_root)) if _waits(os.path.join(store_root, name))]


def returned(folder):
    # type: (str) -> Dict[str, str]
    """How the dead-man's way back ended: `at`, `status`, `by`, `tries`; nothing while it never tried."""
    return _read(folder + "/returned")


def _waits(folder):
    # type: (str) -> bool
    """Whether a folder holds a deadline, still to come or passed."""
    return os.path.isfile(folder + "/deadline") or os.path.isfile(folder + "/expired")


def _deadline(host, seconds, token):
    # type: (Host, int, str) -> bytes
    """What the watcher reads: words that a shell can take apart."""
    due = _uptime(host) + 1 + seconds
    words = [("boot", _boot(host)), ("due", "%d" % due), ("token", _digest(token))]
    words += [("python", sys.executable), ("hostkit", _program())]
    return octets("".join("%s %s\n" % pair for pair in words))


def _start(host, program):
    # type: (Host, str) -> None
    """Install and start the service, and see the watcher at work before anything is changed.

    A watcher that was about to remove an idle service may still do so; it is ended by the restart, and the second round
    puts everything back.
    """
    for _ in (1, 2):
        files = _install(host, program)
        durable.remove(host.path(WATCHING))
        if host.exists("/run/systemd/system"):
            host.demand(["systemctl", "daemon-reload"])
            host.demand(["systemctl", "restart", "anwei-deadman.service"])
        else:
            host.demand(["sh", "/etc/init.d/anwei-deadman", "restart"])
        if _seen(host) and all(host.exists(name) for name in files):
            return
    raise Refusal("deadman-not-watching")


def _install(host, program):
    # type: (Host, str) -> Dict[str, str]
    """Put the watcher and its service in place; first the list of what goes again when nothing is armed."""
    files = _service_files(host)
    made = host.lines(LIST) or ["made " + host.path(name) for name in _missing(host, files)]
    lines = made + [line for line in ["kit " + program] if line not in made]
    durable.write(host.path(LIST), octets("\n".join(lines) + "\n"))
    durable.write(host.path(WATCHER), _packed("deadman.sh"), 0o700)
    durable.write(host.path(BOOTED), octets(_boot(host) + "\n"))
    for name, content in sorted(files.items()):
        _place(host.path(name), content)
    return files


def _missing(host, files):
    # type: (Host, Dict[str, str]) -> List[str]
    """The files of the service and the folders that have to be made for them, in the order in which they go again."""
    folders = sorted(set(os.path.dirname(name) for name in files))
    return sorted(files) + [folder for folder in folders if not host.exists(folder)]


def _service_files(host):
    # type: (Host) -> Dict[str, str]
    """What starts the watcher on this host: by path, a packed file or where a link leads."""
    if host.exists("/run/systemd/system"):
        return SYSTEMD
    if host.exists("/etc/init.d"):
        return SYSV
    raise Refusal("deadman-no-service-manager")


def _place(path, content):
    # type: (str, str) -> None
    """One file or link of the service."""
    if not os.path.isdir(os.path.dirname(path)):
        os.mkdir(os.path.dirname(path), 0o755)
    if content.startswith(".."):
        durable.remove(path)
        os.symlink(content, path)
        durable.sync_folder(os.path.dirname(path))
    else:
        durable.write(path, _packed(content), 0o755 if content.endswith(".init") else 0o644)


def _seen(host):
    # type: (Host) -> bool
    """Whether the watcher goes round."""
    for _ in range(START_SECONDS * 10):
        if host.exists(WATCHING):
            return True
        time.sleep(0.1)
    return False


def _retire(host):
    # type: (Host) -> None
    """Remove the service when nothing is armed any more; the watcher sees it and ends."""
    if host.exists(LIST) and not armed(host.path(STORE)):
        host.demand(["sh", host.path(WATCHER), "retire"])


def _due(host, deadline):
    # type: (Host, Dict[str, str]) -> bool
    """Whether a deadline has passed; that of another boot has."""
    return deadline.get("boot") != _boot(host) or _uptime(host) >= int(deadline["due"])


def _boot(host):
    # type: (Host) -> str
    """What names the present boot."""
    return host.lines("/proc/sys/kernel/random/boot_id")[0]


def _uptime(host):
    # type: (Host) -> int
    """Whole seconds since the boot."""
    return int(host.lines("/proc/uptime")[0].split(".")[0])


def _program():
    # type: () -> str
    """The folder of the hostkit that is running: the way back runs the same one."""
    return os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def _digest(token):
    # type: (str) -> str
    """Tokens are random and long; what lies on the disk confirms nothing."""
    return hashlib.sha256(octets(token)).hexdigest()


def _packed(name):
    # type: (str) -> bytes
    """A file that comes with hostkit."""
    content = pkgutil.get_data("hostkit", name)
    if content is None:
        raise Refusal("deadman-incomplete", path=name)
    return content


def _read(path):
    # type: (str) -> Dict[str, str]
    """A file of lines `name value`; nothing when there is none."""
    try:
        with open(path) as page:
            return dict(line.rstrip("\n").split(" ", 1) for line in page if " " in line)
    except IOError:
        return {}
