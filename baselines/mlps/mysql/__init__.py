"""MySQL and MariaDB servers on Linux, asked over the local socket."""

from testinfra.host import Host

from baselines.mlps.mysql.server import address, instances, version
from baselines.mlps.reading import lines, output

__all__ = ["FACTS", "found"]

PROCESSES = {"mysqld", "mariadbd"}
FACTS = {"version": version, "address": address, "instances": instances}


def found(host: Host) -> bool:
    """A server process runs on the host, or in a container of it."""
    return bool(PROCESSES & set(lines(output(host, "ps -e -o comm="))))
