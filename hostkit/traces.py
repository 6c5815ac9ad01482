"""What the system's account tools leave in /etc when they are killed: locks of dead processes, books that disagree."""

import os
import re

from hostkit import people
from hostkit.compat import octets
from hostkit.kinds import file

MYPY = False
if MYPY:
    from typing import List, Optional, Tuple

    from hostkit.host import Host

FOLDER = "/etc"
BESIDE = ("/etc/shadow", "/etc/subuid", "/etc/subgid")  # written after /etc/passwd
GSHADOW = "/etc/gshadow"
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
    for name in BOOKS.split("|"):
        file.sweep(host, "%s/%s" % (FOLDER, name))


def forget(host, name):
    # type: (Host, str) -> None
    """Remove the rows of an account that is gone: a killed userdel had not got to them."""
    for path in BESIDE:
        _set_row(host, path, name, None)


def group_rows(host, name):
    # type: (Host, str) -> List[Tuple[str, List[str]]]
    """The rows of a group, by file."""
    found = [("/etc/" + page, people.row(host, page, name)) for page in ("group", "gshadow")]
    return [(path, row) for path, row in found if row]


def put_back(host, name, rows):
    # type: (Host, str, List[Tuple[str, List[str]]]) -> None
    """Put the group's rows back that userdel took along with their account: whether it goes, its own item says."""
    if people.row(host, "group", name) is None:
        for path, row in rows:
            members = [member for member in row[-1].split(",") if member != name]
            _set_row(host, path, name, row[:-1] + [",".join(members)])


def agree(host, name):
    # type: (Host, str) -> None
    """Bring /etc/gshadow, which the tools write last, to what /etc/group says of one group."""
    if not host.exists(GSHADOW):
        return
    group, shadow = people.row(host, "group", name), people.row(host, "gshadow", name)
    secret, administrators = shadow[1:3] if shadow else ("!", "")
    _set_row(host, GSHADOW, name, [name, secret, administrators, group[3]] if group else None)


def _set_row(host, path, name, row):
    # type: (Host, str, str, Optional[List[str]]) -> None
    """Put the row of a name in its place, or at the end; None takes it away."""
    now, text = file.read(host, path, {}), file.text(host, path)
    lines = text.rstrip(b"\n").split(b"\n") if text else []
    content = [octets(":".join(row))] if row else []
    at = [number for number, line in enumerate(lines) if line.split(b":")[0] == octets(name)]
    if [lines[number] for number in at] == content:
        return
    new = [line for number, line in enumerate(lines) if number not in at]
    place = at[0] if at else len(new)
    new[place:place] = content
    file.write(host, path, now, dict(now, sha256=host.blobs.put(b"".join(line + b"\n" for line in new))))


def _holder(path):
    # type: (str) -> str
    """The process that a lock names."""
    with open(path, "rb") as lock:
        digits = re.match(b"[0-9]{1,9}", lock.read(16)) if path.endswith(".lock") else None
    return digits.group().decode("ascii") if digits else ""
