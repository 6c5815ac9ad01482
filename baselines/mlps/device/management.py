"""How a device is managed over the network: Telnet, web, SSH and SNMP."""

import re
from collections.abc import Sequence

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_applicable, not_met
from baselines.mlps.device.central import remote
from baselines.mlps.device.configuration import Configuration
from baselines.mlps.device.lines import open_lines
from baselines.mlps.device.reading import configuration, family
from baselines.mlps.device.weighing import Rows, unset

SSH = r"(?:stelnet|ssh)(?: ipv[46])? server enable"
LISTS = r"(?:ssh2 algorithm|ssh server) (cipher|hmac|mac|key-exchange) (.+)"


def telnet(found: Configuration) -> bool | None:
    """Whether the Telnet server is on; None where the release decides."""
    on = found.is_on(r"telnet(?: ipv4)? server enable|telnet server")
    off = found.is_on(r"telnet(?: ipv4)? server disable")
    if found.is_on(r"telnet ipv6 server enable"):
        return True
    if on is not None:
        return on
    return family(found).telnet if off is None else not off


def web(found: Configuration) -> bool | None:
    """Whether the web server without TLS is on; None where the release decides."""
    return found.is_on(r"(?:ip )?http(?: server)? enable", family(found).http)


def plaintext_management(host: Host) -> Verdict:
    """Nobody can manage the device by Telnet or by a web page without TLS."""
    found = configuration(host)
    server, default = telnet(found), family(found).protocols
    rows = Rows()
    for line in open_lines(found):
        allowed = line.protocols(default)
        row = f"{line.name}: " + (" ".join(sorted(allowed)) if allowed else unset("protocol inbound"))
        by_telnet = server is not False and (allowed is None or "telnet" in allowed)
        rows.put(row, fits=not by_telnet or (False if server and allowed else None))
    if server is not None:
        rows.put(f"telnet server: {'on' if server else 'off'}", fits=not rows.bad)
    if web(found):
        rows.put("http server: on", fits=False)
    rows.put(f"ssh server: {'on' if found.is_on(SSH) else 'off'}", fits=True)
    return rows.verdict("telnet/http")


def ssh_algorithms(host: Host, *, weak: Sequence[str]) -> Verdict:
    """SSH offers no version 1 and no weak algorithm. Without lists of its own the release decides."""
    found = configuration(host)
    if not found.is_on(SSH):
        return not_applicable("device.ssh-off")
    lists = [(match[1], match[2].split()) for match in found.found(LISTS)]
    bad = [f"{kind} {name}" for kind, names in lists for name in names if any(part in name for part in weak)]
    if found.is_on(r"ssh server compatible-ssh1x(?: enable)?"):
        bad.append("ssh server compatible-ssh1x enable")
    kinds = {"hmac" if kind == "mac" else kind for kind, _ in lists}
    missing = [unset(f"ssh {kind}") for kind in ("cipher", "hmac", "key-exchange") if kind not in kinds]
    return Rows([f"{kind} {' '.join(names)}" for kind, names in lists], bad, missing).verdict("SSH")


def ssh_attempts(host: Host, *, max_tries: int, max_seconds: int) -> Verdict:
    """One SSH connection has few tries and little time to log in; by default 3 tries and 60 seconds."""
    found = configuration(host)
    if not found.is_on(SSH):
        return not_applicable("device.ssh-off")
    tries = int(found.value(r"ssh server authentication-retries (\d+)") or 3)
    seconds = int(found.value(r"ssh server (?:authentication-)?timeout (\d+)") or 60)
    good = tries <= max_tries and 1 <= seconds <= max_seconds
    return (met if good else not_met)("device.ssh-attempts", tries=tries, seconds=seconds)


def snmp_security(host: Host) -> Verdict:
    """SNMP is version 3 with encryption: no community, no user or group below privacy, no trap of an older version."""
    found = configuration(host)
    if not snmp(found):
        return not_applicable("device.snmp-off")
    lines = [each.line for each in found.sections if each.line.startswith("snmp-agent ")]
    bad = [line for line in lines if re.match(r"snmp-agent community (?!complexity-check)", line)]
    bad += [line for line in lines if re.search(r" trap .*securityname", line) and not re.search(r"\bv3\b", line)]
    groups = [line for line in lines if re.match(r"snmp-agent group v3 \S+", line)]
    bad += [line for line in groups if "privacy" not in line.split()]
    users = {match[1]: "" for line in lines if (match := re.match(r"snmp-agent usm-user v3 (\S+)", line))}
    for line in lines:
        if match := re.match(r"snmp-agent usm-user v3 (\S+) ?(.*)", line):
            users[match[1]] += " " + match[2]
    bad += [f"usm-user {name}" for name, words in users.items() if "privacy-mode" not in words]
    return Rows([*groups, *(f"usm-user {name}" for name in users)], bad).verdict("SNMP")


def two_factors(host: Host) -> Verdict:
    """Who is asked for the second factor: seen is only whether a server decides, so a person has to look."""
    server = remote(configuration(host))
    return manual("seen", what="AAA", rows=server) if server else manual("device.local-aaa")


def snmp(found: Configuration) -> bool:
    """Whether the SNMP agent is on. Lines that take parts of it away say nothing of the whole."""
    return found.has(r"snmp-agent(?: .*)?") and found.is_on("snmp-agent") is not False
