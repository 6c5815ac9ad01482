"""Apache Tomcat on a Linux host: every instance that runs."""

from testinfra.host import Host

from baselines.mlps.reading import lines, output
from baselines.mlps.tomcat.facts import FACTS
from baselines.mlps.tomcat.instances import running

__all__ = ["FACTS", "found"]


def found(host: Host) -> bool:
    """A Java process runs that has the folder of a Tomcat."""
    java = any(each.startswith(("java", "jsvc")) for each in lines(output(host, "ps -e -o comm=")))
    return java and bool(running(host))
