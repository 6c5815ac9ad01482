r"""Holds values against JSON Schemas: the few keywords that the schemas of hostkit use, and every problem at once.

Patterns mean what ECMA 262 says: `$` is the very end of a text, and `\d` and `\w` know ASCII only.
"""

import json
import numbers
import pkgutil
import re
from collections import namedtuple

from hostkit.compat import PY2, TEXT, escaped, plain, text

MYPY = False
if MYPY:
    from typing import Any, Callable, Dict, List, Optional, Pattern, Tuple

    Schema = Dict[str, Any]
    Path = Tuple[Any, ...]

# Where a value breaks which keyword; `word` is the name that is missing, unknown or of a wrong form; `limit` is what
# the schema says there.
Problem = namedtuple("Problem", "path keyword word limit")

_NAME = re.compile(r"\A[a-z][a-z_]*\Z")
_TYPES = {"boolean": bool, "object": dict, "array": list, "null": type(None)}
_PAIR = re.compile(escaped(r"[\ud800-\udbff][\udc00-\udfff]"))
_pages = {}  # type: Dict[str, Optional[Schema]]
_patterns = {}  # type: Dict[str, Pattern[str]]


def page(name):
    # type: (str) -> Optional[Schema]
    """The schema `schemas/<name>.json`, from the zip or the folder that this code lies in; None when there is none."""
    if name not in _pages:
        _pages[name] = _read(name) if _NAME.match(name) else None
    return _pages[name]


def demanded(name):
    # type: (str) -> Schema
    """A schema that is part of hostkit."""
    found = page(name)
    if found is None:
        raise LookupError(name)
    return found


def problems(value, schema, path=()):
    # type: (Any, Schema, Path) -> List[Problem]
    """Everything in a value that breaks a schema."""
    found = [
        Problem(path, keyword, "", limit)
        for keyword, limit in sorted(schema.items())
        if keyword in _HOLDS and not _HOLDS[keyword](value, limit)
    ]
    if isinstance(value, dict):
        found += _in_mapping(value, schema, path)
    if isinstance(value, list) and "items" in schema:
        for index, inner in enumerate(value):
            found += problems(inner, schema["items"], path + (index,))
    return found


def is_text(value):
    # type: (Any) -> bool
    """Whether a value is a string of this Python or of JSON."""
    return isinstance(value, (TEXT, str))


def _read(name):
    # type: (str) -> Optional[Schema]
    """A schema as it was shipped."""
    try:
        content = pkgutil.get_data("hostkit", "schemas/%s.json" % name)
    except (IOError, OSError):
        return None
    return dict(plain(json.loads((content or b"").decode("utf-8"))))


def _in_mapping(value, schema, path):
    # type: (Dict[Any, Any], Schema, Path) -> List[Problem]
    """What breaks the keywords that look at the names and values of a mapping."""
    known = schema.get("properties", {})
    found = [Problem(path, "required", name, None) for name in schema.get("required", []) if name not in value]
    for name, inner in value.items():
        if name in known:
            found += problems(inner, known[name], path + (name,))
        elif schema.get("additionalProperties") is False:
            found.append(Problem(path, "additionalProperties", name, sorted(known)))
        else:
            found += problems(inner, schema.get("additionalProperties", {}), path + (name,))
        if problems(name, schema.get("propertyNames", {})):
            found.append(Problem(path, "propertyNames", name, schema["propertyNames"]))
    return found


def _is(value, name):
    # type: (Any, str) -> bool
    """Whether a value is of a type. True and false are no numbers, and 1.0 is an integer."""
    if name == "integer":
        whole = isinstance(value, numbers.Integral) or (isinstance(value, float) and value.is_integer())
        return whole and not isinstance(value, bool)
    if name == "number":
        return isinstance(value, numbers.Real) and not isinstance(value, bool)
    if name == "string":
        return is_text(value)
    return isinstance(value, _TYPES[name])


def _same(value, other):
    # type: (Any, Any) -> bool
    """Whether two plain values are the same; to Python, 1 is True."""
    return bool(value == other) and isinstance(value, bool) == isinstance(other, bool)


def _length(value):
    # type: (Any) -> int
    """How many characters a text has; some builds of Python 2 count rare ones twice."""
    whole = text(value)
    return len(whole) - (len(_PAIR.findall(whole)) if PY2 else 0)


def _fits(value, pattern):
    # type: (Any, str) -> bool
    """Whether a text holds what a pattern describes."""
    if pattern not in _patterns:
        ends = pattern.endswith("$") and not pattern.endswith("\\$")
        _patterns[pattern] = re.compile(text(pattern[:-1] + "\\Z" if ends else pattern), getattr(re, "ASCII", 0))
    return _patterns[pattern].search(text(value)) is not None


_HOLDS = {
    "type": lambda value, names: any(_is(value, name) for name in (names if isinstance(names, list) else [names])),
    "enum": lambda value, choices: any(_same(value, choice) for choice in choices),
    "const": _same,
    "pattern": lambda value, pattern: not is_text(value) or _fits(value, pattern),
    "minLength": lambda value, least: not is_text(value) or _length(value) >= least,
    "maxLength": lambda value, most: not is_text(value) or _length(value) <= most,
    "minimum": lambda value, least: not _is(value, "number") or not value < least,
    "maximum": lambda value, most: not _is(value, "number") or not value > most,
    "maxItems": lambda value, most: not isinstance(value, list) or len(value) <= most,
    "minProperties": lambda value, least: not isinstance(value, dict) or len(value) >= least,
    "anyOf": lambda value, ways: any(not problems(value, way) for way in ways),
    "oneOf": lambda value, ways: len([way for way in ways if not problems(value, way)]) == 1,
    "not": lambda value, way: bool(problems(value, way)),
}  # type: Dict[str, Callable[[Any, Any], bool]]
KEYWORDS = frozenset(_HOLDS) | frozenset(
    ["description", "properties", "required", "additionalProperties", "items", "propertyNames"]
)
