"""Huawei devices with VRP 5 (S, AR, USG) and VRP 8 (CE, NE): hosts of their own, without a shell."""

from testinfra.host import Host

from baselines.mlps.device.facts import FACTS

__all__ = ["FACTS", "found"]


def found(_host: Host) -> bool:
    """The host is the object."""
    return True
