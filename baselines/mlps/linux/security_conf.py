"""The files under /etc/security that the modules for passwords and for locking read."""

import re
from typing import NamedTuple

from testinfra.host import Host

from baselines.mlps.reading import commands, lines, output

COMMANDS = commands("linux")


class Settings(NamedTuple):
    """What a file sets, and which defaults its comments name, as the file that came with the package does."""

    values: dict[str, str]
    defaults: dict[str, str]


def settings(host: Host, name: str) -> Settings:
    """The settings of one of the files and of its drop-ins, which are read before it and so count less."""
    found = Settings({}, {})
    for line in lines(output(host, COMMANDS["password_rules"])):
        path, _, said = line.partition(":")
        pair = re.fullmatch(r"(#?)\s*([a-z_]+)\s*(?:=\s*([^#]*?)\s*(?:#.*)?)?", said.strip())
        if pair and re.match(rf"/etc/security/{re.escape(name)}($|\.d/)", path):
            comment, key, value = pair.groups()
            into = found.defaults if comment else found.values
            into[key] = key if value is None else value
    return found
