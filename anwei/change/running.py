"""A run: wave by wave apply, look again, watch; what fails is taken back. The record tells each step first."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

from anwei.change import hosts, proof, returning
from anwei.change.actions import Action
from anwei.change.changefile import Change
from anwei.change.foretelling import Foretold, foretell
from anwei.change.plan import Plan
from anwei.change.progress import progress
from anwei.change.view import View
from anwei.change.waves import Waves
from anwei.errors import Exit
from anwei.estate import Estate, Host
from anwei.health import run as health
from anwei.health.result import Result
from anwei.record import Record, seal
from anwei.texts import text

Results = Mapping[str, Sequence[Result]]


@dataclass(frozen=True)
class Run:
    """Everything that a run needs. `name` is what hosts and the record call the change."""

    name: str
    change: Change
    action: Action
    estate: Estate
    plan: Plan
    record: Record
    view: View
    too_late: Callable[[], list[str]] = list

    def waves(self, left_out: Mapping[str, str]) -> Waves:
        """The waves without the hosts that are left out."""
        found = (tuple(host for host in wave if host not in left_out) for wave in self.plan.waves)
        return tuple(wave for wave in found if wave)

    def host(self, name: str) -> Host:
        """A host of the estate."""
        return next(host for host in self.estate.hosts if host.name == name)


def go(run: Run, left_out: Mapping[str, str], done: Collection[str]) -> Exit:
    """All waves that are not done yet."""
    fresh = True  # the gate has just looked at the hosts of the first wave, and at the clock
    for number, wave in enumerate(run.plan.waves, 1):
        waiting = [host for host in wave if host not in done and host not in left_out]
        if not waiting:
            continue
        late = [] if fresh else run.too_late()
        if late:
            return ended(run.record, Exit.FINDINGS, "late", number=number, why="; ".join(late))
        status = _wave(run, number, waiting, fresh=fresh)
        if status is not Exit.GOOD:
            return status
        fresh = False
    return _done(run)


def _done(run: Run) -> Exit:
    """All waves are behind us; hosts that were left out or failed within the allowance are told."""
    left = sorted(set(run.plan.hosts) - progress(run.record.entries()).done)
    if left or run.plan.left_out:
        return ended(run.record, Exit.FINDINGS, "done-in-part", hosts=", ".join([*left, *run.plan.left_out]))
    return ended(run.record, Exit.GOOD, "done")


def ended(record: Record, status: Exit, outcome: str, **values: object) -> Exit:
    """Close a run in the record, and have the record's head signed."""
    said = text(f"change.outcome.{outcome}", None, **values)
    record.append("ended", {"outcome": outcome, "status": int(status), "said": said})
    seal(record)
    return status


def _wave(run: Run, number: int, names: Sequence[str], *, fresh: bool) -> Exit:
    """One wave. What failed in it is taken back; with more failures than allowed, all of it, and the run stops."""
    run.view.wave(number, len(run.plan.waves), names)
    if not fresh and _sick(run, number, "before", names):
        return ended(run.record, Exit.FINDINGS, "stopped", number=number)
    applied: dict[str, hosts.Said] = {}
    try:
        applied = _applied(run, number, names)
        good = [name for name in names if applied[name]["ok"]]
        good = _verified(run, number, good)
        good = _watched(run, number, good)
    except Exception as error:  # whatever it is: hosts were written to, and must not stay so unseen
        run.record.append("interrupted", {"after": progress(run.record.entries()).last, "said": str(error)})
        run.view.say("broke-off", error=error)
        return _give_up(run, number, names, applied)
    failed = [name for name in names if name not in good]
    if len(failed) > run.change.written.get("stop_after", 0):
        return _give_up(run, number, names, applied)
    if failed and not _brought_back(run, number, failed, applied):
        return _needs_person(run, number, good)
    run.record.append("wave", {"wave": number, "outcome": "kept", "hosts": good})
    run.view.all(good, "kept")
    return Exit.GOOD


def _sick(run: Run, number: int, when: str, names: Sequence[str]) -> set[str]:
    """Which of the hosts, and of those that stand in for them, are not well; every result goes into the record."""
    run.view.all(names, "health")
    results = health.check(run.estate, run.estate.around(names))
    note_health(run.record, number, when, results)
    trouble = {host: [f"{each.name}: {each.said}" for each in found if not each.ok] for host, found in results.items()}
    for host in sorted(host for host in trouble if trouble[host]):
        run.view.host(host, "sick", trouble[host][0])
    return {host for host in trouble if trouble[host]}


def note_health(record: Record, number: int | None, when: str, results: Results) -> None:
    """Put the results of health checks into the record."""
    shown = {host: [_health(each) for each in found] for host, found in results.items()}
    record.append("health", {"wave": number, "when": when, "hosts": shown})


def _health(result: Result) -> dict[str, Any]:
    """One result as the record has it."""
    return {
        "check": result.name,
        **{key: value for key, value in asdict(result).items() if key in ("ok", "said", "seconds")},
    }


