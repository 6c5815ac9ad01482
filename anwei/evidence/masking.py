"""Masking: what a secret in an output becomes before anybody sees it.

It becomes its kind, length and classes of characters: `(secret.12.aA1!)`, `(hash.sha512.106)`. It is found by the forms
in which secrets stand, and by its value where the inventory knows it. The mask is one word without quotes, blanks,
colons or brackets of markup, so that what stands around a secret is read as before. What only looks like a secret (a
policy, a path, a reference) stays: a verdict needs it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from anwei.evidence.known_secrets import NOTHING, Known
from anwei.evidence.secret_finding import Span, by_form

if TYPE_CHECKING:
    from anwei.evidence.script import Answer

# What is masked already, here or by the reader of device texts.
MASK = re.compile(rb"\((?:secret\.\d+\.[aA1!~]*(?:\.known)?|hash\.\w+\.\d+|key\.\d+)\)|<[a-z-]+:\d+(?::known)?>")
CLASSES = {"a": rb"[a-z]", "A": rb"[A-Z]", "1": rb"[0-9]", "!": rb"[^A-Za-z0-9\x80-\xff]", "~": rb"[\x80-\xff]"}
# What everybody tries first is no secret but a finding: the mask says so.
WELL_KNOWN = frozenset(
    b"admin admin123 administrator changeit changeme default foobared guest manager mysql nginx oracle pass passw0rd "
    b"passwd password qwerty redis root root123 s3cret secret system test tomcat toor "
    b"1234 12345 123456 12345678 123456789".split()
)


def masked(output: bytes, known: Known = NOTHING) -> bytes:
    """The output with every secret masked. What is masked already stays as it is."""
    spans = [*by_form(output), *known.spans(output)]
    if not spans:
        return output
    spans += [Span(*found.span(), "masked") for found in MASK.finditer(output)]
    parts, at = [], 0
    for span in _joined(spans):
        secret = output[span.start : span.end]
        parts += [output[at : span.start], secret if span.kind == "masked" else _mask(secret, span.kind)]
        at = span.end
    return b"".join([*parts, output[at:]])


def masked_answer(answer: "Answer", known: Known = NOTHING) -> "Answer":
    """An answer as checks may see it."""
    return replace(answer, stdout=masked(answer.stdout, known), stderr=masked(answer.stderr, known))


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """The spans in order; of those that overlap one that covers them, of the kind that says most."""
    current: Span | None = None
    for span in sorted(spans):
        if current is None or span.start >= current.end:
            if current:
                yield current
            current = span
        else:
            current = Span(current.start, max(current.end, span.end), _stronger(current.kind, span.kind))
    if current:
        yield current


def _stronger(one: str, other: str) -> str:
    """Of two kinds the one that says more: masked already, an algorithm, a key, anything secret."""
    return next((kind for kind in (one, other) if kind == "masked"), min(one, other))


def _mask(secret: bytes, kind: str) -> bytes:
    """What stands for a secret."""
    try:
        length = len(secret.decode())
    except UnicodeDecodeError:
        length = len(secret)
    if kind != "secret":
        return f"({kind}.{length})".encode()
    classes = "".join(name for name, form in CLASSES.items() if re.search(form, secret))
    return f"(secret.{length}.{classes}{'.known' if secret.lower() in WELL_KNOWN else ''})".encode()
