"""What contradicts itself in an item of kind `file`: what its schema cannot say, or not in words that help."""

import re

from hostkit import attributes, dialects
from hostkit.limits import field as place
from hostkit.limits import shown
from hostkit.refusal import Refusal
from hostkit.schema import is_text

MYPY = False
if MYPY:
    from typing import Any, Dict, List, Tuple

    Wanted = Dict[str, Any]

CONTENTS = ("content", "content_base64", "settings")
OPTIONS = ("dialect", "key_columns", "comment", "compare", "inline_comment")
CARRIED = ("owner", "group", "mode", "acl", "selinux", "xattrs", "immutable")
OF_A_FOLDER = ("deep", "tree", "only")
# What may stand beside each type; `why` and `secret` always may.
BESIDE = {
    "absent": (),
    "link": ("target",),
    "directory": CARRIED + OF_A_FOLDER,
    "file": CARRIED + CONTENTS + OPTIONS + ("create", "validate"),
}  # type: Dict[str, Tuple[str, ...]]
KNOWN = frozenset(name for names in BESIDE.values() for name in names)
# What implies a type when none is given; the first that is there.
IMPLIES = (
    ("target", "link"), ("content", "file"), ("content_base64", "file"), ("settings", "file"),
    ("tree", "directory"), ("deep", "directory"),
)  # fmt: skip
NEEDS = tuple((name, "settings") for name in OPTIONS) + (("settings", "dialect"), ("only", "tree"))
# What only a file can have, and so needs a word that says that it is one.
OF_A_FILE = ("create", "validate")
# These have fields of their own, or are the kernel's.
OTHER_ATTRIBUTES = attributes.NOT_OURS + (attributes.ACCESS, attributes.DEFAULT, attributes.LABEL)
_BASE64 = re.compile(r"\A[A-Za-z0-9+/]*={0,2}\Z")


def refusals(wanted, item):
    # type: (Wanted, str) -> List[Refusal]
    """The contradictions between the fields of an item; their values are looked at by `of_values`."""
    kind, because = meant(wanted)
    given = [name for name in sorted(wanted) if name not in ("type", "why", "secret")]
    found = [Refusal("fields-exclude", item, field=name, other=because) for name in _beside(kind, given)]
    contents = [name for name in CONTENTS if name in wanted]
    found += [Refusal("fields-exclude", item, field=name, other=contents[0]) for name in contents[1:]]
    if kind == "absent" and found:
        return [Refusal("absent-with-fields", item, fields=", ".join(given))]
    missing = [(name, need) for name, need in NEEDS if name in wanted and need not in wanted]
    missing += [("type: link", "target")] if kind == "link" and "target" not in wanted else []
    missing += [(name, "type: file") for name in OF_A_FILE if name in wanted and not kind]
    found += [Refusal("field-needs", item, field=name, other=need) for name, need in missing]
    if "tree" in wanted and "deep" in wanted:
        found.append(Refusal("fields-exclude", item, field="deep", other="tree"))
    return found + _truths(wanted, item)


def of_values(wanted, item):
    # type: (Wanted, str) -> List[Refusal]
    """What is wrong with the values of an item that fits its schema and has no contradiction."""
    found = _access(wanted, item) + _attributes(wanted, item) + _checker(wanted.get("validate"), item)
    if "content_base64" in wanted and not _is_base64(wanted["content_base64"]):
        found.append(Refusal("base64-form", item, field="content_base64"))
    if "settings" in wanted:
        found += _settings(wanted, item)
    return found


def meant(wanted):
    # type: (Wanted) -> Tuple[str, str]
    """Which type an item means, and the field that says so; nothing when it may be any."""
    if is_text(wanted.get("type")) and wanted["type"] in BESIDE:
        return wanted["type"], "type: %s" % wanted["type"]
    implied = [(kind, name) for name, kind in IMPLIES if name in wanted]
    return implied[0] if implied else ("", "")


def reached(key, wanted):
    # type: (str, Wanted) -> List[Tuple[str, Wanted]]
    """The paths that an item says something about: its own, and those of its tree."""
    tree = wanted.get("tree")
    inner = tree.items() if isinstance(tree, dict) else ()
    return [(key, wanted)] + [("%s/%s" % (key, path), item) for path, item in inner if isinstance(item, dict)]


def _beside(kind, given):
    # type: (str, List[str]) -> List[str]
    """The fields that another type has and this one has not."""
    return [name for name in given if kind and name in KNOWN and name not in BESIDE[kind]]


def _access(wanted, item):
    # type: (Wanted, str) -> List[Refusal]
    """An access list that names somebody twice, or gives a file what only folders hand down."""
    names = [entry.rsplit(":", 1)[0] for entry in wanted.get("acl", [])]
    twice = sorted(set(name for name in names if names.count(name) > 1))
    found = [Refusal("acl-twice", item, entry=shown(name)) for name in twice]
    if meant(wanted)[0] == "file" and any(name.startswith("default:") for name in names):
        found.append(Refusal("acl-default", item))
    return found


def _attributes(wanted, item):
    # type: (Wanted, str) -> List[Refusal]
    """Extended attributes that other fields set, or whose values are not base64."""
    attributes = wanted.get("xattrs", {})
    found = [Refusal("xattr-reserved", item, name=name) for name in OTHER_ATTRIBUTES if name in attributes]
    wrong = [name for name in sorted(attributes) if not _is_base64(attributes[name])]
    return found + [Refusal("base64-form", item, field=place(("xattrs", name))) for name in wrong]


def _checker(words, item):
    # type: (Any, str) -> List[Refusal]
    """A checker without words, or whose program is named by a relative path: the host finds it in fixed folders."""
    if words == []:
        return [Refusal("validate-empty", item)]
    relative = words and "/" in words[0] and not words[0].startswith("/")
    return [Refusal("program-relative", item, program=shown(words[0]))] if relative else []


def _truths(wanted, item):
    # type: (Wanted, str) -> List[Refusal]
    """Settings that are true or false: YAML makes that of an unquoted yes or no. Only lines can be told so."""
    settings = wanted.get("settings")
    if not isinstance(settings, dict) or wanted.get("dialect") == "lines":
        return []
    names = sorted(name for name in settings if isinstance(settings[name], bool))
    return [Refusal("setting-not-text", item, name=shown(name)) for name in names]


def _settings(wanted, item):
    # type: (Wanted, str) -> List[Refusal]
    """What the dialect refuses whatever the file holds: an empty one stands for it."""
    try:
        dialects.values(b"", wanted)
    except Refusal as refusal:
        return [Refusal(refusal.reason, item, **refusal.values)]
    return []


def _is_base64(value):
    # type: (str) -> bool
    """Whether a text is base64 without blanks and line ends; decoders differ in what else they overlook."""
    return len(value) % 4 == 0 and _BASE64.match(value) is not None
