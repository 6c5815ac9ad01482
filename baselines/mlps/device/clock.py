"""The clock of a device."""

import re

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_applicable, not_met
from baselines.mlps.device.configuration import Configuration
from baselines.mlps.device.reading import configuration, said
from baselines.mlps.device.weighing import Rows, unset

SERVER = r"(s?ntp)(?:-service)? (?:ipv6 )?unicast-(?:server|peer) (.+)"
CLIENT = r"(ntp)(?:-service)? (?:broadcast|multicast)-client.*"


def synchronised(host: Host) -> Verdict:
    """A time server is set, and the device follows it. Newer H3C releases need NTP switched on as well."""
    found = configuration(host)
    servers = [match[0] for match in _servers(found)]
    if not servers:
        return not_met("unset", what="ntp unicast-server")
    if found.has(r"version [79]\..*") and not found.is_on("ntp-service enable|sntp enable"):
        return not_met("unset", what="ntp-service enable")
    if all(each.startswith("sntp") for each in servers):
        return manual("seen", what="sntp", rows="、".join(servers))
    short = any(re.match("ntp (?!-service)", each) for each in servers)
    status = said(host, "display ntp status" if short else "display ntp-service status")
    state = re.search(r"[Cc]lock status\s*:\s*(\w+)", status)
    if not state:
        return manual("seen", what="ntp", rows="、".join(servers))
    return (met if state[1] == "synchronized" else not_met)("value", what="clock status", value=state[1])


def authenticated(host: Host) -> Verdict:
    """Only a time server that knows the key is believed."""
    found = configuration(host)
    servers = [match[0] for match in _servers(found) if match[1] == "ntp"]
    if not servers:
        return not_applicable("device.ntp-none")
    missing = [] if found.is_on(r"ntp(?:-service)? authentication enable") else [unset("ntp authentication enable")]
    missing += [f"{each}: {unset('authentication-keyid')}" for each in servers if "authentication-key" not in each]
    trusted = found.has(r"ntp(?:-service)? (?:reliable|trusted) authentication-keyid .+")
    missing += [] if trusted else [unset("reliable authentication-keyid")]
    return Rows(servers, missing).verdict("ntp")


def _servers(found: Configuration) -> list[re.Match[str]]:
    """The time servers, and interfaces that listen for one."""
    below = [match for view, _ in found.views(r"interface .+") for match in view.found(CLIENT)]
    return [*found.found(SERVER), *below]
