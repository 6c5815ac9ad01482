"""What runs on a Linux host, by the names of its processes."""

from collections.abc import Sequence

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError
from anwei.texts import text
from baselines.mlps.reading import lines, output

COMMAND = "ps -e -o comm="
# What the kernel keeps of a name. systemd-journal-upload cannot be told from journald, so it is in no list.
LONGEST = 15


def running(host: Host) -> set[str]:
    """The names of all processes, cut by the kernel after 15 characters. A whole list holds ps itself."""
    names = set(lines(output(host, COMMAND)))
    if "ps" not in names:
        raise NotReadableError(COMMAND, text("verdict.watch.no-ps"))
    return names


def among(host: Host, names: Sequence[str]) -> list[str]:
    """Those of the names that a process has."""
    found = running(host)
    return [name for name in names if name[:LONGEST] in found]
