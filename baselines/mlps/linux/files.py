"""Modes and owners of files on a Linux host. They are not read."""

import re
from collections.abc import Mapping

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_met
from baselines.mlps.reading import commands, listed, ran, why

COMMANDS = commands("linux")


def file_modes(host: Host, *, modes: Mapping[str, str]) -> Verdict:
    """The account files and sshd_config belong to root, with no more rights than expected. They are not read."""
    result = ran(host, COMMANDS["modes"])
    rows = re.findall(r"^([0-7]+) (\S+) (\S+) (/\S+)\s*$", result.stdout, re.MULTILINE)
    quoted = {name: f"{mode} {user}:{group} {name}" for mode, user, group, name in rows}
    too_open = [name for mode, user, _, name in rows if int(mode, 8) & ~int(modes[name], 8) or user != "root"]
    if too_open:
        return not_met("modes.open", rows=listed(quoted[name] for name in too_open))
    unseen = [name for name in modes if name not in quoted]
    if unseen:
        return manual("modes.unseen", names=listed(unseen), why=why(result))
    return met("modes.good", rows=listed(quoted.values()))
