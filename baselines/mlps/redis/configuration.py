"""The configuration of a Redis server as it was written, with what it includes and its ACL file."""

from collections.abc import Iterator, Mapping

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError
from anwei.errors import BadInput
from anwei.texts import text
from baselines.mlps.reading import commands, output
from baselines.mlps.redis.instances import NONE

COMMANDS = commands("redis")
DEEPEST_INCLUDE = 5
# The settings of which every line counts; of others the last one does.
ADDING = ("user", "rename-command")


def asked(host: Host, name: str, path: str) -> str:
    """What a command says of a path; one of an odd form is not sent to the host."""
    try:
        return output(host, COMMANDS[name], path)
    except BadInput as refused:
        raise NotReadableError(path, str(refused).splitlines()[0]) from refused


def written(host: Host, path: str) -> Mapping[str, tuple[str, ...]] | None:
    """The settings of a configuration with what it includes; None if there is no such file to be read."""
    if path in (NONE, ""):
        return None
    found: dict[str, tuple[str, ...]] = {}
    for key, value in _lines_of(host, path, DEEPEST_INCLUDE):
        found[key] = (*found.get(key, ()), value) if key in ADDING else (value,)
    acl = found.get("aclfile", ("",))[0]
    users = tuple(value for key, value in pairs(asked(host, "configuration", acl)) if key == "user") if acl else ()
    return {**found, "user": (*found.get("user", ()), *users)}


def _lines_of(host: Host, path: str, depth: int) -> Iterator[tuple[str, str]]:
    """The settings of a file, with those of the files that it includes where it does."""
    if not depth:
        raise NotReadableError(path, text("verdict.redis.includes"))
    for key, value in pairs(asked(host, "configuration", path)):
        if key == "include":
            yield from _lines_of(host, value, depth - 1)
        else:
            yield key, value


def pairs(printed: str) -> Iterator[tuple[str, str]]:
    """Keys and values, apart by a tab; quotes around a value are taken off."""
    for line in printed.split("\n"):
        key, tab, value = line.partition("\t")
        if tab:
            yield key, value.strip("\"' \r")
