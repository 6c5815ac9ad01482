"""What was rehearsed: which values, of which action, succeeded on which release in the rehearsal group."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from anwei.change.actions import Action
from anwei.change.changefile import REHEARSAL
from anwei.change.plan import Plan
from anwei.record import Record, store, verify_one

Leaves = Mapping[str, frozenset[str]]


def leaves(action: str, estate: str) -> dict[str, frozenset[str]]:
    """Per release, what rehearsals of an action did and verified. A record that does not verify shows nothing."""
    found: dict[str, set[str]] = defaultdict(set)
    for name in store.names():
        if name.endswith(REHEARSAL) and verify_one(name).sound:
            for release, asked in _of_record(Record.open(name).entries(), (action, estate)):
                found[release] |= asked
    return {release: frozenset(asked) for release, asked in found.items()}


def missing(plan: Plan, action: Action, rehearsed: Leaves) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """By release, the hosts of one that nobody ever tried, and those with a value that was never rehearsed on it."""
    untried: dict[str, list[str]] = defaultdict(list)
    unrehearsed: dict[str, list[str]] = defaultdict(list)
    for host, planned in plan.hosts.items():
        if plan.nothing_to_do(host):
            continue
        release = planned["release"]
        known = rehearsed.get(release, frozenset())
        if not known and not all(release in role.tried for role in action.roles):
            untried[release].append(host)
        elif {leaf for task in planned["tasks"] for leaf in task["asked"]} - known:
            unrehearsed[release].append(host)
    return dict(untried), dict(unrehearsed)


def _of_record(entries: Iterable[Mapping[str, Any]], wanted: tuple[str, str]) -> list[tuple[str, set[str]]]:
    """What each host of one record did in a wave that was kept, if the record is of this action."""
    releases: dict[str, str] = {}
    asked: dict[str, set[str]] = {}
    kept: list[tuple[str, set[str]]] = []
    for entry in entries:
        data = entry["data"]
        if entry["event"] == "opened" and (data["action"], data.get("estate")) != wanted:
            return []
        if entry["event"] == "begun":
            releases |= {host: about["release"] for host, about in data["hosts"].items()}
        elif entry["event"] == "applied":
            asked |= {
                host: set(said["asked"]) for host, said in data["hosts"].items() if said["ok"] and said["changed"]
            }
        elif entry["event"] == "wave" and data["outcome"] == "kept":
            kept += [(releases[host], asked[host]) for host in data["hosts"] if host in asked]
    return kept
