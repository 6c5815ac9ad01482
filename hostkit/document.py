"""State documents and the requests that bring them: reading, checking, merging.

The control node and the host run the same checks, so what is refused is refused before a host is asked.
"""

import json
import re
import sys

from hostkit import fileitem, footprints, limits, nesting, pathname, schema
from hostkit.compat import canonical, native, plain
from hostkit.limits import field, shown
from hostkit.refusal import Refusal, Refusals
from hostkit.store import is_change

MYPY = False
if MYPY:
    from typing import Any, Callable, Dict, Iterable, List, Optional, Tuple

    from hostkit.schema import Problem, Schema

    Wanted = Dict[str, Any]
    Document = Dict[str, Dict[str, Wanted]]
    Item = Tuple[str, str, Wanted]

MOST_ITEMS = 20000
# How far below the request an item's fields lie: request, document, kind, item.
LEVELS_ABOVE = 3
NEEDS = {
    "apply": ("document", "change"), "back": ("change",), "confirm": ("change", "confirmation"), "diff": ("document",),
    "fingerprint": ("document",), "read": ("document",),
}  # fmt: skip
# What a broken keyword is called, and what the schema's word at that place means.
REASONS = {
    "type": ("field-type", "wanted"), "enum": ("field-choice", "choices"), "const": ("field-choice", "choices"),
    "pattern": ("field-form", "form"), "minLength": ("field-short", "least"), "maxLength": ("field-long", "most"),
    "minimum": ("number-small", "least"), "maximum": ("number-large", "most"), "maxItems": ("list-long", "most"),
    "minProperties": ("mapping-small", "least"), "required": ("field-missing", ""), "propertyNames": ("name-form", ""),
    "additionalProperties": ("field-unknown", "known"),
}  # fmt: skip
# Mistakes that have a sentence of their own, by field and keyword.
OWN_REASONS = {
    ("mode", "type"): "mode-not-text", ("mode", "pattern"): "mode-form", ("acl", "pattern"): "acl-form",
    ("selinux", "pattern"): "selinux-form",
}  # fmt: skip


def loads(content):
    # type: (bytes) -> Any
    """A request from JSON, with native strings. What is no JSON, or means two things at once, is refused."""
    twice = []  # type: List[Refusal]

    def mapping(pairs):
        # type: (List[Tuple[Any, Any]]) -> Dict[Any, Any]
        """A mapping; names that come twice are noted."""
        found = {}  # type: Dict[Any, Any]
        for name, value in pairs:
            if name in found:
                twice.append(Refusal("json-name-twice", name=shown(name)))
            found[name] = value
        return found

    # Python 2.6 cannot tell: there the last of the two counts. The control node has looked before.
    hook = {"object_pairs_hook": mapping} if sys.version_info >= (2, 7) else {}  # type: Dict[str, Any]
    value = _parsed(content, hook)
    if twice:
        raise Refusals(_in_order(twice))
    if limits.too_deep(value):
        raise Refusals([Refusal("nested-deep", most=limits.DEEPEST)])
    return plain(value)


def check(request):
    # type: (Any) -> None
    """Refuse a request for everything that is wrong with it whatever the host is like."""
    if not isinstance(request, dict):
        raise Refusals([Refusal("request-type")])
    found = _request(request)
    if isinstance(request.get("document"), dict):
        found += _document(request["document"], request.get("footprint"))
    if found:
        raise Refusals(_in_order(found))


def merge(first, second):
    # type: (Document, Document) -> Document
    """Both documents in one; where they want different things, the item and the field are named and refused."""
    return gathered(items(first) + items(second), set(first) | set(second))


def gathered(parts, kinds=()):
    # type: (Iterable[Item], Iterable[str]) -> Document
    """A document of items; those that meet are merged field by field."""
    whole = dict((kind, {}) for kind in kinds)  # type: Document
    for kind, key, wanted in parts:
        there = whole.setdefault(kind, {})
        there[key] = _merged(there[key], wanted, name(kind, key)) if key in there else wanted
    return whole


def items(document):
    # type: (Document) -> List[Item]
    """All items, in an order that does not depend on how they were written."""
    return [(kind, key, document[kind][key]) for kind in sorted(document) for key in sorted(document[kind])]


