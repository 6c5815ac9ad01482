"""Apply: snapshot, then every step in order, then look again. What fails is taken back at once."""

from functools import partial

from hostkit import engine, kinds, shown, snapshot, traces
from hostkit.engine import Step
from hostkit.kinds import file, service
from hostkit.refusal import Refusal, told

MYPY = False
if MYPY:
    from typing import Any, Callable, List

    from hostkit.engine import State
    from hostkit.host import Host
    from hostkit.store import Change, Store


META = ("why", "secret")  # what says nothing of the state


def prepare(host, store, change, steps, arm):
    # type: (Host, Store, Change, List[Step], Callable[[], None]) -> None
    """All that may still be refused, since nothing is written yet. `arm` is called when the way back is there."""
    known, before = change.exists(), change.journal()[-1:]
    try:
        if change.outcome() == "returned":
            snapshot.begin_anew(change, steps)
        change.note("applying", items=[step.item for step in steps if step.differs()])
        snapshot.demand_room(host, store, steps)
        _judge(host, steps)
        snapshot.record(host, change, steps)
        arm()
    except Exception as error:
        if not known:
            change.forget()
        elif before:  # how it ended before still holds
            tried(partial(change.note, **before[0]))
        raise told(error)


def apply(host, store, change, steps):
    # type: (Host, Store, Change, List[Step]) -> None
    """Carry out the steps of a document for which everything is prepared."""
    carry_out(host, store, steps)
    seen = engine.seen_again(host, steps)
    snapshot.record_left(host, change, steps, seen)
    _demand_same(steps, seen)
    change.note("applied")


def carry_out(host, store, steps):
    # type: (Host, Store, List[Step]) -> None
    """Write the steps that differ. What must follow the writes is noted before them, so that a kill forgets nothing."""
    changing = [step for step in steps if step.differs()]
    before = store.owed()["services"]
    owed = dict((step.key, sorted(step.follows)[0]) for step in changing if step.follows)
    flags = dict((step.key, step.wish.get("flags", "")) for step in changing if step.now.get("flags"))
    store.owe(dict(before, **owed), flags)
    files = [step for step in changing if step.kind == "file"]
    for step in changing:
        if step.kind != "service":
            _write(host, step)
    kinds.tell(host, [step.key for step in files])
    _judge_after(host, files)
    for step in changing:
        if step.kind == "service":
            _serve(host, step)
    # What a killed run owes to a service that is not in this document stays owed.
    store.owe(dict((name, action) for name, action in before.items() if name not in owed), {})


def _write(host, step):
    # type: (Host, Step) -> None
    """Write one step; whatever goes wrong is said of its item."""
    try:
        kinds.named(step.kind).write(host, step.key, step.now, step.wish)
    except Exception as error:
        raise told(error, step.item)


def recover(host, store):
    # type: (Host, Store) -> None
    """Clear what a killed run left: what its items know of, its tools' traces, flags that were taken off."""
    for change in store.changes():
        if not change.finished():
            traces.sweep(host)
            for item in change.journal()[-1].get("items", []):
                tried(kinds.sweep, host, item)
    owed = store.owed()
    if owed["flags"]:
        flags = owed["flags"].items()
        rest = dict((path, wish) for path, wish in flags if not tried(file.restore_flags, host, path, wish))
        tried(store.owe, owed["services"], rest)


def tried(function, *arguments):
    # type: (Callable[..., None], *Any) -> bool
    """Do it if it can be done: what others have put in the way must not keep this host from every later run."""
    try:
        function(*arguments)
    except (Refusal, EnvironmentError):
        return False
    return True


def begin_again(host, change):
    # type: (Host, Change) -> None
    """Clear away what a killed run of this very change made by halves."""
    if change.outcome() == "applying":
        for item, state in change.former()["items"].items():
            if engine.gone(state):
                kinds.unmake(host, item)


def _judge(host, steps):
    # type: (Host, List[Step]) -> None
    """Let the named checkers judge new contents before anything is written."""
    for step in steps:
        if step.kind == "file" and step.wish.get("sha256") not in (None, step.now.get("sha256")):
            _discreetly(step, file.judge, host, step.key, step.wanted, step.wish)


def _judge_after(host, files):
    # type: (Host, List[Step]) -> None
    """Let checkers that look at the whole configuration judge it before any service reads it."""
    for step in files:
        checker = step.wanted.get("validate", [])
        if checker and not any("%s" in word for word in checker):
            _discreetly(step, host.demand, checker, b"", step.item)


def _discreetly(step, check, *arguments):
    # type: (Step, Callable[..., Any], *Any) -> None
    """Run a checker. What it says may quote what it read: secrets in it are hidden, and of a secret item all of it."""
    try:
        check(*arguments)
    except Refusal as refusal:
        if "words" in refusal.values:
            words = shown.MASK if step.wanted.get("secret") else shown.masked_words(refusal.values["words"])
            refusal.values["words"] = words
        raise


def _serve(host, step):
    # type: (Host, Step) -> None
    """Bring one service to its state, and let it read what changed unless it was started just now."""
    if step.now != step.wish:
        _write(host, step)
    started = step.wish["active"] and not step.now["active"]
    if step.follows and not started:
        (service.restart if "restart" in step.follows else service.reload)(host, step.key)


def _demand_same(steps, seen):
    # type: (List[Step], List[State]) -> None
    """The host must now be what the steps foretold. What was only looked at may have changed by others' work."""
    for step, now in zip(steps, seen):
        missed = step.missed(now) if set(step.wanted) - set(META) else []
        if missed:
            raise Refusal("not-as-wished", step.item, fields=", ".join(missed))
