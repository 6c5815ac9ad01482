"""Name and value on one line: `equals`, `words`, `colon`, and `ini` with its sections."""

import re

from hostkit.dialects.dialect import Dialect, Entry
from hostkit.dialects.page import BLANKS, regex
from hostkit.refusal import Refusal

MYPY = False
if MYPY:
    from typing import Any, Dict, Optional, Pattern, Tuple

    from hostkit.dialects.page import Line, Page


class Pairs(Dialect):
    """What the dialects of this family share: one pattern takes a line apart."""

    options = ("inline_comment",)  # type: Tuple[str, ...]
    name_pattern = ""
    sep_pattern = ""
    flags = 0

    def __init__(self, given):
        # type: (Dict[str, Any]) -> None
        Dialect.__init__(self, given)
        self.line = self.pattern(self.sign("inline_comment", ""))

    def pattern(self, comment):
        # type: (str) -> Pattern[bytes]
        """Indent, name, separator, value and tail; the tail is blanks and, where there may be one, a comment."""
        # A sign that opens a comment inside quotes does not.
        atom = r"(?:\"[^\"]*\"|'[^']*'|.)" if comment else "."
        remark = r"(?:(?<=[ \t])%s.*)?" % re.escape(comment) if comment else ""
        words = (self.name_pattern, self.sep_pattern, atom, remark)
        return regex(r"([ \t]*)(%s)(%s)(%s*?)([ \t]*%s)\Z" % words, self.flags)

    def entry(self, body):
        # type: (bytes) -> Optional[Entry]
        """What a line sets."""
        return self.parts(self.line, body)

    def parts(self, line, body):
        # type: (Pattern[bytes], bytes) -> Optional[Entry]
        """A line taken apart by a pattern."""
        match = line.match(body)
        if match is None:
            return None
        indent, word, sep, value, tail = match.groups()
        return Entry(self.key(word), indent, word, sep or self.sep, self.folded(value), tail)


class Equals(Pairs):
    """`key=value`, the last one counts: sysctl.conf, /etc/default, /etc/sysconfig, pwquality.conf, shell variables."""

    comments = b"#;"
    sep = b"="
    backslash = True
    name_pattern = r"(?:(?:export|readonly)[ \t]+)?[^ \t=]+"
    sep_pattern = r"[ \t]*=[ \t]*"

    def key(self, name):
        # type: (bytes) -> bytes
        """The name of a shell variable is the same with and without `export`."""
        return name.replace(b"\t", b" ").split(b" ")[-1]


class Words(Pairs):
    """`key value`, the last one counts: login.defs, chrony.conf. A name alone has the value ""."""

    sep = b" "
    name_pattern = r"[^ \t]+"
    sep_pattern = r"[ \t]+|\Z"

    def default(self, body):
        # type: (bytes) -> Optional[Entry]
        """`#PASS_MAX_DAYS 90` shows a setting; `# PASS_MAX_DAYS is ...` is prose about it."""
        return None if body[1:2] in (b"", b" ", b"\t") else Dialect.default(self, body)

    def new(self, name, value, model):
        # type: (bytes, bytes, Optional[Entry]) -> bytes
        """Neighbours say whether by tab or blank; how many they took suits their own length only."""
        return (name + (b"\t" if model and b"\t" in model.sep else b" ") + value).rstrip(BLANKS)


class Colon(Pairs):
    """`key:field:field`, the first one counts, as in /etc/passwd: all after the first colon is the value."""

    options = ()
    sep = b":"
    first_counts = True
    name_pattern = r"[^:]+?"
    sep_pattern = r":"


class Ini(Pairs):
    """`key = value` under `[section]`, the last one counts: systemd, my.cnf, .repo. A name alone has the value ""."""

    comments = b"#;"
    sep = b"="
    backslash = True
    # Names may hold blanks, as in smb.conf.
    name_pattern = r"[^= \t\[](?:[^=]*[^= \t])?"
    sep_pattern = r"[ \t]*=[ \t]*|(?=[ \t]*\Z)"
    opening = regex(r"[ \t]*\[[ \t]*([^\]]*?)[ \t]*\]")

    def heading(self, name):
        # type: (bytes) -> bytes
        """The line that opens a section."""
        return b"".join([b"[", name, b"]"])

    def must_be_whole(self, page, line, name):
        # type: (Page, Line, str) -> None
        """Some programs read a deeper line without `=` as part of the value above (yum), others as a name (MySQL)."""
        for after in page.lines[page.lines.index(line) + 1 :][:1]:
            bare = after.entry and b"=" not in after.body
            if bare and len(after.entry.indent) > len(line.entry.indent):
                raise Refusal("setting-continued", name=name)
