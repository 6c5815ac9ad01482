"""Facts of Apache for the head of a report."""

from testinfra.host import Host

from baselines.mlps.apache.instances import instances, versions
from baselines.mlps.reading import listed


def version(host: Host) -> str:
    """All versions that run."""
    return listed(dict.fromkeys(versions(host).values()))


def listens(host: Host) -> str:
    """The ports that are opened."""
    rows = [each.words[0] for one in instances(host) for each in one.all("listen") if each.words]
    return listed(dict.fromkeys(rows))


def config(host: Host) -> str:
    """The main file of each instance."""
    return listed(each.files.main for each in instances(host))


FACTS = {"version": version, "address": listens, "config": config}
