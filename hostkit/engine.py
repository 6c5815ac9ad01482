"""The four verbs, the same for every kind of state. Begin reading here.

    read         survey(): each item's present state
    diff         survey(): states as they are beside states as they shall be
    apply        apply.py: snapshot, then each step in order, then look again
    fingerprint  shown.py: one keyed digest over the states

A kind (`kinds/`) knows how to read, wish and write one thing; everything that all kinds share is here, in `snapshot.py`
and `back.py` (the way back) and in `shown.py` (what leaves the host).
"""

from hostkit import carried, document, kinds, pathname, people
from hostkit.refusal import Refusal, Refusals, told

MYPY = False
if MYPY:
    from typing import Any, Dict, Iterable, List, Tuple

    from hostkit.host import Host

    Wanted = Dict[str, Any]
    State = Dict[str, Any]
    Document = Dict[str, Dict[str, Wanted]]


class Step(object):
    """One item on its way from what it is to what it shall be."""

    def __init__(self, kind, key, wanted, now, wish):
        # type: (str, str, Wanted, State, State) -> None
        self.kind = kind
        self.key = key
        self.wanted = wanted
        self.now = now
        self.wish = wish
        # Service actions that follow from other steps: {"reload": "/etc/ssh/sshd_config"}
        self.follows = {}  # type: Dict[str, str]
        # States that a kill may leave beside the former one and the wish.
        self.passing = []  # type: List[State]

    @property
    def item(self):
        # type: () -> str
        """Its name in answers and journals."""
        return document.name(self.kind, self.key)

    def fields(self):
        # type: () -> List[str]
        """The fields that differ."""
        return [
            field for field in sorted(set(self.now) | set(self.wish)) if self.now.get(field) != self.wish.get(field)
        ]

    def differs(self):
        # type: () -> bool
        """Whether there is anything to do."""
        return self.now != self.wish or bool(self.follows)

    def missed(self, seen):
        # type: (State) -> List[str]
        """The fields in which a later look differs from what was wished. Content that is not ours may change."""
        return [
            field
            for field in sorted(seen)
            if seen[field] != self.wish.get(field) and (field != "sha256" or field in self.fields())
        ]

    def removes(self):
        # type: () -> bool
        """Whether it takes something away."""
        return gone(self.wish) and not gone(self.now)


def gone(state):
    # type: (State) -> bool
    """Whether a state says that the thing is not there."""
    return state.get("present") is False or state.get("type") == "absent"


def survey(host, wanted, owed):
    # type: (Host, Document, Dict[str, str]) -> List[Step]
    """Every item of a document as it is and as it shall be, in the order in which they are carried out.

    All that is impossible is refused together, before anything is written.
    """
    steps, refusals = [], []  # type: List[Step], List[Refusal]
    parts = document.items(lowered(host, wanted, refusals))
    # Files first: new accounts follow the login.defs that the same document writes.
    for kind, key, item in sorted(parts, key=lambda part: part[0] != "file"):
        try:
            steps.append(_step(host, kind, key, item))
        except Exception as error:  # whatever it is: nothing has been written yet
            refusals.append(told(error, document.name(kind, key)))
    if not refusals:
        _add_companions(host, steps, refusals)
    refusals.extend(_without_folder(host, steps) + _without_owner(steps))
    if refusals:
        raise Refusals(refusals)
    follow(steps, owed)
    return in_order(steps)


def _step(host, kind, key, item):
    # type: (Host, str, str, Wanted) -> Step
    """An item as it is and as it shall be."""
    now = kinds.named(kind).read(host, key, item)
    return Step(kind, key, item, now, kinds.named(kind).wish(host, key, item, now))


def seen_again(host, steps):
    # type: (Host, Iterable[Step]) -> List[State]
    """What is there now, step by step."""
    return [kinds.named(step.kind).read(host, step.key, step.wanted) for step in steps]


def lowered(host, wanted, refusals):
    # type: (Host, Document, List[Refusal]) -> Document
    """The document in terms of the kinds that read and write; items that meet in one file are merged."""
    kinds.prefetch(host, wanted)
    parts = []  # type: List[Tuple[str, str, Wanted]]
    for kind, key, item in document.items(wanted):
        try:
            parts.extend(kinds.lower(host, kind, key, item))
        except Exception as error:
            refusals.append(told(error, document.name(kind, key)))
    try:
        return document.gathered(parts)
    except Refusal as refusal:
        refusals.append(refusal)
        return {}


def _add_companions(host, steps, refusals):
    # type: (Host, List[Step], List[Refusal]) -> None
    """Add what comes and goes with an item: the plan shows it, and a take-back knows how it was."""
    there = dict((step.item, step) for step in steps)
    for step in list(steps):
        needed = kinds.companion(host, step.kind, step.key, step.now, step.wish)
        if needed is None:
            continue
        item = document.name(*needed[:2])
        if item not in there:
            try:
                there[item] = _step(host, *needed)
            except Exception as error:
                refusals.append(told(error, item))
                continue
            steps.append(there[item])
        there[item].passing.append({"present": False})


def in_order(steps):
    # type: (Iterable[Step]) -> List[Step]
    """First what comes or changes, folders before what is in them; then what goes, the other way round."""
    steps = list(steps)
    coming = sorted((step for step in steps if not step.removes()), key=_rank)
    going = sorted((step for step in steps if step.removes()), key=_rank, reverse=True)
    services = [step for step in coming if step.kind == "service"]
    return [step for step in coming if step.kind != "service"] + going + services


def _rank(step):
    # type: (Step) -> Tuple[int, str]
    return -1 if step.key in people.POLICIES else kinds.ORDER.index(step.kind), step.key


def _without_folder(host, steps):
    # type: (Host, List[Step]) -> List[Refusal]
    """Files whose folder neither is there nor is made by the same document."""
    made = set(step.key for step in steps if step.kind == "file" and step.wish["type"] == "directory")
    new = [step for step in steps if step.kind == "file" and step.now["type"] == "absent" and not gone(step.wish)]
    return [
        Refusal("folder-missing", step.item)
        for step in new
        if step.key.rsplit("/", 1)[0] not in made and host.walk.to(step.key) is None
    ]


def _without_owner(steps):
    # type: (List[Step]) -> List[Refusal]
    """Files that would belong to an account or group that neither is there nor is made by the same document."""
    made = set((step.kind, step.key) for step in steps)
    return [
        Refusal("owner-unknown", step.item, name=step.wish[field])
        for step in steps
        for field, kind in (("owner", "account"), ("group", "group"))
        if step.kind == "file" and field in step.wanted
        if (kind, step.wish[field]) not in made and not carried.known(step.wish[field], field)
    ]


def follow(steps, owed):
    # type: (List[Step], Dict[str, str]) -> None
    """Note which services are reloaded or restarted: because of what is written, or because a killed run owes it."""
    changing = [step.key for step in steps if step.kind == "file" and step.differs()]
    for step in steps:
        if step.kind != "service" or not step.wish["active"]:
            continue  # what does not run reads its files when it is started
        for action in ("restart", "reload"):
            causes = [path for path in changing if pathname.covered(path, step.wanted.get(action + "_on", []))]
            if not step.follows and (causes or owed.get(step.key) == action):
                step.follows = {action: (causes or ["owed"])[0]}
