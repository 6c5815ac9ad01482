"""The processes of a server, as the kernel tells them: who runs them, and whether in a container of its own."""

from collections.abc import Sequence
from typing import NamedTuple

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError
from anwei.texts import text
from baselines.mlps.reading import lines, output
from baselines.mlps.web.seen import Seen

FIELDS = 6


class Process(NamedTuple):
    """One process: effective user and group by number, the program, and its words."""

    pid: str
    parent: str
    user: int
    group: int
    place: str
    program: str
    words: tuple[str, ...]

    @property
    def is_contained(self) -> bool:
        """Whether its files are those of a container, which cannot be read by their path."""
        return self.place != "host"

    def __str__(self) -> str:
        """The process as a sentence quotes it."""
        user = "root" if self.user == 0 else str(self.user)
        return f"{self.program} pid {self.pid} uid {user}" + (" container" if self.is_contained else "")


def processes(host: Host, command: str) -> list[Process]:
    """The processes that a command named: `process PID PARENT USER GROUP PLACE PROGRAM WORD…` in each line."""
    rows = [line.split() for line in lines(output(host, command)) if line.startswith("process ")]
    return [
        Process(row[0], row[1], int(row[2]), int(row[3]), row[4], row[5], tuple(row[6:])) for _, *row in rows if row[5:]
    ]


def heads(all_of_them: Sequence[Process]) -> list[Process]:
    """The processes that were not started by another of them: one for each instance."""
    known = {each.pid for each in all_of_them}
    return [each for each in all_of_them if each.parent not in known]


def readable(heads_: Sequence[Process], command: str) -> list[Process]:
    """The instances whose files can be read. One in a container keeps every verdict for a person."""
    contained = [each for each in heads_ if each.is_contained]
    if contained or not heads_:
        raise NotReadableError(command, text("verdict.web.container", rows=str(contained[0]) if contained else "-"))
    return list(heads_)


def privilege(all_of_them: Sequence[Process]) -> Seen:
    """The processes that answer requests do not run as root; one that only starts others may."""
    parents = {each.parent for each in all_of_them}
    seen = Seen()
    for each in all_of_them:
        if each.pid not in parents:
            seen.put(str(each), good=each.user != 0)
    return seen
