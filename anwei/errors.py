"""What Anwei says when it refuses or fails: one class per exit status, one stable code per cause.

The words stand in `texts/`; the page behind each code stands in `docs/errors/`.
"""

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import ClassVar

from anwei.texts import text


class Exit(IntEnum):
    """Exit statuses of the command, as DESIGN.md gives them."""

    GOOD = 0
    FINDINGS = 1
    BAD_INPUT = 2
    REFUSED = 3
    ROLLED_BACK = 4
    NEEDS_PERSON = 5


class AnweiError(Exception):
    """Something a person must know: what, where, why and what to do next.

    `values` fill the placeholders of the texts; `details` are further lines, such as each bad line of a file.
    """

    exit_status: ClassVar[Exit] = Exit.NEEDS_PERSON

    def __init__(self, code: str, *, where: str = "", details: Sequence[str] = (), **values: object) -> None:
        self.code = code
        self.where = where
        self.details = list(details)
        self.values: Mapping[str, object] = values
        super().__init__(f"{code}: {self.part('what')}" + (f" ({where})" if where else ""))

    def part(self, name: str) -> str:
        """One part of the message ('what', 'why' or 'remedy') in the language of the reader."""
        return text(f"{self.code}.{name}", **self.values)

    def as_dict(self) -> dict[str, object]:
        """The error for `--json`."""
        return {
            "code": self.code,
            "what": self.part("what"),
            "where": self.where,
            "details": self.details,
            "why": self.part("why"),
            "remedy": self.part("remedy"),
        }

    def __str__(self) -> str:
        lines = [f"{self.code}: {self.part('what')}"]
        lines += [f"  {text('error.where')}: {self.where}"] if self.where else []
        lines += [f"  - {detail}" for detail in self.details]
        lines += [f"  {text('error.' + name)}: {self.part(name)}" for name in ("why", "remedy")]
        return "\n".join([*lines, f"  {text('error.page')}: docs/errors/{self.code}.md"])


class BadInput(AnweiError):
    """The words, a file or the estate are wrong; nothing was touched."""

    exit_status = Exit.BAD_INPUT


class Refused(AnweiError):
    """The gate says no: everything is in order but for what is named, and nothing was touched."""

    exit_status = Exit.REFUSED


class Failure(AnweiError):
    """Something failed on the way and a person has to look."""

    exit_status = Exit.NEEDS_PERSON
