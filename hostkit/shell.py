"""Words for a POSIX shell."""


def quote(word):
    # type: (str) -> str
    """A word that any sh takes literally, whatever is in it."""
    return "'" + word.replace("'", "'\\''") + "'"
