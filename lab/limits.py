"""The one setting of this machine that many hosts need changed: inotify instances, 128 by default.

It follows the number of lab hosts on the machine; the former value is kept meanwhile and put back when it is enough.
"""

from pathlib import Path

from anwei.errors import Failure
from lab.place import STATE

INSTANCES = Path("/proc/sys/fs/inotify/max_user_instances")
FORMER = Path("/run/anwei-lab.inotify")  # a reboot forgets it, as it forgets the setting
OWN = 64  # what this machine may need itself
PER_HOST = 8  # a guest took about 6


def follow_hosts() -> None:
    """Allow what the hosts of all labs on this machine need, and no more than that."""
    hosts = sum(1 for root in STATE.glob("*/*/root"))
    needed = OWN + PER_HOST * hosts
    former = int((FORMER if FORMER.exists() else INSTANCES).read_text())
    if needed > former:
        FORMER.write_text(str(former))
        _set(needed)
    elif FORMER.exists():
        _set(former)
        FORMER.unlink()


def _set(value: int) -> None:
    """Write the setting if it is another; inside a container it may not be ours to write."""
    if int(INSTANCES.read_text()) == value:
        return
    try:
        INSTANCES.write_text(str(value))
    except OSError as error:
        raise Failure("AW-lab-limit", value=value, error=error.strerror) from error
