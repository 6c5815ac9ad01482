"""Which paths a document may name: absolute, in one spelling only, and not where hostkit or the kernel lives."""

import re

from hostkit.compat import escaped, octets, text
from hostkit.refusal import Refusal

MYPY = False
if MYPY:
    from typing import Iterable, List, Optional

RESERVED = ("/proc", "/sys", "/dev", "/var/lib/anwei")
LONGEST, LONGEST_PART = 4096, 255
_CONTROL = re.compile(escaped(r"[\u0001-\u001f\u007f-\u009f]"))


def refusals(path, item):
    # type: (str, str) -> List[Refusal]
    """Everything that is wrong with a path."""
    found = [Refusal(reason, item) for reason in _spelling(path) if reason]
    place = [reserved for reserved in RESERVED if below(path, reserved)]
    return found + [Refusal("path-reserved", item, place=reserved) for reserved in place]


def inner_refusals(folder, path, item):
    # type: (str, str, str) -> List[Refusal]
    """What is wrong with a path within a folder that is not wrong with the folder itself."""
    if path.startswith(folder + "//"):
        return [Refusal("path-absolute", item)]
    known = set(refusal.reason for refusal in refusals(folder, item))
    return [refusal for refusal in refusals(path, item) if refusal.reason not in known]


def below(path, folder):
    # type: (str, str) -> bool
    """Whether a path is a folder's or lies below it."""
    return path == folder or path.startswith(folder + "/")


def covered(path, patterns):
    # type: (str, Iterable[str]) -> bool
    """Whether a path is named, or lies below a pattern that ends in a slash."""
    return any(path == pattern or (pattern.endswith("/") and path.startswith(pattern)) for pattern in patterns)


def _spelling(path):
    # type: (str) -> Iterable[Optional[str]]
    """The reasons, each where it holds."""
    parts = path.split("/")
    yield "path-relative" if not path.startswith("/") else None
    yield "path-root" if path == "/" else None
    yield "path-nul" if "\0" in path else None
    yield "path-control" if _CONTROL.search(text(path)) else None
    yield "path-double-slash" if "//" in path else None
    yield "path-trailing-slash" if len(path) > 1 and path.endswith("/") else None
    yield "path-dots" if "." in parts or ".." in parts else None
    yield "path-long" if len(octets(path)) > LONGEST else None
    yield "path-part-long" if any(len(octets(part)) > LONGEST_PART for part in parts) else None
