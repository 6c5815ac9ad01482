"""The Redis servers that run on a host."""

from typing import NamedTuple

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError
from anwei.texts import text
from baselines.mlps.reading import commands, lines, output

COMMANDS = commands("redis")
NONE = "-"


class Instance(NamedTuple):
    """One server process. `file` is its configuration, by what `source` says; a dash stands for what is not known."""

    pid: str
    uid: str
    place: str
    listen: str
    unit: str
    source: str
    file: str
    version: str

    @property
    def address(self) -> str:
        """The address to ask it by."""
        address = self.listen.rpartition(":")[0]
        return "127.0.0.1" if address in ("", "*", "0.0.0.0", "::") else address  # noqa: S104  # what it listens on

    def __str__(self) -> str:
        """The server as a sentence names it."""
        return self.listen if self.listen != NONE else f"PID {self.pid}"


def instances(host: Host) -> list[Instance]:
    """The servers of the host."""
    words = [line.split() for line in lines(output(host, COMMANDS["instances"]))]
    if not words:
        raise NotReadableError(COMMANDS["instances"], text("verdict.redis.no-process"))
    odd = [" ".join(row) for row in words if len(row) != len(Instance._fields)]
    if odd:
        raise ValueError(odd[0])
    return [Instance(*row) for row in words]
