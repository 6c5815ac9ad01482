"""Facts of a Linux host for the head of a report: one short line each, from the same evidence."""

import re

from testinfra.host import Host

from anwei.texts import text
from baselines.mlps.reading import commands, lines, listed, output

COMMANDS = commands("linux")


def os_name(host: Host) -> str:
    """The name that the system gives itself."""
    release = output(host, "cat -- %s", "/etc/os-release")
    pairs = dict(line.split("=", 1) for line in lines(release) if "=" in line)
    return pairs.get("PRETTY_NAME", "").strip("\"'")


def kernel(host: Host) -> str:
    """The running kernel."""
    return output(host, "uname -r").strip()


def python_versions(host: Host) -> str:
    """Every Python on the path, or that there is none."""
    versions = [line.removeprefix("Python ") for line in lines(output(host, COMMANDS["python_versions"]))]
    return listed(dict.fromkeys(versions)) or text("facts.none")


def addresses(host: Host) -> str:
    """The addresses that others can reach."""
    return listed(re.findall(r"\binet6? (\S+?)/", output(host, "ip -o addr show scope global")))


def uptime(host: Host) -> str:
    """How long ago the system was started."""
    seconds = float(output(host, "cat -- %s", "/proc/uptime").split()[0])
    return text("facts.uptime", days=int(seconds // 86400), hours=int(seconds % 86400 // 3600))


FACTS = {"system": os_name, "kernel": kernel, "python": python_versions, "address": addresses, "uptime": uptime}
