"""The checks that hosts make of themselves: one round trip per host, and another for what is not good yet."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from anwei.errors import Failure
from anwei.evidence.fetch import Fetched, fetch_timed
from anwei.evidence.reasons import Unreachable
from anwei.health import on_host
from anwei.health.checks import Check
from anwei.health.result import Result

# What a host says while its sshd restarts. Other reasons do not pass by themselves, or took long to come.
PASSING = {"refused", "closed", "silent"}

Key = tuple[str, int]  # a host, and the number of a check among those declared for it
Checks = Mapping[Key, Check]


@dataclass(frozen=True)
class Asked:
    """What came of one check in one round, and whether asking again may help."""

    key: Key
    result: Result
    passing: bool = True


def asked(inventory: Path, checks: Checks, end: float) -> dict[Key, Result]:
    """The results of all checks that could be asked before `end`."""
    results: dict[Key, Result] = {}
    waiting = dict(checks)
    while waiting and (left := int(end - time.monotonic())) > 0:
        again: dict[Key, Check] = {}
        for each in _round(inventory, waiting, left):
            results[each.key] = result = _after(results.get(each.key), each.result)
            if not result.ok and each.passing and result.tries < checks[each.key].tries:
                again[each.key] = checks[each.key]
        pause = max((each.pause for each in again.values()), default=0)
        if time.monotonic() + pause >= end:
            break
        time.sleep(pause)
        waiting = again
    return results


def _round(inventory: Path, checks: Checks, seconds: int) -> Iterator[Asked]:
    """Ask every host its checks once."""
    began = time.monotonic()
    wanted: dict[str, list[tuple[Key, Check]]] = {}
    for key, check in checks.items():
        wanted.setdefault(key[0], []).append((key, check))
    for host, came in _fetched(inventory, wanted, seconds).items():
        for number, (key, check) in enumerate(wanted[host]):
            if isinstance(came, Unreachable):
                spent = round(time.monotonic() - began, 3)
                yield Asked(key, Result(check.title, False, str(came), spent, 1, False), came.cause in PASSING)
            else:
                answer = came.reading.answers.get(number)
                ok, said = on_host.judged(check, answer)
                yield Asked(key, Result(check.title, ok, said, answer.seconds if answer else 0, 1))


def _fetched(
    inventory: Path, wanted: Mapping[str, list[tuple[Key, Check]]], seconds: int
) -> Mapping[str, Fetched | Unreachable]:
    """What came from each host. An Ansible that does not start is a reason like any other: nobody was reached."""
    timed = {host: [(on_host.command(check), check.limit) for _, check in own] for host, own in wanted.items()}
    try:
        return fetch_timed(inventory, timed, lambda *_: None, seconds)
    except Failure as failure:
        return dict.fromkeys(wanted, Unreachable.because(" ".join(failure.details[-1:])))


def _after(before: Result | None, now: Result) -> Result:
    """A result with the tries before it counted."""
    return replace(now, seconds=before.seconds + now.seconds, tries=before.tries + now.tries) if before else now
