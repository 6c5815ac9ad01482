"""Loads an estate: reads its files, lets Ansible merge them, holds the result against the rules, reaches no host."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from anwei.errors import BadInput
from anwei.estate import groups, inventory_tool, problems, rules
from anwei.estate.model import Estate, Host, Place
from anwei.estate.places import Places, index, orphans
from anwei.estate.problems import Problem, listed
from anwei.estate.sources import read_sources
from anwei.home import ROOT

INVENTORIES = ROOT / "inventories"


def load_estate(name: str | Path) -> Estate:
    """The estate `name` below `inventories/`, or the inventory directory at a path; all problems are told at once."""
    directory = find(name) if isinstance(name, str) else name.resolve()
    sources, wrong = read_sources(directory)
    places, malformed = index(directory, sources)
    _refuse("AW-inventory-unreadable", directory, [*wrong, *malformed])
    listing = _merged(directory)
    estate = assemble(directory, listing, places)
    if not estate.hosts:
        raise BadInput("AW-hosts-none", where=str(Place(directory)), pattern="all", estate=estate.name)
    lost = orphans(sources, set(listing) | set(places.groups), {host.name for host in estate.hosts})
    _refuse("AW-inventory-invalid", directory, [*rules.broken(estate, places), *lost])
    return estate


def estates() -> list[str]:
    """The names that can be given: the folders below `inventories/` that hold an inventory."""
    return sorted(folder.name for folder in INVENTORIES.iterdir() if any(folder.glob("*.y*ml")))


def find(name: str) -> Path:
    """The inventory directory of the estate `name`."""
    known = estates()
    if name not in known:
        raise BadInput("AW-estate-unknown", where=str(Place(INVENTORIES)), estate=name, known=listed(known))
    return INVENTORIES / name


def assemble(directory: Path, listing: Mapping[str, Any], places: Places) -> Estate:
    """The estate as Ansible lists it, not yet held against any rule."""
    variables = listing.get("_meta", {}).get("hostvars", {})
    hosts = tuple(
        Host(name, variables.get(name, {}), names, places.host(name))
        for name, names in sorted(groups.of_hosts(listing).items())
    )
    return Estate(directory.name, directory, hosts, _settings(hosts))


def _settings(hosts: Sequence[Host]) -> dict[str, Any]:
    """The variables `estate_*`. Where hosts differ, what most of them have: a rule then tells the others."""
    values: dict[str, list[Any]] = defaultdict(list)
    for host in hosts:
        for key in (key for key in host.variables if key.startswith("estate_")):
            values[key].append(host.variables[key])
    return {key: max(found, key=found.count) for key, found in values.items()}


def _merged(directory: Path) -> dict[str, Any]:
    """Ansible's own view of the inventory; what it refuses is told in its own words."""
    try:
        return inventory_tool.merged(directory)
    except inventory_tool.ToolError as error:
        raise BadInput("AW-inventory-unreadable", where=str(Place(directory)), details=error.lines) from error


def _refuse(code: str, directory: Path, found: Iterable[Problem]) -> None:
    """Stop with `code` if there are problems, and name all of them."""
    details = problems.lines(found)
    if details:
        raise BadInput(code, where=str(Place(directory)), details=details, count=len(details))
