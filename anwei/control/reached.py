"""Which hosts of an estate answer, in one round trip each."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from anwei.control.finding import Finding, fine, joined, unknown, warning
from anwei.estate import Estate, Host
from anwei.estate.problems import listed
from anwei.health import check
from anwei.health.checks import VARIABLE
from anwei.health.run import ANSWERING

SHOWN = 10


def hosts(estate: Estate) -> Iterator[Finding]:
    """Those that can be logged in to, and those that cannot with the reason."""
    asked = [_bare(host) for host in estate.hosts if host.variables.get("system") in ANSWERING]
    silent = {host: found[0].said for host, found in check(estate, asked).items() if not found[0].ok}
    if silent:
        yield warning("unreached", silent=len(silent), count=len(asked), hosts=joined(_by_reason(silent)))
    elif asked:
        yield fine("reached", count=len(asked))
    if others := len(estate.hosts) - len(asked):
        yield unknown("no-shell", count=others)


def _by_reason(silent: Mapping[str, str]) -> Iterator[str]:
    """The silent hosts, those with one reason together."""
    found: dict[str, list[str]] = defaultdict(list)
    for host, said in silent.items():
        found[said].append(host)
    for said, names in found.items():
        more = ["…"] if len(names) > SHOWN else []
        yield f"{listed([*names[:SHOWN], *more])}: {said}"


def _bare(host: Host) -> Host:
    """The host without the checks that are declared for it: then it is only asked whether it can be reached."""
    kept = {name: value for name, value in host.variables.items() if not name.startswith(VARIABLE)}
    return replace(host, variables=kept)
