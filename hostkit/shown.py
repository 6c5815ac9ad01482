"""What leaves the host: changes that a person can read, without secrets and without digests that could be guessed."""

import difflib
import hashlib
import hmac
import re

from hostkit.compat import canonical, escaped, octets, text
from hostkit.refusal import Refusal

MYPY = False
if MYPY:
    from typing import Any, Dict, Iterable, List

    from hostkit.engine import Step
    from hostkit.host import Host

DIGESTS = ("sha256", "password")
NAMES = {"sha256": "content"}
LARGEST = 256 << 10  # beyond this a diff helps nobody
MASK = "******"
WORD = escaped(  # password, passphrase ... and the Chinese for it
    r"(?:passw(?:or)?d|passphrase|secret|token|credential|community|api_?key|requirepass|masterauth|pwd"
    r"|(?<![^\\W_])pass(?![\\w.-])|\u5bc6\u7801|\u53e3\u4ee4)[\\w.-]{0,64}"
)
# Settings about secrets, which are none themselves: yes and no, and what follows `password` in PAM and nsswitch.
PLAIN = (
    """(?!["']?(?:yes|no|true|false|on|off|(?:without|prohibit)-password|requisite|required|sufficient|optional|include"""
    """|substack|files|compat)["']?[,;]?(?:\\s|$))"""
)
# `password = x` and `"token": "x"` anywhere, `requirepass x` at the beginning of a line: all that follows is hidden.
NAMED = re.compile(
    escaped(r"(%s[\"']?\\s*[=:\uff1a]\\s*[\"']?|^\\s*[\\w.-]{0,64}%s\\s+(?![=:\uff1a])[\"']?)%s\\S.*")
    % (WORD, WORD, PLAIN),
    re.IGNORECASE | re.UNICODE,
)
IN_ADDRESS = re.compile("(://[^/\\s:@]*:)[^/\\s@]+(?=@)")
CRYPT = re.compile("\\$(?:1|2[aby]|5|6|7|y|gy|sm3)\\$[./\\w$=,-]{8,}")
KEY_BLOCK = re.compile("-----BEGIN [A-Z ]*PRIVATE KEY-----")


def changes(host, steps, key):
    # type: (Host, Iterable[Step], str) -> List[Dict[str, Any]]
    """Every step that differs: which item, why, which fields from what to what, and the lines."""
    return [_change(host, step, key) for step in steps if step.differs()]


def fingerprint(steps, key):
    # type: (Iterable[Step], str) -> str
    """One keyed digest over the present states."""
    return keyed_states(dict((step.item, step.now) for step in steps), key)


def plan(steps, key):
    # type: (Iterable[Step], str) -> str
    """One keyed digest over all that would be done: an approval of it holds for exactly this."""
    planned = [(step.item, step.now, step.wish, step.follows) for step in steps if step.differs()]
    return keyed(canonical(sorted(planned)), key)


def keyed(value, key):
    # type: (str, str) -> str
    """A digest that nobody can guess the value from without the control node's key."""
    return hmac.new(octets(key), octets(value), hashlib.sha256).hexdigest()


def keyed_states(items, key):
    # type: (Dict[str, Any], str) -> str
    """One keyed digest over states by item: equal where everything is as it was."""
    return keyed(canonical(sorted(items.items())), key)


def states(steps, key):
    # type: (Iterable[Step], str) -> Dict[str, Any]
    """The present states by item, fit to leave the host."""
    return dict(
        (step.item, dict((field, _shown(step, field, value, key)) for field, value in step.now.items()))
        for step in steps
    )


def _change(host, step, key):
    # type: (Host, Step, str) -> Dict[str, Any]
    """One step for a person."""
    fields = [_field(step, field, key) for field in step.fields()]
    # Of something new or gone, what it does not have is of no interest.
    fields = [field for field in fields if field["before"] or field["after"]]
    fields += [{"field": action, "before": "", "after": cause} for action, cause in sorted(step.follows.items())]
    diff = "" if step.wanted.get("secret") else lines(host, step)
    return {"item": step.item, "why": step.wanted.get("why", ""), "fields": fields, "diff": diff}


def _field(step, field, key):
    # type: (Step, str, str) -> Dict[str, Any]
    """One field as it is and as it shall be."""
    before, after = (_shown(step, field, state.get(field), key) for state in (step.now, step.wish))
    return {"field": NAMES.get(field, field), "before": before, "after": after}


def _shown(step, field, value, key):
    # type: (Step, str, Any, str) -> Any
    """One value: itself, or a keyed digest where it is, or stands for, something that must not be known."""
    if value in (None, ""):
        return value
    if field in DIGESTS:
        return keyed(str(value), key)[:16]
    return MASK if step.wanted.get("secret") else value


def lines(host, step):
    # type: (Host, Step) -> Any
    """The lines of a file that go and come, as a unified diff; secrets in them are hidden."""
    if step.kind != "file" or step.now.get("sha256") == step.wish.get("sha256"):
        return ""
    if "sha256" in step.now:
        host.blobs.put_file(step.now["sha256"], host.path(step.key))
    old, new = (_text(host, state) for state in (step.now, step.wish))
    if old is None or new is None:
        return ""
    # The names come afterwards: Python 2 would take them for ASCII.
    found = list(difflib.unified_diff(old, new, lineterm=""))[2:]
    head = ["--- " + text(step.key) + " (before)", "+++ " + text(step.key) + " (after)"]
    return "".join(line + "\n" for line in head + found) if found else ""


def _masked(line):
    # type: (Any) -> Any
    """A line with everything hidden that looks like a secret."""
    line = IN_ADDRESS.sub("\\1" + MASK, NAMED.sub("\\1" + MASK, line))
    return CRYPT.sub(MASK, line)


def masked_words(words):
    # type: (str) -> Any
    """What a program said, with everything hidden that looks like a secret."""
    return "\n".join(_masked_text(text(words)))


def _text(host, state):
    # type: (Host, Dict[str, Any]) -> Any
    """The lines of a state's content; None when it is too large or no text."""
    if "sha256" not in state:
        return []
    if not host.blobs.has(state["sha256"]) or host.blobs.size(state["sha256"]) > LARGEST:
        return None
    try:
        content = host.blobs.bytes(state["sha256"])
    except Refusal:  # a damaged copy shows nothing; bringing it back will name it
        return None
    return None if b"\0" in content else _masked_text(_decoded(content))


def _masked_text(whole):
    # type: (Any) -> Any
    """All lines, masked. Of a private key every line is one."""
    if KEY_BLOCK.search(whole):
        return [MASK]
    return [_masked(line) for line in whole.splitlines()]


def _decoded(content):
    # type: (bytes) -> Any
    """Bytes as text for a person: UTF-8, else the Chinese encoding of older systems, else as they are."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            pass
    return content.decode("latin-1")
