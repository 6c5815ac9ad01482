"""Facts of Tomcat for the head of a report."""

from testinfra.host import Host

from baselines.mlps.reading import listed
from baselines.mlps.tomcat.instances import instances


def version(host: Host) -> str:
    """All versions that run."""
    return listed(dict.fromkeys(each.version for each in instances(host) if each.version))


def ports(host: Host) -> str:
    """The ports of the connectors."""
    return listed(f"{each.get('port', '?')}" for one in instances(host) for each in one.server.iter("Connector"))


def config(host: Host) -> str:
    """The folder of each instance."""
    return listed(each.base for each in instances(host))


FACTS = {"version": version, "address": ports, "config": config}
