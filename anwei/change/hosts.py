"""What a run does to hosts: apply, look again, take back. One playbook each, all hosts of a wave at once."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from anwei.evidence.reasons import Unreachable
from anwei.reach.playing import play
from anwei.state import guarded
from anwei.state.shown import STORE
from anwei.texts import text

Said = dict[str, Any]
Seen = Callable[[str, Said], None]
ENDINGS = ("runner_on_ok", "runner_on_failed", "runner_on_unreachable")


def apply(
    action: str, inventory: Path, change: str, parameters: Mapping[str, Any], expected: Mapping[str, Mapping[str, Any]],
    seen: Seen,
) -> dict[str, Said]:  # fmt: skip
    """Play an action on the hosts of `expected`; each host holds itself to the digests that were approved."""
    values = {
        **parameters,
        "anwei_change": change,
        "anwei_expected": {host: dict(tasks) for host, tasks in expected.items()},
        "anwei_run_proof": guarded.proof(change),
    }
    return {host: _applied(results) for host, results in _results(action, inventory, expected, values, seen).items()}


def take_back(inventory: Path, change: str, hosts: Sequence[str], *, over: bool, seen: Seen) -> dict[str, Said]:
    """Bring back what the change found, on all these hosts. `unknown` says that a host has no snapshot of it."""
    values = {"anwei_change": change, "anwei_over": over, "anwei_run_proof": guarded.proof(change)}
    found = _results("rollback", inventory, hosts, values, seen)
    return {host: _returned(results, change) for host, results in found.items()}


def kept_changes(inventory: Path, hosts: Sequence[str]) -> dict[str, list[Said]]:
    """The changes that each host can still take back; none from a host that does not answer."""
    found = _results("host_changes", inventory, hosts, {}, lambda *_: None)
    return {host: results[-1].get("changes", []) for host, results in found.items()}


def _results(
    playbook: str, inventory: Path, hosts: Iterable[str], values: Mapping[str, Any], seen: Seen
) -> dict[str, list[Said]]:
    """The results of each host's tasks, in order; a host that never answered has failed."""
    began, found = time.monotonic(), {host: list[Said]() for host in hosts}

    def note(event: str, host: str, result: Mapping[str, Any]) -> None:
        """Keep the end of a task, and show it."""
        if event in ENDINGS and host in found:
            said = {**result, "seconds": round(time.monotonic() - began, 1), "bad": event != "runner_on_ok"}
            said |= {"msg": str(Unreachable.because(str(result.get("msg", ""))))} if event == ENDINGS[2] else {}
            found[host].append(said)
            seen(host, said)

    last_words = play(playbook, inventory, sorted(found), values, note)
    silent = {"bad": True, "msg": "\n".join([text("host.silent"), *last_words]), "seconds": 0.0}
    return {host: results or [silent] for host, results in found.items()}


def _applied(results: Sequence[Said]) -> Said:
    """What applying did on one host."""
    states = [result for result in results if "plan" in result or "changes" in result]
    bad = next((result for result in results if result["bad"]), {})
    return {
        "ok": not bad,
        "changed": any(result.get("changed") for result in results),
        "asked": sorted({leaf for result in states for leaf in result.get("asked", [])}),
        "changes": [change for result in states for change in result.get("changes", [])],
        "former": next((result["former"] for result in states if result.get("former")), ""),
        "code": bad.get("code", ""),
        "said": bad.get("msg", ""),
        "seconds": results[-1]["seconds"],
        **{name: any(result.get(name) for result in states) for name in ("armed", "confirmed", "returned")},
        "unconfirmed": max((result["dead_man"] for result in states if result.get("unconfirmed")), default=0),
    }


def _returned(results: Sequence[Said], change: str) -> Said:
    """What taking back did on one host."""
    last = results[-1]
    return {
        "ok": not last["bad"],
        "unknown": bool(last.get("unknown")),
        **{name: last.get(name, []) for name in ("changes", "conflicts", "kept")},
        **{name: last.get(name, "") for name in ("former", "now", "code")},
        "said": last.get("msg", ""),
        "undo": f"sh {STORE}/{change}/undo",
        "seconds": last["seconds"],
    }
