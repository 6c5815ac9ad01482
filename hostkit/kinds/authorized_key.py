"""Kind `authorized_key`: who may log in as an account with which key.

Two keys are the same when their key material is: comments and options may differ. By default the file is
~/.ssh/authorized_keys of an account that is there. A document that makes the account too names the `file`, or comes
second: the home is known for sure only when the account is there.
"""

import base64
import os
import re
import struct

from hostkit import people
from hostkit.compat import native, octets
from hostkit.refusal import Refusal

MYPY = False
if MYPY:
    from typing import Any, Dict, List, Tuple

    from hostkit.host import Host

    Wanted = Dict[str, Any]

LENGTH = struct.Struct(">I")  # before every part of key material
# A field of a line: blanks within double quotes do not end it.
FIELD = re.compile(r'(?:[^\s"]|"(?:\\.|[^"\\])*")+')
UNREAD = re.compile(r"\A#|[\r\n]")  # a comment to sshd, or more than one line
PRIVATE = re.compile("PRIVATE KEY|PuTTY-User-Key-File|b3BlbnNzaC1rZXktdjE")  # the last: OpenSSH's, without its frame


def lower(host, key, wanted):
    # type: (Host, str, Wanted) -> List[Tuple[str, str, Wanted]]
    """The file with the keys, and its folder where that is the account's own `.ssh`."""
    coming = _keys(wanted, "only") + _keys(wanted, "with")
    going = _keys(wanted, "without")
    both = set(blob for blob, _ in coming) & set(blob for blob, _ in going)
    if both:
        raise Refusal("key-both", key=next(comment for blob, comment in coming if blob in both))
    path = wanted.get("file") or _home(host, key) + "/.ssh/authorized_keys"
    if not coming and not host.exists(path):
        return []  # nothing to take away
    return _items(key, path, dict(_contents(wanted), create=True, **_shared(wanted)), _owner(host, key))


def _items(key, path, wanted, owner):
    # type: (str, str, Wanted, Wanted) -> List[Tuple[str, str, Wanted]]
    """What sshd demands: in the home, both belong to the account alone; elsewhere the file is root's and readable."""
    folder = os.path.dirname(path)
    if os.path.basename(folder) != ".ssh":
        return [("file", path, dict(wanted, owner="root", group="root", mode="0644"))]
    why = dict((field, wanted[field]) for field in ("why",) if field in wanted)
    return [
        ("file", folder, dict(owner, type="directory", mode="0700", **why)),
        ("file", path, dict(wanted, mode="0600", **owner)),
    ]


def _contents(wanted):
    # type: (Wanted) -> Wanted
    """Exactly the named keys, or the file's own lines with some more and some less."""
    if "only" in wanted:
        return {"content": "".join(line.strip() + "\n" for line in wanted["only"])}
    settings = dict((line.strip(), True) for line in wanted.get("with", []))  # type: Dict[str, Any]
    settings.update((line.strip(), None) for line in wanted.get("without", []))
    return {"dialect": "lines", "compare": "blob", "settings": settings}


def _shared(wanted):
    # type: (Wanted) -> Wanted
    """What holds for every part."""
    return dict((field, wanted[field]) for field in ("why", "secret") if field in wanted)


def _home(host, key):
    # type: (Host, str) -> str
    """The home of an account that is there."""
    row = people.row(host, "passwd", key)
    if row is None:
        people.demand_local(host, "passwd", key)
        raise Refusal("key-account-missing", name=key)
    if not os.path.isdir(host.path(row[5])):
        raise Refusal("key-home-missing", home=row[5])
    return row[5].rstrip("/")


def _owner(host, key):
    # type: (Host, str) -> Wanted
    """The account, and its group where it is known already."""
    row = people.row(host, "passwd", key)
    return {"owner": key, "group": people.name_of(host, "group", row[3]) or row[3]} if row else {"owner": key}


def _keys(wanted, field):
    # type: (Wanted, str) -> List[Tuple[str, str]]
    """Material and comment of every key of a list; what is no public key is refused by its place."""
    return [_key(line, "%s[%d]" % (field, at)) for at, line in enumerate(wanted.get(field, []), 1)]


def _key(line, place):
    # type: (str, str) -> Tuple[str, str]
    """Material and comment of one line: `[options] type material [comment]`."""
    if PRIVATE.search(line):
        raise Refusal("key-private", place=place)
    words = [] if UNREAD.search(line.strip()) else FIELD.findall(line)
    for at in (0, 1):  # options may stand in front
        if len(words) > at + 1 and words[at] and _inner_type(words[at + 1]) == words[at]:
            return words[at + 1], " ".join(words[at + 2 :]) or place
    raise Refusal("key-malformed", place=place, comment=" ".join(words[2:])[:60])


def _inner_type(material):
    # type: (str) -> str
    """The type that the key material names itself; nothing when it is no such thing."""
    try:
        whole = base64.b64decode(octets(material))
    except (TypeError, ValueError):
        return ""
    if len(whole) < LENGTH.size or native(base64.b64encode(whole)) != material:
        return ""
    end = LENGTH.size + LENGTH.unpack(whole[: LENGTH.size])[0]
    return native(whole[LENGTH.size : end]) if end < len(whole) else ""
