"""Whole lines, there or not: authorized_keys, lists of names, switches that take no value."""

from hostkit.dialects.dialect import Dialect, Entry
from hostkit.dialects.page import regex
from hostkit.refusal import Refusal

MYPY = False
if MYPY:
    from typing import Any, Dict, List, Optional

    from hostkit.dialects.page import Line, Page
    from hostkit.dialects.setting import Setting

_WORD = regex(r"[^ \t]+")
# As sshd reads it: options, with blanks inside quotes only, then the type and the key, which begins with a length.
_OPTIONS = r"(?:[^ \t\"]|\"(?:\\.|[^\"\\])*\")+[ \t]+"
_KEY = regex(r"[ \t]*(?!#)(?:%s)?(?:ssh|ecdsa|sk)-[^ \t]+[ \t]+(AAAA[A-Za-z0-9+/]+=*)(?![^ \t])" % _OPTIONS)


class Lines(Dialect):
    """The name is the line itself, and its value true. With `compare: blob` the key in it decides, not the rest."""

    options = ("compare",)
    # A line that is a comment may be asked for, too.
    comments = b""
    first_counts = True  # one is enough
    shows_defaults = False

    def __init__(self, given):
        # type: (Dict[str, Any]) -> None
        Dialect.__init__(self, given)
        compare = given.get("compare", "words")
        if compare not in ("words", "blob"):
            raise Refusal("setting-option", option="compare")
        self.blob = compare == "blob"

    def key(self, name):
        # type: (bytes) -> bytes
        """The words with one blank between them, or the key; nothing for a line without."""
        match = _KEY.match(name) if self.blob else None
        return match.group(1) if match else b"" if self.blob else b" ".join(_WORD.findall(name))

    def entry(self, body):
        # type: (bytes) -> Optional[Entry]
        """The line as it is."""
        key = self.key(body)
        return Entry(key, b"", b"", b"", body, b"") if key else None

    def new(self, name, value, model):
        # type: (bytes, bytes, Optional[Entry]) -> bytes
        """The line as the document gives it."""
        return name

    def same(self, present, wanted):
        # type: (bytes, bytes) -> bool
        """A line that was found is the one: options and comments of a key are left as they are."""
        return True

    def wanted(self, name, given):
        # type: (str, Any) -> List[Any]
        """True for there, null for not there."""
        if given is not None and given is not True:
            raise Refusal("setting-not-true", name=name)
        return [name] if given else []

    def present(self, page, lines, setting):
        # type: (Page, List[Line], Setting) -> Any
        """Whether the line is there."""
        return True if lines else None
