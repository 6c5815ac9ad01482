"""What the system's account tools leave in /etc when they are killed: locks of dead processes, rows without account."""

import os
import re

from hostkit.compat import octets
from hostkit.kinds import file

MYPY = False
if MYPY:
    from hostkit.host import Host

FOLDER = "/etc"
BESIDE = ("/etc/shadow", "/etc/subuid", "/etc/subgid")  # written after /etc/passwd
BOOKS = "passwd|shadow|group|gshadow|subuid|subgid"
# `passwd.4711` is a lock in the making, `passwd.lock` one that is held, `passwd+` the next version of the file.
TRACE = re.compile(r"\A(?:%s)(?:\.(?P<pid>\d+)|\.lock|\+)\Z" % BOOKS)


def sweep(host):
    # type: (Host) -> None
    """Remove such traces, unless the process that made them may still be at work."""
    found = [(name, TRACE.match(name)) for name in sorted(os.listdir(host.path(FOLDER)))]
    traces = [(name, match.group("pid")) for name, match in found if match]
    holders = [pid or _holder(host.path("%s/%s" % (FOLDER, name))) for name, pid in traces]
    if any(pid and os.path.exists("/proc/" + pid) for pid in holders):
        return
    for name, _pid in traces:
        os.unlink(host.path("%s/%s" % (FOLDER, name)))


def forget(host, name):
    # type: (Host, str) -> None
    """Remove the rows of an account that is gone: a killed userdel had not got to them."""
    for path in BESIDE:
        now = file.read(host, path, {})
        content = file.text(host, path)
        rest = b"".join(line for line in content.splitlines(True) if line.split(b":")[0] != octets(name))
        if rest != content:
            file.write(host, path, now, dict(now, sha256=host.blobs.put(rest)))


def _holder(path):
    # type: (str) -> str
    """The process that a lock names."""
    with open(path, "rb") as lock:
        digits = re.match(b"[0-9]{1,9}", lock.read(16)) if path.endswith(".lock") else None
    return digits.group().decode("ascii") if digits else ""
