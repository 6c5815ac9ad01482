"""What hosts and checks answered, from the data of an entry to plain values. What an answer does not say is empty."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from anwei.record.view import Applied, Approval, Changed, Field, Outcome, Returned, Said

Data = Mapping[str, Any]
NOT_MET = "不满足"
ENDINGS = {each.value: each for each in Outcome} | {
    "taken-back": Outcome.RETURNED,
    "way-back-ended": Outcome.RETURNED,
}
STATUSES = {0: Outcome.DONE, 3: Outcome.STOPPED, 4: Outcome.RETURNED, 5: Outcome.PERSON}


def outcome(data: Data) -> Outcome:
    """How a run ended, by its own word; by its exit status where that is a word of a later version."""
    status = data.get("status")
    usual = STATUSES.get(status, Outcome.UNKNOWN) if isinstance(status, int) else Outcome.UNKNOWN
    return ENDINGS.get(str(data.get("outcome")), usual)


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
