"""Where secrets stand in an output, by their forms. The forms are data (`secret_forms`, `hash_forms`)."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from anwei.evidence.hash_forms import HASHES
from anwei.evidence.secret_forms import FORMS, HARMLESS, NAME, Form

LONGEST_BEFORE = 200
BEGINS_LINE = re.compile(rb"""[ \t]*(?:-[ \t]+)?["']?[\w.$-]*""")
SPACED = re.compile(rb"[:=][ \t]+\Z")
COMMENT = re.compile(rb"[ \t]+[#;].*|\s+\Z")


class Span(NamedTuple):
    """Where a secret stands, and its kind: `secret`, `key`, or `hash.` with the algorithm."""

    start: int
    end: int
    kind: str = "secret"


def by_form(output: bytes) -> Iterator[Span]:
    """The secrets that stand in a known form."""
    low = output.lower()
    for word, pattern in HASHES.items():
        if word in low:
            yield from (Span(*found.span(), f"hash.{found.lastgroup}") for found in pattern.finditer(low))
    forms = {form: None for word, group in FORMS.items() if word in low for form in group}  # each once, in their order
    for form in forms:
        yield from _secrets(form, low)


def _secrets(form: Form, low: bytes) -> Iterator[Span]:
    """What a form finds and what stands in the right place and is not harmless."""
    for found in form.pattern.finditer(low):
        name = found.lastgroup or ""
        if HARMLESS.fullmatch(found[name].strip()):
            continue
        before = _before(low, found.start()) if form.before else b""
        if not form.before or form.before.search(before):
            start, end = found.span(name)
            whole_line = (
                form.before is NAME and BEGINS_LINE.fullmatch(before) and SPACED.search(low, found.start(), start)
            )
            yield Span(start, max(end, _end_of_line(low, start)) if whole_line else end, form.kind)


def _before(low: bytes, at: int) -> bytes:
    """What stands before a place on its line, as far as it matters."""
    begin = max(0, at - LONGEST_BEFORE)
    return low[max(begin, low.rfind(b"\n", begin, at) + 1) : at]


def _end_of_line(low: bytes, start: int) -> int:
    """Where a value ends that takes the rest of its line: before blanks and a comment."""
    end = low.find(b"\n", start)
    return start + len(COMMENT.sub(b"", low[start : end if end >= 0 else len(low)]))
