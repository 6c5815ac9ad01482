"""Which hosts of an estate answer, in one round trip each."""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping

from anwei.control.finding import Finding, fine, joined, unknown, warning
from anwei.estate import Estate
from anwei.estate.problems import listed
from anwei.health.asking import asked
from anwei.health.checks import Check
from anwei.health.run import ANSWERING
from anwei.texts import text

SHOWN = 10
LIMIT = 60
ANSWERS = Check("reachable", {}, on_host=True, tries=1, pause=0, limit=10)


def hosts(estate: Estate) -> Iterator[Finding]:
    """Those that can be logged in to, and those that cannot with the reason."""
    wanted = [host.name for host in estate.hosts if host.variables.get("system") in ANSWERING]
    answers = asked(estate.path, {(host, 0): ANSWERS for host in wanted}, time.monotonic() + LIMIT)
    said = {host: answers[host, 0].said if (host, 0) in answers else text("health.out-of-time") for host in wanted}
    silent = {host: said[host] for host in wanted if (host, 0) not in answers or not answers[host, 0].ok}
    if silent:
        yield warning("unreached", silent=len(silent), count=len(wanted), hosts=joined(_by_reason(silent)))
    elif wanted:
        yield fine("reached", count=len(wanted))
    if others := len(estate.hosts) - len(wanted):
        yield unknown("no-shell", count=others)


def _by_reason(silent: Mapping[str, str]) -> Iterator[str]:
    """The silent hosts, those with one reason together."""
    found: dict[str, list[str]] = defaultdict(list)
    for host, said in silent.items():
        found[said].append(host)
    for said, names in found.items():
        more = ["…"] if len(names) > SHOWN else []
        yield f"{listed([*names[:SHOWN], *more])}: {said}"
