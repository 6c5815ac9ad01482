"""The home of an account that goes: it goes too while nobody has left anything in it."""

import os
import shutil
import stat

from hostkit import durable, people

MYPY = False
if MYPY:
    from typing import Any, Dict

    from hostkit.host import Host

SPOOLS = ("/var/mail", "/var/spool/mail")


def clear(host, key, account, half_made=False):
    # type: (Host, str, Dict[str, Any], bool) -> None
    """Remove what useradd made beside the account: a home with nothing but the skeleton's copies, an empty mailbox.

    Called when the account is gone: userdel has made sure that no process of it can put links in the way.
    """
    for spool in SPOOLS:
        box = host.path(spool + "/" + key)
        if _owned(box, account["uid"]) and os.path.isfile(box) and os.path.getsize(box) == 0:
            os.unlink(box)
    home = host.path(account["home"])
    if not _owned(home, account["uid"]) and not (half_made and _unfinished(home)):
        return  # never this account's own: `/`, `/nonexistent`, a service's folder
    if _same(home, host.path(people.settings(host)["SKEL"]), half_made):
        shutil.rmtree(home)
        host.walk.forget()
    else:
        host.limit("home-left")


def _owned(path, uid):
    # type: (str, int) -> bool
    """Whether a path is there and belongs to the account."""
    return os.path.lexists(path) and os.lstat(path).st_uid == uid


def _unfinished(home):
    # type: (str) -> bool
    """Whether a killed useradd got no further than making the folder."""
    return os.path.isdir(home) and not os.path.islink(home) and not os.listdir(home) and home.count("/") > 1


def _same(ours, theirs, half_made):
    # type: (str, str, bool) -> bool
    """Whether two paths hold the same, all the way down; or the first, being half made, only a beginning of it.

    Links are compared, never followed.
    """
    if not os.path.lexists(theirs) or _type(ours) != _type(theirs):
        return False
    if _type(ours) == stat.S_IFLNK:
        return os.readlink(ours) == os.readlink(theirs)
    if _type(ours) == stat.S_IFDIR:
        names = os.listdir(ours)
        pairs = [(os.path.join(ours, name), os.path.join(theirs, name)) for name in names]
        complete = half_made or sorted(names) == sorted(os.listdir(theirs))
        return complete and all(_same(first, second, half_made) for first, second in pairs)
    if _type(ours) != stat.S_IFREG:
        return False
    mine, model = durable.read(ours) or b"", durable.read(theirs) or b""
    return mine == model or (half_made and model.startswith(mine))


def _type(path):
    # type: (str) -> int
    """File, folder, link or something else."""
    return stat.S_IFMT(os.lstat(path).st_mode)
