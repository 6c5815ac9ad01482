"""What is declared as healthy: the checks of each host, with its variables filled in, ready to be made."""

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from anwei.errors import BadInput
from anwei.estate import Host, schema
from anwei.health.filling import UnfilledError, filled
from anwei.texts import text

VARIABLE = "health_checks"
DEFAULTS = {"retries": 3, "pause": 2, "limit": 10}
ONLY_ON_HOST = {"reachable", "service", "command", "sql"}
LONGEST_TITLE = 60


@dataclass(frozen=True)
class Check:
    """One check: its type and values, how often it is tried, and whether the host makes it or the control node."""

    type: str
    values: Mapping[str, Any]
    on_host: bool
    tries: int
    pause: int
    limit: int

    @property
    def title(self) -> str:
        """A short name, the same at every run."""
        subject = SUBJECTS[self.type](self.values)
        shown = subject if len(subject) <= LONGEST_TITLE else subject[: LONGEST_TITLE - 1] + "…"
        there = "@host" if self.on_host and self.type not in ONLY_ON_HOST else ""
        return " ".join(filter(None, (self.type, shown, there)))


class MisdeclaredError(Exception):
    """The checks of a host cannot be made as they are written."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__(" ".join(problems))


def declared(hosts: Sequence[Host]) -> dict[str, list[Check]]:
    """The checks of each host; one without any still has to be reachable. Bad declarations are told all at once."""
    checks: dict[str, list[Check]] = {}
    wrong: list[str] = []
    for host in hosts:
        try:
            checks[host.name] = _of(host) or [_check({"type": "reachable"})]
        except MisdeclaredError as error:
            wrong += [f"{host.where}: {host.name}: {problem}" for problem in error.problems]
    if wrong:
        raise BadInput("AW-health-check", details=wrong)
    return checks


def _of(host: Host) -> list[Check]:
    """The checks of one host, by variable name and then as they stand."""
    found = _filled(host)
    problems = [problem for name, checks in found.items() for problem in _problems(name, checks)]
    if problems:
        raise MisdeclaredError(problems)
    return [_check({"address": host.variables["address"], **each}) for name in sorted(found) for each in found[name]]


def _filled(host: Host) -> dict[str, Any]:
    """The variables that declare checks, with the host's other variables filled in."""
    written = {name: value for name, value in host.variables.items() if name.startswith(VARIABLE)}
    known = {**host.variables, "inventory_hostname": host.name, "group_names": list(host.groups)}
    try:
        return {name: filled(value, known) for name, value in written.items()}
    except UnfilledError as error:
        raise MisdeclaredError([text("health.template", error=error)]) from error


def _problems(name: str, checks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What is wrong with a variable now that it is filled in; the estate was checked with its templates."""
    misfits = [message for path, message in schema.violations("host", {VARIABLE: checks}) if path]
    yield from (name + message.removeprefix(VARIABLE) for message in misfits)
    for number, each in enumerate(() if misfits else checks):
        if "url" in each and not _askable(each["url"]):
            yield text("health.url", at=f"{name}[{number}].url", url=each["url"])


def _askable(url: str) -> bool:
    """Whether an address has a host, a possible port and no spaces."""
    try:
        parts = urlsplit(url)
        possible = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return possible and not any(letter.isspace() for letter in url)


def _check(written: Mapping[str, Any]) -> Check:
    """One declaration, with what it leaves out."""
    timing = {**DEFAULTS, **written}
    return Check(
        type=written["type"],
        values=written,
        on_host=written["type"] in ONLY_ON_HOST or written.get("from") == "host",
        tries=1 + timing["retries"],
        pause=timing["pause"],
        limit=timing["limit"],
    )


def _socket(values: Mapping[str, Any]) -> str:
    """An address and a port as people write them."""
    address = f"[{values['address']}]" if ":" in values["address"] else values["address"]
    return f"{address}:{values['port']}"


def _page(values: Mapping[str, Any]) -> str:
    """An address without its query, which may hold what is nobody's business."""
    page, query, _ = values["url"].partition("?")
    return f"{page}{query and '?…'}"


SUBJECTS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "reachable": lambda _values: "",
    "http": _page,
    "tcp": _socket,
    "tls": _socket,
    "service": lambda values: str(values["name"]),
    "command": lambda values: shlex.join(values["argv"]),
    "sql": lambda values: f"{values['engine']} {values['query']}",
}
