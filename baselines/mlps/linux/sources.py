"""From where a Linux host can be managed: what limits the addresses that reach sshd."""

import re
from collections.abc import Callable, Sequence

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError, Verdict, manual, met, not_met
from anwei.texts import text
from baselines.mlps.linux.firewall import Chain, Reach, iptables, nft, reach
from baselines.mlps.reading import MISSING, commands, lines, listed, output

COMMANDS = commands("linux")
SSHD, FIREWALLD = "/usr/sbin/sshd -T", "firewall-cmd --list-all-zones"
DOUBT = "?"


def management_sources(host: Host) -> Verdict:
    """Something on the host limits where SSH may come from. A firewall before the host cannot be seen from here."""
    settings = [line.partition(" ") for line in lines(output(host, SSHD))]
    ports = [int(value) for key, _, value in settings if key.lower() == "port"]
    said = [_users([value for key, _, value in settings if key.lower() == "allowusers"])]
    said += [_tried(read, host, ports) for read in (_filter, _wrappers, _blocks)]
    limits = [each for each in said if each and not each.startswith(DOUBT)]
    if limits:
        return met("watch.sources.limited", rows=listed(limits))
    doubts = [each.lstrip(DOUBT) for each in said if each]
    if doubts:
        return manual("watch.sources.unsure", rows=listed(doubts))
    return not_met("watch.sources.open", ports=listed(ports))


def _tried(read: Callable[[Host, Sequence[int]], str], host: Host, ports: Sequence[int]) -> str:
    """What one place says; one that cannot be read leaves a doubt."""
    try:
        return read(host, ports)
    except NotReadableError as unread:
        return f"{DOUBT}{unread}"


def _users(patterns: Sequence[str]) -> str:
    """AllowUsers limits addresses when every pattern of it names one."""
    hosts = [pattern.partition("@")[2] for each in patterns for pattern in each.split()]
    return f"AllowUsers {listed(patterns)}" if hosts and all(each.strip("*") for each in hosts) else ""


def _filter(host: Host, ports: Sequence[int]) -> str:
    """What the packet filter in force does: firewalld, else the rules of iptables and nft."""
    zones = host.run(FIREWALLD)
    if zones.rc == 0:
        return _firewalld(str(zones.stdout), ports)
    if zones.rc != MISSING and "not running" not in f"{zones.stdout}{zones.stderr}".lower():
        raise NotReadableError(FIREWALLD, text("verdict.status", status=zones.rc))
    chains = lines(output(host, COMMANDS["iptables"]))
    tables = lines(output(host, COMMANDS["nftables"]))
    found = [_reached("iptables（IPv4）", iptables(chains, port), ["INPUT"]) for port in ports]
    found += [_reached("nft", *nft(tables, port)) for port in ports]
    return _all(found, len(ports))


def _all(found: Sequence[str], ports: int) -> str:
    """The filters are enough when for each port one of them is; a doubt stays one."""
    by_port = [[found[number], found[number + ports]] for number in range(ports)]
    sure = [next((each for each in both if each and not each.startswith(DOUBT)), "") for both in by_port]
    if sure and all(sure):
        return listed(dict.fromkeys(sure))
    return next((each for each in found if each.startswith(DOUBT)), "")


def _reached(name: str, chains: dict[str, Chain], first: Sequence[str]) -> str:
    """What one packet filter says of a port, in a word."""
    results = [reach(chains, each) for each in first]
    if Reach.LIMITED in results:
        said = text("verdict.watch.sources.filter")
        return f"{name}：{said}"
    return f"{DOUBT}{name}" if Reach.UNSURE in results else ""


def _firewalld(printed: str, ports: Sequence[int]) -> str:
    """A zone in use that lets SSH in from everywhere makes firewalld no limit."""
    for zone in re.split(r"\n(?=\S)", printed):
        said = dict(re.findall(r"^\s+([a-z][a-z -]*): ?(.*)$", zone, re.MULTILINE))
        if not said.get("interfaces", "").strip():
            continue
        opened = [each.partition("/")[0] for each in said.get("ports", "").split() if each.endswith("/tcp")]
        rich = [line for line in zone.splitlines() if " accept" in line and "source " not in line and "rule" in line]
        everybody = said.get("target") == "ACCEPT" or "ssh" in said.get("services", "").split()
        if everybody or any(_within(port, each) for port in ports for each in opened):
            return ""
        if rich:
            return f"{DOUBT}firewalld: {rich[0].strip()}"
    active = re.findall(r"^(\S+) \([^)]*active", printed, re.MULTILINE)
    return f"firewalld：{listed(active)}" if active else f"{DOUBT}firewalld"


def _within(port: int, words: str) -> bool:
    """Whether `22` or `20-30` holds the port."""
    low, _, high = words.partition("-")
    return int(low) <= port <= int(high or low)


def _wrappers(host: Host, _ports: Sequence[int]) -> str:
    """The files of TCP wrappers, where sshd still asks them: everybody is refused but those that are allowed."""
    said = lines(output(host, COMMANDS["wrappers"]))
    rules = {name: _for_sshd(said, f"/etc/hosts.{name}: ") for name in ("allow", "deny")}
    if not any(each.upper().startswith("ALL") for each in rules["deny"]):
        return ""
    quoted = f"hosts.deny {listed(rules['deny'])}，hosts.allow {listed(rules['allow'])}"
    if any("deny" in each.lower() for each in rules["allow"]):
        return f"{DOUBT}{quoted}"
    return "" if any(each.upper().startswith("ALL") for each in rules["allow"]) else quoted


def _for_sshd(said: Sequence[str], file: str) -> list[str]:
    """The clients in the rules of a file that are for sshd."""
    rows = [line.removeprefix(file).partition(":") for line in said if line.startswith(file)]
    return [row[2].strip() for row in rows if {"sshd", "ALL"} & set(re.split(r"[\s,]+", row[0].strip()))]


def _blocks(host: Host, _ports: Sequence[int]) -> str:
    """Match blocks for addresses may limit what others can do; their content is for a person."""
    blocks = [each for each in lines(output(host, COMMANDS["match_blocks"])) if "address" in each.lower()]
    return f"{DOUBT}{listed(blocks)}" if blocks else ""
