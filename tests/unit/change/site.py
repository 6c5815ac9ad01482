"""A small site for the tests of the life cycle: a real repository with one change, people with keys, a trust file.

Its hosts are never reached: what they would say is written here.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from anwei.approval import approvals, repository, trust_changes
from anwei.approval.statement import Statement, Subject
from anwei.canonical import digest
from anwei.change import actions, approving, changefile, environment, plan, plan_page, situation, verifying, writing
from anwei.change.changefile import REHEARSAL, Change
from anwei.change.foretelling import Foretold
from anwei.change.gate import Situation
from anwei.change.order import Order
from anwei.change.plan import Plan
from anwei.commands import change as command
from anwei.estate import Estate, inventory_tool, load_estate, loader
from anwei.record import Record, seal
from tests.unit.approval.checkout import Checkout
from tests.unit.approval.people import Somebody, somebody, trust_bytes

CHANGE, ESTATE = "2031-sshd", "small"
PLANNED = ("web-01", "web-02", "app-01")
TWIN = "twin-01"
RELEASE = "debian-12-bookworm"
SSHD = "file:/etc/ssh/sshd_config"
TASK = "harden_sshd : Bring sshd_config to its measures"
AUTHOR, APPROVERS = "yunwei-1", {"yezhu-1": "业主", "anquan-1": "安全", "yunwei-1": "运维"}
INSIDE = datetime(2031, 3, 4, 23, 0, tzinfo=UTC) - timedelta(hours=8)  # in the window below
DIFF = """\
--- /etc/ssh/sshd_config (before)
+++ /etc/ssh/sshd_config (after)
@@ -1,3 +1,3 @@
 Port 22
-X11Forwarding yes
+X11Forwarding no
 UsePAM yes
