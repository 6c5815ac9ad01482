"""The ports of a device: which are unused and open, which are described, which ask who is there."""

import re
from collections.abc import Iterator

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError, Verdict, manual
from anwei.texts import text
from baselines.mlps.device.configuration import Configuration, Section
from baselines.mlps.device.reading import configuration, said
from baselines.mlps.device.weighing import Rows, some

BRIEF = "display interface brief"
PORT = re.compile(r"(?!M-|MEth|MGE\d)[A-Za-z0-9-]*(?:Ethernet|GigE|GE|Eth)\d+(?:/\d+)+(?::\d+)?")
STATE = re.compile(r"([A-Za-z0-9][\w/:.-]*?)(?:\(\d*\w+\))?\s+([*^#!]?[A-Za-z]+)(?:\(\w+\))?\s")
SHUT = ("*down", "adm")
ADMISSION = (
    r"dot1x(?: .*)?|mac-authentication(?: .*)?|port-security (?:enable|port-mode .*|max-mac-count .*)"
    r"|authentication-profile .+|authentication (?:dot1x|mac|mode) .*|ip source check user-bind .*|ip verify source.*"
    r"|ip source binding .*|user-bind .*|mac-limit .*|arp anti-attack check user-bind .*|mac-address max-mac-count .*"
)


def unused_ports(host: Host) -> Verdict:
    """A port that carries nothing is shut. Without the state of the ports nobody can say which are unused."""
    configuration(host)
    printed = said(host, BRIEF)
    if not re.search(r"\b(?:PHY|Link)\b", printed):
        raise NotReadableError(BRIEF, text("verdict.no-heading"))
    states = [
        (match[1], match[2].lower()) for line in printed.splitlines() if (match := STATE.match(line.strip() + " "))
    ]
    ports = [(name, state) for name, state in states if PORT.fullmatch(name)]
    down = [name for name, state in ports if state == "down"]
    shut = [f"{name}: {state}" for name, state in ports if state in SHUT]
    if not ports:
        return manual("device.no-ports")
    up = sum(state == "up" for _, state in ports)
    return Rows([*shut, f"up: {up}"], [f"{name}: down" for name in down]).verdict("interface")


def described_ports(host: Host) -> Verdict:
    """Open ports that lead on to other devices say where they lead."""
    ports = [(name, view) for name, view in _ports(configuration(host)) if not view.has("shutdown")]
    leading = [(name, view) for name, view in ports if view.has(r"port link-type trunk|ip address \d.*")]
    silent = [name for name, view in leading if not view.has(r"description .+")]
    if not leading:
        return manual("device.no-uplinks")
    return Rows([name for name, view in leading if name not in silent], unclear=silent).verdict("description")


def admission(host: Host) -> Verdict:
    """Ports ask who is there, or take known addresses alone. Another product may do that, so none is no finding."""
    found = configuration(host)
    rows = [f"{name}: {view.found(ADMISSION)[0][0]}" for name, view in _ports(found) if view.has(ADMISSION)]
    if rows:
        return Rows(rows).verdict("802.1X/MAC")
    whole = [match[0] for match in found.found(ADMISSION)]
    return manual("device.no-admission", rows=some(whole) or "-")


def _ports(found: Configuration) -> Iterator[tuple[str, Section]]:
    """The physical ports with their settings, without those that serve management alone."""
    for view, match in found.views(r"interface (\S+)"):
        if PORT.fullmatch(match[1]):
            yield match[1], view
