"""What people, hosts and checks said, from the data of an entry to plain values. What is not said there is empty."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Data = Mapping[str, Any]
NOT_MET = "不满足"


@dataclass(frozen=True)
class Approval:
    """A signature under the change."""

    name: str
    roles: tuple[str, ...]
    fingerprint: str
    expires: str


@dataclass(frozen=True)
class Said:
    """A check and what it said: of the gate, of a host's health, or of the action, which alone has an outcome."""

    name: str
    ok: bool
    said: str
    seconds: float | None = None
    outcome: str = ""


@dataclass(frozen=True)
class Field:
    """One field of an item, before and after."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Changed:
    """One item that a change touched: why, which fields, and the lines of a file."""

    item: str
    why: str
    fields: tuple[Field, ...]
    diff: str


@dataclass(frozen=True)
class Applied:
    """What the change did to a host."""

    ok: bool
    changes: tuple[Changed, ...]
    said: str
    code: str
    seconds: float | None
    former: str
    armed: bool
    confirmed: bool
    returned: bool


@dataclass(frozen=True)
class Returned:
    """What taking back did to a host."""

    ok: bool
    changes: tuple[Changed, ...]
    conflicts: tuple[str, ...]
    kept: tuple[str, ...]
    former: str
    now: str
    said: str
    code: str
    undo: str


def approval(data: Data) -> Approval:
    """A signature."""
    name, fingerprint, expires = (str(data.get(each) or "") for each in ("name", "fingerprint", "expires"))
    return Approval(name, tuple(data.get("roles", ())), fingerprint, expires)


def said_list(checks: Iterable[Data]) -> tuple[Said, ...]:
    """Checks of the gate or of a host's health."""
    return tuple(
        Said(
            str(each.get("check") or each.get("name") or ""),
            bool(each.get("ok")),
            str(each.get("said") or ""),
            each.get("seconds"),
        )
        for each in checks
    )


def tested(checks: Iterable[Data]) -> tuple[Said, ...]:
    """The action's checks."""
    return tuple(
        Said(
            f"{each.get('id', '')} {each.get('title', '')}".strip(),
            each.get("outcome") != NOT_MET,
            str(each.get("said") or ""),
            outcome=str(each.get("outcome") or ""),
        )
        for each in checks
    )


def applied(data: Data) -> Applied:
    """What the change did to a host."""
    said, code, former = (str(data.get(each) or "") for each in ("said", "code", "former"))
    armed, confirmed, returned = (bool(data.get(each)) for each in ("armed", "confirmed", "returned"))
    seconds, done = data.get("seconds"), changes(data)
    return Applied(bool(data.get("ok")), done, said, code, seconds, former, armed, confirmed, returned)


def returned(data: Data) -> Returned:
    """What taking back did to a host."""
    former, now, said, code, undo = (str(data.get(each) or "") for each in ("former", "now", "said", "code", "undo"))
    conflicts, kept = (tuple(_named(each) for each in data.get(side, ())) for side in ("conflicts", "kept"))
    return Returned(bool(data.get("ok")), changes(data), conflicts, kept, former, now, said, code, undo)


def _named(item: object) -> str:
    """An item, or a field of one, with the changes that touched it since."""
    if not isinstance(item, Mapping):
        return str(item)
    return " ".join(str(item[part]) for part in ("item", "field", "by") if item.get(part))


def changes(data: Data) -> tuple[Changed, ...]:
    """The items that were changed."""
    return tuple(
        Changed(
            str(each.get("item") or ""),
            str(each.get("why") or ""),
            tuple(
                Field(str(one.get("field") or ""), _value(one.get("before")), _value(one.get("after")))
                for one in each.get("fields", ())
            ),
            str(each.get("diff") or ""),
        )
        for each in data.get("changes", ())
    )


def _value(value: object) -> str:
    """A value of a field in one line."""
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
