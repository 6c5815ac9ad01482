"""What every check needs to read an object: the output of a command or a reason, its lines, and things in a row.

What could not be read is never a finding: `output` raises, and the result is for a person to look at.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from testinfra.backend.base import CommandResult
from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError
from anwei.evidence.commands import named
from anwei.texts import text

MISSING = 127


def commands(object_type: str) -> Mapping[str, str]:
    """The commands of an object type that have a name in its `commands.yml`: those too long to write twice."""
    return named(Path(__file__).parent / object_type / "commands.yml")


def output(host: Host, command: str, *arguments: str) -> str:
    """What a command printed; a missing command or one that was refused cannot be judged."""
    result = ran(host, command, *arguments)
    if result.rc != 0 or "denied" in result.stderr:
        raise NotReadableError(result.command.decode(), why(result))
    return str(result.stdout)


def ran(host: Host, command: str, *arguments: str) -> CommandResult:
    """A command that was found on the host."""
    result = host.run(command, *arguments)
    if result.rc == MISSING:
        raise NotReadableError(result.command.decode(), text("verdict.missing"))
    return result


def why(result: CommandResult) -> str:
    """Why a command gave nothing: its first words of complaint, or its exit status."""
    words = lines(result.stderr)
    return words[0] if words else text("verdict.status", status=result.rc)


def lines(printed: str) -> list[str]:
    """The lines of an output that hold something, also of files that were edited on Windows."""
    return [line.strip() for line in printed.splitlines() if line.strip()]


def listed(items: Iterable[object]) -> str:
    """Some things in a row, as a sentence lists them."""
    return "、".join(map(str, items))
