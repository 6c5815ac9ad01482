"""Taking back: bring every item to its former state, unless somebody changed it since.

What is now is compared with what the change left, field by field. A field that is neither as it was nor as the change
left it belongs to somebody else: it is named and stays, until `over` is said.
"""

from hostkit import durable, engine, kinds, merge
from hostkit.apply import carry_out, recover
from hostkit.engine import Step
from hostkit.kinds import file
from hostkit.refusal import Refusal, told
from hostkit.shown import NAMES

MYPY = False
if MYPY:
    from typing import Any, Dict, List, Tuple

    from hostkit.host import Host
    from hostkit.store import Change, Store

    State = Dict[str, Any]


class WayBack(object):
    """What a take-back will do, will not do, and could not do."""

    def __init__(self):
        # type: () -> None
        self.steps = []  # type: List[Step]
        self.conflicts = []  # type: List[Dict[str, str]]
        self.kept = []  # type: List[Dict[str, str]]
        self.failures = []  # type: List[Refusal]
        # What is there afterwards, by item.
        self.seen = {}  # type: Dict[str, State]


def survey(host, store, change, over):
    # type: (Host, Store, Change, bool) -> WayBack
    """Every item of the snapshot as it is now and as it was; one that cannot be looked at hinders no other."""
    way, former, left = WayBack(), change.former(), change.left()
    for item, state in sorted(former["items"].items()):
        kind, key = item.split(":", 1)
        if "sha256" in state:
            host.blobs.put_file(state["sha256"], change.copy_of(key))
        try:
            now = kinds.named(kind).read(host, key, {})
            wish = _former(way, item, now, state, left.get(item, []), over)
            step = Step(kind, key, former["wanted"].get(item, {}), now, wish)
            if _content(item) in way.conflicts and "sha256" in state and "sha256" in now:
                _merge(host, change, way, step, state["sha256"])
            way.steps.append(step)
        except Exception as error:
            way.failures.append(told(error, item))
    for conflict in way.conflicts:
        later = store.touched_since(change, conflict["item"])
        conflict.update({"by": ", ".join(later)} if later else {})
    engine.follow(way.steps, store.owed()["services"])
    way.steps = engine.in_order(way.steps)
    return way


def bring_back(host, store, change, way):
    # type: (Host, Store, Change, WayBack) -> None
    """Carry the way back out; what fails is named, and the rest goes on."""
    try:
        change.note("returning", items=[step.item for step in way.steps if step.differs()])
        remaining = way.steps
        while remaining:
            remaining = _carried_out(host, store, way, remaining)
        _clear(host, change, way)
        _compare(host, way)
        change.note("returned", left=[failure.item for failure in way.failures])
    except Exception as error:
        way.failures.append(told(error))


def _carried_out(host, store, way, steps):
    # type: (Host, Store, WayBack, List[Step]) -> List[Step]
    """Carry steps out; those that are still to do after one failed: as they are now, and never the failed one again."""
    try:
        carry_out(host, store, steps)
        return []
    except Exception as error:
        failure = told(error)
    way.failures.append(failure)
    recover(host, store)
    rest = [step for step in steps if step.item != failure.item]
    if len(rest) == len(steps):  # it was no item's own: nothing says that another try would go further
        return []
    for step, now in _seen(host, way, rest):
        step.now = now
    failed = [failure.item for failure in way.failures]
    return [step for step in rest if step.differs() and step.item not in failed]


def _seen(host, way, steps):
    # type: (Host, WayBack, List[Step]) -> List[Tuple[Step, State]]
    """Steps and what is there now; those that cannot be looked at have failed."""
    found = []
    for step in steps:
        try:
            found.append((step, kinds.named(step.kind).read(host, step.key, step.wanted)))
        except Exception as error:
            way.failures.append(told(error, step.item))
    return found


def _compare(host, way):
    # type: (Host, WayBack) -> None
    """Name what was to be brought back and is not as before."""
    failed = [failure.item for failure in way.failures]
    for step, now in _seen(host, way, [step for step in way.steps if step.item not in failed]):
        way.seen[step.item] = now
        if step.differs() and step.missed(now):
            way.failures.append(Refusal("not-as-before", step.item))


def _clear(host, change, way):
    # type: (Host, Change, WayBack) -> None
    """Remove what lies about after things that the change had made and that are gone now."""
    left = change.left()
    for step in way.steps:
        made = [state for state in left.get(step.item, []) if not engine.gone(state)]
        if engine.gone(step.wish) and made:
            kinds.clear(host, step.item, made[-1])


def _former(way, item, now, former, left, over):
    # type: (WayBack, str, State, State, List[State], bool) -> State
    """The state to bring an item to: the former one where this change left its mark, and nothing of others' work."""
    if now == former or not any(state != former for state in left):
        return now
    if set(now) != set(former):
        return _whole(way, item, now, former, left, over)
    wish = dict(now)
    for field in sorted(now):
        marks = [state[field] for state in left if field in state and state[field] != former[field]]
        if now[field] == former[field] or not marks:
            continue
        if now[field] not in marks and not over:
            way.conflicts.append({"item": item, "field": NAMES.get(field, field)})
        elif field in kinds.kept(item, former, now):
            way.kept.append({"item": item, "field": field})
        else:
            wish[field] = former[field]
    return wish


def _merge(host, change, way, step, former):
    # type: (Host, Change, WayBack, Step, str) -> None
    """Where single settings were changed, and somebody changed other lines since: undo ours, and keep theirs."""
    left = durable.read(change.file("left" + step.key))
    if left is None:
        return
    merged = merge.undone(file.text(host, step.key), left, host.blobs.bytes(former, step.item))
    if merged is not None:
        step.wish["sha256"] = host.blobs.put(merged)
        way.conflicts.remove(_content(step.item))


def _content(item):
    # type: (str) -> Dict[str, str]
    """The conflict about a file's content."""
    return {"item": item, "field": "content"}


def _whole(way, item, now, former, left, over):
    # type: (WayBack, str, State, State, List[State], bool) -> State
    """The same for a thing that came or went: it goes or comes as a whole, or stays."""
    if now not in left and not over:
        way.conflicts.append({"item": item, "field": "present" if "present" in former else "type"})
        return now
    if kinds.kept(item, former, now):
        way.kept.append({"item": item, "field": "present"})
        return now
    return former
