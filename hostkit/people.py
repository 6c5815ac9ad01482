"""Local accounts and groups: what /etc/passwd, shadow and group say, and what the tools' settings make of a new one.

Only local files count. What a directory service (LDAP, SSSD, NIS) provides is not this host's to change: it is asked
only whether it knows a name or a number.
"""

import re
import weakref

from hostkit.refusal import Refusal

MYPY = False
if MYPY:
    from typing import Dict, Iterable, List, Optional, Set, Tuple

    from hostkit.host import Host

FIELDS = {"passwd": 7, "group": 4, "shadow": 9, "gshadow": 4}
NUMBERED = ("passwd", "group")
SETTING = re.compile(r"^\s*([A-Z_]+)(?:\s*=\s*|\s+)(.*?)\s*$")
# What the shadow tools take where their settings say nothing.
DEFAULTS = {
    "GROUP": "100",
    "HOME": "/home",
    "SHELL": "/bin/sh",
    "SKEL": "/etc/skel",
    "INACTIVE": "-1",
    "EXPIRE": "",
    "PASS_MIN_DAYS": "-1",
    "PASS_MAX_DAYS": "-1",
    "PASS_WARN_AGE": "-1",
    "USERGROUPS_ENAB": "no",
    "UID_MIN": "1000",
    "UID_MAX": "60000",
    "GID_MIN": "1000",
    "GID_MAX": "60000",
}


class Asked(object):
    """What the wishes of this run asked for, until it is written.

    Creating an account, opening a revoked one and setting a password need this memory. A take-back has no wishes, so
    it can do none of the three, whatever a former state says. Hashes are here because states hold only their digest.
    """

    def __init__(self):
        # type: () -> None
        self.numbers = {}  # type: Dict[Tuple[str, str], int]  # ("passwd", "ops") -> its number
        self.new = {}  # type: Dict[str, List[str]]  # account -> how useradd shall make it
        self.opened = set()  # type: Set[str]
        self.hashes = {}  # type: Dict[str, str]
        self.members = {}  # type: Dict[str, Set[str]]  # group -> names that a document puts there
        self.joining = {}  # type: Dict[str, List[str]]  # account that is yet to come -> its groups


_asked = weakref.WeakKeyDictionary()  # type: weakref.WeakKeyDictionary[Host, Asked]

# Written before any account: useradd reads them.
POLICIES = ("/etc/login.defs", "/etc/default/useradd")


def asked(host):
    # type: (Host) -> Asked
    """What the wishes of this run asked for."""
    return _asked.setdefault(host, Asked())


def rows(host, page):
    # type: (Host, str) -> List[List[str]]
    """The rows of one of these files. A row that the system's own library would not take is none."""
    found = [line.split(":") for line in host.lines("/etc/" + page)]
    return [row for row in found if len(row) == FIELDS[page] and (page not in NUMBERED or row[2].isdigit())]


def row(host, page, name):
    # type: (Host, str, str) -> Optional[List[str]]
    """The first row of a name, as the system takes it."""
    return next((one for one in rows(host, page) if one[0] == name), None)


def shadow(host, name):
    # type: (Host, str) -> List[str]
    """The shadow row of an account that has a passwd row; on hosts without shadow file its hash stands in passwd."""
    passwd = row(host, "passwd", name) or [name, ""]
    return row(host, "shadow", name) or [name, passwd[1] if passwd[1] != "x" else "*"] + [""] * 7


def name_of(host, page, number):
    # type: (Host, str, str) -> Optional[str]
    """Who has this number."""
    return next((one[0] for one in rows(host, page) if int(one[2]) == int(number)), None)


def known_elsewhere(host, page, name):
    # type: (Host, str, str) -> bool
    """Whether a directory service knows a name or number that the local files do not have."""
    return host.program("getent") is not None and host.run(["getent", page, name]).status == 0


def demand_local(host, page, name):
    # type: (Host, str, str) -> None
    """Refuse what only a directory service knows: a local twin would stand in front of it."""
    if row(host, page, name) is None and known_elsewhere(host, page, name):
        raise Refusal("account-not-local" if page == "passwd" else "group-not-local", name=name)


def settings(host):
    # type: (Host) -> Dict[str, str]
    """What login.defs and useradd's defaults say about new accounts, or will once this run has written them."""
    found = dict(DEFAULTS)
    for page in POLICIES:
        matches = [SETTING.match(line) for line in host.coming_lines(page)]
        found.update((match.group(1), match.group(2)) for match in matches if match and match.group(2))
    return found


def number(host, page, name, named=None, system=False):
    # type: (Host, str, str, Optional[int], bool) -> int
    """The number of a new account or group: the named one, or one chosen here, so that the plan can say it.

    What the wishes of one run got counts as taken: two of a document never get the same.
    """
    numbers = asked(host).numbers
    taken = dict((int(one[2]), one[0]) for one in rows(host, page) if one[0] != name)
    taken.update((number, key) for (of, key), number in numbers.items() if of == page and key != name)
    if named is not None and named in taken:
        raise Refusal("number-taken", number=named, holder=taken[named])
    if named is not None or (page, name) not in numbers:
        same = numbers.get(("passwd", name))  # a group likes to have its account's
        fits = same is not None and same not in taken and not known_elsewhere(host, page, str(same))
        chosen = same if fits and named is None else named
        numbers[page, name] = _free(host, page, taken, system) if chosen is None else chosen
    return numbers[page, name]


def _free(host, page, taken, system):
    # type: (Host, str, Iterable[int], bool) -> int
    """The tools' own rule: above the highest for people, below the lowest for programs, else the first hole."""
    word = "UID" if page == "passwd" else "GID"
    found = settings(host)
    low, high = int(found[word + "_MIN"]), int(found[word + "_MAX"])
    if system:
        low, high = int(found.get("SYS_%s_MIN" % word, 101)), int(found.get("SYS_%s_MAX" % word, low - 1))
    inside = [one for one in taken if low <= one <= high]
    upwards, downwards = range(max(inside + [low - 1]) + 1, high + 1), range(min(inside + [high + 1]) - 1, low - 1, -1)
    for candidate in list(downwards if system else upwards) + list(range(low, high + 1)):
        if candidate not in taken and not known_elsewhere(host, page, str(candidate)):
            return candidate
    raise Refusal("numbers-used-up", low=low, high=high)