+MaxAuthTries 5
"""
FIELDS: dict[str, Any] = {
    "title": "加固 sshd",
    "action": "harden_sshd",
    "estate": ESTATE,
    "hosts": ",".join(PLANNED),
    "reason": "等保测评发现仍转发图形界面",
    "risk": "中",
    "window": {"from": "2031-03-04 22:00", "to": "2031-03-05 02:00"},
    "waves": ["canary", "100%"],
    "clauses": ["C1"],
    "owner": "platform",
    "parameters": {"harden_sshd_max_auth_tries": 5},
}
COMMON = {
    "zone": "outer", "subnet": "web", "owner": "platform", "criticality": "一般", "mlps_level": 3, "system": "linux",
}  # fmt: skip
HOSTS: dict[str, dict[str, Any]] = {
    "web-01": {"address": "192.0.2.1", "ha_group": "web", "canary": True},
    "web-02": {"address": "192.0.2.2", "ha_group": "web"},
    "app-01": {"address": "192.0.2.3"},
    TWIN: {"address": "192.0.2.9"},
}
SETTINGS: dict[str, Any] = {
    "estate_title": "小环境",
    "estate_zones": {"outer": {"title": "外部区"}},
    "estate_subnets": {"web": {"zone": "outer", "title": "网站", "cidr": "192.0.2.0/26"}},
    "estate_owners": {"platform": {"title": "平台运维组"}},
    "estate_guarded": True,
    "estate_rehearsal": "rehearsal",
}


def change_of(item: str = SSHD, diff: str = DIFF, why: str = "", *fields: Mapping[str, Any]) -> dict[str, Any]:
    """One change as a host tells it."""
    content = [{"field": "content", "before": digest(diff)[:16], "after": digest(diff)[16:32]}]
    return {"item": item, "why": why, "fields": [*content, *fields], "diff": diff}


def task_of(*changes: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """What one state task would do; without changes nothing."""
    usual = {"task": TASK, "plan": digest(changes), "changes": list(changes), "asked": ["a1", "a2"]}
    return {**usual, "limits": [], "dead_man": True, **more}


def foretold(*changes: Mapping[str, Any], release: str = RELEASE, others: Sequence[str] = (), **more: Any) -> Foretold:
    """What one host says in check mode."""
    return Foretold(release, [task_of(*changes, **more)], list(others))


def usual() -> dict[str, Foretold]:
    """What the hosts of the change say: the same of all three."""
    return {name: foretold(change_of()) for name in PLANNED}


class There(Checkout):
    """A checkout that was made before."""

    def __init__(self, folder: Path) -> None:
        self.path = folder


@dataclass
class Site:
    """The checkout lies in `folder/checkout`, the control node's own things beside it in `folder/home`."""

    folder: Path
    people: Mapping[str, Somebody]

    @property
    def checkout(self) -> Checkout:
        return There(self.folder / "checkout")

    @property
    def changes(self) -> Path:
        return self.folder / "checkout" / "changes"

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def place(self) -> Path:
        """The folder of the change."""
        return self.changes / CHANGE

    @property
    def change(self) -> Change:
        return changefile.load(CHANGE, self.changes)

    @property
    def estate(self) -> Estate:
        return load_estate(ESTATE)

    @property
    def plan(self) -> Plan:
        return plan.load(self.change)

    def opened(self, patch: pytest.MonkeyPatch) -> "Site":
        """Make the site's folders the ones that the code looks at, and read its inventory without a subprocess."""
        checkout = self.folder / "checkout"
        patch.setenv("ANWEI_HOME", str(self.home))
        patch.setenv("ANWEI_LANG", "en")
        patch.setattr(loader, "INVENTORIES", checkout / "inventories")
        patch.setattr(inventory_tool, "merged", merged)
        patch.setattr(inventory_tool, "matching", matching)
        patch.setattr(environment, "_installed", INSTALLED)
        patch.setattr(changefile, "CHANGES", self.changes)
        patch.setattr(command, "ROOT", checkout)
        for function, defaults in {
            changefile.load: (self.changes,), writing.new: ("", self.changes), verifying.verify: (self.changes,),
            approving.draft: ("", "", checkout), approving.head: (checkout,),
        }.items():  # fmt: skip
            patch.setattr(function, "__defaults__", defaults)
        return self

    def write(self, **changed: Any) -> None:
        """The change file with some fields changed; those that are None are left out."""
        fields = {name: value for name, value in {**FIELDS, **changed}.items() if value is not None}
        self.raw(yaml.safe_dump(fields, allow_unicode=True, sort_keys=False))

    def raw(self, content: str | bytes) -> Path:
        """The change file, as it is given."""
        return self.checkout.write(f"changes/{CHANGE}/change.yml", content)

    def inventory(self, hosts: Mapping[str, Mapping[str, Any]] = HOSTS, **settings: Any) -> None:
        """The estate with some settings changed; those that are None are left out."""
        wanted = {name: value for name, value in {**SETTINGS, **settings}.items() if value is not None}
        twins = {"rehearsal": {"hosts": {TWIN: {}}}} if TWIN in hosts else {}
        content = {"all": {"vars": {**COMMON, **wanted}, "hosts": dict(hosts), "children": twins}}
        self.checkout.write(f"inventories/{ESTATE}/hosts.yml", yaml.safe_dump(content, allow_unicode=True))

    def planned(self, said: Mapping[str, Foretold] | None = None) -> Plan:
        """Plan the change, as `anwei change plan` does, from what hosts say."""
        change, estate = self.change, self.estate
        made = plan.made(change, estate, usual() if said is None else said)
        plan.save(made, change)
        plan_page.write(change, actions.named(change["action"]), estate, made)
        return made

    def again(self, said: Mapping[str, Foretold] | None = None, by: Sequence[str] = (), **changed: Any) -> str:
        """Write, plan, commit and approve the change anew; its commit."""
        self.write(**changed)
        self.planned(said)
        shutil.rmtree(self.place / approvals.FOLDER, ignore_errors=True)
        commit = self.checkout.commit(AUTHOR)
        self.approved(*(by or ("yezhu-1", "anquan-1")))
        return commit

    def approved(self, *who: str) -> None:
        """Have the change approved by these people and nobody else."""
        shutil.rmtree(self.place / approvals.FOLDER, ignore_errors=True)
        for each in who:
            self.approve(each)

    def approve(self, who: str, purpose: str = "", **changed: Any) -> Path:
        """Sign as somebody; a field that is given otherwise than it should be is signed so."""
        draft = approving.draft(CHANGE, purpose, checkout=self.folder / "checkout")
        said = Statement(**{**{name: getattr(draft.statement, name) for name in SIGNED}, **changed})
        return replace(draft, statement=said).sign(self.people[who].key)

    @property
    def commit(self) -> str:
        """The commit that the checkout is at."""
        return self.checkout.id_of("HEAD")

    def order(self, verb: str = "run", **changed: Any) -> Order:
        fields = {"commit": self.commit, **changed}
        return Order(verb, CHANGE, AUTHOR, str(self.folder / "checkout"), **fields)

    def situation(self, now: datetime = INSIDE, **changed: Any) -> Situation:
        """What the gate has before it, at a moment within the window."""
        order = self.order(**changed)
        repository.fetch(Path(order.checkout), order.commit, repository.own())
        return replace(situation.of_run(order), now=now)

    def rehearsed(self, release: str = RELEASE, leaves: Sequence[str] = ("a1", "a2"), **opened: Any) -> Record:
        """A rehearsal that was done, as its record tells it."""
        return record(CHANGE + REHEARSAL, [TWIN], [*rehearsal(TWIN, release, leaves)], **opened)

    def trust(self) -> None:
        """Put the first trust file in force."""
        page = self.folder / "trust.yml"
        page.write_bytes(trust_bytes(*(self.people[who] for who in APPROVERS)))
        trust_changes.begin(page)


