"""The rules an inventory must keep. One small function each, all in `RULES`: to add a rule, write one and list it.

A rule gets the estate and the index of places and yields problems. It passes over values of a wrong type: the
schemas tell those.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from anwei.estate import schema
from anwei.estate.model import Estate, Host
from anwei.estate.places import Places
from anwei.estate.problems import Problem, listed
from anwei.texts import text

Network = IPv4Network | IPv6Network
Rule = Callable[[Estate, Places], Iterable[Problem]]


def hosts_keep_schema(estate: Estate, places: Places) -> Iterator[Problem]:
    """Each host's merged variables are as `inventories/schema/host.json` says."""
    for host in estate.hosts:
        for path, message in schema.violations("host", host.variables):
            yield Problem(places.variable(host, path) if path else host.where, message, host.name)


def settings_keep_schema(estate: Estate, places: Places) -> Iterator[Problem]:
    """The estate's settings are as `inventories/schema/estate.json` says."""
    for path, message in schema.violations("estate", estate.settings):
        yield _setting(estate, places, path, message)


def settings_same_everywhere(estate: Estate, places: Places) -> Iterator[Problem]:
    """No host or group has estate settings of its own: there is one estate."""
    for host in estate.hosts:
        for key, value in host.variables.items():
            if key.startswith("estate_") and estate.settings.get(key) != value:
                yield _of_host(places, host, key, "setting_differs")


def zones_known(estate: Estate, places: Places) -> Iterator[Problem]:
    """Every host stands in a zone of the estate."""
    return _known(estate, places, "zone", "estate_zones")


def subnets_known(estate: Estate, places: Places) -> Iterator[Problem]:
    """Every host stands in a subnetwork of the estate."""
    return _known(estate, places, "subnet", "estate_subnets")


def owners_known(estate: Estate, places: Places) -> Iterator[Problem]:
    """Every host belongs to a role of the estate."""
    return _known(estate, places, "owner", "estate_owners")


def subnets_in_known_zones(estate: Estate, places: Places) -> Iterator[Problem]:
    """Every subnetwork belongs to a zone of the estate."""
    zones = _table(estate, "estate_zones")
    for name, subnet in _table(estate, "estate_subnets").items():
        zone = _word(subnet, "zone")
        if zones and zone and zone not in zones:
            yield _setting(estate, places, ("estate_subnets", name, "zone"), _unknown("zone", zone, zones))


def subnet_in_zone_of_host(estate: Estate, places: Places) -> Iterator[Problem]:
    """A host's zone is that of its subnetwork (where both are known: the rules above tell the others)."""
    zones, subnets = _table(estate, "estate_zones"), _table(estate, "estate_subnets")
    for host in estate.hosts:
        zone, subnet = _word(host.variables, "zone"), _word(host.variables, "subnet")
        expected = _word(subnets.get(subnet), "zone")
        if zone in zones and expected in zones and zone != expected:
            yield _of_host(places, host, "zone", "zone_differs", zone=zone, subnet=subnet, expected=expected)


def networks_valid(estate: Estate, places: Places) -> Iterator[Problem]:
    """Each subnetwork has a network that is one (no host bits set)."""
    for name, subnet in _table(estate, "estate_subnets").items():
        written = _word(subnet, "cidr")
        if written and _network(written) is None:
            message = text("estate.problem.network_invalid", network=written)
            yield _setting(estate, places, ("estate_subnets", name, "cidr"), message)


def networks_apart(estate: Estate, places: Places) -> Iterator[Problem]:
    """No two subnetworks overlap."""
    for (first, one), (second, other) in combinations(_networks(estate).items(), 2):
        if one.version == other.version and one.overlaps(other):
            message = text("estate.problem.networks_overlap", network=other, other=first, other_network=one)
            yield _setting(estate, places, ("estate_subnets", second, "cidr"), message)


def addresses_valid(estate: Estate, places: Places) -> Iterator[Problem]:
    """Each address is an IP address."""
    for host, address in _with(estate, "address"):
        if _address(address) is None:
            yield _of_host(places, host, "address", "address_invalid", address=address)


def addresses_unique(estate: Estate, places: Places) -> Iterator[Problem]:
    """No two hosts have the same address."""
    first: dict[object, Host] = {}
    for host, address in _with(estate, "address"):
        other = first.setdefault(_address(address) or address, host)
        if other is not host:
            values = {"address": address, "other": other.name, "place": places.variable(other, ["address"])}
            yield _of_host(places, host, "address", "address_twice", **values)


def addresses_in_subnets(estate: Estate, places: Places) -> Iterator[Problem]:
    """Each address lies in the network of its host's subnetwork."""
    networks = _networks(estate)
    for host, written in _with(estate, "address"):
        address, subnet = _address(written), _word(host.variables, "subnet")
        network = networks.get(subnet)
        if address and network and address not in network:
            yield _of_host(places, host, "address", "address_outside", address=written, subnet=subnet, network=network)


def availability_groups_have_members(estate: Estate, places: Places) -> Iterator[Problem]:
    """A high-availability group has two members or more; one alone is a slip of the pen."""
    members: dict[str, list[Host]] = defaultdict(list)
    for host, group in _with(estate, "ha_group"):
        members[group].append(host)
    for group, hosts in members.items():
        if len(hosts) == 1:
            yield _of_host(places, hosts[0], "ha_group", "ha_alone", group=group)


