"""An estate in numbers: how many hosts by zone, system, group and so on. Pure functions over a loaded estate."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from anwei.estate.model import Estate, Host

# What is counted, and the setting that has the titles of its ids.
COUNTED = {
    "zone": "estate_zones",
    "subnet": "estate_subnets",
    "system": "",
    "platform": "",
    "group": "",
    "criticality": "",
    "mlps_level": "",
    "owner": "estate_owners",
    "ha_group": "",
}


def summary(estate: Estate, hosts: Sequence[Host]) -> dict[str, Any]:
    """The counts for `hosts`, a selection of the estate, by the titles that people read."""
    counts = {name: _count(hosts, name, estate.settings.get(setting, {})) for name, setting in COUNTED.items()}
    freezes = estate.settings.get("estate_freezes", [])
    return {
        "estate": estate.name,
        "title": estate.settings["estate_title"],
        "hosts": len(hosts),
        **counts,
        "group": _groups(estate, hosts),
        "freeze": freezes,
    }


def _count(hosts: Iterable[Host], variable: str, titles: Mapping[str, Mapping[str, str]]) -> dict[str, int]:
    """How many hosts have each value of `variable`; in the order of `titles`, else the most frequent first."""
    found = Counter(host.variables[variable] for host in hosts if variable in host.variables)
    order = [value for value in titles if value in found] or [value for value, _ in found.most_common()]
    return {str(titles.get(value, {}).get("title", value)): found[value] for value in order}


def _groups(estate: Estate, hosts: Iterable[Host]) -> dict[str, int]:
    """How many hosts each group has; the groups of zones, subnetworks and systems are counted under those names."""
    elsewhere = {*estate.settings["estate_zones"], *estate.settings["estate_subnets"]}
    elsewhere |= {host.variables["system"] for host in estate.hosts}
    found = Counter(group for host in hosts for group in host.groups if group not in elsewhere)
    return dict(sorted(found.items()))