def name(kind, key):
    # type: (str, str) -> str
    """An item's name in answers and journals."""
    return "%s:%s" % (kind, key)


def _in_order(refusals):
    # type: (List[Refusal]) -> List[Refusal]
    """The same order on every Python; each once."""
    told = dict(((one.item, one.reason, canonical(one.values)), one) for one in refusals)
    return [told[words] for words in sorted(told)]


def _parsed(content, hook):
    # type: (bytes, Dict[str, Any]) -> Any
    """The value that JSON means."""
    try:
        return json.loads(content.decode("utf-8"), parse_constant=_no_number, **hook)
    except UnicodeDecodeError as error:
        raise Refusals([Refusal("json-encoding", place=error.start)])
    except Refusal as refusal:
        raise Refusals([refusal])
    except ValueError as error:
        # Only the place is told: what stands there may be a secret.
        place = re.search(r"\(char (\d+)", str(error))
        raise Refusals([Refusal("json-malformed", place=int(place.group(1)) if place else "?")])
    except (RuntimeError, MemoryError):  # Python's own limit; ours is far below
        raise Refusals([Refusal("nested-deep", most=limits.DEEPEST)])


def _no_number(word):
    # type: (str) -> None
    """NaN and infinities, which Python takes and JSON does not have."""
    raise Refusal("number-not-finite", field=native(word))


def _request(request):
    # type: (Dict[Any, Any]) -> List[Refusal]
    """What is wrong with a request, but for the items of its document."""
    rest = dict(request)
    if isinstance(rest.get("document"), dict):
        rest["document"] = {}
    found = limits.breaches(rest, "", 0)
    if found:
        return found
    broken = schema.problems(rest, schema.demanded("request"))
    found = [_refusal(problem, "") for problem in broken if problem.path != ("change",)]
    change = rest.get("change", "unnamed")
    if not schema.is_text(change) or not is_change(change):
        # Pythons write numbers differently, JSON does not.
        found.append(Refusal("change-name", change=shown(change if schema.is_text(change) else canonical(change))))
    verb = str(rest.get("verb"))
    return found + [Refusal("verb-needs", verb=verb, field=word) for word in NEEDS.get(verb, ()) if word not in rest]


def _document(document, footprint):
    # type: (Dict[Any, Any], Any) -> List[Refusal]
    """What is wrong with a document."""
    if _size(document) > MOST_ITEMS:
        return [Refusal("document-large", most=MOST_ITEMS)]
    found = []  # type: List[Refusal]
    readable = {}  # type: Document
    for kind, things in document.items():
        page = _kind(kind)
        if page is None:
            found.append(Refusal("kind-unknown", kind=shown(kind)))
        elif not isinstance(things, dict):
            found.append(Refusal("kind-type", kind=kind))
        else:
            found += [refusal for key in things for refusal in _item(kind, key, things[key], page)]
            readable[kind] = _readable(things)
    return found + nesting.refusals(readable.get("file", {})) + footprints.refusals(readable, footprint)


def _readable(things):
    # type: (Dict[Any, Any]) -> Dict[str, Wanted]
    """The items that can be looked at beside each other, wrong as they may be."""
    return dict((key, things[key]) for key in things if schema.is_text(key) and isinstance(things[key], dict))


def _size(document):
    # type: (Dict[Any, Any]) -> int
    """How many items a document has; what a tree names counts."""
    things = [thing for kind in document.values() if isinstance(kind, dict) for thing in kind.values()]
    trees = [thing.get("tree") for thing in things if isinstance(thing, dict)]
    return len(things) + sum(len(tree) for tree in trees if isinstance(tree, dict))


def _kind(kind):
    # type: (Any) -> Optional[Schema]
    """The schema of a kind; None when there is no such kind."""
    return schema.page(kind) if schema.is_text(kind) and kind != "request" else None


def _item(kind, key, wanted, page):
    # type: (str, Any, Any, Schema) -> List[Refusal]
    """What is wrong with an item."""
    item = name(kind, shown(key))
    found = _key(kind, key, page, item)
    breaches = limits.breaches(wanted, item, LEVELS_ABOVE)
    if breaches:
        return found + breaches
    if not isinstance(wanted, dict):
        return found + [Refusal("item-type", item)]
    if kind == "file":
        return found + _file(key, wanted, page, item)
    return found + _fields(wanted, page, item)


