"""Text from hosts, made safe to show: nothing that moves the cursor, turns the line around or hides stays as it is.

A host under assessment may be broken or hostile. Its output must not be able to draw over the page, to show the
reader another order of characters than the evidence has, or to push the rest of the page out of sight.
"""

import json
import re
import unicodedata

from anwei.texts import text

LONGEST = 1000

# Plain ASCII and ordinary Chinese text need no look at each character; on a large estate that is nearly all of it.
_UNUSUAL = re.compile(r"[^\t\n -~\u3001-\u9fff]")
_UNSAFE_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def printable(raw: str, longest: int = LONGEST) -> str:
    """Spell out every invisible or controlling character of `raw`, and cut it after `longest` characters."""
    shown = _UNUSUAL.sub(_spelled_out, raw[:longest])
    hidden = len(raw) - longest
    return shown + text("report.cut", "zh", total=len(raw), hidden=hidden) if hidden > 0 else shown


def escaped_json(written: str) -> str:
    """JSON text in which every invisible or controlling character is an escape, so that it may be shown as it is."""
    return _UNUSUAL.sub(lambda found: json.dumps(found[0])[1:-1] if _is_unsafe(found[0]) else found[0], written)


def _is_unsafe(char: str) -> bool:
    """Whether a character hides, moves or turns something around."""
    return unicodedata.category(char) in _UNSAFE_CATEGORIES


def _spelled_out(found: re.Match[str]) -> str:
    """Keep a harmless character; write any other as its code point, in letters that every font has."""
    char = found[0]
    return f"<U+{ord(char):04X}>" if _is_unsafe(char) else char
