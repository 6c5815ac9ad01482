"""The text of a configuration as sections: the line that opens a view, and the lines in it.

Both families indent what is in a view and part views by `#`. Comware also indents what is in no view, by one space.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from anwei.evidence.device_family import recognised
from anwei.evidence.device_terminal import clean
from baselines.mlps.device.family import FAMILIES, Family

BANNER = re.compile(r"\s*header\s+(?:login|shell|motd|legal|incoming)\s+(?:information\s+)?(\S)(.*)")
VIEW = re.compile(r"(?:interface \S|aaa$|user-interface |line (?:class )?\w+)")


@dataclass
class Section:
    """A line and the lines below it."""

    line: str
    children: list["Section"] = field(default_factory=list)

    def walk(self) -> Iterator["Section"]:
        """The sections below, at any depth: some releases indent by more than one space."""
        for child in self.children:
            yield child
            yield from child.walk()

    def has(self, pattern: str) -> bool:
        """Whether a line below is this."""
        return bool(self.found(pattern))

    def found(self, pattern: str) -> list[re.Match[str]]:
        """The lines below that are this, at any depth."""
        return _found(list(self.walk()), pattern)

    def value(self, pattern: str) -> str:
        """The first group of the last line below that is this; nothing where there is none."""
        rows = self.found(pattern)
        return rows[-1][1] if rows else ""


@dataclass(frozen=True)
class Configuration:
    """A whole configuration: its views and global lines in order, its remarks, and whether its end was seen."""

    sections: Sequence[Section]
    remarks: Sequence[str]
    complete: bool
    indented: bool
    family: Family | None

    def views(self, pattern: str) -> list[tuple[Section, re.Match[str]]]:
        """The views or global lines that are this."""
        rows = ((each, re.fullmatch(pattern, each.line)) for each in self.sections)
        return [(each, match) for each, match in rows if match]

    def found(self, pattern: str) -> list[re.Match[str]]:
        """The global lines that are this."""
        return _found(self.sections, pattern)

    def has(self, pattern: str) -> bool:
        """Whether a global line is this."""
        return bool(self.found(pattern))

    def value(self, pattern: str) -> str:
        """The first group of the last global line that is this; nothing where there is none."""
        rows = self.found(pattern)
        return rows[-1][1] if rows else ""

    def is_on(self, pattern: str, default: bool | None = None) -> bool | None:
        """Whether a global setting was made, or taken away by `undo`; the last line counts."""
        state = default
        for each in self.sections:
            match = re.fullmatch(rf"(undo )?(?:{pattern})", each.line)
            if match:
                state = not match[1]
        return state

    def everywhere(self) -> Iterator[Section]:
        """Every line, at any depth."""
        for each in self.sections:
            yield each
            yield from each.walk()


@lru_cache(maxsize=8)
def parsed(text: str) -> Configuration:
    """The configuration in a text that may still hold what a terminal left."""
    text = clean(text)
    lines = list(_without_banners(text.split("\n")))
    end = next((index for index, line in enumerate(lines) if line.strip() == "return"), None)
    lines = lines[:end]
    sections = _sections(lines)
    return Configuration(
        sections=sections,
        remarks=[line for line in lines if line.startswith("!")],
        complete=end is not None,
        indented=any(each.children for each in sections) or not any(VIEW.match(each.line) for each in sections),
        family=FAMILIES.get(recognised(text)),
    )


def _sections(lines: Sequence[str]) -> list[Section]:
    """The lines by their depth. A `#` at the margin ends every view."""
    root = Section("")
    open_views: list[tuple[int, Section]] = [(-1, root)]
    for line in lines:
        words = " ".join(line.split())
        if line.startswith("#"):
            open_views = [(-1, root)]
        if not words or words.startswith(("#", "!")):
            continue
        depth = len(line) - len(line.lstrip())
        while open_views[-1][0] >= depth:
            open_views.pop()
        section = Section(words)
        open_views[-1][1].children.append(section)
        open_views.append((depth, section))
    return root.children


def _without_banners(lines: Sequence[str]) -> Iterator[str]:
    """The lines without the text of banners, which may hold anything; of a banner its first line is left."""
    mark = ""
    for line in lines:
        if mark:
            mark = "" if line.rstrip().endswith(mark) else mark
            continue
        banner = BANNER.fullmatch(line)
        if banner and (not banner[1].isalnum()) and banner[1] not in banner[2]:
            mark = banner[1]
        yield line


def _found(sections: Sequence[Section], pattern: str) -> list[re.Match[str]]:
    """The lines of some sections that are this."""
    return [match for each in sections if (match := re.fullmatch(pattern, each.line))]
