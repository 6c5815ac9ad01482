"""The parts of `make bench` about the life cycle: a run beside plain playbooks, taking back, planning, records."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench_figures import ANWEI, BIN, Bench, seconds

from anwei.change import plan, plan_page
from anwei.change.actions import named
from anwei.change.changefile import Change
from anwei.change.foretelling import Foretold
from anwei.estate.model import Estate, Host, Place
from anwei.record.heads import Verdict
from anwei.record.reading import story_of
from anwei.report.record_page import render
from lab.site import Site
from tests.sample_records import large

WAVES = [2, 4, 4]
HOSTS = sum(WAVES)
MANY = 40
SIMULATED = 5000
RECORDED = 500
ACTION = "harden_sshd"
STEPS = {
    "applied": "snapshot, apply and confirm",
    "verified": "look again, and the catalogue's checks",
    "health": "health",
    "returned": "taking back",
}


def bench_run(bench: Bench) -> None:
    """Ten hosts in three waves: the whole cycle, and plain ansible-playbook of the same role wave by wave."""
    bench.run(ANWEI, "lab", "up", "--hosts", 6 + HOSTS)
    site = Site(bench.folder / "site", bench.folder / "lab").set_up()
    names = _clones(bench)
    plain = seconds(lambda: _by_hand(bench, names))
    bench.run(
        BIN / "ansible-playbook", "playbooks/rollback.yml", "--limit", ",".join(names), "-e", "anwei_change=plain"
    )
    planned = _prepared(site, "cycle", names)
    run = seconds(lambda: site.anwei("change", "run", "cycle"))
    back = seconds(lambda: site.anwei("change", "rollback", "cycle"))
    what = f"{ACTION} on {HOSTS} hosts in {len(WAVES)} waves"
    bench.note(f"{what}: plain ansible-playbook, wave by wave", f"{plain:.1f} s")
    bench.note(f"{what}: `anwei change plan`", f"{planned:.1f} s")
    ratio = f"{run / plain:.1f} × the time of the plain playbooks"
    bench.note(
        f"{what}: `anwei change run`, gate, health, snapshot, checks, record", f"{run:.1f} s", "at most 3 ×", ratio
    )
    for step, took in _steps(_entries(site, "cycle")).items():
        bench.note(f"{what}: of the run, {step}", f"{took:.0f} s")
    ratio = f"{back / run:.2f} × the time of the run"
    bench.note(f"{what}: `anwei change rollback`", f"{back:.1f} s", "at most 0.5 ×, under 60 s", ratio)
    bench.run(ANWEI, "lab", "down")


def bench_rollback(bench: Bench) -> None:
    """Forty hosts, taken back by the life cycle."""
    bench.run(ANWEI, "lab", "up", "--hosts", 6 + MANY)
    site = Site(bench.folder / "many", bench.folder / "lab").set_up()
    names = _clones(bench)
    _prepared(site, "many", names, waves=[MANY])
    run = seconds(lambda: site.anwei("change", "run", "many"))
    back = seconds(lambda: site.anwei("change", "rollback", "many"))
    bench.note(f"{ACTION} on {MANY} hosts in one wave: `anwei change run`", f"{run:.1f} s")
    bench.note(f"{ACTION} on {MANY} hosts: `anwei change rollback`", f"{back:.1f} s", "under 60 s")
    bench.run(ANWEI, "lab", "down")


def bench_planning(bench: Bench) -> None:
    """Planning for thousands of hosts, the asking left out."""
    hosts = tuple(_simulated(number) for number in range(SIMULATED))
    settings = {"estate_title": "bench", "estate_owners": {"ops": {"title": "ops"}}}
    estate = Estate("bench", Path("bench"), hosts, settings)
    window = {"from": "2026-12-05 22:00", "to": "2026-12-06 02:00"}
    about = {"title": "bench", "reason": "bench", "risk": "低", "owner": "ops", "estate": "bench", "hosts": "all"}
    change = Change("bench", Path("bench"), {**about, "action": ACTION, "window": window})
    foretold = {host.name: _foretold() for host in hosts}

    def planned() -> None:
        """Waves, digests and the reviewer's page."""
        made = plan.made(change, estate, foretold)
        plan_page.render(change, named(ACTION), estate, made)

    bench.note(
        f"plan, waves and page for {SIMULATED} hosts, 2,000 pairs among them", f"{seconds(planned):.2f} s", "under 2 s"
    )


def bench_record(bench: Bench) -> None:
    """The page of a record of five hundred hosts."""
    entries, pages = large(RECORDED), list[str]()

    def rendered() -> None:
        """The record read, and its page."""
        sound = Verdict(1, len(entries), 1, "", (), (), len(entries) - 1)
        pages.append(render(story_of("bench", entries), sound))

    took = seconds(rendered)
    size = len(pages[0].encode()) / 1e6
    bench.note(f"record of {RECORDED} hosts as a page", f"{took:.1f} s, {size:.2f} MB", "under 5 MB")


def _clones(bench: Bench) -> list[str]:
    """The hosts of the lab that are all alike."""
    up = json.loads((bench.folder / "lab" / "lab.json").read_text(encoding="utf-8"))["hosts"]
    return [host["name"] for host in up if host["name"].startswith("clone")]


def _prepared(site: Site, name: str, hosts: Sequence[str], waves: Sequence[int] = WAVES) -> float:
    """A change that is planned and approved; how long planning took."""
    site.write(name, ",".join(hosts), ACTION, {}, waves=list(waves))
    took = seconds(lambda: site.anwei("change", "plan", name))
    site.commit(name)
    site.approve(name)
    return took


def _by_hand(bench: Bench, names: Sequence[str]) -> None:
    """The same role with nothing around it."""
    first = 0
    for size in WAVES:
        wave, first = names[first : first + size], first + size
        playbook = f"playbooks/{ACTION}.yml"
        bench.run(BIN / "ansible-playbook", playbook, "--limit", ",".join(wave), "-e", "anwei_change=plain")


def _entries(site: Site, name: str) -> list[dict[str, Any]]:
    """The record of a change."""
    page = site.home / "records" / f"{name}.jsonl"
    return [json.loads(line) for line in page.read_text(encoding="utf-8").splitlines()]


def _steps(entries: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """What each kind of step took: a record's entries stand at their ends, to the second."""
    found: dict[str, float] = defaultdict(float)
    for before, entry in pairwise(entries):
        if entry["event"] in STEPS:
            took = datetime.fromisoformat(entry["at"]) - datetime.fromisoformat(before["at"])
            found[STEPS[entry["event"]]] += took.total_seconds()
    return dict(found)


def _simulated(number: int) -> Host:
    """A host that is only a name; four in five have a partner."""
    group = {"ha_group": f"pair{number // 2}"} if number < SIMULATED * 4 // 5 else {}
    return Host(f"host{number}", group, (), Place(Path("bench")))


def _foretold() -> Foretold:
    """What a host of the lab says of the action, more or less."""
    field = {"field": "mode", "before": "0644", "after": "0600"}
    change = {
        "item": "file:/etc/ssh/sshd_config",
        "why": "8.1.4.1",
        "fields": [field],
        "diff": "+MaxAuthTries 5\n" * 20,
    }
    task = {
        "task": "t",
        "plan": "0" * 64,
        "changes": [change],
        "asked": ["0" * 16] * 20,
        "limits": [],
        "dead_man": True,
    }
    return Foretold("debian-12-bookworm", [task])
