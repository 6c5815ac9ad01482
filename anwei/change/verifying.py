"""What the pull-request pipeline asks of a change: every check by itself, none hides another, no host is asked."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import yaml

from anwei.approval import approvals, trust
from anwei.approval.statement import Subject
from anwei.baseline import units
from anwei.baseline.catalogue import MLPS
from anwei.change import actions, changefile, parameters, plan, plan_page
from anwei.change.changefile import Change
from anwei.errors import AnweiError, BadInput
from anwei.estate import Estate, load_estate
from anwei.home import ROOT
from anwei.texts import text

CONTRACT = ROOT / "baselines" / "contract" / "clauses.yml"
Problems = Iterator[str]


@dataclass(frozen=True)
class Finding:
    """One check: its name, and what is wrong; `where` is the file to look at."""

    name: str
    where: str
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether there is nothing to say against it."""
        return not self.problems

    @property
    def title(self) -> str:
        """What was checked, for a person."""
        return text(f"change.verified.{self.name}")


def verify(name: str, changes: Path = changefile.CHANGES) -> list[Finding]:
    """All checks of one change. Where the file cannot be read at all, there is only that to say."""
    try:
        change = changefile.load(name, changes)
    except AnweiError as error:
        return [Finding("form", error.where or name, _told(error))]
    found = _found({**OWN, "plan": _plan, "approvals": _approvals}, change)
    return [Finding("form", str(change.page)), *found, *_of_estate(change)]


def demand(change: Change, estate: Estate) -> None:
    """Refuse what the pipeline would have found in the change file: a commit may be signed that never went through it.

    What the plan and its signatures have to be is the gate's own matter, and the pattern of hosts is asked with both.
    """
    found = [*_found(OWN, change), *_found(SITE, change, estate)]
    wrong = [f"{each.title}: {problem}" for each in found for problem in each.problems]
    if wrong:
        raise BadInput("AW-change-unsound", where=str(change.page), details=wrong, count=len(wrong), change=change.id)


def _found(rules: Mapping[str, Callable[..., Problems]], change: Change, *estate: Estate) -> list[Finding]:
    """What each of some rules finds."""
    return [Finding(name, str(change.page), _problems(partial(rule, change, *estate))) for name, rule in rules.items()]


def _of_estate(change: Change) -> list[Finding]:
    """The checks that need the estate; where it cannot be read, that is what there is to say."""
    page = str(change.page)
    try:
        estate = load_estate(change["estate"])
    except AnweiError as error:
        return [Finding("estate", error.where or page, _told(error))]
    return _found({"hosts": _hosts, **SITE, "fits": _fits, "page": _page}, change, estate)


def _problems(rule: Callable[[], Problems]) -> list[str]:
    """What a rule finds; what it cannot even look at is a finding too, beside those before it."""
    found: list[str] = []
    try:
        found.extend(rule())
    except AnweiError as error:
        found += _told(error)
    return found


def _action(change: Change) -> Problems:
    """The action is known, and its parameters fit."""
    yield from parameters.problems(actions.named(change["action"]), change.parameters)


def _hosts(change: Change, estate: Estate) -> Problems:
    """The pattern matches hosts, and so does every part of it."""
    estate.select(change["hosts"])
    yield from ()


def _window(change: Change, estate: Estate) -> Problems:
    """The window can be read and is one."""
    change.window(estate)
    yield from ()


def _waves(change: Change) -> Problems:
    """The sizes of the waves are some."""
    _ = change.sizes
    yield from ()


def _clauses(change: Change) -> Problems:
    """Every clause stands in the catalogue or in the contract."""
    named = change.written.get("clauses", ())
    known = clauses() if named else set()
    for clause in named:
        if clause not in known:
            yield text("change.clause-unknown", clause=clause)


def _owner(change: Change, estate: Estate) -> Problems:
    """Somebody of the estate answers for it."""
    if change["owner"] not in estate.settings["estate_owners"]:
        yield text("change.owner-unknown", owner=change["owner"], known=", ".join(estate.settings["estate_owners"]))


def _plan(change: Change) -> Problems:
    """The plan is there, whole, and of this change."""
    plan.load(change)
    yield from ()


def _fits(change: Change, estate: Estate) -> Problems:
    """The plan's hosts and waves are those that the change asks for; a plan that is none is told by its own check."""
    with suppress(AnweiError):
        made = plan.load(change)
        _ = change.sizes, estate.select(change["hosts"])
        if not plan.fits(made, change, estate):
            yield text("change.unfitting")


def _page(change: Change, estate: Estate) -> Problems:
    """What a reviewer reads is what the plan says; where there is no plan of this change, that is told by its check."""
    with suppress(AnweiError):
        if not plan_page.is_own(change, actions.named(change["action"]), estate, plan.load(change)):
            yield text("change.page-differs")


def _approvals(change: Change) -> Problems:
    """Every statement is about this change and this plan, and signed, as far as the trust file is at hand."""
    folder = change.folder / approvals.FOLDER
    claims = approvals.claims(folder)
    unreadable = sum(not page.name.startswith(".") for page in folder.glob("*")) - len(claims)
    if unreadable:
        yield text("change.approval-unreadable", count=unreadable)
    made = plan.load(change)
    for said in claims:
        if (said.change, said.estate) != (change.id, change["estate"]):
            yield text("change.approval-other", change=said.change, estate=said.estate)
        elif said.plan != made.digest:
            yield text("change.approval-plan", plan=said.plan[:12], wanted=made.digest[:12])
    if trust.pages(trust.folder()):
        yield from _unsigned(change)


def _unsigned(change: Change) -> Problems:
    """The files that would not count, each held against what it says itself."""
    folder, trusted = change.folder / approvals.FOLDER, trust.load(real=False)
    for said in approvals.claims(folder):
        subject = Subject(said.purpose, said.change, said.commit, said.plan, said.estate)
        for verdict in approvals.read(folder, trusted, subject, datetime.now(UTC)):
            if verdict.statement == said and not verdict.good:
                yield f"{verdict.file}: {verdict.said}"


def clauses() -> set[str]:
    """Every clause that a change may name."""
    required = {each.unit.clause for level in units.LEVELS for each in units.load(level, MLPS)}
    return required | set(yaml.safe_load(CONTRACT.read_text(encoding="utf-8")))


# The checks of the change file alone, and those that need the estate: the pipeline and the gate ask the same.
OWN: Mapping[str, Callable[[Change], Problems]] = {"action": _action, "clauses": _clauses, "waves": _waves}
SITE: Mapping[str, Callable[[Change, Estate], Problems]] = {"window": _window, "owner": _owner}


def _told(error: AnweiError) -> list[str]:
    """An error as lines of a finding."""
    return [f"{error.code}: {error.part('what')}", *error.details]
