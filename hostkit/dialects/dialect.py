"""What a dialect is: how settings stand in a file, and which line decides. The defaults here suit most of them."""

from collections import namedtuple

from hostkit.compat import native
from hostkit.dialects.page import BLANKS, Page, regex
from hostkit.refusal import Refusal

MYPY = False
if MYPY:
    from typing import Any, Dict, List, Optional, Pattern, Tuple

    from hostkit.dialects.page import Line
    from hostkit.dialects.setting import Setting

# A line that sets something, taken apart: the parts make up the line again. `key` is the name as it is compared.
Entry = namedtuple("Entry", "key indent word sep value tail")

_FOLD = regex(r"[ \t]*\\(?:\r*\n[ \t]*|\Z)")


class Dialect(object):
    """One way of writing settings; an object holds the options that a document gave."""

    options = ()  # type: Tuple[str, ...]
    comments = b"#"
    # What stands between name and value where the file shows no custom of its own.
    sep = b""
    # Indent of the first line in a section.
    indent = b""
    # Whether look-ups end at the first line of a name.
    first_counts = False
    # Whether a backslash at its end carries a line on.
    backslash = False
    # The line that opens a section, and the section's name in it; where there are sections.
    opening = None  # type: Optional[Pattern[bytes]]
    # Whether a comment like `#key=value` shows where the setting belongs.
    shows_defaults = True
    # Whether a value may hold several lines.
    many_lines = False

    def __init__(self, options):
        # type: (Dict[str, Any]) -> None
        self.given = options

    def sign(self, option, otherwise):
        # type: (str, str) -> str
        """An option that is a sign, such as the one that begins a comment."""
        sign = self.given.get(option)
        if sign is not None and (not isinstance(sign, str) or sign.split() != [sign]):
            raise Refusal("setting-option", option=option)
        return sign or otherwise

    def idle(self, body):
        # type: (bytes) -> bool
        """Whether a line says nothing: blank, or a comment."""
        return body.lstrip(BLANKS)[:1] in self.comments  # nothing at all is in any bytes, too

    def goes_on(self, body):
        # type: (bytes) -> bool
        """Whether the next line belongs to this one. No parser lets a comment go on."""
        return self.backslash and body.endswith(b"\\") and not self.idle(body)

    def header(self, body):
        # type: (bytes) -> Optional[bytes]
        """The section that a line opens, as it is compared."""
        match = self.opening.match(body) if self.opening else None
        return self.section_key(match.group(1)) if match else None

    def section_key(self, name):
        # type: (bytes) -> bytes
        """The name of a section as it is compared."""
        return name

    def read(self, body):
        # type: (bytes) -> Optional[Entry]
        """What a line sets."""
        return None if self.idle(body) else self.entry(body)

    def entry(self, body):
        # type: (bytes) -> Optional[Entry]
        """What a line that is no comment sets."""
        raise NotImplementedError

    def default(self, body):
        # type: (bytes) -> Optional[Entry]
        """The setting that a comment in the first column shows: further right it may stand in a shell's `if`."""
        return self.entry(body[1:]) if self.shows_defaults and self.idle(body) else None

    def folded(self, value):
        # type: (bytes) -> bytes
        """A value of several lines as one: a backslash at the end of a line is read as a blank."""
        return _FOLD.sub(b" ", value).rstrip(BLANKS) if self.backslash else value

    def key(self, name):
        # type: (bytes) -> bytes
        """A name as it is compared."""
        return name

    def new(self, name, value, model):
        # type: (bytes, bytes, Optional[Entry]) -> bytes
        """A new line without indent, in the custom of a neighbour."""
        return name + (model.sep if model else self.sep) + value

    def changed(self, entry, value):
        # type: (Entry, bytes) -> bytes
        """A line with another value: the rest of it stays."""
        return b"".join([entry.indent, entry.word, entry.sep, value, entry.tail])

    def same(self, present, wanted):
        # type: (bytes, bytes) -> bool
        """Whether two values say the same."""
        return present == wanted

    def decisive(self, page, lines):
        # type: (Page, List[Line]) -> List[Line]
        """Those lines of one name that count: none, one or all. Here the last, as a later one overrides it."""
        return lines[:1] if self.first_counts else lines[-1:]

    def place(self, page, setting):
        # type: (Page, Setting) -> int
        """Where a new line goes: after the comment that shows its default, or after what its section has."""
        inside = [(after, line) for after, line in enumerate(page.lines, 1) if line.section == setting.section]
        shown = [after for after, line in inside if line.default and line.default.key == setting.key]
        # Not where a line would follow that is indented, and so may be part of something else.
        shown = [after for after in shown if not _indented(page, after)]
        active = [after for after, line in inside if line.header or not self.idle(line.body)]
        return (shown or active or [len(inside)])[-1]

    def must_be_whole(self, page, line, name):
        # type: (Page, Line, str) -> None
        """Refuse to change a line when it is not clear where it ends."""

    def wanted(self, name, given):
        # type: (str, Any) -> List[Any]
        """The values of the lines that a document asks for; none where it wants the setting absent."""
        if isinstance(given, dict):
            raise Refusal("setting-no-section", name=name)
        if given == []:
            raise Refusal("setting-list-empty", name=name)
        return given if isinstance(given, list) else [] if given is None else [given]

    def heading(self, name):
        # type: (bytes) -> bytes
        """The line that opens a section."""
        return name

    def name_fits(self, setting):
        # type: (Setting) -> bool
        """Whether such a name can stand in a file of this dialect."""
        return self.fits(setting, b"x")

    def fits(self, setting, value):
        # type: (Setting, bytes) -> bool
        """Whether a new line is read back as this setting with this value."""
        try:
            entry = Page(self.new(setting.word, value, None) + b"\n", self).lines[0].entry
        except Refusal:
            return False
        return entry is not None and entry.key == setting.key and self.same(entry.value, value)

    def present(self, page, lines, setting):
        # type: (Page, List[Line], Setting) -> Any
        """What the lines of a name say: one text where one line decides, or the texts of all."""
        kept = self.decisive(page, lines)
        if len(kept) == 1 and (setting.single or (setting.given is None and len(lines) == 1)):
            return self.text(kept[0], setting.values)
        return [self.text(line, setting.values[index : index + 1]) for index, line in enumerate(lines)] or None

    def text(self, line, values):
        # type: (Line, List[bytes]) -> str
        """The value of a line; the wanted one, as it is written there, when it says the same."""
        value = line.entry.value
        return native(values[0] if values and self.same(value, values[0]) else value)


def _indented(page, index):
    # type: (Page, int) -> bool
    """Whether the line there begins with blanks and holds something."""
    body = page.lines[index].body if index < len(page.lines) else b""
    return body[:1] in (b" ", b"\t") and bool(body.strip(BLANKS))
