"""The small statement that an approver signs. It has one spelling only: what is signed is what is read."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from anwei.approval.model import PURPOSES
from anwei.canonical import canonical
from anwei.errors import BadInput
from anwei.texts import text

FORM = "anwei-approval/1"
TIME = "%Y-%m-%dT%H:%M:%SZ"
COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
DIGEST = re.compile(r"([a-z0-9]+:)?[0-9a-f]{64}")
NAME = re.compile(r"[^\s./][^\s/]{0,99}")
LONGEST_NOTE = 1000


@dataclass(frozen=True)
class Subject:
    """What an approval is about: this change, at this commit, with this plan, on this estate, for this purpose."""

    purpose: str
    change: str
    commit: str
    plan: str
    estate: str


@dataclass(frozen=True)
class Statement(Subject):
    """What an approver says. `signed` and `expires` are in UTC, to the second."""

    signed: datetime
    expires: datetime
    note: str = ""

    def __post_init__(self) -> None:
        refuse(_wrong(self.as_dict()))

    def as_dict(self) -> dict[str, str]:
        """The statement as its JSON holds it."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        times = {
            name: value.astimezone(UTC).strftime(TIME) for name, value in values.items() if isinstance(value, datetime)
        }
        return {"statement": FORM, **values, **times}

    def canonical(self) -> bytes:
        """The bytes that are signed."""
        return canonical(self.as_dict())


def parse(content: bytes) -> Statement:
    """The statement behind its bytes, which must be exactly the bytes that it would be written as."""
    statement = from_fields(strict_json(content))
    if statement.canonical() != content:
        refuse([text("approval.problem.spelling")])
    return statement


def from_fields(found: object) -> Statement:
    """The statement behind the fields of a JSON object; each field that is wrong, unknown or missing is named."""
    if not isinstance(found, Mapping):
        raise BadInput("AW-approval-statement", details=[text("approval.problem.object")])
    refuse(_wrong(found))
    values = {each.name: found[each.name] for each in fields(Statement)}
    times = {name: _time(values[name]) for name in ("signed", "expires")}
    return Statement(**{**values, **times})


def strict_json(content: bytes) -> object:
    """The value of a JSON text; a name that stands twice in an object is refused, where readers differ."""
    try:
        found: object = json.loads(content.decode(), object_pairs_hook=_distinct, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadInput("AW-approval-statement", details=[text("approval.problem.json", error=error)]) from error
    return found


def refuse(problems: Iterator[str] | list[str]) -> None:
    """Refuse a statement that has problems, with all of them."""
    if details := list(problems):
        raise BadInput("AW-approval-statement", details=details)


def _wrong(found: Mapping[str, Any]) -> Iterator[str]:
    """Everything that is wrong with the fields."""
    for name in [*FIELDS, *(name for name in found if name not in FIELDS)]:
        if name not in found:
            yield text("approval.problem.missing", field=name)
        elif name not in FIELDS:
            yield text("approval.problem.unknown", field=name)
        elif not isinstance(found[name], str) or not _is_text(found[name]) or not FIELDS[name](found[name]):
            yield text("approval.problem.value", field=name, value=repr(found[name]))


def _is_text(value: str) -> bool:
    """Whether it can be written as UTF-8 and shown as it is: no half, control or direction characters."""
    return all(character.isprintable() or character in "\n\u3000" for character in value)


def _is_short(value: str) -> bool:
    """Whether a note is of a bearable length."""
    return len(value) <= LONGEST_NOTE


def _is_time(value: str) -> bool:
    """Whether it is a moment in the one form."""
    try:
        return _time(value).strftime(TIME) == value
    except ValueError:
        return False


# A commit is named in full: a shortened id could come to mean another one.
FIELDS: Mapping[str, Callable[[str], object]] = {
    "statement": FORM.__eq__,
    "purpose": PURPOSES.__contains__,
    "change": NAME.fullmatch,
    "commit": COMMIT.fullmatch,
    "plan": DIGEST.fullmatch,
    "estate": NAME.fullmatch,
    "signed": _is_time,
    "expires": _is_time,
    "note": _is_short,
}


def _time(value: str) -> datetime:
    """The moment that is written."""
    return datetime.strptime(value, TIME).replace(tzinfo=UTC)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, unless a name stands in it twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(text("approval.problem.twice"))
    return found


def _no_constant(name: str) -> None:
    """`NaN` and its like are no JSON."""
    raise ValueError(name)
