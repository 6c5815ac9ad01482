"""Words for a POSIX shell."""

MYPY = False
if MYPY:
    from typing import List


def quote(word):
    # type: (str) -> str
    """A word that any sh takes literally, whatever is in it."""
    return "'" + word.replace("'", "'\\''") + "'"


def called(function, words):
    # type: (str, List[str]) -> str
    """A line that calls a function with words."""
    return " ".join([function] + [quote(word) for word in words])
