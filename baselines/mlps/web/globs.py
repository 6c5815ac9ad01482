"""Patterns of include directives."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from posixpath import normpath


def matching(pattern: str, paths: Iterable[str]) -> list[str]:
    """The paths that a pattern names; a star never reaches into a folder, as for the servers that read it."""
    parts = normpath(pattern).split("/")
    return [path for path in paths if _matches(normpath(path).split("/"), parts)]


def _matches(path: list[str], pattern: list[str]) -> bool:
    """Whether each part fits its own."""
    return len(path) == len(pattern) and all(map(fnmatchcase, path, pattern))
