"""Whether a document stays within the footprint: what a role has said beforehand that it may touch."""

from hostkit import fileitem, schema
from hostkit.limits import shown
from hostkit.pathname import covered
from hostkit.refusal import Refusal

MYPY = False
if MYPY:
    from typing import Any, Dict, List

    Document = Dict[str, Dict[str, Dict[str, Any]]]


def refusals(document, footprint):
    # type: (Document, Any) -> List[Refusal]
    """Every item outside. A footprint that is none is refused with the rest of the request."""
    shape = schema.demanded("request")["properties"]["footprint"]
    if footprint is None or schema.problems(footprint, shape):
        return []
    return [
        Refusal("outside-footprint", "%s:%s" % (kind, shown(place)))
        for kind in document
        for key, wanted in document[kind].items()
        for place in _places(kind, key, wanted)
        if not _inside(kind, place, footprint.get(kind, []))
    ]


def _inside(kind, place, named):
    # type: (str, str, List[str]) -> bool
    """Whether something is named, or for a path covered by a folder that is."""
    return covered(place, named) if kind == "file" else place in named


def _places(kind, key, wanted):
    # type: (str, str, Dict[str, Any]) -> List[str]
    """What an item touches; a final slash stands for everything below a folder."""
    if kind != "file":
        return [key]
    inside = set(place for path, _ in fileitem.reached(key, wanted) for place in _down_to(path, len(key)))
    return sorted(inside) + ([key + "/"] if wanted.get("deep") or wanted.get("only") else [])


def _down_to(path, top):
    # type: (str, int) -> List[str]
    """A path, and the folders above it in the same tree: they are made when they are not there."""
    ends = [place for place in range(top, len(path)) if path[place] == "/"]
    return [path[:end] for end in ends] + [path]
