"""What is known of a change before and while hosts are asked: the facts that the gate judges."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from anwei.approval import repository
from anwei.approval.model import EMERGENCY, ROLLBACK, RUN
from anwei.approval.statement import Subject
from anwei.change import actions, approved, changefile, gate, live_calendar, plan, rehearsed, verifying
from anwei.change.approved import Approval
from anwei.change.changefile import REHEARSAL, Change
from anwei.change.foretelling import foretell
from anwei.change.gate import Situation
from anwei.change.order import Order
from anwei.change.plan import Plan
from anwei.change.progress import progress
from anwei.errors import BadInput
from anwei.estate import Host, load_estate
from anwei.record import Record, store

LATER = ("approvals",)  # they come in after the signed commit


def of_run(order: Order) -> Situation:
    """The situation of a run: everything but the approvals comes from the signed tree."""
    change = changefile.load(order.change)
    made, estate = plan.load(change), load_estate(change["estate"])
    verifying.demand(change, estate)
    plan.demand_fitting(made, change, estate)
    return Situation(
        change=change,
        action=actions.named(change["action"]),
        estate=estate,
        plan=made,
        progress=progress(entries(change.id)),
        now=datetime.now(UTC),
        approval=approval(
            order, change, made.digest, EMERGENCY if change.emergency else RUN, gate.more_signatures(change)
        ),
        altered=_altered(order, change),
        rehearsed=rehearsed.leaves(change["action"], change["estate"]),
        chosen=frozenset(host.name for host in estate.select(order.limit) if host.name in made.hosts),
        live_calendar=partial(live_calendar.read, Path(order.checkout), change["estate"]),
    )


def of_rehearsal(order: Order) -> Situation:
    """The situation of a rehearsal: the plan is made now, for the hosts of the rehearsal group."""
    change = changefile.load(order.change)
    estate = load_estate(change["estate"])
    verifying.demand(change, estate)
    group = estate.settings.get("estate_rehearsal")
    if not group:
        raise BadInput("AW-rehearsal-none", where=str(estate.path), estate=estate.name)
    names = [host.name for host in estate.select(group) if host in estate.select(order.limit)]
    if not names:
        raise BadInput("AW-hosts-none", where=str(change.page), pattern=order.limit, estate=estate.name)
    foretold = foretell(change, estate.path, names, change.id + REHEARSAL)
    return Situation(
        change=change,
        action=actions.named(change["action"]),
        estate=estate,
        plan=plan.made(change, estate, foretold),
        progress=replace(progress(entries(change.id + REHEARSAL)), done=set()),  # it may be rehearsed again
        now=datetime.now(UTC),
        altered=_altered(order, change),
    )


def _altered(order: Order, change: Change) -> list[str]:
    """What of the live change folder is not as the commit has it."""
    folder = f"changes/{change.id}"
    return repository.changed_since(Path(order.checkout), order.commit, folder, repository.own(), LATER)


def approval(order: Order, change: Change, digest: str, purpose: str, extra: int = 0) -> Approval:
    """Who approved this, for this purpose."""
    wanted = Subject(purpose, change.id, order.commit, digest, change["estate"])
    return approved.judge(order.folder, wanted, change["risk"], extra=extra)


def rollback_approval(order: Order, change: Change, made: Plan) -> Approval:
    """Who approved that it is taken back late, or over others' work."""
    return approval(order, change, made.digest, ROLLBACK)


def chosen(about: Situation, pattern: str) -> list[Host]:
    """The planned hosts that are to be changed now."""
    hosts = [host for host in about.estate.select(pattern) if host.name in about.plan.hosts]
    if not hosts:
        raise BadInput("AW-hosts-none", where=str(about.change.page), pattern=pattern, estate=about.estate.name)
    return hosts


def drifted(about: Situation, names: Sequence[str], name: str) -> dict[str, list[str]]:
    """The hosts that are not as they should be: as planned where nothing was done yet, as left where all was done.

    A host on which a run was cut short is not asked: it holds itself against what this change left there.
    """
    if about.approval is None:
        return {}
    asked = [host for host in names if host in about.progress.done or host not in about.progress.attempted]
    foretold = foretell(about.change, about.estate.path, asked, name) if asked else {}
    fresh = {host: said for host, said in foretold.items() if host not in about.progress.done}
    found = plan.drifted(about.plan, fresh)
    for host in set(foretold) - set(fresh):
        left = [change["item"] for task in foretold[host].tasks for change in task["changes"]]
        found |= (
            {host: [foretold[host].trouble] if foretold[host].trouble else left}
            if left or foretold[host].trouble
            else {}
        )
    return found


def entries(name: str) -> list[Mapping[str, Any]]:
    """The record so far; nothing where none was begun."""
    return list(Record.open(name).entries()) if store.path_of(name).exists() else []