INSTALLED = cache(environment._installed)  # the packages of this machine do not change from test to test
SIGNED = [*Subject.__dataclass_fields__, "signed", "expires", "note"]
Event = tuple[str, dict[str, Any]]


def make(folder: Path) -> Site:
    """A site whose one change is planned, rehearsed, approved by two people and committed."""
    keys = {who: somebody(folder / "keys", who, role) for who, role in {**APPROVERS, "stranger": "业主"}.items()}
    site = Site(folder / "site", keys)
    with pytest.MonkeyPatch.context() as patch:
        site.opened(patch)
        site.home.mkdir(mode=0o700, parents=True)
        Checkout(site.checkout.path, "--template=")
        site.trust()
        site.inventory()
        site.rehearsed()
        site.again()
        site.situation()  # so that the commit is in the runner's own repository
    return site


def copied(site: Site, folder: Path) -> Site:
    """The same site elsewhere, for a test to spoil."""
    shutil.copytree(site.folder, folder, symlinks=True)
    return Site(folder, site.people)


def record(name: str, hosts: Sequence[str], events: Sequence[Event], **opened: Any) -> Record:
    """A sealed record with these events."""
    made = Record.begin(
        name, {"change": name, "action": "harden_sshd", "estate": ESTATE, "algorithm": "sha256", **opened}
    )
    for event, data in events:
        made.append(event, data)
    seal(made)
    return made


def rehearsal(host: str, release: str, leaves: Sequence[str]) -> list[Event]:
    """The events of a rehearsal on one host."""
    return [
        ("begun", {"commit": "ab" * 20, "hosts": {host: {"release": release, "address": "", "ha_group": ""}}}),
        ("applying", {"wave": 1, "hosts": [host]}),
        ("applied", {"wave": 1, "hosts": {host: {"ok": True, "changed": True, "asked": list(leaves)}}}),
        ("wave", {"wave": 1, "outcome": "kept", "hosts": [host]}),
        ("ended", {"outcome": "done", "status": 0, "said": ""}),
    ]


def ran(*events: Event) -> Record:
    """A run of the change that did all hosts; or one with the given events after it began."""
    begun = ("begun", {"commit": "", "hosts": {name: {"release": RELEASE} for name in PLANNED}})
    done = [
        ("applying", {"wave": 1, "hosts": list(PLANNED)}),
        ("wave", {"wave": 1, "outcome": "kept", "hosts": list(PLANNED)}),
        ("ended", {"outcome": "done", "status": 0, "said": ""}),
    ]
    return record(CHANGE, PLANNED, [begun, *(events or done)])


def merged(directory: Path) -> dict[str, Any]:
    """What `ansible-inventory --list` says of the site's one file."""
    top = yaml.safe_load((directory / "hosts.yml").read_text(encoding="utf-8"))["all"]
    groups = {name: {"hosts": list(group["hosts"])} for name, group in top["children"].items()}
    variables = {name: {**top["vars"], **own} for name, own in top["hosts"].items()}
    listing = {"_meta": {"hostvars": variables}, "all": {"hosts": list(variables), "children": [*groups]}, **groups}
    found: dict[str, Any] = json.loads(json.dumps(listing, default=str))
    return found


def matching(directory: Path, pattern: str) -> frozenset[str]:
    """The hosts of a pattern of names and groups; Ansible refuses a part that matches nothing."""
    listing = merged(directory)
    found: set[str] = set()
    for part in pattern.split(","):
        if part not in listing and part not in listing["all"]["hosts"]:
            raise inventory_tool.ToolError([f"Could not match supplied host pattern: {part}"])
        found.update(listing[part]["hosts"] if part in listing else [part])
    return frozenset(found)
