"""H3C devices with Comware 7 and 5: hosts of their own, without a shell."""

from testinfra.host import Host

from baselines.mlps.device.facts import FACTS

__all__ = ["FACTS", "found"]


def found(_host: Host) -> bool:
    """The host is the object."""
    return True
