"""File names for objects."""

from urllib.parse import quote


def safe_name(name: str) -> str:
    """A file name for an object: what could leave the folder or confuse a shell is written as %XX."""
    return quote(name, safe="")
