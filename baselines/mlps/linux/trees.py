"""Files that others than root may write, that belong to nobody, or that lend their owner's rights."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError, Verdict, manual, met, not_met
from anwei.texts import text
from baselines.mlps.reading import commands, lines, listed, output

COMMANDS = commands("linux")
MODE = re.compile(r"([0-7]+) (\S+) (\S+) (/.*)")
GROUP_OR_OTHERS_WRITE = 0o022


class Found(NamedTuple):
    """Mode, owner and group of a file."""

    mode: int
    user: str
    group: str
    path: str

    def __str__(self) -> str:
        """The file as a sentence quotes it."""
        return f"{self.mode:o} {self.user}:{self.group} {self.path}"


def modes(printed: str) -> list[Found]:
    """The files in an answer of stat."""
    rows = (MODE.fullmatch(line) for line in lines(printed))
    return [Found(int(row[1], 8), row[2], row[3], row[4]) for row in rows if row]


def searched(host: Host, name: str) -> list[str]:
    """What a search found; its first line is the program that searched."""
    rows = lines(output(host, COMMANDS[name]))
    if not rows or not rows[0].startswith("/"):
        raise NotReadableError(COMMANDS[name], text("verdict.no-heading"))
    return rows[1:]


def unowned_files(host: Host) -> Verdict:
    """No file belongs to an account or group that is gone."""
    found = searched(host, "unowned")
    return not_met("access.unowned", rows=listed(found)) if found else met("access.no-unowned")


def setuid_files(host: Host, *, unsafe: Sequence[str]) -> Verdict:
    """All files that run with others' rights came with packages; a site's own are for a person to know."""
    found = modes("\n".join(searched(host, "setuid")))
    open_ones = [each for each in found if each.mode & GROUP_OR_OTHERS_WRITE or each.path.startswith(tuple(unsafe))]
    if open_ones:
        return not_met("access.setuid-open", rows=listed(open_ones))
    return manual("access.setuid", rows=listed(found)) if found else met("access.no-setuid")


def policy_writers(host: Host) -> Verdict:
    """Only root can change where access is decided: sudo, cron, PAM, units. Access lists are for a person to read."""
    rows = lines(output(host, COMMANDS["policy_writers"]))
    count = re.fullmatch(r"seen (\d+)", rows[-1]) if rows else None
    if not count or count[1] == "0":
        raise NotReadableError("ls -ldn", text("verdict.access.no-lines"))
    writable = [row for row in rows[:-1] if _is_open(row)]
    if writable:
        return not_met("access.policy-open", rows=listed(writable))
    if len(rows) > 1:
        return manual("access.policy-list", rows=listed(rows[:-1]))
    return met("access.policy", count=count[1])


def key_files(host: Host, *, groups: Sequence[str]) -> Verdict:
    """Private keys can be read by root alone, or by the group that is made for them."""
    found = modes(output(host, COMMANDS["key_modes"]))
    if not found:
        return manual("access.no-keys")
    bad = [each for each in found if each.mode & 0o037 or (each.mode & 0o040 and each.group not in groups)]
    return not_met("access.key-open", rows=listed(bad)) if bad else met("access.keys", rows=listed(found))


def _is_open(row: str) -> bool:
    """Whether a line of ls is about a file that belongs to another than root, or that others or a group may write."""
    mode, _, user, group = row.split()[:4]
    return user != "0" or mode[8] == "w" or (mode[5] == "w" and group != "0" and not mode.endswith("+"))
