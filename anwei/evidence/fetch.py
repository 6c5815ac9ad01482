"""One playbook run: every host is asked its commands in one round trip, through Ansible and the inventory."""

import hashlib
import os
import secrets
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ansible_runner

from anwei.errors import Failure
from anwei.evidence import script
from anwei.evidence.commands import Command, Declarations
from anwei.evidence.reasons import Unreachable
from anwei.evidence.transcript import safe_name

ROOT = Path(__file__).resolve().parents[2]
MOST_HOSTS_AT_ONCE = 20
CONNECTION_SECONDS = 90  # added to what the commands may take: logging in, becoming root, the way back

Finished = Callable[[str, Unreachable | None], None]


@dataclass(frozen=True)
class Fetched:
    """What one host answered in one round."""

    reading: script.Reading
    round_trips: int


def fetch(
    inventory: Path, wanted: Mapping[str, Sequence[Command]], declarations: Declarations, finished: Finished
) -> dict[str, Fetched | Unreachable]:
    """Ask every host its commands. A host that cannot be reached says why; the others go on.

    Scripts and answers pass through a folder that only this account can open and that is removed afterwards.
    """
    nonce = secrets.token_hex(8)
    timed = {host: [(each.text, declarations.seconds(each)) for each in wanted[host]] for host in wanted}
    with TemporaryDirectory(prefix="anwei-") as private:
        exchange = Path(private, "exchange")
        exchange.mkdir(mode=0o700)
        for host, commands in timed.items():
            _private_file(exchange / f"{safe_name(host)}.sh", script.write(commands, nonce))
        seconds = CONNECTION_SECONDS + max(sum(limit for _, limit in commands) for commands in timed.values())
        outcomes = _play(inventory, sorted(wanted), Path(private), seconds, finished)
        return {host: _fetched(exchange, host, outcomes.get(host), nonce) for host in wanted}


def _play(
    inventory: Path, hosts: Sequence[str], private: Path, seconds: int, finished: Finished
) -> dict[str, int | Unreachable]:
    """Run the playbook; per host the number of round trips, or why there were none."""
    outcomes: dict[str, int | Unreachable] = {}

    def note(event: dict[str, Any]) -> bool:
        """Keep what became of a host; nothing of it goes to the runner's own files."""
        data = event.get("event_data", {})
        outcome = _outcome(event["event"], data.get("res", {}))
        if outcome is not None and data["host"] not in outcomes:
            outcomes[data["host"]] = outcome
            finished(data["host"], outcome if isinstance(outcome, Unreachable) else None)
        return False

    limit = private / "limit"
    _private_file(limit, "\n".join(hosts) + "\n")
    run = ansible_runner.run(
        private_data_dir=str(private),
        project_dir=str(ROOT),
        playbook=str(ROOT / "playbooks" / "collect.yml"),
        inventory=str(inventory.resolve()),
        limit=f"@{limit}",
        forks=min(len(hosts), MOST_HOSTS_AT_ONCE),
        extravars={"anwei_exchange": str(private / "exchange"), "anwei_seconds": seconds},
        envvars=_environment(inventory.resolve()),
        event_handler=note,
        quiet=True,
    )
    if not outcomes:
        raise Failure("AW-collect-engine", where=str(inventory), details=run.stdout.read().splitlines()[-8:])
    return outcomes


def _environment(inventory: Path) -> dict[str, str]:
    """What makes Ansible find our plugins and settings from anywhere, and print nothing but plain text.

    Kept connections are the inventory's own: Ansible knows them by the host's name, and would else carry what is meant
    for web1 of one estate to web1 of another.
    """
    connections = ROOT / ".ansible" / "cp" / hashlib.sha256(str(inventory).encode()).hexdigest()[:8]
    settings = {"ANSIBLE_CONFIG": str(ROOT / "ansible.cfg")} if (ROOT / "ansible.cfg").exists() else {}
    return {
        **settings,
        "ANSIBLE_SSH_CONTROL_PATH_DIR": str(connections),
        "ANSIBLE_ACTION_PLUGINS": str(ROOT / "action_plugins"),
        "ANSIBLE_LIBRARY": str(ROOT / "library"),
        "ANSIBLE_NOCOLOR": "1",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
    }


def _outcome(event: str, result: Mapping[str, Any]) -> int | Unreachable | None:
    """What an event says of its host, if anything."""
    if event == "runner_on_ok":
        return int(result["round_trips"])
    if event in ("runner_on_failed", "runner_on_unreachable"):
        return Unreachable.because(str(result.get("msg", "")))
    return None


def _fetched(exchange: Path, host: str, outcome: int | Unreachable | None, nonce: str) -> Fetched | Unreachable:
    """The reading of a host's answer."""
    if outcome is None:
        return Unreachable("silent")
    if isinstance(outcome, Unreachable):
        return outcome
    answer = exchange / f"{safe_name(host)}.answer"
    reading = script.read(answer.read_text(encoding="utf-8"), nonce)
    if reading.nowhere:
        return Unreachable("nowhere")
    return Fetched(reading, outcome) if reading.answers else Unreachable("silent")


def _private_file(path: Path, content: str) -> None:
    """Write a file that only its owner can read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as page:
        page.write(content)
