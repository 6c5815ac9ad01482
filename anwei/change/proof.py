"""What the catalogue says of hosts before and after a change: the verification that does not ask the role itself."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from anwei.baseline import catalogue, checking
from anwei.baseline.catalogue import Catalogue
from anwei.baseline.result import Outcome, Result
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
    collected = collect(estate, asked, checking.Questions(checks), show=_silent)
    assessment = checking.assess(checks, estate.name, collected, datetime.now(UTC))
    found: dict[str, list[Check]] = {}
    for each in assessment.objects:
        found.setdefault(each.host, []).extend(map(_plain, each.results))
    return found


def _plain(result: Result) -> Check:
    """One result as a record holds it."""
    about = {"id": result.check.id, "title": result.check.title}
    return {**about, "outcome": str(result.outcome.value), "said": result.observed}


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
    return whole.only(names)


def _silent(host: str, unreachable: Unreachable | None) -> None:
    """The run's own view shows the hosts."""
