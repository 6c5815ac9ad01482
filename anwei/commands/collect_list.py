"""`anwei collect --list`: every command that may run on a host, for a person to review."""

from collections.abc import Iterator, Sequence
from typing import Any

from anwei.baseline.catalogue import Catalogue, ObjectType
from anwei.errors import Exit
from anwei.evidence.commands import Declaration
from anwei.telling import in_json
from anwei.texts import text

Lists = Sequence[tuple[ObjectType, Sequence[Declaration]]]


def run(catalogue: Catalogue, *, as_json: bool) -> int:
    """Print the list of each type of object."""
    lists = [(each, _declared(catalogue, each)) for each in catalogue.types]
    if as_json:
        print(in_json({"types": [_plain(kind, declared) for kind, declared in lists]}))
    else:
        blocks = ["\n".join(_block(kind, declared)) for kind, declared in lists]
        total = text("evidence.list-total", count=sum(len(declared) for _, declared in lists))
        print("\n\n".join([*blocks, total]))
    return Exit.GOOD


def _declared(catalogue: Catalogue, kind: ObjectType) -> list[Declaration]:
    """What is declared for a type. What a type shares with one before it stands there."""
    return [each for each in catalogue.declarations(kind.on) if each.object_type == kind.code]


def _plain(kind: ObjectType, declared: Sequence[Declaration]) -> dict[str, Any]:
    """The list of a type for a machine."""
    return {"type": kind.code, "name": kind.name, "on": kind.on, "commands": [_entry(each) for each in declared]}


def _entry(declared: Declaration) -> dict[str, Any]:
    """One command for a machine."""
    return {
        "command": declared.template,
        "seconds": declared.seconds,
        "parameters": [
            {"type": name, "pattern": form.pattern}
            for name, form in zip(declared.types, declared.parameters, strict=True)
        ],
        "first_round": [list(arguments) for arguments in declared.first_round],
    }


def _block(kind: ObjectType, declared: Sequence[Declaration]) -> Iterator[str]:
    """The list of a type for a person: its commands, then what may stand for their parameters."""
    yield text("evidence.list-heading", type=kind.code, name=kind.name, on=kind.on, count=len(declared))
    for each in declared:
        yield text("evidence.list-command", seconds=each.seconds, command=_shown(each))
        if each.first_round:
            values = "、".join(" ".join(arguments) for arguments in each.first_round)
            yield text("evidence.list-first", values=values)
    forms = {name: form.pattern for each in declared for name, form in zip(each.types, each.parameters, strict=True)}
    for name, pattern in forms.items():
        yield text("evidence.list-parameter", name=name, pattern=pattern)


def _shown(declared: Declaration) -> str:
    """The command with the types of its parameters in their places."""
    return declared.template % tuple(f"<{name}>" for name in declared.types) if declared.types else declared.template
