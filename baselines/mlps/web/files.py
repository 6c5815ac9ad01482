"""Modes and owners of a server's files. They are not read."""

import re
from collections.abc import Collection, Iterable
from posixpath import dirname
from typing import NamedTuple

from testinfra.host import Host

from baselines.mlps.reading import lines
from baselines.mlps.web.learnt import ask
from baselines.mlps.web.seen import Seen

PATH = re.compile(r"/[A-Za-z0-9_.@+/-]+")


class Mode(NamedTuple):
    """Rights, owner and group of a file by number."""

    rights: int
    user: int
    group: int
    path: str

    def __str__(self) -> str:
        """The file as a sentence quotes it."""
        return f"{self.rights:o} {self.user}:{self.group} {self.path}"

    def is_writable(self, users: Collection[int], groups: Collection[int]) -> bool:
        """Whether one of these users can write it, or everybody; root always can."""
        owned = self.user in users and self.user != 0 and bool(self.rights & 0o200)
        shared = self.group in groups and self.group != 0 and bool(self.rights & 0o020)
        return owned or shared or bool(self.rights & 0o002)


def parsed(row: str) -> Mode | None:
    """`MODE USER GROUP PATH`, or nothing where the host could not say."""
    found = re.fullmatch(r"([0-7]{1,5}) (\d+) (\d+) (/.*\S)", row.strip())
    return Mode(int(found[1], 8), int(found[2]), int(found[3]), found[4]) if found else None


def modes(host: Host, command: str, paths: Iterable[str]) -> tuple[list[Mode], list[str]]:
    """The modes of some files, asked at once, and those that could not be told: with a variable, or not there."""
    clear, odd = askable(paths)
    rows = lines(ask(host, command, " ".join(clear))) if clear else []
    known = {each.path: each for row in rows if (each := parsed(row))}
    return list(known.values()), [*odd, *(path for path in clear if path not in known)]


def askable(paths: Iterable[str]) -> tuple[list[str], list[str]]:
    """The paths that can be the parameter of a command, and the others."""
    different = sorted(set(paths))
    clear = [each for each in different if PATH.fullmatch(each) and not re.search(r"\.\.|shadow", each)]
    return clear, [each for each in different if each not in clear]


def not_wider(found: Iterable[Mode], rights: str, folders: Iterable[Mode] = ()) -> Seen:
    """Files with no more rights than expected; in a folder that others cannot enter theirs do not matter."""
    closed = {each.path for each in folders if not each.rights & 0o007}
    seen = Seen()
    for each in found:
        expected = int(rights, 8) | (0o007 if dirname(each.path) in closed else 0)
        seen.put(str(each), good=not each.rights & ~expected & 0o777)
    return seen


def logs(host: Host, command: str, paths: Collection[str], rights: str) -> tuple[Seen, list[str]]:
    """The logs with no more rights than expected, and the paths of those that are there."""
    folders = {dirname(each) for each in paths}
    known, odd = modes(host, command, {*paths, *folders})
    files = [each for each in known if each.path not in folders]
    seen = not_wider(files, rights, [each for each in known if each.path in folders])
    seen.odd += odd
    return seen, [each.path for each in files]