def freezes_in_order(estate: Estate, places: Places) -> Iterator[Problem]:
    """A freeze period has two real dates and ends on the day it starts or later."""
    freezes = estate.settings.get("estate_freezes")
    for number, freeze in enumerate(freezes if isinstance(freezes, list) else ()):
        start, end = _word(freeze, "from"), _word(freeze, "to")
        if not start or not end:
            continue
        path = ("estate_freezes", number, "to")
        if _date(start) is None or _date(end) is None:
            yield _setting(estate, places, path, text("estate.problem.freeze_date", start=start, end=end))
        elif start > end:
            yield _setting(estate, places, path, text("estate.problem.freeze_order", start=start, end=end))


def waivers_name_objects(estate: Estate, places: Places) -> Iterator[Problem]:
    """A waiver ends on a real day and is for objects that there are: a misspelt one would waive nothing, silently."""
    known = {host.name for host in estate.hosts} | {group for host in estate.hosts for group in host.groups}
    waivers = estate.settings.get("estate_waivers")
    for number, waiver in enumerate(waivers if isinstance(waivers, list) else ()):
        until = _word(waiver, "until")
        if until and _date(until) is None:
            path: schema.Path = ("estate_waivers", number, "until")
            yield _setting(estate, places, path, text("estate.problem.waiver_date", until=until))
        for at, name in enumerate(_words(waiver, "objects")):
            if name and name.partition("/")[0] not in known:
                path = ("estate_waivers", number, "objects", at)
                yield _setting(estate, places, path, text("estate.problem.waiver_object", name=name))


def timezone_known(estate: Estate, places: Places) -> Iterator[Problem]:
    """The estate's time zone is one that this machine knows."""
    name = _word(estate.settings, "estate_timezone")
    if name and not _is_zone(name):
        yield _setting(estate, places, ("estate_timezone",), text("estate.problem.timezone_unknown", zone=name))


def calendar_makes_sense(estate: Estate, places: Places) -> Iterator[Problem]:
    """Each day of the site's own calendar is one, and no day is both a working day and off."""
    calendar = _table(estate, "estate_calendar")
    off, on = (_words(calendar, name) for name in ("holidays", "workdays"))
    for name, days in (("holidays", off), ("workdays", on)):
        for number, day in enumerate(days):
            path = ("estate_calendar", name, number)
            if day and _date(day) is None:
                yield _setting(estate, places, path, text("estate.problem.calendar_date", day=day))
            elif day and name == "workdays" and day in off:
                yield _setting(estate, places, path, text("estate.problem.calendar_both", day=day))


RULES: tuple[Rule, ...] = (
    hosts_keep_schema,
    settings_keep_schema,
    settings_same_everywhere,
    zones_known,
    subnets_known,
    owners_known,
    subnets_in_known_zones,
    subnet_in_zone_of_host,
    networks_valid,
    networks_apart,
    addresses_valid,
    addresses_unique,
    addresses_in_subnets,
    availability_groups_have_members,
    freezes_in_order,
    waivers_name_objects,
    timezone_known,
    calendar_makes_sense,
)


def broken(estate: Estate, places: Places) -> list[Problem]:
    """Every problem that any rule finds."""
    return [problem for rule in RULES for problem in rule(estate, places)]


def _known(estate: Estate, places: Places, key: str, setting: str) -> Iterator[Problem]:
    """Hosts whose `key` names nothing in the table `setting` (a missing table is told by the schema)."""
    table = _table(estate, setting)
    for host, value in _with(estate, key):
        if table and value not in table:
            yield Problem(places.variable(host, [key]), _unknown(key, value, table), host.name)


def _unknown(key: str, value: str, table: Iterable[str]) -> str:
    """The sentence about a name that the estate does not know."""
    return text("estate.problem.unknown", at=key, value=value, known=listed(table))


def _of_host(places: Places, host: Host, key: str, problem: str, **values: object) -> Problem:
    """A problem at the line where `key` of a host was written."""
    message = text(f"estate.problem.{problem}", None, at=key, **values)
    return Problem(places.variable(host, [key]), message, host.name)


def _setting(estate: Estate, places: Places, path: schema.Path, message: str) -> Problem:
    """A problem of the estate itself, at the line inside the setting."""
    place = places.variable(estate.hosts[0], path) if path else places.settings()
    return Problem(place, message)


def _with(estate: Estate, key: str) -> Iterator[tuple[Host, str]]:
    """The hosts that have a word for `key`, with it."""
    return ((host, word) for host in estate.hosts if (word := _word(host.variables, key)))


def _word(mapping: object, key: str) -> str:
    """The text at `key`, or nothing where there is none or something else."""
    value = mapping.get(key) if isinstance(mapping, Mapping) else None
    return value if isinstance(value, str) else ""


def _words(mapping: object, key: str) -> list[str]:
    """The list of words at `key`, each nothing where it is something else."""
    value = mapping.get(key) if isinstance(mapping, Mapping) else None
    return [word if isinstance(word, str) else "" for word in value] if isinstance(value, list) else []


def _table(estate: Estate, setting: str) -> Mapping[str, Any]:
    """A setting that is a mapping by name; empty where it is missing or something else."""
    value = estate.settings.get(setting)
    return value if isinstance(value, Mapping) else {}


def _networks(estate: Estate) -> dict[str, Network]:
    """The networks of the subnetworks that have a valid one."""
    written = {name: _word(subnet, "cidr") for name, subnet in _table(estate, "estate_subnets").items()}
    return {name: network for name, value in written.items() if value and (network := _network(value))}


def _network(written: str) -> Network | None:
    """An IP network, if that is one."""
    try:
        return ip_network(written)
    except ValueError:
        return None


def _address(written: str) -> object | None:
    """An IP address, if that is one."""
    try:
        return ip_address(written)
    except ValueError:
        return None


def _date(written: str) -> date | None:
    """A day of the calendar, if that is one."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _is_zone(name: str) -> bool:
    """Whether this machine knows a time zone of that name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
