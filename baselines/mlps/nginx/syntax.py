"""The syntax of Nginx: words, quotes, comments and blocks, as the command prints them file by file."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from posixpath import join

from baselines.mlps.web.globs import matching
from baselines.mlps.web.printed import Files

TOKEN = re.compile(
    r"""\s+ | \#[^\n]* | (?P<end>[;{}]) | (?P<word>"(?:[^"\\]|\\.)*"\)? | '(?:[^'\\]|\\.)*'\)? |"""
    r"""[^\s;{}"'\#\\] (?:\\.|(?<=\$)\{|[^\s;{\\])* | \\.(?:\\.|(?<=\$)\{|[^\s;{\\])*)""",
    re.VERBOSE | re.DOTALL,
)
UNREAD = re.compile(r"^# missing.*$", re.MULTILINE)
DEEPEST = 40
Block = tuple[tuple[str, ...], list["Directive"]]


@dataclass(frozen=True)
class Directive:
    """A name, its words without their quotes, and the block that belongs to it."""

    name: str
    words: tuple[str, ...] = ()
    block: tuple["Directive", ...] = ()

    @property
    def text(self) -> str:
        """The words in one line."""
        return " ".join(self.words)


def tree(found: Files, base: str) -> tuple[Directive, ...]:
    """The whole configuration, every include replaced by what it names."""
    missing = [row[0] for text in found.texts.values() if (row := UNREAD.search(text))]
    if missing:
        raise ValueError(missing[0])
    return tuple(_expanded(parsed(found.texts[found.main]), found.texts, base, 0))


def parsed(text: str) -> tuple[Directive, ...]:
    """The directives of one file."""
    stack: list[Block] = [((), [])]
    words: list[str] = []
    for kind, mark in _tokens(text):
        if kind == "word":
            words.append(mark)
        elif mark == "}":
            head, block = _popped(stack, words)
            stack[-1][1].append(Directive(head[0], head[1:], tuple(block)))
        elif not words:
            raise ValueError(mark)
        else:
            _begun(stack, tuple(words), mark)
            words = []
    if words or len(stack) > 1:
        raise ValueError("}")
    return tuple(stack[0][1])


def _begun(stack: list[Block], words: tuple[str, ...], mark: str) -> None:
    """A directive ends, or its block begins."""
    if mark == ";":
        stack[-1][1].append(Directive(words[0], words[1:]))
    elif len(stack) > DEEPEST:
        raise ValueError(mark)
    else:
        stack.append((words, []))


def _popped(stack: list[Block], words: list[str]) -> Block:
    """The block that a brace ends."""
    if words or len(stack) == 1:
        raise ValueError("}")
    return stack.pop()


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """Words without their quotes, and the marks that end a directive or a block."""
    at = 0
    while at < len(text):
        found = TOKEN.match(text, at)
        if not found:
            raise ValueError(text[at : at + 40])
        at = found.end()
        if found["end"]:
            yield "end", found["end"]
        elif found["word"]:
            yield "word", _plain(found["word"])


def _plain(word: str) -> str:
    """A word without the quotes around it; in the condition of an if a parenthesis may follow them."""
    quoted = re.fullmatch(r"""(["'])(.*)\1(\)?)""", word, re.DOTALL)
    return quoted[2] + quoted[3] if quoted else word


def _expanded(
    directives: tuple[Directive, ...], texts: Mapping[str, str], base: str, depth: int
) -> Iterator[Directive]:
    """The directives with what they include in its place."""
    if depth > DEEPEST:
        raise ValueError("include")
    for each in directives:
        if each.name == "include" and each.words:
            for path in matching(join(base, each.words[0]), texts):
                yield from _expanded(parsed(texts[path]), texts, base, depth + 1)
        else:
            yield Directive(each.name, each.words, tuple(_expanded(each.block, texts, base, depth + 1)))
