"""Facts of a device for the head of a report."""

import re

from testinfra.host import Host

from baselines.mlps.device.configuration import Configuration
from baselines.mlps.device.network import OUT_OF_BAND
from baselines.mlps.device.reading import configuration, family, said
from baselines.mlps.device.upkeep import release
from baselines.mlps.reading import listed

NAMES = {"vrp": "Huawei VRP", "comware": "H3C Comware"}


def version(host: Host) -> str:
    """The release."""
    return release(configuration(host))


def system(host: Host) -> str:
    """The system and its release."""
    found = configuration(host)
    return f"{NAMES[family(found).code]} {release(found)}".strip()


def addresses(host: Host) -> str:
    """The addresses of the device, those of its management port first."""
    found = configuration(host)
    return listed(dict.fromkeys([*_addresses(found, OUT_OF_BAND), *_addresses(found, r"interface (\S+)")][:6]))


def model(host: Host) -> str:
    """The model, by the line that says how long it runs."""
    rows = re.findall(r"(?im)^(?:huawei |h3c |hpe? )?(\S[^\n]*?) uptime is ", said(host, "display version"))
    return rows[0] if rows else ""


def uptime(host: Host) -> str:
    """How long the device runs, in its own words."""
    rows = re.findall(r"(?i) uptime is ([^\n]+)", said(host, "display version"))
    return rows[0].strip() if rows else ""


def _addresses(found: Configuration, pattern: str) -> list[str]:
    """The addresses on some interfaces."""
    return [match[1] for view, _ in found.views(pattern) for match in view.found(r"ip address (\d+\.\d+\.\d+\.\d+) .*")]


FACTS = {"system": system, "version": version, "model": model, "address": addresses, "uptime": uptime}
