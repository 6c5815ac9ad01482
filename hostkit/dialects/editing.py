"""One setting on one page: the lines that already say it are changed, surplus ones go, missing ones come."""

MYPY = False
if MYPY:
    from typing import List, Optional

    from hostkit.dialects.dialect import Dialect, Entry
    from hostkit.dialects.page import Line, Page
    from hostkit.dialects.setting import Setting


def put(dialect, page, setting):
    # type: (Dialect, Page, Setting) -> bool
    """Bring a setting onto the page; whether that changed anything. The page must be read anew then."""
    lines = page.of(setting.section, setting.key)
    kept = dialect.decisive(page, lines) if setting.single else lines
    # Where no line decides, a new one replaces them all: to leave them would mislead whoever reads the file.
    surplus = kept[len(setting.values) :] if kept else lines
    missing = setting.values[len(kept) :]
    other = [(line, value) for line, value in zip(kept, setting.values) if not dialect.same(line.entry.value, value)]
    if not (surplus or missing or other):
        return False
    for line in lines:
        dialect.must_be_whole(page, line, setting.name)
    for line, value in other:
        page.rewrite(line, dialect.changed(line.entry, value))
    if missing:
        _add(dialect, page, setting, missing, kept)
    page.drop(surplus)
    return True


def _add(dialect, page, setting, values, kept):
    # type: (Dialect, Page, Setting, List[bytes], List[Line]) -> None
    """New lines: behind those of the same name, or where the dialect wants them, or in a new section at the end."""
    if setting.section and not [line for line in page.lines if line.section == setting.section]:
        gap = [b""] if page.lines and page.lines[-1].body.strip() else []
        heading = [dialect.heading(setting.section_word)]
        page.insert(len(page.lines), gap + heading + _new(dialect, page, setting, values, 0))
        return
    index = page.lines.index(kept[-1]) + 1 if kept else dialect.place(page, setting)
    page.insert(index, _new(dialect, page, setting, values, index))


def _new(dialect, page, setting, values, index):
    # type: (Dialect, Page, Setting, List[bytes], int) -> List[bytes]
    """New lines as their neighbours are written; a neighbour in another section says nothing about the indent."""
    inside = _neighbour(page, index, setting.section)
    model = inside or _neighbour(page, index, None)
    indent = b"" if not setting.section else inside.indent if inside else dialect.indent
    return [indent + dialect.new(setting.word, value, model) for value in values]


def _neighbour(page, index, section):
    # type: (Page, int, Optional[bytes]) -> Optional[Entry]
    """The setting, or default in a comment, that stands next above a place, or else next below it."""
    lines = page.lines[:index][::-1] + page.lines[index:]
    seen = [line.entry or line.default for line in lines if section in (None, line.section)]
    return next((entry for entry in seen if entry), None)
