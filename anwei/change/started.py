"""Where an order arrives in the signed tree: it is judged here, with the signed code, and carried out."""

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from anwei.change import beginning, changefile, cut_short, gate, locks, plan, proof, returning, running, situation
from anwei.change.changefile import REHEARSAL
from anwei.change.gate import Situation
from anwei.change.order import Order
from anwei.change.progress import Progress, progress
from anwei.change.running import Run
from anwei.change.view import View
from anwei.errors import BadInput, Exit, Refused
from anwei.estate import Estate, Host, load_estate
from anwei.health import run as health
from anwei.health.result import Result
from anwei.record import Record
from anwei.state.guarded import free_hours, is_late
from anwei.telling import told
from anwei.texts import text

Drifted = Mapping[str, list[str]]
Healths = Mapping[str, list[Result]]
Checks = Mapping[str, Sequence[proof.Check]]


def main(words: str) -> int:
    """Carry out one order; its exit status."""
    order = Order.parse(words)
    verbs: Mapping[str, Callable[[Order], Exit]] = {"run": _run, "rehearse": _rehearse, "rollback": _rollback}
    return told(lambda: _alone(order, verbs[order.verb]), as_json=order.json)


def _alone(order: Order, work: Callable[[Order], Exit]) -> Exit:
    """Do it while nobody else does anything with the same change: its record is read before hosts are held."""
    name = order.change + REHEARSAL * order.rehearsal
    with locks.held(locks.CHANGES, [name], name, order.by):
        try:
            return _summed_up(order, work(order))
        except KeyboardInterrupt:
            print(text("change.stopped-by-hand", change=order.change), file=sys.stderr)
            return Exit.NEEDS_PERSON


def _summed_up(order: Order, status: Exit) -> Exit:
    """The last line: how it ended, and where the record is."""
    name = order.change + REHEARSAL * order.rehearsal
    entries = situation.entries(name)
    last = entries[-1]["data"] if entries and entries[-1]["event"] == "ended" else {}
    if order.json:
        print(json.dumps({"record": name, "status": int(status), **last}, ensure_ascii=False, indent=2))
    elif last:
        print(last["said"])
        print(text("change.see-record", record=name))
    return status


def _run(order: Order) -> Exit:
    """An approved run."""
    return _carried_out(order, situation.of_run(order), order.change)


def _rehearse(order: Order) -> Exit:
    """The same on the rehearsal group: the one signature that it needs was demanded before this tree was laid out."""
    return _carried_out(order, situation.of_rehearsal(order), order.change + REHEARSAL)


def _carried_out(order: Order, about: Situation, name: str) -> Exit:
    """Judge what needs no host; hold the hosts; judge them; go."""
    view = View()
    why = cut_short.note(Record.open(name), about.estate, about.progress, view) if about.progress.under_way else ""
    if about.progress.returning:
        return _way_back_finished(order, about, name, view, why)
    gate.refuse(gate.before_hosts(about), about.change.id)
    hosts = situation.chosen(about, order.limit)
    names = [host.name for host in hosts]
    with locks.held(about.estate.name, [host.name for host in about.estate.around(names)], name, order.by):
        view.say("asking", count=len(names))
        drifted, results, checks = _asked(about, hosts, name)
        gate.refuse(gate.of_hosts(about, hosts, drifted, results), about.change.id)
        left_out = {**about.plan.left_out, **{host: ", ".join(said) for host, said in drifted.items()}}
        left_out |= {host: text("change.not-chosen") for host in about.plan.hosts if host not in names}
        _syslog(about.estate)
        record = beginning.record_of(about, name)
        beginning.begin(order, about, record, hosts, left_out)
        running.note_health(record, None, "gate", results)
        proof.note(record, checks)
        run = Run(
            name, about.change, about.action, about.estate, about.plan, record, view, lambda: gate.too_late(about)
        )
        groups = {host.name: str(host.variables.get("ha_group", "")) for host in hosts}
        view.waves(run.waves(left_out), left_out, groups)
        return running.go(run, left_out, about.progress.done)


