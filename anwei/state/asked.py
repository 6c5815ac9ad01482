"""What a document asks for, leaf by leaf, as keyed digests: what was rehearsed is compared without telling a value."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from typing import Any

LENGTH = 16  # hexadecimal digits: enough to tell a site's leaves apart, and nobody gains by making two alike
SAYS_NOTHING = ("why", "secret")

Document = Mapping[str, Mapping[str, Mapping[str, Any]]]


def leaves(document: Document, key: str) -> list[str]:
    """One digest per value asked for: `file:/etc/ssh/sshd_config settings.MaxAuthTries = 5` is one."""
    return sorted({_digest(leaf, key) for kind, items in document.items() for leaf in _of_kind(kind, items)})


def _of_kind(kind: str, items: Mapping[str, Mapping[str, Any]]) -> Iterator[list[Any]]:
    """The leaves of all items of a kind; an item that asks for nothing else asks to be there."""
    for name, wanted in items.items():
        asked = {field: value for field, value in wanted.items() if field not in SAYS_NOTHING}
        yield from _below([f"{kind}:{name}"], asked)


def _below(path: list[str], value: object) -> Iterator[list[Any]]:
    """The leaves below a value; an empty mapping is one."""
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _below([*path, str(name)], inner)
    else:
        yield [path, value]


def _digest(leaf: list[Any], key: str) -> str:
    """A leaf's keyed digest."""
    words = json.dumps(leaf, ensure_ascii=False, sort_keys=True).encode()
    return hmac.new(bytes.fromhex(key), words, hashlib.sha256).hexdigest()[:LENGTH]
