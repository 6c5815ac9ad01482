"""What the examination of a control node finds: a state, a sentence, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce

from anwei.errors import AnweiError
from anwei.texts import text


class State(StrEnum):
    """How bad it is. What cannot be told from here is unknown, never good."""

    OK = "ok"
    UNKNOWN = "unknown"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    state: State
    said: str
    remedy: str = ""

    @property
    def good(self) -> bool:
        """Whether nobody has to do anything."""
        return self.state in (State.OK, State.UNKNOWN)


def fine(key: str, **values: object) -> Finding:
    """Something that is as it should be."""
    return Finding(State.OK, text(f"control.fine.{key}", None, **values))


def unknown(key: str, **values: object) -> Finding:
    """Something that cannot be told from here, and who could."""
    return _told(State.UNKNOWN, key, values)


def warning(key: str, **values: object) -> Finding:
    """Something that will get in the way."""
    return _told(State.WARNING, key, values)


def bad(key: str, **values: object) -> Finding:
    """Something that must not stay so."""
    return _told(State.BAD, key, values)


def failed(error: Exception) -> Finding:
    """What an error has to say."""
    if isinstance(error, AnweiError):
        said = f"{error.code} {error.part('what')}" + (f" ({error.where})" if error.where else "")
        return Finding(State.BAD, joined([said, *error.details]), error.part("remedy"))
    return Finding(State.BAD, str(error))


def joined(sentences: Iterable[str]) -> str:
    """Several sentences in one, as the reader's language puts them together."""
    every = list(sentences)
    return reduce(lambda first, second: text("control.between", first=first, second=second), every) if every else ""


def _told(state: State, key: str, values: dict[str, object]) -> Finding:
    """A finding with its two sentences."""
    said, remedy = (text(f"control.found.{key}.{part}", None, **values) for part in ("said", "remedy"))
    return Finding(state, said, remedy)
