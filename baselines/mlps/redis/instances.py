"""The Redis servers that run on a host, with what their files say and what they tell without a password."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError
from anwei.texts import text
from baselines.mlps.reading import commands, output

COMMANDS = commands("redis")
NONE = "-"
START, MODE, UNREAD = "server", "mode", "unread"


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

    def __str__(self) -> str:
        """The server as a sentence names it."""
        return self.listen if self.listen != NONE else f"PID {self.pid}"


@dataclass(frozen=True)
class Written:
    """What is known of a server from the host's files: settings by key, modes of files, what could not be read."""

    instance: Instance
    settings: dict[str, list[str]] = field(default_factory=dict)

    @property
    def unread(self) -> str:
        """Why its settings are not known, if they are not."""
        if self.instance.place != "host":
            return text("verdict.redis.container")
        if self.instance.file == NONE:
            return text("verdict.redis.no-file")
        missing = self.settings.get(UNREAD)
        return text("verdict.redis.unread", file=missing[0]) if missing else ""


def found_servers(host: Host) -> list[Written]:
    """The servers of the host."""
    servers: list[Written] = []
    for key, value in _pairs(output(host, COMMANDS["servers"])):
        if key == START:
            servers.append(_server(value))
        else:
            servers[-1].settings.setdefault(key, []).append(value)
    if not servers:
        raise NotReadableError("redis-server", text("verdict.redis.no-process"))
    return servers


def told(host: Host) -> Mapping[str, Mapping[str, str]]:
    """What the servers tell without a password, by where they listen; nothing if they cannot be asked."""
    result = host.run(COMMANDS["told"])
    servers: dict[str, dict[str, str]] = {}
    for key, value in _pairs(result.stdout if result.rc == 0 else ""):
        if key == START:
            last = servers.setdefault(value, {})
        else:
            last[key] = value
    return servers


def _server(words: str) -> Written:
    """The line that a server begins with."""
    row = words.split()
    if len(row) != len(Instance._fields):
        raise ValueError(words)
    return Written(Instance(*row))


def _pairs(printed: str) -> Iterator[tuple[str, str]]:
    """Keys and values, apart by a tab; quotes around a value are taken off."""
    for line in printed.split("\n"):
        key, tab, value = line.partition("\t")
        if tab:
            yield key, value.strip("\"' \r")
        elif line.strip():
            raise ValueError(line)
