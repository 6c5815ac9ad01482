"""The parts of `make bench` about changes: a `state` task beside its peers, snapshots, start-up, taking back.

Each measured run is held against what it must have done before its time counts.
"""

import json
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from bench_figures import ANWEI, Bench, seconds
from bench_peers import COUNT, PYINFRA, Workload, by_lineinfile, by_state, by_state_logging_in, pyinfra

from anwei.state import shown, transport

HOSTS = 10
MANY = 40
FILES = 1000
FOLDERS = 20
DEEP = "/srv/bench"
REPEATS = 3
# One host per generation of Python; legacy1 has none.
PYTHONS = "app1,web1,web2,kylin1"
ONLY_PYTHON = ["{{ ansible_python_interpreter }}", "-SE", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]


def bench_state(bench: Bench) -> None:
    """A hundred settings that are as they shall be: one `state` task, and the same with pyinfra and with lineinfile."""
    bench.run(ANWEI, "lab", "up", "--hosts", 6 + HOSTS)
    work = Workload(bench, HOSTS)
    work.prepare()
    with pyinfra(work) as by_pyinfra:
        ways = (by_state, by_state_logging_in, lambda _: by_pyinfra())
        rounds = [[way(work) for way in ways] for _ in range(REPEATS)]  # in turn: what disturbs, disturbs all
    kept, logging_in, peer = (statistics.median(times) for times in zip(*rounds, strict=True))
    lines = by_lineinfile(work)
    what, of = f"{work.title}, nothing to do", f"(median of {REPEATS})"
    bench.note(f"{what}: one `state` task", f"{kept:.1f} s {of}")
    bench.note(f"{what}: the same, logging in first", f"{logging_in:.1f} s {of}")
    ratio = f"{peer / kept:.1f} × the time of `state`, {peer / logging_in:.1f} × when that logs in first too"
    bench.note(f"{what}: pyinfra {PYINFRA}, which logs in each time", f"{peer:.1f} s {of}", "at least 5 ×", ratio)
    ratio = f"{lines / kept:.0f} × the time of `state`"
    bench.note(f"{what}: {COUNT} lineinfile tasks with pipelining", f"{lines:.1f} s", "at least 50 ×", ratio)
    bench.run(ANWEI, "lab", "down")


def bench_snapshot(bench: Bench) -> None:
    """On the host: a change of one file in a footprint of a thousand, and the fingerprint of /etc."""
    bench.run(ANWEI, "lab", "up")
    made = {f"{DEEP}/{number % FOLDERS}": {"type": "directory"} for number in range(FOLDERS)}
    made |= {f"{DEEP}/{number % FOLDERS}/{number}": {"content": f"{number}\n" * 100} for number in range(FILES)}
    bench.play(PYTHONS, [{"state": {"document": {"file": {DEEP: {"type": "directory"}, **made}}}}])
    times = [snapshot(bench, number) for number in range(REPEATS)]
    what = f"change of one file in a footprint of {FILES} files, all of them in the snapshot"
    bench.note(what, each_host(times), "under 1 s")
    request = {"verb": "fingerprint", "document": {"file": {"/etc": {"deep": True}}}}
    bench.note("fingerprint of /etc", each_host([hostkit(bench, request) for _ in range(REPEATS)]), "under 0.5 s")


def bench_start(bench: Bench) -> None:
    """Hostkit's start by itself, and how often a task asks a host. The hosts of the part before are up."""
    bare = [bench.ask(PYTHONS, "ansible.builtin.command", {"argv": ONLY_PYTHON}) for _ in range(REPEATS)]
    versions = {host: result["stdout"] for host, result in bare[0].items()}
    bench.note("start of Python alone", each_host([durations(results) for results in bare], versions))
    starts = [hostkit(bench, {"verb": "about"}) for _ in range(REPEATS)]
    bench.note("start of hostkit, Python included", each_host(starts, versions))
    document = {"file": {DEEP: {"type": "directory"}}}
    trips = {
        host: result["round_trips"] for host, result in bench.ask(PYTHONS, "state", {"document": document}).items()
    }
    figure = ", ".join(f"{host} {count}" for host, count in sorted(trips.items(), key=lambda pair: pair[1]))
    bench.note("round trips of a `state` task", figure, "1; 2 where sudo or su wants a terminal")
    bench.run(ANWEI, "lab", "down")


def bench_take_back(bench: Bench) -> None:
    """A small change on forty hosts, and its way back."""
    bench.run(ANWEI, "lab", "up", "--hosts", MANY + 1)
    hosts = "all:!legacy1"  # it has no Python
    document = {"file": {"/etc/issue.net": {"content": "Authorised use only.\n"}}}
    change = seconds(lambda: bench.play(hosts, [{"state": {"document": document, "change": "bench"}}]))
    bench.note(f"a first change on {MANY} hosts, hostkit sent along", f"{change:.1f} s")
    back = seconds(lambda: take_back(bench, hosts))
    bench.note(f"taking it back on {MANY} hosts, `anwei host back`", f"{back:.1f} s", "under 30 s")
    bench.run(ANWEI, "lab", "down")


def take_back(bench: Bench, hosts: str) -> None:
    """Take the change back; every host must have done it."""
    done = bench.run(ANWEI, "host", "back", "bench", "--limit", hosts, "--json")
    results = json.loads(done.stdout)
    if len(results) != MANY or not all(result["changed"] for result in results.values()):
        raise SystemExit(f"not taken back everywhere:\n{done.stdout}")


def snapshot(bench: Bench, number: int) -> dict[str, float]:
    """Apply one change on each host; its snapshot must hold a copy of every file."""
    change = f"bench-{number}"
    wanted = {DEEP: {"deep": True}, f"{DEEP}/0/0": {"content": f"{number}\n"}}
    took = hostkit(bench, {"verb": "apply", "change": change, "document": {"file": wanted}})
    count = f"find {shown.STORE}/{change}/former{DEEP} -type f | wc -l"
    copies = bench.ask(PYTHONS, "ansible.builtin.shell", {"cmd": count})
    if any(int(result["stdout"]) != FILES for result in copies.values()):
        raise SystemExit(f"not every file is in the snapshot: {copies}")
    return took


def hostkit(bench: Bench, request: Mapping[str, Any]) -> dict[str, float]:
    """Run the hostkit that lies on the hosts, as the bootstrap would; how long it took on each."""
    words = ["{{ ansible_python_interpreter }}", "-SE", f"/var/lib/anwei/hostkit/{transport.kit().digest}"]
    stdin = json.dumps({"key": "0" * 64, **request})
    results = bench.ask(PYTHONS, "ansible.builtin.command", {"argv": words, "stdin": stdin})
    if not all(json.loads(result["stdout"])["ok"] for result in results.values()):
        raise SystemExit(f"hostkit did not do it: {results}")
    return durations(results)


def durations(results: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """How long Ansible's command took on each host, there."""
    found = {}
    for host, result in results.items():
        hours, minutes, rest = result["delta"].split(":")
        found[host] = int(hours) * 3600 + int(minutes) * 60 + float(rest)
    return found


def each_host(times: Sequence[Mapping[str, float]], versions: Mapping[str, str] | None = None) -> str:
    """The median of each host's times, the slowest host first."""
    medians = {host: statistics.median(run[host] for run in times) for host in times[0]}
    names = {host: f"{host} ({version})" for host, version in (versions or {}).items()}
    slowest = sorted(medians.items(), key=lambda pair: -pair[1])
    told = ", ".join(f"{names.get(host, host)} {took:.2f} s" for host, took in slowest)
    return f"{told} (median of {len(times)})"
