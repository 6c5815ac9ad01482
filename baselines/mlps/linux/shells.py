"""What the shells of a Linux host set for everybody: idle timeout and umask.

Read from the files, since starting a login shell would run the site's scripts.
"""

import re

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_met
from baselines.mlps.linux.accounts import login_defs
from baselines.mlps.reading import commands, lines, listed, output

COMMANDS = commands("linux")


def idle_timeout(host: Host, *, max_seconds: int) -> Verdict:
    """Shells leave after idle time. Read from the files, since starting a login shell would run the site's scripts."""
    rows = shell_settings(host, "TMOUT")
    values = [int(value) for _, line in rows for value in re.findall(r"\bTMOUT=[\"']?(\d+)", line)]
    quoted = listed(f"{file}: {line}" for file, line in rows)
    if not values:
        return manual("idle.odd", lines=quoted) if rows else not_met("idle.unset")
    if len(set(values)) > 1:
        return manual("idle.several", lines=quoted)
    if not 1 <= values[0] <= max_seconds:
        return not_met("idle.value", lines=quoted)
    fixed = any(re.search(r"\b(readonly|(declare|typeset)\s+-\w*r)", line) for _, line in rows)
    return met("idle.value", lines=quoted) if fixed else manual("idle.changeable", lines=quoted)


def default_umask(host: Host, *, umask: str) -> Verdict:
    """Every umask in the shells' files takes away at least what is expected. Read from the files."""
    rows = shell_settings(host, "umask")
    masks = [mask for _, line in rows for mask in re.findall(r"\bumask\s+0*([0-7]{1,3})\b", line)]
    quoted = listed(f"{file}: {line}" for file, line in rows)
    lax = [mask for mask in masks if int(mask, 8) & int(umask, 8) != int(umask, 8)]
    if lax:
        return not_met("umask.lax", lines=quoted)
    if rows:
        return met("umask.good", lines=quoted) if len(masks) == len(rows) else manual("umask.odd", lines=quoted)
    value = login_defs(host).get("UMASK")
    return manual("umask.login-defs", value=value) if value else not_met("umask.unset")


def shell_settings(host: Host, word: str) -> list[tuple[str, str]]:
    """File and line for each line of the shells' files that has `word`."""
    parts = (line.partition(":") for line in lines(output(host, COMMANDS["shell_settings"])))
    found = ((file, " ".join(line.split())) for file, _, line in parts)
    return [(file, line) for file, line in found if re.search(rf"\b{word}\b", line.partition(" #")[0])]
