"""All checks of all hosts at once, within one time limit. A sick host is an answer, never an error."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

from anwei.estate import Estate, Host
from anwei.health import network
from anwei.health.asking import Checks, Key, asked
from anwei.health.checks import Check, declared
from anwei.health.result import Result
from anwei.texts import text

LIMIT = 180.0
GRACE = 0.5  # for a last try that ends with the time
MOST_AT_ONCE = 64
ANSWERING = ("linux", "kylin")  # systems whose hosts have a POSIX shell


def check(estate: Estate, hosts: Sequence[Host], limit: float = LIMIT) -> dict[str, list[Result]]:
    """The results of each host, in the order in which its checks are declared, after `limit` seconds at the latest.

    Raises only where a check is declared wrongly, and then before any host is asked.
    """
    end = time.monotonic() + limit
    wanted = declared(hosts)
    checks = {(host, number): each for host, own in wanted.items() for number, each in enumerate(own)}
    answering = {host.name for host in hosts if host.variables.get("system") in ANSWERING}
    there = {key: each for key, each in checks.items() if each.on_host and key[0] in answering}
    results = _made(estate.path, {key: each for key, each in checks.items() if not each.on_host}, there, end)
    for key, each in checks.items():
        no_shell = each.on_host and key not in there
        said = text("health.no-shell" if no_shell else "health.out-of-time")
        results.setdefault(key, Result(each.title, False, said, 0.0, 0))
    return {host: [results[host, number] for number in range(len(own))] for host, own in wanted.items()}


def _made(inventory: Path, here: Checks, there: Checks, end: float) -> dict[Key, Result]:
    """The results that came in time: of checks over the network and, while those go on beside us, of those on hosts.

    What is stuck (in a name server, say) is left to itself.
    """
    pool = ThreadPoolExecutor(max_workers=MOST_AT_ONCE)
    started = {pool.submit(_tried, each, end): key for key, each in here.items()}
    try:
        results = asked(inventory, there, end)
        done, _ = wait(started, timeout=max(end - time.monotonic(), 0) + GRACE)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return results | {started[each]: each.result() for each in done}


def _tried(check: Check, end: float) -> Result:
    """A check over the network, tried until it is good, or often enough, or the time is up."""
    began = time.monotonic()
    ok, said, tries = False, text("health.out-of-time"), 0
    while not ok and tries < check.tries and (left := end - time.monotonic()) > 0:
        if tries:
            time.sleep(min(check.pause, left))
        ok, said = network.attempt(check, min(check.limit, max(end - time.monotonic(), 0.01)))
        tries += 1
    return Result(check.title, ok, said, round(time.monotonic() - began, 3), tries)
