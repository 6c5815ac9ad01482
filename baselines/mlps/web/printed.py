"""The files of a configuration as the command prints them: each with a heading that has its mode, owner and name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

FILE = re.compile(r"^# configuration file (\S+ \S+ \S+) (/.*)$", re.MULTILINE)
UNREAD = re.compile(r"^# (too many|too large|cut).*$", re.MULTILINE)


@dataclass(frozen=True)
class Files:
    """The text of each file by its path, the main one first, and `MODE USER GROUP PATH` of each."""

    texts: Mapping[str, str] = field(default_factory=dict)
    modes: tuple[str, ...] = ()

    @property
    def main(self) -> str:
        """The path of the main file."""
        return next(iter(self.texts))


def files(printed: str) -> Files:
    """The files in the output. One that could not be read whole makes the rest worth nothing."""
    unread = UNREAD.search(printed)
    if unread:
        raise ValueError(unread[0])
    _, *parts = FILE.split(printed)
    rows = list(zip(parts[::3], parts[1::3], parts[2::3], strict=True))
    if not rows:
        raise ValueError("configuration file")
    return Files({path: text for _, path, text in rows}, tuple(f"{mode} {path}" for mode, path, _ in rows))
