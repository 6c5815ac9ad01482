"""What a configuration tells of the network around: zones, the way of management, redundancy."""

import re

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met
from baselines.mlps.device.configuration import Configuration
from baselines.mlps.device.reading import configuration
from baselines.mlps.device.weighing import some

OUT_OF_BAND = r"interface (MEth\S+|M-\S*Ethernet\S+)"
REDUNDANT = (
    r"irf (?:member|domain|mac-address|port).*|irf-port.*|stack .*|css (?:id|enable|mode).*|dfs-group \d+"
    r"|m-lag .*|drni .*|hrp enable|interface (?:Eth-Trunk|Bridge-Aggregation|Route-Aggregation)\S*"
    r"|(?:smart-link|rrpp|erps|monitor-link) .*"
)


def zones(host: Host) -> Verdict:
    """VLANs and the addresses on interfaces, to be held against the plan."""
    found = configuration(host)
    vlans = [match[0] for match in found.found(r"vlan (?:batch )?\d.*")]
    addresses = [
        f"{match[1]} {address[1]}"
        for view, match in found.views(r"interface (\S+)")
        for address in view.found(r"ip address (\d\S+ \d\S*).*")
    ]
    return manual("seen", what="VLAN", rows=some([*vlans, *addresses]) or "-")


def management_area(host: Host) -> Verdict:
    """Management has an interface, a VLAN or a VPN of its own. Without one the plan of the network decides."""
    rows = _management(configuration(host))
    return met("seen", what="management", rows=some(rows)) if rows else manual("device.no-management")


def redundancy(host: Host) -> Verdict:
    """What is doubled by configuration. Whether it is enough and healthy, a person has to look."""
    found = configuration(host)
    rows = [each.line for each in found.sections if re.fullmatch(REDUNDANT, each.line)]
    rows += [
        f"{view.line}: {match[0]}"
        for view, _ in found.views(r"interface .+")
        for match in view.found(r"vrrp .*virtual-ip.*")
    ]
    return manual("seen", what="IRF/VRRP/LACP", rows=some(rows)) if rows else manual("device.no-redundancy")


def _management(found: Configuration) -> list[str]:
    """The signs of a way that serves management alone."""
    rows = [
        view.line for view, _ in found.views(OUT_OF_BAND) if view.has(r"ip address .+") and not view.has("shutdown")
    ]
    rows += [
        match[0]
        for match in found.found(r"(?:ssh|telnet|http|snmp-agent) (?:server-source|protocol source-interface) .+")
    ]
    rows += [
        match[0]
        for match in found.found(r"ip vpn-instance \S*(?i:mgmt|mgt|manage|oob|guanli)\S*|management-vlan \d+.*")
    ]
    names = r"(?:description|name) .*(?i:mgmt|mgt|manage|管理|oob).*"
    rows += [
        view.line for view, _ in found.views(r"vlan \d+|interface (?:Vlanif|Vlan-interface)\d+") if view.has(names)
    ]
    return [row for row in rows if "all-interface" not in row]
