"""POSIX access lists: from the words that people write to the bytes that the kernel keeps, and back.

An entry reads like getfacl's: `user:ops:r--`, `group::r-x`, `mask::rwx`, `default:other::---`.
"""

import base64
import grp
import pwd
import re
import struct

from hostkit.compat import native, octets
from hostkit.refusal import Refusal

MYPY = False
if MYPY:
    from typing import Any, Callable, Dict, List

VERSION = struct.pack("<I", 2)
ENTRY = struct.Struct("<HHI")
NOBODY = 0xFFFFFFFF
USER_OBJ, USER, GROUP_OBJ, GROUP, MASK, OTHER = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
WORDS = {USER_OBJ: "user", USER: "user", GROUP_OBJ: "group", GROUP: "group", MASK: "mask", OTHER: "other"}


def decode(value):
    # type: (str) -> List[str]
    """The entries of an access list, in the kernel's order."""
    raw = base64.b64decode(octets(value))
    entries = [ENTRY.unpack_from(raw, place) for place in range(len(VERSION), len(raw), ENTRY.size)]
    return ["%s:%s:%s" % (WORDS[tag], _name(tag, who), _letters(bits)) for tag, bits, who in entries]


def encode(entries, item=""):
    # type: (List[str], str) -> str
    """The kernel's form of an access list."""
    packed = sorted((_packed(entry, item) for entry in entries), key=lambda one: (one[0], one[2]))
    return native(base64.b64encode(VERSION + b"".join(ENTRY.pack(*one) for one in packed)))


def complete(entries, mode):
    # type: (List[str], str) -> List[str]
    """A complete list for a file of this mode: owner and others follow the mode, as chmod would have it.

    Whoever gives named entries only gets the group's own entry from the mode, and a mask that lets all of them work.
    Without names and mask a list says no more than the mode, so there is none.
    """
    given = _by_name(entries)
    if not ("mask:" in given or _named(given)):
        return []
    return _whole(dict(given, **_by_name(of_mode(mode)[::2])), mode)


def handed_down(entries, mode):
    # type: (List[str], str) -> List[str]
    """A complete default list: what it does not say of owner, group and others is taken from the folder's mode."""
    return _whole(_by_name(entries), mode) if entries else []


def of_mode(mode):
    # type: (str) -> List[str]
    """The list that says just what a mode says."""
    bits = int(mode, 8)
    return ["%s::%s" % (who, _letters(bits >> shift & 7)) for who, shift in (("user", 6), ("group", 3), ("other", 0))]


def mode_with(entries, mode):
    # type: (List[str], str) -> str
    """The mode that a file shows with these entries: the group's bits are the mask's, or its own without a mask."""
    given, bits = _by_name(entries), int(mode, 8)
    for who, shift in (("user:", 6), ("mask:" if "mask:" in given else "group:", 3), ("other:", 0)):
        if who in given:
            bits = bits & ~(7 << shift) | _bits(given[who]) << shift
    return "%04o" % bits


def masked(entries, mode):
    # type: (List[str], str) -> List[str]
    """A list after chmod: the group's bits of the mode are its mask."""
    mask = "mask::" + _letters(int(mode, 8) >> 3 & 7)
    return [mask if entry.startswith("mask:") else entry for entry in entries]


def number_of(find, name, item=""):
    # type: (Callable[[str], Any], str, str) -> int
    """The number of an account or group. Some accounts are named by digits: only what is no name is a number."""
    try:
        return int(find(name)[2])
    except KeyError:
        if re.match(r"\A[0-9]{1,10}\Z", name) and int(name) < NOBODY:
            return int(name)
    raise Refusal("owner-unknown", item, name=name)


def name_of(find, number):
    # type: (Callable[[int], Any], int) -> str
    """The name of an account or group, or its number where it has none."""
    try:
        return str(find(number)[0])
    except KeyError:
        return str(number)


def _by_name(entries):
    # type: (List[str]) -> Dict[str, str]
    """The letters of each entry."""
    return dict((entry.rsplit(":", 1)[0], entry.rsplit(":", 1)[1]) for entry in entries)


def _named(given):
    # type: (Dict[str, str]) -> List[str]
    """The entries that name somebody."""
    return [who for who in given if who.split(":")[1]]


def _whole(given, mode):
    # type: (Dict[str, str], str) -> List[str]
    """What is given, completed from the mode, with a mask where the kernel wants one, in the kernel's order."""
    given = dict(_by_name(of_mode(mode)), **given)
    letters = [given[who] for who in _named(given)]
    if letters:
        words = letters + [given["group:"]]
        given.setdefault("mask:", "".join(one if any(one in word for word in words) else "-" for one in "rwx"))
    return decode(encode(["%s:%s" % pair for pair in given.items()]))


def _packed(entry, item):
    # type: (str, str) -> tuple[int, int, int]
    """One entry as the kernel keeps it."""
    word, who, letters = entry.split(":")
    tags = {"user": (USER_OBJ, USER), "group": (GROUP_OBJ, GROUP), "mask": (MASK, MASK), "other": (OTHER, OTHER)}
    find = pwd.getpwnam if word == "user" else grp.getgrnam  # type: Callable[[str], Any]
    return tags[word][bool(who)], _bits(letters), number_of(find, who, item) if who else NOBODY


def _name(tag, who):
    # type: (int, int) -> str
    """Whom an entry names; nobody where it stands for the owner, the group or all."""
    finds = {USER: pwd.getpwuid, GROUP: grp.getgrgid}  # type: Dict[int, Callable[[int], Any]]
    return name_of(finds[tag], who) if tag in finds else ""


def _letters(bits):
    # type: (int) -> str
    return "".join(letter if bits & bit else "-" for letter, bit in (("r", 4), ("w", 2), ("x", 1)))


def _bits(letters):
    # type: (str) -> int
    return sum(bit for letter, bit in (("r", 4), ("w", 2), ("x", 1)) if letter in letters)
