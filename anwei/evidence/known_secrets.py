"""The secrets that the inventory knows: wherever one of them turns up in an output, it is masked."""

import html
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote

from anwei.evidence.inventory_secrets import secret_values
from anwei.evidence.secret_finding import Span

SHORTEST = 6
LONG = 12  # a single class of characters, and shorter than this, may be an ordinary word or number of the output
CLASSES = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]")


@dataclass(frozen=True)
class Known:
    """Values that are secret. A short value of one class of characters could be any word, so only its forms find it."""

    values: frozenset[str] = field(default=frozenset(), repr=False)

    @classmethod
    def of(cls, values: Iterable[object]) -> "Known":
        """Of these values those that can be searched for; a value of many lines by each long line."""
        lines = (line.strip() for value in values for line in str(value).splitlines())
        return cls(frozenset(filter(_searchable, lines)))

    @classmethod
    def among(cls, variables: Mapping[str, object]) -> "Known":
        """What variables hold as they are written; what is looked up only when connecting is not there."""
        return cls.of(value for value in secret_values(variables) if isinstance(value, str) and "{{" not in value)

    def spans(self, output: bytes) -> Iterable[Span]:
        """Where they stand, as words of their own."""
        for form in self._forms:
            at = output.find(form)
            while at >= 0:
                if not _within_word(output, at, at + len(form)):
                    yield Span(at, at + len(form))
                at = output.find(form, at + len(form))

    @cached_property
    def _forms(self) -> tuple[bytes, ...]:
        """The values as they are and as JSON, XML and addresses write them."""
        ways = (str, lambda each: json.dumps(each)[1:-1], html.escape, lambda each: quote(each, safe=""))
        return tuple(sorted({way(each).encode() for each in self.values for way in ways}, reverse=True))


NOTHING = Known()


def _searchable(value: str) -> bool:
    """Whether a value is unlike an ordinary word."""
    classes = sum(bool(re.search(form, value)) for form in CLASSES)
    return len(value) >= SHORTEST and (classes > 1 or len(value) >= LONG) and not value.startswith(("/", "-----"))


def _within_word(output: bytes, start: int, end: int) -> bool:
    """Whether a place begins or ends in the middle of a word."""
    return _joins(output[start - 1 : start], output[start : start + 1]) or _joins(
        output[end - 1 : end], output[end : end + 1]
    )


def _joins(one: bytes, other: bytes) -> bool:
    """Whether two characters belong to one word."""
    return one.isalnum() and other.isalnum()
