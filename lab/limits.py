"""The one setting of this machine that many hosts need changed: inotify instances, 128 by default.

The former value is kept while any lab is up and put back when the last one goes.
"""

from pathlib import Path

from lab.place import STATE

INSTANCES = Path("/proc/sys/fs/inotify/max_user_instances")
FORMER = STATE / "inotify.former"
OWN = 64  # what this machine may need itself
PER_HOST = 8  # a guest took about 6


def raise_for(hosts: int) -> None:
    """Allow what `hosts` hosts need, if it is not allowed already."""
    needed = OWN + PER_HOST * hosts
    if int(INSTANCES.read_text()) >= needed:
        return
    if not FORMER.exists():
        FORMER.write_text(INSTANCES.read_text())
    INSTANCES.write_text(str(needed))


def restore_if_last() -> None:
    """Put the former value back when no lab is left on this machine."""
    if not STATE.exists() or any(path.is_dir() for path in STATE.iterdir()):
        return
    if FORMER.exists():
        INSTANCES.write_text(FORMER.read_text())
        FORMER.unlink()
    STATE.rmdir()
