"""Which hosts the groups of a listing hold, and which group wins: read from `ansible-inventory --list`."""

from collections.abc import Mapping
from typing import Any

Listing = Mapping[str, Any]
BUILT_IN = {"all", "ungrouped", "_meta"}


def of_hosts(listing: Listing) -> dict[str, tuple[str, ...]]:
    """Each host's groups; as in Ansible the deeper group wins over the shallower, then the later in the alphabet."""
    depths = {group: _depth(listing, group) for group in listing if group not in BUILT_IN}
    groups: dict[str, tuple[str, ...]] = {host: () for group in listing.values() for host in group.get("hosts", ())}
    for group in sorted(depths, key=lambda name: (depths[name], name)):
        for host in _members(listing, group):
            groups[host] = (*groups[host], group)
    return groups


def _depth(listing: Listing, group: str) -> int:
    """How far below `all` a group stands, by the longest way."""
    parents = [name for name, content in listing.items() if group in content.get("children", ())]
    return 1 + max((_depth(listing, parent) for parent in parents), default=0)


def _members(listing: Listing, group: str) -> set[str]:
    """The hosts in a group and in those below it."""
    content = listing.get(group, {})
    below = (_members(listing, child) for child in content.get("children", ()))
    return set(content.get("hosts", ())).union(*below)
