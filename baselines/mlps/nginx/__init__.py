"""Nginx, and what is built from it (OpenResty, Tengine), on a Linux host."""

from testinfra.host import Host

from baselines.mlps.nginx.facts import FACTS
from baselines.mlps.reading import lines, output

__all__ = ["FACTS", "found"]


def found(host: Host) -> bool:
    """Nginx runs."""
    return "nginx" in lines(output(host, "ps -e -o comm="))
