"""Single settings in files, by dialect: pure functions from bytes to bytes.

A dialect knows how one family of programs reads its file, above all which of several lines counts. A value is a text,
null for absent, or a list for exactly these lines in this order; a mapping is a section (`sshd`, `ini`) or a line with
its place (`columns`). What is there already changes nothing, and lines of other names are never touched.
"""

from hostkit.dialects.block import Block
from hostkit.dialects.columns import Columns
from hostkit.dialects.editing import put
from hostkit.dialects.page import Page
from hostkit.dialects.pairs import Colon, Equals, Ini, Words
from hostkit.dialects.setting import settings
from hostkit.dialects.sshd import Sshd
from hostkit.dialects.whole import Lines
from hostkit.refusal import Refusal

MYPY = False
if MYPY:
    from typing import Any, Dict, List, Tuple, Type

    from hostkit.dialects.dialect import Dialect
    from hostkit.dialects.setting import Setting

_CLASSES = (Block, Colon, Columns, Equals, Ini, Lines, Sshd, Words)  # type: Tuple[Type[Dialect], ...]
_DIALECTS = dict((dialect.__name__.lower(), dialect) for dialect in _CLASSES)
NAMES = tuple(sorted(_DIALECTS))
_OPTIONS = frozenset(option for dialect in _DIALECTS.values() for option in dialect.options)


def edit(content, wanted):
    # type: (bytes, Dict[str, Any]) -> bytes
    """The file with the settings that an item asks for, and nothing else changed."""
    dialect, asked = _understood(wanted)
    page = Page(content, dialect)
    for setting in asked:
        if put(dialect, page, setting):
            page = Page(page.content(), dialect)
    if _values(dialect, page, asked) != wanted["settings"]:
        # The last guard: say, a last line whose backslash swallows the new one.
        raise Refusal("setting-not-held", names=sorted(wanted["settings"]))
    return page.content()


def values(content, wanted):
    # type: (bytes, Dict[str, Any]) -> Dict[str, Any]
    """The present values of the named settings, in the shape of `settings`; None for what is absent.

    A list stands where a text was asked for when no single line decides: to ask for that list changes nothing.
    """
    dialect, asked = _understood(wanted)
    return _values(dialect, Page(content, dialect), asked)


def _understood(wanted):
    # type: (Dict[str, Any]) -> Tuple[Dialect, List[Setting]]
    """The dialect of an item with its options, and the settings: everything that can be refused without the file."""
    kind = _DIALECTS.get(wanted["dialect"])
    if kind is None:
        raise Refusal("setting-dialect", dialect=wanted["dialect"])
    for option in sorted(_OPTIONS.intersection(wanted).difference(kind.options)):
        raise Refusal("setting-option", dialect=wanted["dialect"], option=option)
    dialect = kind(wanted)
    return dialect, settings(dialect, wanted["settings"])


def _values(dialect, page, asked):
    # type: (Dialect, Page, List[Setting]) -> Dict[str, Any]
    """What a page says about settings."""
    found = {}  # type: Dict[str, Any]
    for setting in asked:
        section = found if setting.section_name is None else found.setdefault(setting.section_name, {})
        section[setting.name] = dialect.present(page, page.of(setting.section, setting.key), setting)
    return found
