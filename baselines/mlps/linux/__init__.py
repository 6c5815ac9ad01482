"""Linux servers of the RedHat and Debian families."""

from testinfra.host import Host

from baselines.mlps.linux.facts import FACTS

__all__ = ["FACTS", "found"]


def found(_host: Host) -> bool:
    """The host is the object."""
    return True
