"""File items that cannot both be had: a path that goes, or is no folder, and another below it."""

import bisect

from hostkit import fileitem
from hostkit.limits import shown
from hostkit.refusal import Refusal

MYPY = False
if MYPY:
    from typing import Any, Dict, List

    Wanted = Dict[str, Any]


def refusals(files):
    # type: (Dict[str, Wanted]) -> List[Refusal]
    """Every path that contradicts the nearest one above it that shuts it out."""
    wanted = {}  # type: Dict[str, List[Wanted]]
    for key in files:
        for path, inner in fileitem.reached(key, files[key]):
            wanted.setdefault(path, []).append(inner)
    trees = [fileitem.reached(key, files[key])[1:] for key in files if _only(files[key])]
    kept = sorted(_in_depth(path) for tree in trees for path, _ in tree)
    found = []  # type: List[Refusal]
    above = []  # type: List[str]
    for path in sorted(wanted, key=_in_depth):
        while above and not path.startswith(above[-1] + "/"):
            above.pop()
        if above:
            found += _below(path, wanted[path], above[-1], wanted[above[-1]], kept)
        if any(_shuts(inner) for inner in wanted[path]):
            above.append(path)
    return found


def _below(path, items, top, tops, kept):
    # type: (str, List[Wanted], str, List[Wanted], List[str]) -> List[Refusal]
    """How the items of a path contradict those of one above it."""
    types = [fileitem.meant(one)[0] for one in tops]
    stays = any(fileitem.meant(one)[0] != "absent" for one in items)
    reasons = [
        ("path-below-absent", "absent" in types and stays),
        ("path-below-file", "file" in types or "link" in types),
        ("path-below-only", any(_only(one) for one in tops) and stays and not _kept(path, kept)),
    ]
    return [Refusal(reason, "file:" + shown(path), above=shown(top)) for reason, holds in reasons if holds]


def _shuts(wanted):
    # type: (Wanted) -> bool
    """Whether an item leaves no room, or not for everything, below it."""
    return fileitem.meant(wanted)[0] in ("absent", "file", "link") or _only(wanted)


def _only(wanted):
    # type: (Wanted) -> bool
    """Whether what is not named below an item goes."""
    return bool(wanted.get("only")) and "tree" in wanted


def _kept(path, kept):
    # type: (str, List[str]) -> bool
    """Whether a tree names a path, or one below it."""
    place = bisect.bisect_left(kept, _in_depth(path))
    return place < len(kept) and (kept[place] + "\0").startswith(_in_depth(path) + "\0")


def _in_depth(path):
    # type: (str) -> str
    """A path for an order in which all that is below comes right after."""
    return path.replace("/", "\0")
