"""What no value of a request may be: too deep, too long, or nothing that JSON and files can hold."""

import numbers
import re

from hostkit.compat import PY2, escaped, native, octets, text
from hostkit.refusal import Refusal
from hostkit.schema import is_text

MYPY = False
if MYPY:
    from typing import Any, Dict, Iterable, List, Optional, Tuple

    Path = Tuple[Any, ...]
    Breach = Tuple[str, Dict[str, Any]]

DEEPEST = 20
LONGEST_TEXT = 64 << 10
LARGEST_CONTENT = 8 << 20
CONTENTS = (("content",), ("content_base64",))
LONGEST_SHOWN = 200

# Half a character; those that stand for odd bytes can be written to a file, the others cannot.
_HIGH, _LOW = escaped(r"[\ud800-\udbff](?![\udc00-\udfff])"), escaped(r"(?<![\ud800-\udbff])[\udc00-\udfff]")
_UNWRITABLE = re.compile(_HIGH + escaped(r"|(?![\udc80-\udcff])") + _LOW)
_UNREADABLE = re.compile(escaped(r"[\u0000-\u001f\u007f-\u009f]|") + _HIGH + "|" + _LOW)


def breaches(value, item, above):
    # type: (Any, str, int) -> List[Refusal]
    """All that is not to be in a value that lies so many levels down in the request."""
    if too_deep(value, DEEPEST - above):
        return [Refusal("nested-deep", item, most=DEEPEST)]
    return [Refusal(reason, item, **values) for reason, values in _breaches(value, ())]


def too_deep(value, most=DEEPEST):
    # type: (Any, int) -> bool
    """Whether mappings and lists lie deeper in each other than they may. It goes level by level, not by recursion."""
    level = [value]
    for _ in range(most):
        level = [inner for outer in level for inner in _inside(outer)]
    return any(isinstance(inner, (dict, list)) for inner in level)


def field(path):
    # type: (Iterable[Any]) -> str
    """Where in an item something is, for a person: `settings > Match User sftp > ForceCommand`."""
    return shown(" > ".join(shown(part) for part in path))


def shown(word):
    # type: (Any) -> str
    """A word of the document, fit for a message: not longer than a few lines, without what terminals obey."""
    whole = _UNREADABLE.sub(escaped(r"\ufffd"), text(word if is_text(word) else str(word)))
    return native(whole if len(whole) <= LONGEST_SHOWN else whole[:LONGEST_SHOWN] + escaped(r"\u2026"))


def _inside(value):
    # type: (Any) -> Iterable[Any]
    """The values within a value."""
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _breaches(value, path):
    # type: (Any, Path) -> List[Breach]
    """The reasons and values, in a value that is not too deep."""
    if is_text(value):
        return _of_text(value, path)
    if isinstance(value, dict):
        names = [breach for name in value for breach in _of_name(name, path)]
        return names + [breach for name in value for breach in _breaches(value[name], path + (name,))]
    if isinstance(value, list):
        return [breach for index, inner in enumerate(value) for breach in _breaches(inner, path + (index,))]
    if isinstance(value, float):
        # Neither infinite nor not a number: only those are not themselves when nothing is taken away.
        return [] if value - value == 0 else [("number-not-finite", {"field": field(path)})]
    plain = value is None or isinstance(value, numbers.Integral)
    return [] if plain else [("value-type", {"field": field(path)})]


def _of_name(name, path):
    # type: (Any, Path) -> List[Breach]
    """What is wrong with a name in a mapping. YAML makes numbers, dates and truth values of unquoted names."""
    return _of_text(name, path + (name,)) if is_text(name) else [("key-not-text", {"field": field(path + (name,))})]


def _of_text(value, path):
    # type: (Any, Path) -> List[Breach]
    """What is wrong with a text."""
    size = _bytes(value)
    if size is None:
        return [("text-broken", {"field": field(path)})]
    content = path[-1:] in CONTENTS
    most = LARGEST_CONTENT if content else LONGEST_TEXT
    size = size // 4 * 3 if path[-1:] == ("content_base64",) else size
    return [("content-large" if content else "text-long", {"field": field(path), "most": most})] if size > most else []


def _bytes(value):
    # type: (Any) -> Optional[int]
    """How many bytes a text has in a file; None when it cannot be written. Python 2 would write half a character."""
    try:
        return None if PY2 and _UNWRITABLE.search(text(value)) else len(octets(value))
    except UnicodeError:
        return None
