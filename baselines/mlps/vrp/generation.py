"""VRP 5 or VRP 8: the releases have like numbers, the commands differ."""

import re

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError
from anwei.texts import text
from baselines.mlps.device.configuration import Configuration
from baselines.mlps.device.reading import said

V5, V8 = 5, 8
# Words that only one generation writes.
MARKS = {
    V5: (
        r"local-user \S+ privilege level .*",
        r"ntp-service .*",
        r"interface X?GigabitEthernet0/.*",
        r"set save-configuration .*",
    ),
    V8: (
        r"local-user \S+ level \d+",
        r"ntp (?:unicast-server|server) .*",
        r"interface (?:\d+GE\S*|GE\d+/\S*|MEth0/0/0)",
        r"user-password .*|user-block .*",
        r"device board .*",
    ),
}


def generation(host: Host, found: Configuration) -> int:
    """5 or 8 by the configuration, else by `display version`."""
    lines = [each.line for each in found.everywhere()]
    counts = {
        number: sum(any(re.fullmatch(mark, line) for line in lines) for mark in MARKS[number]) for number in MARKS
    }
    if counts[V5] != counts[V8]:
        return max(counts, key=lambda number: counts[number])
    version = re.search(r"\bVersion ([58])\.\d+", said(host, "display version"))
    if not version:
        raise NotReadableError("display version", text("verdict.device.generation"))
    return int(version[1])
