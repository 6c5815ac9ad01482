"""sshd_config: the first occurrence counts, keywords know no case, `Match` opens a section that ends at the next."""

import re

from hostkit.dialects.page import regex
from hostkit.dialects.pairs import Words

MYPY = False
if MYPY:
    from typing import Any, Dict, List, Optional

    from hostkit.dialects.dialect import Entry
    from hostkit.dialects.page import Line, Page
    from hostkit.dialects.setting import Setting

# Each line of these adds to the others.
_ADDING = frozenset(
    b"acceptenv allowgroups allowusers denygroups denyusers hostcertificate hostkey include listenaddress port "
    b"subsystem".split()
)
# These take the rest of the line as it stands, `#` and all.
_RAW = frozenset(b"authorizedkeyscommand authorizedprincipalscommand forcecommand versionaddendum".split())

_BETWEEN = regex(r"[ \t=]+")


class Sshd(Words):
    """A keyword and its arguments per line. New lines get no comment: old sshd takes none behind arguments."""

    options = ()
    name_pattern = "[a-z][a-z0-9]*"
    sep_pattern = r"(?:[ \t]*=[ \t]*|[ \t]+)(?![ \t#])(?=.)"
    flags = re.IGNORECASE
    indent = b"    "
    opening = regex(r"[ \t]*match(?:[ \t]*=[ \t]*|[ \t]+)([^ \t#=].*?)[ \t]*(?:(?<=[ \t])#.*)?\Z", re.IGNORECASE)

    def __init__(self, given):
        # type: (Dict[str, Any]) -> None
        Words.__init__(self, given)
        self.raw = self.line
        self.line = self.pattern("#")

    def entry(self, body):
        # type: (bytes) -> Optional[Entry]
        """What a line sets."""
        entry = Words.entry(self, body)
        return self.parts(self.raw, body) if entry and entry.key in _RAW else entry

    def section_key(self, name):
        # type: (bytes) -> bytes
        """The criteria of a `Match` line: their names know no case, their values do."""
        words = _BETWEEN.split(name)
        return b" ".join(word if index % 2 else word.lower() for index, word in enumerate(words))

    def key(self, name):
        # type: (bytes) -> bytes
        """Keywords know no case."""
        return name.lower()

    def decisive(self, page, lines):
        # type: (Page, List[Line]) -> List[Line]
        """The first line, unless an `Include` stands before it: an included file may have set the same earlier.

        Several ports, host keys and lists of users stand beside each other.
        """
        if not lines or lines[0].entry.key in _ADDING:
            return lines
        included = page.of(lines[0].section, b"include")
        return [] if included and page.lines.index(included[0]) < page.lines.index(lines[0]) else lines[:1]

    def place(self, page, setting):
        # type: (Page, Setting) -> int
        """Before the first `Include` of the section, so that no included file decides; global lines before any `Match`.

        What other `Match` sections say, here or in included files, is not seen: the first that fits decides there.
        """
        included = page.of(setting.section, b"include")
        return page.lines.index(included[0]) if included else Words.place(self, page, setting)

    def default(self, body):
        # type: (bytes) -> Optional[Entry]
        """`#Include` is no place for one: it goes behind what the file says, and so overrides nothing of it."""
        shown = Words.default(self, body)
        return None if shown and shown.key == b"include" else shown
