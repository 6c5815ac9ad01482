"""A block of lines between two marks, for files whose own grammar no other dialect knows."""

import re

from hostkit.compat import native, octets
from hostkit.dialects.dialect import Dialect, Entry
from hostkit.dialects.page import regex
from hostkit.refusal import Refusal

MYPY = False
if MYPY:
    from typing import Any, Dict, Optional

    from hostkit.dialects.page import Page
    from hostkit.dialects.setting import Setting

_RETURNS = regex(r"\r+\n")


class Block(Dialect):
    """The name is the block's, the value its text; a block is one line to the rest of the code."""

    options = ("comment",)
    many_lines = True
    shows_defaults = False

    def __init__(self, given):
        # type: (Dict[str, Any]) -> None
        Dialect.__init__(self, given)
        leader = self.sign("comment", "#")
        mark = r"[ \t]*%s %s anwei ([A-Za-z0-9._-]+)[ \t]*%s"
        self.leader = octets(leader)
        self.begin = regex(mark % (re.escape(leader), "BEGIN", r"(?![^\r\n])"))
        self.end = regex(mark % (re.escape(leader), "END", r"\Z"))

    def goes_on(self, body):
        # type: (bytes) -> bool
        """From the mark that begins a block to the one that ends it."""
        begun = self.begin.match(body)
        ended = self.end.match(body[body.rfind(b"\n") + 1 :])
        return bool(begun and not (ended and ended.group(1) == begun.group(1)))

    def read(self, body):
        # type: (bytes) -> Optional[Entry]
        """A block; one without an end is refused, as nobody knows what belongs to it."""
        begun = self.begin.match(body)
        if begun is None:
            return None
        if self.goes_on(body):
            raise Refusal("setting-block-open", name=native(begun.group(1)))
        start, end = body.find(b"\n") + 1, body.rfind(b"\n") + 1
        text = _RETURNS.sub(b"\n", body[start:end])
        return Entry(begun.group(1), begun.group(0), b"\n", b"", text, body[end:])

    def new(self, name, value, model):
        # type: (bytes, bytes, Optional[Entry]) -> bytes
        """The marks and the text between them."""
        begin, end = [b" ".join([self.leader, word, b"anwei", name]) for word in (b"BEGIN", b"END")]
        return b"".join([begin, b"\n", _ended(value), end])

    def changed(self, entry, value):
        # type: (Entry, bytes) -> bytes
        """Another text between the same marks."""
        return Dialect.changed(self, entry, _ended(value))

    def same(self, present, wanted):
        # type: (bytes, bytes) -> bool
        """YAML gives a text with and without a last line end; in the file it has one."""
        return _ended(present) == _ended(wanted)

    def place(self, page, setting):
        # type: (Page, Setting) -> int
        """At the end."""
        return len(page.lines)


def _ended(text):
    # type: (bytes) -> bytes
    """A text whose last line has its end."""
    return text if text[-1:] in (b"", b"\n") else text + b"\n"
