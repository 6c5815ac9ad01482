"""Undoing a change's lines in a file in which somebody has changed other lines since."""

import difflib

MYPY = False
if MYPY:
    from typing import List, Optional, Sequence, Tuple


def undone(now, left, former):
    # type: (bytes, bytes, bytes) -> Optional[bytes]
    """`now`, with what led from `former` to `left` undone; None where somebody changed the same lines or neighbours."""
    have, had, old = (content.splitlines(True) for content in (now, left, former))
    same = _matcher(had, have).get_matching_blocks()
    for tag, begin, end, old_begin, old_end in reversed(_matcher(had, old).get_opcodes()):
        if tag == "equal":
            continue
        place = _place(same, max(begin - 1, 0), min(end + 1, len(had)))
        if place is None:
            return None
        have[begin + place : end + place] = old[old_begin:old_end]
    return b"".join(have)


def _place(blocks, begin, end):
    # type: (Sequence[Tuple[int, int, int]], int, int) -> Optional[int]
    """How far these lines have moved; None when they are not all there in one piece."""
    for start, moved, length in blocks:
        if start <= begin and end <= start + length:
            return moved - start
    return None


def _matcher(first, second):
    # type: (List[bytes], List[bytes]) -> difflib.SequenceMatcher[bytes]
    """A comparison of all lines, also of those that occur often."""
    try:
        return difflib.SequenceMatcher(None, first, second, False)
    except TypeError:  # Python 2.6 has no such choice
        return difflib.SequenceMatcher(None, first, second)
