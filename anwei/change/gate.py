"""The gate: why a change may not run now. Every reason is found, and all are told together, each with its remedy.

The first half needs no host. The second is about the hosts as they are now: drifted, sick, half of a pair.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from anwei.calendar import reasons as calendar_reasons
from anwei.change import environment
from anwei.change.actions import Action
from anwei.change.approved import Approval
from anwei.change.changefile import Change
from anwei.change.plan import Plan
from anwei.change.progress import Progress
from anwei.change.rehearsed import Leaves, missing
from anwei.errors import Refused
from anwei.estate import Estate, Host
from anwei.health.result import Result

Reasons = Iterator[Refused]
ALTERED_SHOWN = 20
CALENDAR = {
    "window-early": "AW-gate-window-early",
    "window-over": "AW-gate-window-over",
    "frozen": "AW-gate-frozen",
    "not-a-change-day": "AW-gate-not-a-change-day",
    "calendar-unknown": "AW-gate-calendar-unknown",
}


@dataclass(frozen=True)
class Situation:
    """Everything that is known before a host is asked."""

    change: Change
    action: Action
    estate: Estate
    plan: Plan
    progress: Progress
    now: datetime
    approval: Approval | None = None  # a rehearsal needs none
    altered: Sequence[str] = ()
    rehearsed: Leaves = field(default_factory=dict)
    chosen: frozenset[str] = frozenset()  # the planned hosts that this run is to change
    live_calendar: Callable[[], Mapping[str, Any]] = dict  # as the live checkout has it; read anew at each wave


def before_hosts(about: Situation) -> list[Refused]:
    """All that can be said without asking a host."""
    rules = (
        _not_approved, _altered, _another, _done, _first_wave_skipped, _at_the_wrong_time, _not_rehearsed, _disarmed,
        _other_packages,
    )  # fmt: skip
    return [reason for rule in rules for reason in rule(about)]


def of_hosts(
    about: Situation,
    hosts: Sequence[Host],
    drifted: Mapping[str, Sequence[str]],
    health: Mapping[str, Sequence[Result]],
) -> list[Refused]:
    """What the hosts themselves speak against."""
    rules = (_torn_groups(hosts, drifted), _nothing_left(hosts, drifted), _sick(health, drifted))
    return [reason for rule in rules for reason in rule]


def refuse(reasons: Sequence[Refused], change: str) -> None:
    """Say no: with the one reason there is, or with all of them."""
    if len(reasons) == 1:
        raise reasons[0]
    if reasons:
        details = [line for reason in reasons for line in _told(reason)]
        raise Refused("AW-gate-refused", details=details, count=len(reasons), change=change)


def more_signatures(change: Change) -> int:
    """How many more signatures it takes: one where the change says that it was not rehearsed."""
    return int(bool(change.unrehearsed))


def _told(reason: Refused) -> list[str]:
    """One of several reasons: what and where, the details, and what to do."""
    return [
        f"{reason.code}: {reason.part('what')}",
        *(f"  {each}" for each in reason.details),
        f"  → {reason.part('remedy')}",
    ]


def _not_approved(about: Situation) -> Reasons:
    """Too few signatures that count, or not those of the roles that must sign."""
    if about.approval and not about.approval.tally.enough:
        bad = [f"{each.file}: {each.said}" for each in about.approval.verdicts if not each.good]
        yield Refused("AW-gate-approval", details=[str(about.approval.tally), *bad], change=about.change.id)


def _altered(about: Situation) -> Reasons:
    """What lies in the live checkout is not what was signed: who edited it must not think that it counts."""
    if about.altered:
        yield Refused("AW-gate-altered", details=list(about.altered)[:ALTERED_SHOWN], change=about.change.id)


def _another(about: Situation) -> Reasons:
    """The record is of another estate, or hosts still stand as another plan left them: nobody could tell them apart."""
    so_far = about.progress
    if so_far.estate and so_far.estate != about.estate.name:
        yield Refused("AW-gate-another", details=[f"{so_far.estate} ≠ {about.estate.name}"], change=about.change.id)
    elif about.approval and so_far.attempted and so_far.plan not in ("", about.plan.digest):
        yield Refused("AW-gate-another", details=sorted(so_far.attempted), change=about.change.id)


def too_late(about: Situation) -> list[str]:
    """What the calendar says between two waves; a rehearsal and an emergency wait for nothing."""
    return [reason.part("what") for reason in _at_the_wrong_time(replace(about, now=datetime.now(UTC)))]


def _done(about: Situation) -> Reasons:
    """All of it is done. What was taken back may be done again as long as its approval and its window last."""
    planned = set(about.plan.hosts)
    if not about.progress.under_way and planned and planned <= about.progress.done:
        yield Refused("AW-gate-done", change=about.change.id)


def _first_wave_skipped(about: Situation) -> Reasons:
    """Hosts of later waves are chosen, and of the first none: it is there to show what the change does."""
    first = about.plan.waves[0] if about.plan.waves else ()
    going = about.chosen - about.progress.done
    if about.approval and going and not (about.chosen | about.progress.done) & set(first):
        yield Refused("AW-gate-first-wave", details=list(first), change=about.change.id, host=first[0])


def _at_the_wrong_time(about: Situation) -> Reasons:
    """Outside the window, in a frozen period, on a day that is none for changes. An emergency waits for none."""
    if about.change.emergency or about.approval is None:
        return
    window, live = about.change.window(about.estate), dict[str, Any]()
    try:
        live = dict(about.live_calendar())
    except Refused as unread:
        yield unread
    found = [reason for each in (about.estate.settings, live) for reason in calendar_reasons(each, window, about.now)]
    for said, code in {reason.said: reason.code for reason in found}.items():
        yield Refused(CALENDAR[code], details=[said], change=about.change.id)


def _not_rehearsed(about: Situation) -> Reasons:
    """Releases that nobody ever tried, and values that were not rehearsed though the change does not say why."""
    if about.approval is None:
        return
    untried, unrehearsed = missing(about.plan, about.action, about.rehearsed)
    values: Mapping[str, Any] = {"change": about.change.id, "action": about.action.name}
    if untried:
        yield Refused("AW-gate-untried", details=_by_release(untried), **values)
    if unrehearsed and not (about.change.unrehearsed or about.change.emergency):
        code = "AW-gate-unrehearsed" if about.estate.settings.get("estate_rehearsal") else "AW-gate-no-twin"
        yield Refused(code, details=_by_release(unrehearsed), **values)


def _disarmed(about: Situation) -> Reasons:
    """A role that can lock people out would go without its dead-man, by whatever variable."""
    if any(role.lock_out for role in about.action.roles):
        bare = [
            host for host, planned in about.plan.hosts.items() if not all(task["dead_man"] for task in planned["tasks"])
        ]
        if bare:
            yield Refused("AW-gate-disarmed", details=bare, change=about.change.id)


def _other_packages(about: Situation) -> Reasons:
    """What is installed is not what the signed lock file names."""
    differences = environment.differences()
    if differences:
        yield Refused("AW-gate-environment", details=differences)


def _torn_groups(hosts: Sequence[Host], drifted: Mapping[str, Sequence[str]]) -> Reasons:
    """A high-availability group would be changed by halves, because a member drifted and another did not."""
    groups: dict[str, list[str]] = {}
    for host in hosts:
        groups.setdefault(str(host.variables.get("ha_group", "")), []).append(host.name)
    groups.pop("", None)
    torn = [
        members for members in groups.values() if 0 < len([name for name in members if name in drifted]) < len(members)
    ]
    for members in torn:
        details = [f"{name}: {', '.join(drifted[name])}" for name in members if name in drifted]
        yield Refused("AW-gate-drifted-group", details=details, members=", ".join(members))


def _nothing_left(hosts: Sequence[Host], drifted: Mapping[str, Sequence[str]]) -> Reasons:
    """No host is as planned any more."""
    if hosts and all(host.name in drifted for host in hosts):
        yield Refused("AW-gate-drifted", details=[f"{name}: {', '.join(said)}" for name, said in drifted.items()])


def _sick(health: Mapping[str, Sequence[Result]], drifted: Mapping[str, Sequence[str]]) -> Reasons:
    """Hosts that are not well before anything was done to them."""
    sick = [
        f"{host}: {result.name}: {result.said}"
        for host, results in health.items()
        for result in results
        if not result.ok and host not in drifted
    ]
    if sick:
        yield Refused("AW-gate-sick", details=sick)


def _by_release(found: Mapping[str, Sequence[str]]) -> list[str]:
    """Releases with their hosts."""
    return [f"{release}: {', '.join(hosts)}" for release, hosts in sorted(found.items())]