def _asked(about: Situation, hosts: Sequence[Host], name: str) -> tuple[Drifted, Healths, Checks]:
    """All that hosts are asked before the run, at once: what would be done now, how they are, what the checks say."""
    untouched = [host for host in hosts if host.name not in about.progress.attempted]
    with ThreadPoolExecutor() as beside:
        drifted = beside.submit(situation.drifted, about, [host.name for host in hosts], name)
        results = beside.submit(health.check, about.estate, about.estate.around([host.name for host in hosts]))
        checks = beside.submit(proof.outcomes, about.action, about.estate, untouched)
        return drifted.result(), results.result(), checks.result()


def _way_back_finished(order: Order, about: Situation, name: str, view: View, why: str) -> Exit:
    """A run was cut short while it took hosts back: that is ended first, whatever the gate says, and nothing begun."""
    names, record = about.progress.returning, Record.open(name)
    with locks.held(about.estate.name, [host.name for host in about.estate.around(names)], name, order.by):
        _syslog(about.estate)
        written = about.progress.written
        way = returning.Way(name, about.estate, record, view, why, by=order.by, written=frozenset(written))
        back = returning.bring_back(way, names)
    if all(said["ok"] for said in back.values()):
        return running.ended(record, Exit.ROLLED_BACK, "way-back-ended")
    return running.ended(record, Exit.NEEDS_PERSON, "needs-person", change=about.change.id)


def _rollback(order: Order) -> Exit:
    """Take back what a change, or its rehearsal, did: the emergency exit."""
    name = order.change + REHEARSAL * order.rehearsal
    change = changefile.load(order.change)
    estate = load_estate(change["estate"])
    so_far = progress(situation.entries(name))
    wanted = {host.name for host in estate.select(order.limit)}
    names = sorted(so_far.attempted & wanted)
    if not names:
        raise BadInput("AW-rollback-nothing", change=name)
    _demand_leave(order, estate, so_far)
    view = View()
    with locks.held(estate.name, [host.name for host in estate.around(names)], name, order.by):
        _syslog(estate)
        record = Record.open(name)
        if so_far.under_way:
            cut_short.note(record, estate, so_far, view)
        view.wave(1, 1, names)
        why = text("change.asked-back", by=order.by)
        written = frozenset(so_far.written)
        way = returning.Way(name, estate, record, view, why, by=order.by, over=order.over, written=written)
        back = returning.bring_back(way, names)
    left = {host: result for host, result in back.items() if not result["ok"]}
    for host, result in left.items():
        view.say("still-to-do", host=host, undo=result["undo"], change=order.change)
    if left:
        return running.ended(record, Exit.NEEDS_PERSON, "needs-person", change=order.change)
    return running.ended(record, Exit.GOOD, "taken-back", count=len(back))


def _demand_leave(order: Order, estate: Estate, so_far: Progress) -> None:
    """Free for a time and without `--over`; else somebody must have approved it. A rehearsal is always free."""
    hours = free_hours(estate.settings)
    late = bool(so_far.last_moment and is_late(so_far.last_moment, hours))
    if order.rehearsal or not (late or order.over):
        return
    change = changefile.load(order.change)
    approval = situation.rollback_approval(order, change, plan.load(change))
    if not approval.tally.enough:
        code = "AW-gate-rollback-over" if order.over else "AW-gate-rollback-late"
        bad = [f"{each.file}: {each.said}" for each in approval.verdicts if not each.good]
        raise Refused(code, details=[str(approval.tally), *bad], change=order.change, hours=hours)


def _syslog(estate: Estate) -> None:
    """Where the heads of records are sent."""
    if estate.settings.get("estate_syslog"):
        os.environ["ANWEI_SYSLOG"] = str(estate.settings["estate_syslog"])
