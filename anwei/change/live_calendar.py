"""The calendar as the live checkout has it now: a key period that is declared after the signatures still counts.

Nobody signed it, so it may only add to what is refused. Its files are read as data; Ansible is not asked, as nothing of
a live checkout may run here. What stands wrong is named by its place and not quoted: a link may lead to what the
runner can read and its caller cannot.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from anwei.errors import Refused
from anwei.estate import Estate, Host, Place, rules, schema
from anwei.estate.places import Places, index
from anwei.estate.sources import read_sources

FREEZES = "estate_freezes"
NAMES = (FREEZES, "estate_change_days", "estate_calendar")


def read(checkout: Path, estate: str) -> dict[str, Any]:
    """The settings of an estate that say when nothing is changed. What cannot be read or is wrong is refused."""
    directory = checkout / "inventories" / estate
    found, places = dict[str, Any](), list[Place]()
    try:
        sources, unread = read_sources(directory)
        known, malformed = index(directory, sources)
        places = [problem.place for problem in [*unread, *malformed]]
        found = _settings(known)
        places += _wrong(Estate(estate, directory, (Host("all", {}, (), Place(directory)),), found), known)
    except (OSError, ValueError, TypeError, RecursionError, yaml.YAMLError):
        places.append(Place(directory))
    if places:
        raise Refused("AW-gate-calendar-live", where=str(directory), details=sorted({str(place) for place in places}))
    return found


def _settings(places: Places) -> dict[str, Any]:
    """The calendar, wherever in the inventory it stands; the periods of several files are taken together."""
    found = dict[str, Any]()
    for variables in places.variables.values():
        for name in (name for name in NAMES if name in variables):
            value = _plain(variables[name].value)
            both = name == FREEZES and isinstance(value, list) and isinstance(found.get(name, []), list)
            found[name] = [*found.get(name, []), *value] if both else value
    return found


def _plain(node: yaml.Node) -> Any:  # noqa: ANN401 - the schema says what it must be
    """A value as Ansible would list it: days are text."""
    value = yaml.constructor.SafeConstructor().construct_document(node)
    return json.loads(json.dumps(value, default=str))


def _wrong(estate: Estate, places: Places) -> Iterator[Place]:
    """Where the calendar breaks the rules of an inventory."""
    for path, _ in schema.violations("estate", estate.settings):
        if path and path[0] in NAMES:
            yield places.variable(estate.hosts[0], path)
    for rule in (rules.freezes_in_order, rules.calendar_makes_sense):
        yield from (problem.place for problem in rule(estate, places))
