"""A file as lines: what is not touched stays as it is, to the last byte.

Everything is bytes: files hold UTF-8, GBK or both, and no program that reads them asks which.
"""

import re

from hostkit.compat import octets
from hostkit.refusal import Refusal

MYPY = False
if MYPY:
    from typing import Any, List, Pattern

    from hostkit.dialects.dialect import Dialect

BLANKS = b" \t"
_BOM = b"\xef\xbb\xbf"


def regex(pattern, flags=0):
    # type: (str, int) -> Pattern[bytes]
    """A pattern for bytes; Python 2 knows `br""` only and Python formatters write `rb""` only."""
    return re.compile(octets(pattern), flags | re.DOTALL)


_PIECE = regex(r"[^\n]*\n|[^\n]+")


class Line(object):
    """One line, or several that belong together, without and with its end; and what the dialect sees in it."""

    def __init__(self, body, end):
        # type: (bytes, bytes) -> None
        self.body = body
        self.end = end
        self.section = b""
        self.header = False
        # An Entry where the line sets something, and what a comment shows, as in `#PermitRootLogin yes`.
        self.entry = None  # type: Any
        self.default = None  # type: Any


class Page(object):
    """The lines of a file, read by a dialect."""

    def __init__(self, content, dialect):
        # type: (bytes, Dialect) -> None
        if b"\0" in content:
            raise Refusal("setting-file-binary")  # UTF-16 too: none of the programs concerned reads it
        self.bom = _BOM if content.startswith(_BOM) else b""
        self.lines = _lines(content[len(self.bom) :], dialect)
        windows = sum(1 for line in self.lines if line.end == b"\r\n")
        self.end = b"\r\n" if windows * 2 > len(self.lines) else b"\n"
        self._see(dialect)

    def _see(self, dialect):
        # type: (Dialect) -> None
        """Note for every line what it is and in which section it stands."""
        section = b""
        for line in self.lines:
            header = dialect.header(line.body)
            line.header = header is not None
            section = line.section = section if header is None else header
            if not line.header:
                line.entry = dialect.read(line.body)
                line.default = dialect.default(line.body)

    def content(self):
        # type: () -> bytes
        """The file again."""
        return self.bom + b"".join(line.body + line.end for line in self.lines)

    def of(self, section, key):
        # type: (bytes, bytes) -> List[Line]
        """The lines of a section that set something, whatever they say."""
        return [line for line in self.lines if line.section == section and line.entry and line.entry.key == key]

    def rewrite(self, line, body):
        # type: (Line, bytes) -> None
        """Another text in the place of a line's own; its end stays."""
        line.body = body.replace(b"\n", self.end)

    def drop(self, lines):
        # type: (List[Line]) -> None
        """Take lines out."""
        self.lines = [line for line in self.lines if line not in lines]

    def insert(self, index, bodies):
        # type: (int, List[bytes]) -> None
        """New lines, with the line end that the file has; a last line without one gets it only now."""
        before = self.lines[index - 1] if index else None
        if before and not before.end.endswith(b"\n"):
            before.end = before.end + b"\n" if before.end else self.end
        self.lines[index:index] = [Line(body.replace(b"\n", self.end), self.end) for body in bodies]


def _lines(content, dialect):
    # type: (bytes, Dialect) -> List[Line]
    """The lines; those that the dialect reads as one are one."""
    lines = []  # type: List[Line]
    for piece in _PIECE.findall(content):
        body = piece.rstrip(b"\r\n")
        end = piece[len(body) :]
        if lines and dialect.goes_on(lines[-1].body):
            lines[-1].body += lines[-1].end + body
            lines[-1].end = end
        else:
            lines.append(Line(body, end))
    return lines
