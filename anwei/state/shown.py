"""What hostkit answered, as Ansible's result and as sentences. Pure.

Hosts hide what is secret before it leaves them. What a document calls secret is hidden here once more: a checker's own
words, say, may quote a line of the file. What is hidden must still be seen to change: a reviewer decides on it.
"""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from anwei.errors import AnweiError, BadInput, Failure
from anwei.texts import text
from hostkit.shown import masked_words

Answer = Mapping[str, Any]
Document = Mapping[str, Mapping[str, Mapping[str, Any]]]

STORE = "/var/lib/anwei"
MASK = "******"
OTHER_MASK = f"{MASK} ≠"  # what a hidden value becomes where it changes
# In a diff, where the file is to have hidden values: its lines were hidden before they were compared.
MAY_DIFFER = f"\\ {MASK} may stand for another value than before\n"
SHORTEST_SECRET = 6
NO_SECRETS = ("why", "owner", "group", "mode", "type", "dialect", "validate")
PASSED_ON = ("limits", "kept", "conflicts", "undo", "fingerprint", "plan", "release", "former", "now")


def result(answer: Answer, *, with_diff: bool) -> dict[str, Any]:
    """The part of Ansible's result that an answer gives."""
    changes = answer.get("changes", [])
    shown = {"changed": bool(answer.get("changed")), "changes": changes}
    shown |= {name: answer[name] for name in PASSED_ON if answer.get(name)}
    shown |= {"returned": True} if answer.get("returned") else {}
    return shown | ({"diff": [{"prepared": diff_text(changes)}]} if with_diff and changes else {})


def summary(answer: Answer, change: str, *, foretold: bool) -> str:
    """One sentence on what was done, or would be."""
    count = len(answer.get("changes", []))
    if not count:
        return text("state.nothing")
    return text("state.foretold" if foretold else "state.done", count=count, change=change)


def diff_text(changes: Sequence[Mapping[str, Any]]) -> str:
    """Every change with its reason, its fields and its lines, as Ansible prints diffs."""
    return "".join(_one_diff(change) for change in changes)


def _one_diff(change: Mapping[str, Any]) -> str:
    """One item."""
    head = change["item"] + (f"  ({change['why']})" if change.get("why") else "")
    fields = [
        f"{sign} {each['field']}: {_value(each[side])}"
        for each in change.get("fields", [])
        for sign, side in (("-", "before"), ("+", "after"))
        if each.get(side) not in (None, "")
    ]
    return "\n".join([head, *fields, change.get("diff", "")]).rstrip("\n") + "\n"


def _value(value: object) -> str:
    """A value in one line."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def failed(status: str, answer: Answer, host: str, change: str = "") -> AnweiError | None:
    """What is to be said when the host did not do what it was asked to."""
    details = [
        sentence(each)
        for each in [*answer.get("refusals", []), *filter(None, [answer.get("failure")]), *answer.get("failures", [])]
    ]
    if status == "2":
        return BadInput("AW-host-refused", where=host, details=details)
    if answer.get("returned"):
        return Failure("AW-host-returned", where=host, details=details, change=change)
    if answer.get("conflicts"):
        details = [_conflict(each) for each in answer["conflicts"]] + details
        return Failure("AW-host-conflicts", where=host, details=details, change=change)
    if status == "0":
        return None
    if not change:
        return Failure("AW-host-failed", where=host, details=details)
    return Failure("AW-host-unfinished", where=host, details=details, undo=f"{STORE}/{change}/undo")


def _conflict(conflict: Mapping[str, str]) -> str:
    """What somebody changed since, and the later changes that touched it."""
    later = text("state.by", changes=conflict["by"]) if conflict.get("by") else ""
    return f"{conflict['item']} {conflict['field']}{later}"


def sentence(refusal: Mapping[str, Any]) -> str:
    """A refusal of hostkit in the reader's language; one that has no sentence yet, by its name."""
    values = refusal.get("values", {})
    try:
        said = text(f"hostkit.{refusal['reason']}", **values)
    except KeyError:
        words = " ".join(f"{name}={value}" for name, value in sorted(values.items()))
        said = text("state.reason", reason=refusal["reason"], values=words)
    return text("state.item", item=refusal["item"], said=said) if refusal.get("item") else said


def without_secrets(answer: Answer, document: Document) -> dict[str, Any]:
    """The answer, with what the document calls secret hidden wherever a host's words may quote it."""
    words = sorted(secret_words(document), key=len, reverse=True)
    hidden = {f"{kind}:{key}" for kind, items in document.items() for key, item in items.items() if item.get("secret")}
    clean: dict[str, Any] = {name: _cleaned(value, words) for name, value in answer.items()}
    clean["changes"] = [
        _visible(_bare(change) if change["item"] in hidden else change, document) for change in clean.get("changes", [])
    ]
    return clean


def _visible(change: Mapping[str, Any], document: Document) -> dict[str, Any]:
    """A change in which hidden values do not look as if they stayed. A field that is told at all differs."""
    fields = [
        {**each, "after": OTHER_MASK} if each["before"] == each["after"] == MASK else each
        for each in change.get("fields", [])
    ]
    kind, _, key = str(change["item"]).partition(":")
    diff = change.get("diff", "")
    may_differ = MAY_DIFFER if diff and _hides(document.get(kind, {}).get(key, {})) else ""
    return {**change, **({"fields": fields} if fields else {}), **({"diff": diff + may_differ} if diff else {})}


def _hides(wanted: Mapping[str, Any]) -> bool:
    """Whether hosts hide a part of what a file is to hold: they do it line by line, by what the line says."""
    packed = base64.b64decode(str(wanted.get("content_base64") or "")).decode(errors="replace")
    lines = [str(wanted.get("content") or ""), packed, *_assigned(wanted.get("settings") or {})]
    return MASK in masked_words("\n".join(lines))


def _assigned(settings: Mapping[str, Any]) -> list[str]:
    """Settings as lines, those of sections too."""
    inner = [line for value in settings.values() if isinstance(value, Mapping) for line in _assigned(value)]
    return [f"{name} = {value}" for name, value in settings.items() if not isinstance(value, Mapping)] + inner


def _bare(change: Mapping[str, Any]) -> dict[str, Any]:
    """A change of a secret item: which fields, and nothing of their values."""
    fields = [{**each, "before": MASK, "after": MASK} for each in change.get("fields", [])]
    return {**change, "fields": fields, "diff": ""}


def secret_words(document: Document) -> set[str]:
    """Every word in the secret items' values that is long enough to give something away."""
    items = [item for kind in document.values() for item in kind.values() if item.get("secret")]
    values = [value for item in items for name, value in item.items() if name not in NO_SECRETS]
    words = {word for value in values for each in _strings(value) for word in [each, *re.split(r"[\s=:\"',;]+", each)]}
    return {word for word in words if len(word) >= SHORTEST_SECRET}


def _strings(value: object) -> list[str]:
    """All strings within a value; names of settings are no secrets."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return [each for part in inner for each in _strings(part)]


def _cleaned(value: object, words: Sequence[str]) -> object:
    """A value of the answer with the words hidden in it; names of items stay, or nobody could tell what is meant."""
    if isinstance(value, str):
        for word in words:
            value = value.replace(word, MASK)
        return value
    if isinstance(value, Mapping):
        return {name: inner if name in ("item", "field") else _cleaned(inner, words) for name, inner in value.items()}
    return [_cleaned(inner, words) for inner in value] if isinstance(value, list | tuple) else value
