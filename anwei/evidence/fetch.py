"""One playbook run: every host is asked its commands in one round trip, through Ansible and the inventory."""

import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from anwei.errors import Failure
from anwei.evidence import script
from anwei.evidence.clock import skew
from anwei.evidence.commands import Command, Declarations
from anwei.evidence.known_secrets import NOTHING, Known
from anwei.evidence.naming import safe_name
from anwei.evidence.reasons import Unreachable
from anwei.reach.playing import MOST_HOSTS_AT_ONCE, play, private_file

CONNECTION_SECONDS = 90  # added to what the commands may take: logging in, becoming root, the way back

Finished = Callable[[str, Unreachable | None], None]
Timed = Sequence[tuple[str, int]]  # shell texts, each with the seconds it may take


@dataclass(frozen=True)
class Fetched:
    """What one host answered in one round, what secrets of it the inventory knows, and what its clock was ahead."""

    reading: script.Reading
    round_trips: int
    known: Known = NOTHING
    skew: int | None = None


def fetch(
    inventory: Path, wanted: Mapping[str, Sequence[Command]], declarations: Declarations, finished: Finished
) -> dict[str, Fetched | Unreachable]:
    """Ask every host its declared commands. A host that cannot be reached says why; the others go on."""
    timed = {host: [(each.text, declarations.seconds(each)) for each in wanted[host]] for host in wanted}
    return fetch_timed(inventory, timed, finished)


def fetch_timed(
    inventory: Path, wanted: Mapping[str, Timed], finished: Finished, most_seconds: int | None = None
) -> dict[str, Fetched | Unreachable]:
    """Ask every host its commands, and stop after about `most_seconds` where they are given.

    Scripts and answers pass through a folder that only this account can open and that is removed afterwards.
    """
    nonce = secrets.token_hex(8)
    with TemporaryDirectory(prefix="anwei-") as private:
        exchange = Path(private, "exchange")
        exchange.mkdir(mode=0o700)
        for host, commands in wanted.items():
            private_file(exchange / f"{safe_name(host)}.sh", script.write(commands, nonce))
        began = time.time()
        outcomes = _play(inventory, wanted, Path(private), finished, most_seconds)
        ended = time.time()
        fetched = {host: _fetched(exchange, host, outcomes.get(host), nonce) for host in wanted}
    return {host: _with_skew(got, began, ended) for host, got in fetched.items()}


def _play(
    inventory: Path, wanted: Mapping[str, Timed], private: Path, finished: Finished, most_seconds: int | None
) -> dict[str, int | Unreachable]:
    """Run the playbook; per host the number of round trips, or why there were none."""
    seconds = CONNECTION_SECONDS + max(sum(limit for _, limit in commands) for commands in wanted.values())
    if most_seconds:  # hosts that have to wait for others share the time with them
        seconds = min(seconds, max(1, most_seconds // ceil(len(wanted) / MOST_HOSTS_AT_ONCE)))
    outcomes: dict[str, int | Unreachable] = {}

    def note(event: str, host: str, result: Mapping[str, Any]) -> None:
        """Keep what became of a host."""
        outcome = _outcome(event, result)
        if outcome is not None and host not in outcomes:
            outcomes[host] = outcome
            finished(host, outcome if isinstance(outcome, Unreachable) else None)

    values = {"anwei_exchange": str(private / "exchange"), "anwei_seconds": seconds}
    last_words = play("collect", inventory, sorted(wanted), values, note)
    if not outcomes:
        raise Failure("AW-collect-engine", where=str(inventory), details=last_words)
    return outcomes


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
    stem = safe_name(host)
    reading = script.read((exchange / f"{stem}.answer").read_text(encoding="utf-8"), nonce)
    if reading.nowhere:
        return Unreachable("nowhere")
    if not reading.answers:
        return Unreachable("silent")
    secrets_of_host = exchange / f"{stem}.known"
    known = Known.of(json.loads(secrets_of_host.read_bytes())) if secrets_of_host.exists() else NOTHING
    return Fetched(reading, outcome, known)


def _with_skew(got: Fetched | Unreachable, began: float, ended: float) -> Fetched | Unreachable:
    """What was fetched, with what the host's clock was ahead of ours."""
    return replace(got, skew=skew(got.reading.clock, began, ended)) if isinstance(got, Fetched) else got
