"""Facts of Nginx for the head of a report."""

import re

from testinfra.host import Host

from baselines.mlps.nginx.instances import COMMANDS, instances
from baselines.mlps.reading import listed, output


def versions(host: Host) -> dict[str, str]:
    """The version of each program that runs, as it is written in the program itself."""
    rows = re.findall(r"^version (\S+) (\S+) (\S+)\s*$", output(host, COMMANDS["processes"]), re.MULTILINE)
    return {program if place == "host" else f"{place}:{program}": version for place, program, version in rows}


def version(host: Host) -> str:
    """All versions that run."""
    return listed(dict.fromkeys(versions(host).values()))


def listens(host: Host) -> str:
    """The addresses that servers listen on."""
    rows = [each for one in instances(host) for server in one.servers for each in server.listens]
    return listed(dict.fromkeys(each.words[0] for each in rows if each.words))


def config(host: Host) -> str:
    """The main file of each instance."""
    return listed(each.files.main for each in instances(host))


FACTS = {"version": version, "address": listens, "config": config}
