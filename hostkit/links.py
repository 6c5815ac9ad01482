"""Symbolic links that switch services on and off: both systemd and SysV keep that in links, and in nothing else."""

import errno
import os

from hostkit import durable
from hostkit.compat import native
from hostkit.refusal import Refusal

MYPY = False
if MYPY:
    from typing import Dict, List

    from hostkit.host import Host

    Links = Dict[str, str]

# systemd's folders of links: gone when the last link is.
OF_A_TARGET = (".wants", ".requires", ".upholds")


def names(host, folder):
    # type: (Host, str) -> List[str]
    """The names in a folder; none when there is no such folder."""
    try:
        return sorted(native(name) for name in os.listdir(host.path(folder)))
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENOTDIR):
            raise
        return []


def target(host, path):
    # type: (Host, str) -> str
    """Where a link leads; empty for what is no link."""
    try:
        return native(os.readlink(host.path(path)))
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.EINVAL, errno.ENOTDIR):
            raise
        return ""


def inside(host, folder):
    # type: (Host, str) -> Links
    """The links in a folder and where they lead."""
    found = [("%s/%s" % (folder, name), target(host, "%s/%s" % (folder, name))) for name in names(host, folder)]
    return dict((path, leads) for path, leads in found if leads)


def change(host, item, now, wished):
    # type: (Host, str, Links, Links) -> None
    """Take the links away that shall not be, and put those there that shall."""
    for path in sorted(set(now) - set(wished)):
        if target(host, path):
            os.unlink(host.path(path))
            _leave(host, os.path.dirname(path))
    for path, leads in sorted(wished.items()):
        if target(host, path) != leads:
            _put(host, item, path, leads)


def _put(host, item, path, leads):
    # type: (Host, str, str, str) -> None
    """One link in its place, in one step. A file is never replaced by a link: it is somebody's work."""
    place = host.path(path)
    folder, name = os.path.split(place)
    if os.path.lexists(place) and not os.path.islink(place):
        raise Refusal("service-path-taken", item, path=path)
    if not os.path.isdir(folder):
        os.makedirs(folder, 0o755)
    spare = os.path.join(folder, ".%s.anwei" % name)
    durable.remove(spare)
    os.symlink(leads, spare)
    os.rename(spare, place)
    durable.sync_folder(folder)


def _leave(host, folder):
    # type: (Host, str) -> None
    """Remove an empty folder of links, as systemctl does."""
    if folder.endswith(OF_A_TARGET) and not names(host, folder):
        os.rmdir(host.path(folder))
        folder = os.path.dirname(folder)
    durable.sync_folder(host.path(folder))