def _applied(run: Run, number: int, names: Sequence[str]) -> dict[str, hosts.Said]:
    """Have the hosts changed, each held to its plan."""
    run.record.append("applying", {"wave": number, "hosts": list(names)})
    run.view.all(names, "applying")

    def seen(host: str, said: hosts.Said) -> None:
        """Show a host that has answered."""
        if said["bad"]:
            run.view.host(host, "failed", str(said.get("msg", "")))
        elif "plan" in said:
            run.view.host(host, "confirmed" if said.get("confirmed") else "applied")

    expected = {name: run.plan.expected(name) for name in names}
    applied = hosts.apply(run.change["action"], run.estate.path, run.name, run.change.parameters, expected, seen)
    run.record.append("applied", {"wave": number, "hosts": applied})
    return applied


def _verified(run: Run, number: int, names: Sequence[str]) -> list[str]:
    """Look again: the hosts where nothing is left to do, and no check that was met before is lost."""
    if not names:
        return []
    run.view.all(names, "verifying")
    with ThreadPoolExecutor(1) as beside:
        asked = beside.submit(proof.outcomes, run.action, run.estate, [run.host(name) for name in names])
        foretold = foretell(run.change, run.estate.path, names, run.name)
        checks, before = asked.result(), proof.before(run.record.entries())
    found = {
        host: _looked_at(said, run.plan.expected(host), before.get(host, ()), checks.get(host, ()))
        for host, said in foretold.items()
    }
    run.record.append("verified", {"wave": number, "hosts": found})
    for host in (host for host in names if not found[host]["ok"]):
        run.view.host(host, "failed", str(found[host]["said"] or ", ".join(found[host]["differences"])))
    return [host for host in names if found[host]["ok"]]


def written(applied: Mapping[str, hosts.Said]) -> frozenset[str]:
    """The hosts that said that they were changed, or took a snapshot: they cannot have forgotten it."""
    return frozenset(host for host, said in applied.items() if said["changed"] or said["former"])


def _looked_at(
    said: Foretold, planned: Collection[str], before: Sequence[proof.Check], after: Sequence[proof.Check]
) -> dict[str, Any]:
    """How one host is after the change. A task of the plan that did not answer was never looked at."""
    differences = [change["item"] for task in said.tasks for change in task["changes"]]
    silent = [task for task in planned if task not in {each["task"] for each in said.tasks}]
    trouble = said.trouble or "; ".join([*proof.lost(before, after), *silent])
    return {"ok": not (differences or trouble), "said": trouble, "differences": differences, "checks": list(after)}


def _watched(run: Run, number: int, names: Sequence[str]) -> list[str]:
    """Whether the hosts are well after the change, and still are when the soak time is over."""
    if not names:
        return []
    soak = run.change.written.get("soak", 0)
    well = _well(run, number, names)
    if soak and well:
        run.view.all(names, "soaking")
        time.sleep(soak)
        run.record.append("soaked", {"wave": number, "seconds": soak})
        well = _well(run, number, well)
    return well


def _well(run: Run, number: int, names: Sequence[str]) -> list[str]:
    """The hosts that are well; where one that stands in for them is not, they do not count as well either."""
    sick = _sick(run, number, "after", names)
    groups = {run.host(host).variables.get("ha_group") for host in sick} - {None}
    return [name for name in names if name not in sick and run.host(name).variables.get("ha_group") not in groups]


def _give_up(run: Run, number: int, names: Sequence[str], applied: Mapping[str, hosts.Said]) -> Exit:
    """Take the whole wave back and stop."""
    back = _brought_back(run, number, names, applied)
    run.record.append("wave", {"wave": number, "outcome": "returned" if back else "failed", "hosts": list(names)})
    if back:
        return ended(run.record, Exit.ROLLED_BACK, "returned", number=number)
    return ended(run.record, Exit.NEEDS_PERSON, "needs-person", change=run.change.id)


def _needs_person(run: Run, number: int, good: Sequence[str]) -> Exit:
    """Hosts failed within the allowance, but could not be taken back."""
    run.record.append("wave", {"wave": number, "outcome": "failed", "hosts": list(good)})
    return ended(run.record, Exit.NEEDS_PERSON, "needs-person", change=run.change.id)


def _brought_back(run: Run, number: int, names: Sequence[str], applied: Mapping[str, hosts.Said]) -> bool:
    """Take hosts back. One that locked everybody out takes itself back in time; that is waited for."""
    run.view.all(names, "returning")
    wait = max((applied[name]["unconfirmed"] for name in names if name in applied), default=0)
    why = text("change.wave-failed", number=number)
    way = returning.Way(run.name, run.estate, run.record, run.view, why, wait=wait, written=written(applied))
    back = returning.bring_back(way, names, number)
    return all(said["ok"] for said in back.values())
