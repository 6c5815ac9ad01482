"""Whether the code of a commit may run with our rights: judged before a byte of it runs.

The gate of a commit judges too, but it is part of what it judges. So the program that was called looks first: at two
files of the commit, as data. Where it is installed apart from any checkout, this is what makes the gate a control.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from anwei.approval import git, repository
from anwei.approval.hashing import FILE
from anwei.approval.model import EMERGENCY, RUN
from anwei.change import changefile, gate, plan, situation
from anwei.change.approved import Approval
from anwei.change.changefile import Change
from anwei.change.order import Order
from anwei.errors import BadInput, Refused


def demand(order: Order) -> None:
    """Refuse a run that is not approved, and a rehearsal that no approver but its author has signed.

    The way back is taken with code that ran before, which only the record tells.
    """
    if order.verb == "rollback":
        return
    repository.fetch(Path(order.checkout), order.commit, repository.own())
    found = _approval(order)
    if not (found.tally.counted if order.rehearsal else found.tally.enough):
        code = "AW-control-unread" if order.rehearsal else "AW-gate-approval"
        bad = [f"{each.file}: {each.said}" for each in found.verdicts if not each.good]
        raise Refused(code, details=[str(found.tally), *bad], change=order.change)


def _approval(order: Order) -> Approval:
    """Who approved the change and the plan that the commit holds."""
    with TemporaryDirectory(prefix="anwei-") as folder:
        change = _brought(order, Path(folder))
        purpose = EMERGENCY if change.emergency else RUN
        return situation.approval(order, change, plan.load(change).digest, purpose, gate.more_signatures(change))


def _brought(order: Order, folder: Path) -> Change:
    """The change as the commit holds it: its file and its plan, laid out by themselves."""
    own, place = repository.own(), f"{order.commit}:changes/{changefile.demand_name(order.change)}"
    if git.run(own, ["cat-file", "-e", place]).status:
        raise BadInput("AW-change-unknown", where=place, change=order.change)
    listed = repository.listing(own, place)
    wanted = {name: listed[name.encode()] for name in (changefile.PAGE, plan.PAGE) if name.encode() in listed}
    plain = {name: found for name, (mode, found) in wanted.items() if mode == FILE}
    (folder / order.change).mkdir()
    for name, (_, content) in zip(plain, git.objects(own, plain.values()), strict=True):
        (folder / order.change / name).write_bytes(content)
    return changefile.load(order.change, folder)
