"""The syntax of httpd.conf: lines in sections, read in their order as httpd does, with what does not apply left out."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from posixpath import isabs, join
from typing import NamedTuple

from baselines.mlps.web.globs import matching
from baselines.mlps.web.printed import Files

WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'|(\S+)')
DEEPEST = 30
# Sections that only httpd can decide: what stands in them may hold or not.
UNSURE = ("if", "elseif", "else", "iffile", "ifversion", "ifdirective", "ifsection")


class Section(NamedTuple):
    """A section with a number of its own, so that two of the same words stay two."""

    kind: str
    words: str
    number: int

    @property
    def holds(self) -> bool | None:
        """Whether what stands in it holds, as far as that is known."""
        return {"off": False, "unsure": None}.get(self.kind, True)


@dataclass(frozen=True)
class Setting:
    """One directive, the sections around it, and whether it is sure that it holds."""

    name: str
    words: tuple[str, ...]
    place: tuple[Section, ...] = ()
    sure: bool = True

    @property
    def text(self) -> str:
        """The words in one line."""
        return " ".join(self.words)

    def __str__(self) -> str:
        """The directive as a sentence quotes it."""
        sections = "".join(f"<{each.kind} {each.words}> " for each in self.place)
        return f"{sections}{self.name} {self.text}"


@dataclass
class Reader:
    """What httpd knows while it reads: modules, names of -D and Define, variables, the folder of relative names."""

    files: Files
    base: str
    modules: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    variables: dict[str, str] = field(default_factory=dict)
    sections: list[Section] = field(default_factory=list)
    count: int = 0

    def settings(self) -> Iterator[Setting]:
        """All directives that hold or may hold, in their order."""
        yield from self._file(self.files.main, 0)
        if self.sections:
            raise ValueError(f"<{self.sections[-1].kind}>")

    def _file(self, path: str, depth: int) -> Iterator[Setting]:
        """One file and what it includes. Sections end in the file that they began in."""
        open_before = len(self.sections)
        if depth > DEEPEST:
            raise ValueError("Include")
        for line in filter(None, map(str.strip, self.files.texts[path].splitlines())):
            if line.startswith("# missing"):
                continue
            yield from self._line(line, depth)
        if len(self.sections) != open_before:
            raise ValueError(path)

    def _line(self, line: str, depth: int) -> Iterator[Setting]:
        """One line: the end of a section, its beginning, an include, or a directive."""
        if line.startswith("</"):
            self.sections.pop()
        elif line.startswith("<"):
            self._open(line)
        elif all(each.holds is not False for each in self.sections):
            name, words = _words(line, self.variables)
            if name in ("include", "includeoptional"):
                yield from self._included(name, words, depth)
            elif name == "use":
                raise ValueError(line)
            else:
                self._learn(name, words)
                yield self._setting(name, words)

    def _setting(self, name: str, words: tuple[str, ...]) -> Setting:
        """A directive where it stands; sections that surely hold and name no place are no part of it."""
        place = tuple(each for each in self.sections if each.kind not in ("on", "unsure"))
        return Setting(name, words, place, sure=all(each.holds for each in self.sections))

    def _open(self, line: str) -> None:
        """A section begins."""
        self.count += 1
        kind, words = _words(line.strip("<>"), self.variables)
        if kind in ("ifmodule", "ifdefine"):
            wanted = words[0].removeprefix("!")
            known = self._has_module(wanted) if kind == "ifmodule" else wanted in self.names
            kind = "on" if known is not words[0].startswith("!") else "off"
        elif kind in UNSURE:
            kind = "unsure"
        elif kind == "macro":
            kind = "off"
        self.sections.append(Section(kind, " ".join(words), self.count))

    def _included(self, name: str, words: tuple[str, ...], depth: int) -> Iterator[Setting]:
        """The directives of the files that are included."""
        pattern = words[0] if isabs(words[0]) else join(self.base, words[0])
        found = matching(pattern, self.files.texts) or matching(f"{pattern}/*", self.files.texts)
        if not found and ("${" in pattern or (name == "include" and not re.search(r"[*?\[]", pattern))):
            raise ValueError(f"{name} {words[0]}")
        for path in found:
            yield from self._file(path, depth + 1)

    def _learn(self, name: str, words: tuple[str, ...]) -> None:
        """What changes the reading of the lines after it."""
        if name == "loadmodule":
            self.modules |= {words[0], words[-1].rpartition("/")[2].removesuffix(".so")}
        elif name == "serverroot":
            self.base = words[0]
        elif name == "define":
            self.names.add(words[0])
            self.variables.update({words[0]: words[1]} if words[1:] and words[1] != "***" else {})

    def _has_module(self, name: str) -> bool:
        """Whether a module is there, by its name or that of its source."""
        return name in self.modules or name.removesuffix(".c") in self.modules


def _words(line: str, variables: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Name and words of a line, without quotes, with the variables that are known."""
    text = re.sub(r"\$\{(\w+)\}", lambda found: variables.get(found[1], found[0]), line)
    words = [re.sub(r"\\(.)", r"\1", one or two) or bare for one, two, bare in WORD.findall(text)]
    return words[0].lower(), tuple(words[1:])
