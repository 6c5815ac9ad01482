"""What a change would do on each host: its playbook in check mode, through ansible-runner. It writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from anwei.change.changefile import Change
from anwei.errors import Failure
from anwei.evidence.reasons import Unreachable
from anwei.reach.playing import play
from anwei.texts import text


@dataclass
class Foretold:
    """One host: its release, what each state task would do, what other tasks said, and why it could not be asked."""

    release: str = ""
    tasks: list[dict[str, Any]] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    trouble: str = ""


def foretell(change: Change, inventory: Path, hosts: Sequence[str], name: str = "") -> dict[str, Foretold]:
    """Ask every host at once; one that cannot be asked says why. `name` is what hosts call the change."""
    found = {host: Foretold() for host in hosts}

    def note(event: str, host: str, result: Mapping[str, Any]) -> None:
        """Keep what a host says of a task."""
        if host in found:
            _keep(found[host], event, result)

    values = {**change.parameters, "anwei_change": name or change.id}
    last_words = play(change["action"], inventory, hosts, values, note, foretell=True)
    silent = [host for host in found.values() if not (host.tasks or host.others or host.trouble)]
    if len(silent) == len(found):
        raise Failure("AW-host-engine", where=str(inventory), details=last_words)
    for host in silent:  # which is not the same as nothing to do
        host.trouble = text("host.silent")
    return found


def _keep(host: Foretold, event: str, result: Mapping[str, Any]) -> None:
    """One event of a host."""
    if event == "runner_on_unreachable":
        host.trouble = str(Unreachable.because(str(result.get("msg", ""))))
    elif event == "runner_on_failed" and not result.get("ignore_errors"):
        host.trouble = str(result.get("msg") or result.get("censored") or text("host.silent"))
    elif event == "runner_on_ok" and "plan" in result:
        host.release = result.get("release", "")
        host.tasks.append(_task(result))
    elif _not_foretold(event, result):
        host.others.append(str(result["task"]))


def _not_foretold(event: str, result: Mapping[str, Any]) -> bool:
    """Whether a task would do something of which nothing more is known."""
    skipped = event == "runner_on_skipped" and "check mode" in str(result.get("msg", ""))
    return skipped or (event == "runner_on_ok" and bool(result.get("changed")))


def _task(result: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a state task: nothing that depends on when or from where it was asked."""
    kept = {name: result[name] for name in ("task", "plan", "changes", "asked")}
    return kept | {"limits": sorted(result.get("limits", [])), "dead_man": bool(result.get("dead_man"))}
