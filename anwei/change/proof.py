"""What the catalogue says of hosts before and after a change: the verification that does not ask the role itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from anwei.baseline import catalogue, checking
from anwei.baseline.catalogue import Catalogue
from anwei.baseline.result import Outcome
from anwei.change.actions import Action
from anwei.estate import Estate, Host
from anwei.evidence.collect import collect
from anwei.evidence.reasons import Unreachable
from anwei.health.run import ANSWERING
from anwei.record import Record

Check = Mapping[str, Any]


def outcomes(action: Action, estate: Estate, hosts: Sequence[Host]) -> dict[str, list[Check]]:
    """The outcome of each check that the action's roles name, by host; nothing where they name none."""
    checks = _of(action)
    asked = [host for host in hosts if host.variables.get("system") in ANSWERING]
    if not checks.entries or not asked:
        return {}
    wanted = partial(checking.wanted, checks)
    collected = collect(estate, asked, checks.declarations, wanted, show=_silent)
    assessment = checking.assess(checks, estate.name, collected, datetime.now(UTC))
    return {
        host.name: [
            {"id": each.check.id, "title": each.check.title, "outcome": str(each.outcome.value), "said": each.observed}
            for each in host.results
        ]
        for host in assessment.hosts
    }


def note(record: Record, found: Mapping[str, Sequence[Check]]) -> None:
    """Put what the checks say before the change into the record."""
    hosts = {host: {"ok": True, "said": "", "differences": [], "checks": list(said)} for host, said in found.items()}
    if hosts:
        record.append("verified", {"wave": None, "hosts": hosts})


def before(entries: Iterable[Mapping[str, Any]]) -> dict[str, Sequence[Check]]:
    """What the checks said before the change, by host."""
    noted = [each["data"] for each in entries if each["event"] == "verified" and each["data"]["wave"] is None]
    return {host: said["checks"] for data in noted for host, said in data["hosts"].items()}


def lost(before: Sequence[Check], after: Sequence[Check]) -> list[str]:
    """The checks that were met before and are not any more: the change broke what it should have kept."""
    met = {each["id"] for each in before if each["outcome"] == Outcome.MET.value}
    return [
        f"{each['id']}: {each['said']}"
        for each in after
        if each["id"] in met and each["outcome"] == Outcome.NOT_MET.value
    ]


def _of(action: Action) -> Catalogue:
    """The catalogue, reduced to what the roles name."""
    whole = catalogue.load(max(catalogue.LEVELS))
    names = {check for role in action.roles for check in role.checks}
    return replace(whole, entries=tuple(entry for entry in whole.entries if entry.check.id in names), facts={})


def _silent(host: str, unreachable: Unreachable | None) -> None:
    """The run's own view shows the hosts."""
