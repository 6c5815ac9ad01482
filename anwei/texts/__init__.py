"""Every sentence that people read, in Chinese (`zh/`) and English (`en/`), by a dotted key; one file per subject.

Operators and assessors read Chinese, so that is the default; `ANWEI_LANG=en` turns the terminal English.
Tests hold the two folders against each other and against the keys that the code uses.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files

import yaml

try:  # Ten times faster, where PyYAML was built with it: every run reads all texts.
    from yaml import CSafeLoader as SafeLoader
except ImportError:
    from yaml import SafeLoader  # type: ignore[assignment]

LANGUAGES = ("zh", "en")
_SPOKEN = ContextVar("spoken", default="")


def language() -> str:
    """The language of the reader; an unknown one counts as Chinese."""
    wanted = _SPOKEN.get() or os.environ.get("ANWEI_LANG", "zh")
    return wanted if wanted in LANGUAGES else "zh"


@contextmanager
def spoken(lang: str) -> Iterator[None]:
    """Speak one language for a while, whatever the reader's is."""
    before = _SPOKEN.set(lang)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


@cache
def catalogue(lang: str) -> dict[str, str]:
    """All texts of one language, flattened to dotted keys."""
    pages = sorted(files(__name__).joinpath(lang).iterdir(), key=lambda page: page.name)
    nested = [yaml.load(page.read_text(encoding="utf-8"), Loader=SafeLoader) for page in pages]
    return dict(pair for page in nested for pair in _flatten("", page))


def _flatten(prefix: str, node: object) -> list[tuple[str, str]]:
    """Pairs of dotted key and sentence below `node`."""
    if not isinstance(node, dict):
        return [(prefix, str(node))]
    return [pair for key, value in node.items() for pair in _flatten(f"{prefix}.{key}" if prefix else str(key), value)]


def text(key: str, lang: str | None = None, /, **values: object) -> str:
    """The sentence behind `key` with its placeholders filled, in the language of the reader unless one is given."""
    return catalogue(lang or language())[key].format(**values)
