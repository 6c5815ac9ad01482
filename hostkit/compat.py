"""What differs between Python 2.6 and 3.13, in one place.

Paths and words are native `str` everywhere. Names that are no UTF-8 (GBK, say) survive: their bytes travel as lone
surrogates, as Python 3 does it.
"""

import json
import sys

MYPY = False
if MYPY:
    from typing import Any, Callable

ESCAPES = range(0xDC80, 0xDD00)  # the lone surrogates that stand for bytes 0x80 to 0xFF
ESCAPED = (b"\xed\xb2", b"\xed\xb3")  # how Python 2 encodes them
_BYTE = chr  # type: Any  # in Python 2 a byte
PY2 = sys.version_info[0] == 2
# Python 3.6 takes names for ASCII where no locale says otherwise: there every other byte travels as a surrogate.
ASCII_NAMES = not PY2 and sys.getfilesystemencoding() == "ascii"
TEXT = type(b"".decode("ascii"))


def escaped(word):
    # type: (str) -> Any
    r"""Unicode from ASCII: what `u"\u4e00"` would be, had all Pythons and formatters the same idea of it."""
    return json.loads('"%s"' % word)


def text(value):
    # type: (Any) -> Any
    """A string as Unicode: what JSON takes."""
    if ASCII_NAMES:
        value = _octets_py3(value)
    if isinstance(value, TEXT):
        return value
    return _unicode_py2(value) if PY2 else value.decode("utf-8", "surrogateescape")


def octets(value):
    # type: (Any) -> bytes
    """A string as bytes: what a file holds."""
    if isinstance(value, bytes):
        return value
    return _bytes_py2(value) if PY2 else value.encode("utf-8", "surrogateescape")


def native(value):
    # type: (Any) -> str
    """A string as `str`: what the operating system's functions take."""
    if ASCII_NAMES:
        value = _octets_py3(value)
        return str(value.decode("ascii", "surrogateescape") if isinstance(value, bytes) else value)
    if isinstance(value, str):
        return value
    changed = octets(value) if PY2 else text(value)  # type: Any
    return str(changed)


def plain(value):
    # type: (Any) -> Any
    """What JSON gave, with every string native."""
    return _with_strings(value, native)


def canonical(value):
    # type: (Any) -> str
    """The one way to write a value as JSON: sorted, without blanks, ASCII."""
    # With every string as Unicode: Python 2 would take bytes for UTF-8 and stop at others.
    return json.dumps(_with_strings(value, text), sort_keys=True, separators=(",", ":"))


def _with_strings(value, change):
    # type: (Any, Callable[[Any], Any]) -> Any
    """A value with every string in it changed."""
    if isinstance(value, (TEXT, bytes)):
        return change(value)
    if isinstance(value, dict):
        return dict((change(key), _with_strings(inner, change)) for key, inner in value.items())
    return [_with_strings(inner, change) for inner in value] if isinstance(value, (list, tuple)) else value


def _octets_py3(value):
    # type: (Any) -> Any
    """Bytes, but for what holds half a character."""
    try:
        return octets(value)
    except UnicodeError:
        return value


def _unicode_py2(value):
    # type: (Any) -> Any
    """Python 2 has no surrogateescape: keep each odd byte as a lone surrogate."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return TEXT().join(TEXT(byte) if byte < "\x80" else _escape(ord(byte)) for byte in value)


def _bytes_py2(value):
    # type: (Any) -> bytes
    """The way back from `_unicode_py2`."""
    whole = value.encode("utf-8")  # type: bytes
    if not any(byte in whole for byte in ESCAPED):
        return whole
    codes = [(ord(one), one) for one in value]
    return b"".join(_BYTE(code - 0xDC00) if code in ESCAPES else one.encode("utf-8") for code, one in codes)


def _escape(byte):
    # type: (int) -> Any
    """One odd byte as the lone surrogate that stands for it."""
    return json.loads('"\\ud%03x"' % (0xC00 + byte))
