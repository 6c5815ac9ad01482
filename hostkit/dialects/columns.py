"""Tables of words, such as limits.conf, pam.d and fstab: the words of some columns together are a line's name."""

from hostkit.dialects.dialect import Dialect, Entry
from hostkit.dialects.page import regex
from hostkit.refusal import Refusal

MYPY = False
if MYPY:
    from typing import Any, Dict, List, Optional

    from hostkit.dialects.page import Line, Page
    from hostkit.dialects.setting import Setting

# PAM's `[success=1 default=ignore]` is one word, and `\]` does not end it.
_WORD = regex(r"\[(?:\\.|[^\]\\])*\]|[^ \t]+")
_LINE = regex(r"([ \t]*)(.*?)([ \t]*(?:(?<=[ \t\n])#.*)?)\Z")


class Columns(Dialect):
    """The value is the whole line, compared word by word; every line of a name counts."""

    options = ("key_columns",)
    backslash = True
    # Comments in such files are prose or examples, and the order of lines matters.
    shows_defaults = False

    def __init__(self, given):
        # type: (Dict[str, Any]) -> None
        Dialect.__init__(self, given)
        columns = given.get("key_columns")
        if not isinstance(columns, list) or not columns or not all(type(one) is int and one > 0 for one in columns):
            raise Refusal("setting-option", option="key_columns")
        self.columns = columns

    def entry(self, body):
        # type: (bytes) -> Optional[Entry]
        """A line that has all the columns of the name."""
        indent, value, tail = _LINE.findall(body)[0]  # which fits whatever there is
        words = _WORD.findall(self.folded(value))
        if len(words) < max(self.columns):
            return None
        key = b" ".join(words[column - 1] for column in self.columns)
        # A comment that a line goes on to is part of what it replaces: nothing would part it from a new value.
        return Entry(key, indent, b"", b"", self.folded(value), b"" if tail[:1] == b"#" else tail)

    def key(self, name):
        # type: (bytes) -> bytes
        """The words of a name with one blank between them."""
        return b" ".join(_WORD.findall(name))

    def new(self, name, value, model):
        # type: (bytes, bytes, Optional[Entry]) -> bytes
        """The line as the document gives it."""
        return value

    def same(self, present, wanted):
        # type: (bytes, bytes) -> bool
        """Blanks between words say nothing."""
        return _WORD.findall(present) == _WORD.findall(wanted)

    def decisive(self, page, lines):
        # type: (Page, List[Line]) -> List[Line]
        """PAM runs through all lines."""
        return lines

    def name_fits(self, setting):
        # type: (Setting) -> bool
        """A name has one word for each of its columns."""
        return len(_WORD.findall(setting.word)) == len(self.columns)

    def wanted(self, name, given):
        # type: (str, Any) -> List[Any]
        """A line may come with its place: {"line": ..., "before": ...}."""
        if not isinstance(given, dict):
            return Dialect.wanted(self, name, given)
        if sorted(given) not in (["before", "line"], ["after", "line"]):
            raise Refusal("setting-place", name=name)
        return [given["line"]]

    def place(self, page, setting):
        # type: (Page, Setting) -> int
        """Where the document says, else after the last line."""
        if setting.anchor is None:
            return Dialect.place(self, page, setting)
        side, key = setting.anchor
        found = page.of(setting.section, key)
        if not found:
            raise Refusal("setting-place-missing", name=setting.name)
        return page.lines.index(found[0]) if side == "before" else page.lines.index(found[-1]) + 1

    def present(self, page, lines, setting):
        # type: (Page, List[Line], Setting) -> Any
        """A line that was asked for with its place is shown with it: it is asked for where the line is new only."""
        found = Dialect.present(self, page, lines, setting)
        return dict(setting.given, line=found) if setting.anchor and isinstance(found, str) else found
