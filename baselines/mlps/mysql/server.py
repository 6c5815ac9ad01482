"""What a MySQL or MariaDB server says of itself: answers of statements as rows, its variables, its facts."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from testinfra.backend.base import CommandResult
from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError
from anwei.texts import text
from baselines.mlps.reading import MISSING, commands, lines, output, why

COMMANDS = commands("mysql")
PROCESSES = ("mysqld", "mariadbd")
# No database, unknown column, syntax, unknown table in information_schema, no such table, no such function.
NOT_IN_THIS_VERSION = re.compile(r"^ERROR (1046|1054|1064|1109|1146|1305) ", re.MULTILINE)


class Process(NamedTuple):
    """A server process and the user that it has the rights of."""

    uid: int
    name: str


def rows(host: Host, name: str, width: int) -> list[list[str]]:
    """The rows that a statement gave."""
    found = rows_if_known(host, name, width)
    if found is None:
        raise NotReadableError(statement(name), complaint(asked(host, name)))
    return found


def rows_if_known(host: Host, name: str, width: int) -> list[list[str]] | None:
    """The rows that a statement gave, or None when the server's version does not know what it asks for.

    Columns are apart by tabs. They are not stripped, since the name of an anonymous account is empty.
    """
    result = asked(host, name)
    if result.rc != 0 and NOT_IN_THIS_VERSION.search(result.stderr):
        return None
    if result.rc != 0:
        raise NotReadableError(statement(name), complaint(result))
    table = [line.removesuffix("\r").split("\t") for line in result.stdout.split("\n") if line.strip("\r")]
    if any(len(row) != width for row in table):
        raise ValueError(next(row for row in table if len(row) != width))
    return table


def variables(host: Host) -> Mapping[str, str]:
    """The global variables that are asked for, as they are in force. One that this version lacks is not there."""
    found = {name.lower(): value for name, value in rows(host, "variables", 2)}
    if "version" not in found:
        raise NotReadableError(statement("variables"), text("verdict.not-printed", setting="version"))
    return found


def is_on(value: str) -> bool:
    """Whether a variable is on, in the ways that versions write it."""
    return value.upper() in ("ON", "1", "YES", "TRUE")


def is_mariadb(settings: Mapping[str, str]) -> bool:
    """Whether the server is MariaDB."""
    return "mariadb" in settings["version"].lower()


def processes(host: Host) -> list[Process]:
    """The server processes of the host."""
    words = [line.split(None, 1) for line in lines(output(host, "ps -e -o uid= -o comm="))]
    found = [Process(int(row[0]), row[1]) for row in words if len(row) > 1 and row[1] in PROCESSES]
    if not found:
        raise NotReadableError("ps -e -o uid= -o comm=", text("verdict.mysql.no-process"))
    return found


def complaint(result: CommandResult) -> str:
    """Why a statement gave nothing: the server's own words; some clients repeat the statement before them."""
    error = re.search(r"^ERROR .*", result.stderr, re.MULTILINE)
    return error[0].strip() if error else why(result)


def statement(name: str) -> str:
    """A statement as a sentence names it, without the client that brings it and without its conditions."""
    return COMMANDS[name].partition('"')[2].partition('"')[0].partition(" WHERE ")[0]


def asked(host: Host, name: str) -> CommandResult:
    """What the client said to a statement; it ends with 127 where there is no client."""
    result = host.run(COMMANDS[name])
    if result.rc == MISSING:
        raise NotReadableError(statement(name), text("verdict.mysql.no-client"))
    return result


def version(host: Host) -> str:
    """Product and version."""
    settings = variables(host)
    return f"{'MariaDB' if is_mariadb(settings) else 'MySQL'} {settings['version']}"


def address(host: Host) -> str:
    """Where the server that answered listens."""
    settings = variables(host)
    if is_on(settings.get("skip_networking", "")):
        return text("verdict.mysql.no-network")
    return f"{settings.get('bind_address') or '*'}:{settings.get('port', '')}"


def instances(host: Host) -> str:
    """That more servers run than the one behind the default socket; nothing where there is one."""
    count = len(processes(host))
    return text("verdict.mysql.instances", count=count) if count > 1 else ""
