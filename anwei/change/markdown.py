"""Words, values and diffs in Markdown: nothing that stands in them is mark-up, and nothing in them is hidden."""

import json
import re

from anwei.report.printable import printable

# An underline within a name marks nothing, and names read better without signs in them.
MARK_UP = re.compile(r"[\\`*\[\]<>|&~]|(?<!\w)_|_(?!\w)")


def inline(words: object) -> str:
    """Words within a line."""
    return MARK_UP.sub(r"\\\g<0>", _one_line(words))


def code(value: object) -> str:
    """A value within a line, as it is."""
    shown = _one_line(value)
    marks = "`" * (_longest_run(shown) + 1)
    return f"{marks} {shown} {marks}" if "`" in shown else f"{marks}{shown}{marks}"


def cell(value: object) -> str:
    """A value in a table, where a bar would begin the next cell, in code as well."""
    shown = code(value)
    return inline(value) if "|" in shown else shown


def fence(content: str, form: str) -> str:
    """A block of code that nothing in it can end."""
    shown = printable(content, len(content))
    marks = "`" * max(3, _longest_run(shown) + 1)
    return f"{marks}{form}\n{shown}\n{marks}"


def _one_line(value: object) -> str:
    """A value in one line; what is no text, as JSON."""
    words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return printable(words).replace("\n", " ")


def _longest_run(words: str) -> int:
    """How many backticks stand together at most."""
    return max((len(run) for run in re.findall("`+", words)), default=0)
