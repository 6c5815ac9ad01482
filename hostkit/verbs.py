"""What can be asked of hostkit: one function per verb, from a checked request to the fields of its answer."""

import shutil

from hostkit import apply, back, deadman, engine, guard, probe, shown
from hostkit.refusal import Refusal, told

MYPY = False
if MYPY:
    from typing import Any, Dict, List

    from hostkit.engine import Step
    from hostkit.host import Host
    from hostkit.store import Change, Store

    Asked = Dict[str, Any]


def read(host, store, asked):
    # type: (Host, Store, Asked) -> Asked
    """Every item's present state."""
    steps = engine.survey(host, asked["document"], {})
    return {"document": shown.states(steps, asked["key"]), "fingerprint": shown.fingerprint(steps, asked["key"])}


def fingerprint(host, store, asked):
    # type: (Host, Store, Asked) -> Asked
    """One keyed digest over all of it."""
    return {"fingerprint": shown.fingerprint(engine.survey(host, asked["document"], {}), asked["key"])}


def diff(host, store, asked):
    # type: (Host, Store, Asked) -> Asked
    """What apply would do. Nothing is written."""
    steps = engine.survey(host, asked["document"], store.owed()["services"])
    return _told(host, steps, asked)


def do_apply(host, store, asked):
    # type: (Host, Store, Asked) -> Asked
    """Bring the host to the document; what fails is taken back at once."""
    change = store.change(asked["change"])
    with store.lock("apply", change.name):
        probe.sweep(host)
        apply.recover(host, store)
        apply.begin_again(host, change)
        steps = engine.survey(host, asked["document"], store.owed()["services"])
        answer = _told(host, steps, asked)
        if asked.get("expect"):
            _demand_as_planned(host, store, change, steps, asked)
        if not answer["changed"] and change.finished() and not change.armed():
            return answer
        armed = {}  # type: Asked
        apply.prepare(host, store, change, steps, lambda: armed.update(guard.arm(host, change, steps, asked)))
        try:
            apply.apply(host, store, change, steps)
            if armed:
                guard.demand_admitted(host, change)
        except Exception as error:  # whatever it is: the host must not stay as it is now
            return dict(answer, **_returned(host, store, change, told(error)))
        apply.tried(store.prune, asked.get("keep", 10), change.name)
        former = shown.keyed_states(change.former()["items"], asked["key"])
        return dict(answer, change=change.name, undo=change.file("undo"), former=former, **armed)


def take_back(host, store, asked):
    # type: (Host, Store, Asked) -> Asked
    """Bring everything that a change touched to its former state."""
    change = store.change(asked["change"])
    if asked.get("check"):
        _demand_known(change)
        way = back.survey(host, store, change, bool(asked.get("over")))
        return dict(_told(host, way.steps, asked), **_left(change, way))
    with store.lock("back", change.name):
        _demand_known(change)  # not before: a run that holds the lock may be taking the snapshot just now
        probe.sweep(host)
        apply.recover(host, store)
        apply.begin_again(host, change)
        way = back.survey(host, store, change, bool(asked.get("over")))
        answer = _told(host, way.steps, asked)
        back.bring_back(host, store, change, way)
        if not way.failures:
            deadman.disarm(host, change.folder)
        former = shown.keyed_states(change.former()["items"], asked["key"])
        return dict(answer, former=former, now=shown.keyed_states(way.seen, asked["key"]), **_left(change, way))


def _demand_known(change):
    # type: (Change) -> None
    """Refuse to take back what this host has no snapshot of."""
    if not change.exists():
        raise Refusal("change-unknown", change=change.name)


def confirm(host, store, asked):
    # type: (Host, Store, Asked) -> Asked
    """Exercise what a change may have broken, from the new connection that asks; then let the dead-man go."""
    change = store.change(asked["change"])
    problems = guard.problems(host, change)
    if problems:
        done = take_back(host, store, dict(asked, over=False))
        reason = Refusal("confirmation-failed", problems=problems).as_dict()
        return dict(done, failure=reason, returned=not (done["conflicts"] or done["failure"]))
    with store.lock("confirm", change.name):
        deadman.confirm(host, change.folder, asked["confirmation"])
    return {"change": change.name}


def changes(host, store, asked):
    # type: (Host, Store, Asked) -> Asked
    """The changes whose way back is kept here, newest last; `returned` where the dead-man took one back."""
    found = [
        {"change": each.name, "begun": each.begun(), "outcome": each.outcome(), "armed": each.armed(),
         "returned": deadman.returned(each.folder)}
        for each in store.changes()
    ]  # fmt: skip
    return {"kept_changes": found}


def clean(host, store, asked):
    # type: (Host, Store, Asked) -> Asked
    """Remove all that hostkit keeps here, every way back included; not while one may still be needed."""
    with store.lock("clean"):
        for change in store.changes():
            if change.armed() or not change.finished():
                raise Refusal("change-open", change=change.name, outcome=change.outcome())
        probe.sweep(host)
        shutil.rmtree(store.root)
    return {"changed": True}


def about(host, store, asked):
    # type: (Host, Store, Asked) -> Asked
    """What this host cannot do."""
    return {}


VERBS = {
    "read": read, "fingerprint": fingerprint, "diff": diff, "apply": do_apply, "back": take_back,
    "confirm": confirm, "changes": changes, "clean": clean, "about": about,
}  # fmt: skip


def _left(change, way, *errors):
    # type: (Change, back.WayBack, *Refusal) -> Asked
    """What a way back left: why it was gone, all that failed, what others changed, and what is never brought back."""
    failures = [failure.as_dict() for failure in list(errors) + way.failures]
    return {
        "change": change.name, "kept": way.kept, "conflicts": way.conflicts,
        "failure": failures[0] if failures else None, "failures": failures[1:],
    }  # fmt: skip


def _returned(host, store, change, error):
    # type: (Host, Store, Change, Refusal) -> Asked
    """Take a failed run back at once, and say what became of it."""
    apply.recover(host, store)
    way = back.survey(host, store, change, False)
    back.bring_back(host, store, change, way)
    returned = not (way.failures or way.conflicts)
    if returned:
        deadman.disarm(host, change.folder)
    return dict(_left(change, way, error), undo=change.file("undo"), returned=returned)


def _told(host, steps, asked):
    # type: (Host, List[Step], Asked) -> Asked
    """The steps for a person."""
    said = shown.changes(host, steps, asked["key"])
    return {"changed": bool(said), "changes": said, "plan": shown.plan(steps, asked["key"]), "release": host.release()}


def _demand_as_planned(host, store, change, steps, asked):
    # type: (Host, Store, Change, List[Step], Asked) -> None
    """Refuse a host that is not as the plan found it; where a run goes on, one where others touched what it left."""
    known = change.former()["items"] if change.outcome() != "returned" else {}
    if all(step.item in known for step in steps):
        strange = [conflict["item"] for conflict in back.survey(host, store, change, False).conflicts]
    else:
        strange = [step.item for step in steps] if shown.plan(steps, asked["key"]) != asked["expect"] else []
    if strange:
        raise Refusal("drifted", items=", ".join(sorted(set(strange))))
