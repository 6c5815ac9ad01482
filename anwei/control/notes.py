"""Notes in the list of heads about the control folder itself: it was backed up, another node has taken it over.

Two nodes with one folder can both act. Nothing here hinders that; it is told: in the list of each, signed, and to
syslog, where two different heads of one number show that both went on.
"""

import platform
from dataclasses import dataclass

from anwei.record import chain, node_key, store, syslog
from anwei.record.heads import OUTSIDE, SIGNATURE

BACKED_UP, TAKEN_OVER = EVENTS = "backed-up", "taken-over"


@dataclass(frozen=True)
class Note:
    """One note: what was done, when, on which node; `former` is the node whose backup was taken over."""

    event: str
    at: str
    node: str
    former: str = ""


def write(event: str, **data: str) -> None:
    """Put a note into the list, signed, and tell syslog."""
    written = store.heads().append(event, {"node": platform.node(), **data}, sign=node_key.sign)
    about = " ".join(f"{name}={value}" for name, value in written["data"].items())
    syslog.tell(f"{event} {about} head={written['n']} head_digest={written['digest']}")


def read() -> list[Note]:
    """The notes that this node's key signed, in their order."""
    lines, _ = chain.split(store.heads().content())
    entries = [entry for entry in map(chain.read, lines) if entry and entry["event"] in EVENTS]
    signed = [entry for entry in entries if _holds(entry)]
    return [
        Note(entry["event"], entry["at"], str(entry["data"].get("node", "")), str(entry["data"].get("former", "")))
        for entry in signed
    ]


def _holds(entry: chain.Entry) -> bool:
    """Whether a note is what was signed."""
    own = chain.digest_of(entry, chain.USUAL, OUTSIDE) == entry[chain.DIGEST]
    return own and node_key.holds(entry[chain.DIGEST], str(entry.get(SIGNATURE, "")), node_key.public())
