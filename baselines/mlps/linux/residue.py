"""What former users leave behind for the next: the history of shells, and cores of programs."""

import re
from collections.abc import Sequence

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_met
from baselines.mlps.linux.shells import shell_settings
from baselines.mlps.reading import listed, output

DUMPABLE = "/proc/sys/fs/suid_dumpable"


def residue(host: Host, *, max_history: int, dumpable: Sequence[int]) -> Verdict:
    """Shells keep few lines of history, and programs with others' rights leave no core. The kernel clears pages."""
    value = int(output(host, "cat -- %s", DUMPABLE))
    rows = dict.fromkeys(shell_settings(host, "HISTSIZE") + shell_settings(host, "HISTFILESIZE"))
    said = {line: re.findall(r"\bHIST(?:FILE)?SIZE=[\"']?(-?\d*)", line) for _, line in rows}
    sizes = [size for found in said.values() for size in found]
    quoted = listed([f"fs.suid_dumpable {value}", *(f"{file}: {line}" for file, line in rows if said[line])])
    if value not in dumpable or any(size and not 0 <= int(size) <= max_history for size in sizes):
        return not_met("access.residue", rows=quoted)
    if not sizes:
        return not_met("access.history-unset", rows=quoted)
    return (met if all(sizes) else manual)("access.residue" if all(sizes) else "access.history-odd", rows=quoted)
