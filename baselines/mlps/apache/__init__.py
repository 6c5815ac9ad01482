"""Apache httpd on a Linux host."""

from testinfra.host import Host

from baselines.mlps.apache.facts import FACTS
from baselines.mlps.reading import lines, output

__all__ = ["FACTS", "found"]

NAMES = ("apache2", "httpd", "httpd-prefork", "httpd2-prefork", "httpd-worker", "httpd.worker")


def found(host: Host) -> bool:
    """Apache runs."""
    return any(each in NAMES for each in lines(output(host, "ps -e -o comm=")))
