"""The settings that a document asks for: its words checked and turned into bytes, before any file is looked at."""

from hostkit.compat import octets
from hostkit.refusal import Refusal

MYPY = False
if MYPY:
    from typing import Any, Dict, List, Optional, Tuple

    from hostkit.dialects.dialect import Dialect


class Setting(object):
    """One setting: where it stands, its name as given and as compared, and the values of its lines (none: absent)."""

    def __init__(self, dialect, section, name, given):
        # type: (Dialect, Optional[str], str, Any) -> None
        self.section_name = section
        self.section_word = b"" if section is None else _octets(section, section)
        self.section = b"" if section is None else _section(dialect, section, self.section_word)
        self.name = name
        self.word = _octets(name, name)
        self.given = given
        # One value, where one line decides; a list means exactly its lines.
        self.single = not isinstance(given, list) and given is not None
        self.values = [_octets(name, value) for value in dialect.wanted(name, given)]
        self.key = dialect.key(self.word)
        # `before` or `after` which other setting a new line goes, where the document says so.
        self.anchor = None  # type: Optional[Tuple[str, bytes]]
        for side in [side for side in ("before", "after") if isinstance(given, dict) and side in given]:
            self.anchor = (side, dialect.key(_octets(name, given[side])))
        _must_fit(dialect, self)


def settings(dialect, wanted):
    # type: (Dialect, Dict[str, Any]) -> List[Setting]
    """All settings of an item, in an order that does not depend on how they were given."""
    found = []  # type: List[Setting]
    for name, given in sorted(wanted.items()):
        if isinstance(given, dict) and dialect.opening:
            if not given:
                raise Refusal("setting-section", name=name)
            found += [Setting(dialect, name, inner, given[inner]) for inner in sorted(given)]
        else:
            found.append(Setting(dialect, None, name, given))
    seen = set()  # type: set[Tuple[bytes, bytes]]
    for setting in found:
        if (setting.section, setting.key) in seen:
            raise Refusal("setting-twice", name=setting.name)
        seen.add((setting.section, setting.key))
    return _anchors_first(found)


def _anchors_first(waiting):
    # type: (List[Setting]) -> List[Setting]
    """A setting that is placed beside another of the same document comes after it."""
    done = []  # type: List[Setting]
    while waiting:
        keys = [setting.key for setting in waiting]
        ready = [setting for setting in waiting if setting.anchor is None or setting.anchor[1] not in keys]
        if not ready:
            raise Refusal("setting-place-circle", name=waiting[0].name)
        done += ready
        waiting = [setting for setting in waiting if setting not in ready]
    return done


def _octets(name, value):
    # type: (str, Any) -> bytes
    """A text as bytes. YAML reads an unquoted `no` as false and `022` as 18, so nothing but text is taken."""
    try:
        return octets(value)
    except (AttributeError, UnicodeError):  # no text, or none that a file can hold
        raise Refusal("setting-not-text", name=name)


def _section(dialect, name, word):
    # type: (Dialect, str, bytes) -> bytes
    """The key of a section that a document names."""
    line = dialect.heading(word)
    key = dialect.header(line)
    if not key or [sign for sign in (b"\0", b"\r", b"\n") if sign in line]:
        raise Refusal("setting-section", name=name)
    return key


def _must_fit(dialect, setting):
    # type: (Dialect, Setting) -> None
    """Refuse what would not be read back as what it was: a name with blanks, a value with a comment, and so on."""
    if not dialect.name_fits(setting):
        raise Refusal("setting-name", name=setting.name)
    for value in setting.values:
        if (b"\n" in value and not dialect.many_lines) or not dialect.fits(setting, value):
            raise Refusal("setting-value", name=setting.name)
