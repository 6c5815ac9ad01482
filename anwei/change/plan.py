"""The plan: what a change will do on which host in which wave, as a reviewer approved it. Pure, apart from its file.

`plan.json` has a digest per host and one root digest over them. The same state gives the same digests on any day and in
any checkout; what is secret in it is masked, or a digest under the control node's key.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anwei.canonical import digest
from anwei.change.changefile import Change
from anwei.change.foretelling import Foretold
from anwei.change.waves import Member, Waves, split
from anwei.errors import BadInput
from anwei.estate import Estate, Host

PAGE = "plan.json"
FORM = 1
# The parts of a change file that decide what is planned; the commit covers the others.
PLANNED = ("action", "estate", "hosts", "parameters", "waves")


@dataclass(frozen=True)
class Plan:
    """What `plan.json` holds."""

    written: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """The root digest, over everything but itself."""
        return digest({name: value for name, value in self.written.items() if name != "digest"})

    @property
    def hosts(self) -> Mapping[str, Mapping[str, Any]]:
        """What will be done, by host."""
        hosts: Mapping[str, Mapping[str, Any]] = self.written["hosts"]
        return hosts

    @property
    def left_out(self) -> Mapping[str, str]:
        """The hosts that could not be planned, and why."""
        left_out: Mapping[str, str] = self.written["left_out"]
        return left_out

    @property
    def waves(self) -> Waves:
        """The hosts of each wave."""
        return tuple(tuple(wave) for wave in self.written["waves"])

    def expected(self, host: str) -> dict[str, dict[str, Any]]:
        """For each task on a host the digest that the host itself must come to before it writes, and if it is armed."""
        return {
            task["task"]: {"plan": task["plan"], "dead_man": task["dead_man"]} for task in self.hosts[host]["tasks"]
        }

    def nothing_to_do(self, host: str) -> bool:
        """Whether a host is as wished already."""
        return not any(task["changes"] for task in self.hosts[host]["tasks"]) and not self.hosts[host]["others"]


def made(change: Change, estate: Estate, foretold: Mapping[str, Foretold]) -> Plan:
    """The plan of what was foretold. Its hosts stand in the order of its file, or its page could not be made again."""
    foretold = dict(sorted(foretold.items()))
    hosts = {host: _host(said) for host, said in foretold.items() if not said.trouble}
    chosen = [member(host) for host in estate.hosts if host.name in hosts]
    content = {
        "plan": FORM,
        "change": change.id,
        "written": fingerprint(change),
        "waves": [list(wave) for wave in split(chosen, change.sizes)],
        "hosts": hosts,
        "left_out": {host: said.trouble for host, said in foretold.items() if said.trouble},
    }
    return Plan({**content, "digest": digest(content)})


def member(host: Host) -> Member:
    """A host as waves see it."""
    return Member(host.name, str(host.variables.get("ha_group", "")), bool(host.variables.get("canary")))


def fingerprint(change: Change) -> str:
    """The digest of what a plan is made from."""
    return digest({name: change.written.get(name) for name in PLANNED})


def load(change: Change) -> Plan:
    """The plan that lies beside the change file; one that was edited, or belongs to another change, is refused."""
    page = change.folder / PAGE
    try:
        content = page.read_text(encoding="utf-8")
        written = json.loads(content)
        plan = Plan(written)
        sound = written["plan"] == FORM and written["digest"] == plan.digest and _spelt(plan) == content
        sound = sound and all(host["digest"] == _own_digest(host) for host in plan.hosts.values())
    except FileNotFoundError as error:
        raise BadInput("AW-plan-missing", where=str(page), change=change.id) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadInput("AW-plan-altered", where=str(page), change=change.id) from error
    if not sound:
        raise BadInput("AW-plan-altered", where=str(page), change=change.id)
    if written["change"] != change.id or written["written"] != fingerprint(change):
        raise BadInput("AW-plan-stale", where=str(page), change=change.id)
    return plan


def fits(plan: Plan, change: Change, estate: Estate) -> bool:
    """Whether a plan's hosts and waves are those that the change asks for: its digests say nothing of that."""
    wanted = {host.name for host in estate.select(change["hosts"])}
    chosen = [member(host) for host in estate.hosts if host.name in plan.hosts]
    return wanted == {*plan.hosts, *plan.left_out} and plan.waves == split(chosen, change.sizes)


def demand_fitting(plan: Plan, change: Change, estate: Estate) -> None:
    """Refuse a plan that somebody made for other hosts or waves."""
    if not fits(plan, change, estate):
        raise BadInput("AW-plan-stale", where=str(change.folder / PAGE), change=change.id)


def save(plan: Plan, change: Change) -> Path:
    """Write the plan beside the change file."""
    page = change.folder / PAGE
    page.write_text(_spelt(plan), encoding="utf-8")
    return page


def _spelt(plan: Plan) -> str:
    """The one way to write a plan: two of them compare well, and nothing stands in one that its digests pass over."""
    return json.dumps(plan.written, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def drifted(plan: Plan, foretold: Mapping[str, Foretold]) -> dict[str, list[str]]:
    """The hosts that are no longer as the plan found them, and the items or the trouble that tell it."""
    return {
        host: [said.trouble] if said.trouble else _differing(plan.hosts[host], _host(said))
        for host, said in foretold.items()
        if said.trouble or _host(said)["digest"] != plan.hosts[host]["digest"]
    }


def _host(said: Foretold) -> dict[str, Any]:
    """A host's part of the plan."""
    content = {"release": said.release, "tasks": said.tasks, "others": said.others}
    return {**content, "digest": digest(content)}


def _own_digest(host: Mapping[str, Any]) -> str:
    """The digest that a host's part must have."""
    return digest({name: value for name, value in host.items() if name != "digest"})


def _differing(planned: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """The items about which two looks at a host differ."""
    before, after = _changes(planned), _changes(now)
    items = sorted(item for item in before.keys() | after.keys() if before.get(item) != after.get(item))
    return items or _unseen(planned, now)


def _unseen(planned: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What differs where no change that can be seen does, as with secrets: the release, else tasks by their names."""
    if planned["release"] != now["release"]:
        return [f"{planned['release']} → {now['release']}"]
    before, after = ([*host["tasks"], *host["others"]] for host in (planned, now))
    differing = [task for task in before if task not in after] + [task for task in after if task not in before]
    return list(dict.fromkeys(task if isinstance(task, str) else task["task"] for task in differing))


def _changes(host: Mapping[str, Any]) -> dict[str, Any]:
    """What would be done, by item."""
    return {change["item"]: change for task in host["tasks"] for change in task["changes"]}
