"""Redis servers on Linux: all that run on a host are one object."""

from testinfra.host import Host

from baselines.mlps.reading import lines, output
from baselines.mlps.redis.server import address, version

__all__ = ["FACTS", "found"]

FACTS = {"version": version, "address": address}


def found(host: Host) -> bool:
    """A server process runs on the host, or in a container of it."""
    return "redis-server" in lines(output(host, "ps -e -o comm="))
