"""The Match blocks of sshd: for each a connection that it is about, so that sshd itself can say what it does."""

import re
from collections.abc import Iterator
from itertools import product

# For what a block does not name: an address and a name that no site has.
ANY_ADDRESS, ANY_HOST = "192.0.2.1", "host.example.gov"
HOST, ADDRESS = r"[A-Za-z0-9.-]+", r"[0-9A-Fa-f.:]+"


def connections(block: str, user: str) -> Iterator[str]:
    """The connections by which a block can be tried for a user; an empty one where none can be made up.

    A block about other users or groups is tried all the same: sshd knows whether it is about this one.
    """
    words = re.split(r"[\s=]+", block.partition(":")[2].strip().lower())[1:]
    criteria = dict(zip(words[::2], words[1::2], strict=False))
    if words == ["all"] or set(criteria) <= {"user", "group"}:
        criteria = {}
    elif len(words) % 2 or not set(criteria) <= {"user", "group", "host", "address"}:
        yield ""
        return
    hosts = _examples(criteria.get("host", ANY_HOST), HOST)
    addresses = _examples(criteria.get("address", ANY_ADDRESS), ADDRESS)
    for host, address in product(hosts, addresses):
        yield f"user={user},host={host},addr={address}" if host and address else ""


def _examples(patterns: str, form: str) -> Iterator[str]:
    """One that fits each pattern of a list; an empty one for what is negated or has no form that is known."""
    for pattern in patterns.strip('"').split(","):
        example = pattern.partition("/")[0].replace("*", "1").replace("?", "1")
        yield example if re.fullmatch(form, example) else ""