def _key(kind, key, page, item):
    # type: (str, Any, Schema, str) -> List[Refusal]
    """What is wrong with an item's name."""
    if not schema.is_text(key):
        return [Refusal("key-not-text", item, field=shown(key))]
    broken = limits.breaches(key, item, 0)
    if broken or kind == "file":
        return broken or pathname.refusals(key, item)
    return [_refusal(problem, item, "key") for problem in schema.problems(key, page.get("x-key", {}))]


def _fields(wanted, page, item):
    # type: (Wanted, Schema, str) -> List[Refusal]
    """What is wrong with an item's fields."""
    found = [_refusal(problem, item) for problem in schema.problems(wanted, page)]
    return found or [Refusal("contradiction", item, field=word) for word in _in_both(wanted)]


def _in_both(wanted):
    # type: (Wanted) -> List[str]
    """The words that an item wants and does not want."""
    return sorted(shown(word) for word in set(wanted.get("with", [])) & set(wanted.get("without", [])))


def _file(key, wanted, page, item):
    # type: (Any, Wanted, Schema, str) -> List[Refusal]
    """What is wrong with a file's fields, and with those of the files in its tree."""
    found = _of_file(wanted, page, item)
    for path, inner in fileitem.reached(key, wanted)[1:]:
        item = name("file", shown(path))
        found += pathname.inner_refusals(key, path, item)
        found += [Refusal("tree-nested", item, field=word) for word in fileitem.OF_A_FOLDER if word in inner]
        found += _of_file(inner, page, item)
    return found


def _of_file(wanted, page, item):
    # type: (Wanted, Schema, str) -> List[Refusal]
    """What is wrong with one file's fields."""
    found = _fields(wanted, page, item) + fileitem.refusals(wanted, item)
    return found or fileitem.of_values(wanted, item)


def _refusal(problem, item, above=""):
    # type: (Problem, str, str) -> Refusal
    """A broken keyword as a refusal. The value itself is not told: it may be a secret."""
    path = ((above,) if above else ()) + problem.path + ((problem.word,) if problem.word else ())
    names = [part for part in problem.path if schema.is_text(part)]
    if names[:1] == ["settings"] and len(names) > 1:
        return Refusal("setting-not-text", item, name=shown(names[-1]))
    own = OWN_REASONS.get((names[-1] if names else "", problem.keyword))
    if own:
        return Refusal(own, item, field=field(path))
    reason, label = REASONS.get(problem.keyword, ("field-shape", "form"))
    limit = problem.limit if reason != "field-shape" else {problem.keyword: problem.limit}
    return Refusal(reason, item, field=field(path), **({label: _words(limit)} if label else {}))


def _words(limit):
    # type: (Any) -> Any
    """What a schema demands, in one line."""
    if isinstance(limit, list):
        return ", ".join(str(word) for word in limit)
    return canonical(limit) if isinstance(limit, dict) else limit


def _merged(first, second, item, path=()):
    # type: (Wanted, Wanted, str, Tuple[str, ...]) -> Wanted
    """One item of two: what either says, where the other does not say otherwise.

    The same within a field, where `path` leads: settings and their sections, trees, attributes.
    """
    whole = dict(first)
    for word in sorted(second):
        inner = whole.setdefault(word, second[word])
        if word in UNITED and not path:
            whole[word] = UNITED[word](inner, second[word])
        elif isinstance(inner, dict) and isinstance(second[word], dict):
            whole[word] = _merged(inner, second[word], item, path + (word,))
        elif inner != second[word]:
            raise Refusal("contradiction", item, field=field(path + (word,)))
    for word in [] if path else _in_both(whole):
        raise Refusal("contradiction", item, field=word)
    return whole


def _all_words(first, second):
    # type: (List[str], List[str]) -> List[str]
    """The words of both lists. Equal lists stay as they are written, so that nothing changes by itself."""
    return first if first == second else sorted(set(first) | set(second))


def _all_reasons(first, second):
    # type: (str, str) -> str
    """The reasons of both."""
    return first if first == second else "; ".join(_all_words(first.split("; "), second.split("; ")))


UNITED = {
    "with": _all_words, "without": _all_words, "why": _all_reasons,
}  # type: Dict[str, Callable[[Any, Any], Any]]  # fmt: skip
