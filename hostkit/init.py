"""Which of the two service managers runs this host, and the object that drives it."""

import weakref

from hostkit.systemd import Systemd
from hostkit.sysv import SysV

MYPY = False
if MYPY:
    from typing import Union

    from hostkit.host import Host

# One per host object: what was read ahead for many services stays with the run that read it.
_managers = weakref.WeakKeyDictionary()  # type: weakref.WeakKeyDictionary[Host, Union[Systemd, SysV]]


def of(host):
    # type: (Host) -> Union[Systemd, SysV]
    """The manager of a host. A host where systemd is installed but does not run is none of systemd's."""
    if host not in _managers:
        _managers[host] = Systemd(host) if host.exists("/run/systemd/system") else SysV(host)
    return _managers[host]
