"""From where a device can be managed: the ACLs on its lines, its SSH server and SNMP."""

import re

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, not_applicable
from anwei.texts import text
from baselines.mlps.device.acls import Acl, acls
from baselines.mlps.device.configuration import Configuration
from baselines.mlps.device.lines import Line, open_lines
from baselines.mlps.device.management import snmp, telnet
from baselines.mlps.device.reading import configuration, family
from baselines.mlps.device.weighing import Rows, unset

ACL = r"(?:ipv6 )?(?:acl )?(?:ipv6 )?(?:name )?(\S+)"


def line_acls(host: Host) -> Verdict:
    """Every virtual line takes only some addresses: by an ACL of its own, or of each server that leads to it."""
    found = configuration(host)
    known = acls(found)
    lines = open_lines(found)
    if not lines:
        return manual("device.no-lines")
    rows = Rows()
    for line in lines:
        name = line.value(r"acl (?:ipv6 )?(?:name )?(\S+) inbound") or _of_servers(found, line)
        flaw = _flaw(known, name)
        rows.put(f"{line.name}: {flaw or 'acl ' + name}", fits=not flaw)
    return rows.verdict("vty acl")


def snmp_acls(host: Host) -> Verdict:
    """Every community, group or user of SNMP takes only some addresses, or the whole agent does."""
    found = configuration(host)
    if not snmp(found):
        return not_applicable("device.snmp-off")
    known, whole = acls(found), found.value(r"snmp-agent acl (\S+)")
    groups = {match[1]: match[2] for match in found.found(r"snmp-agent group v3 (\S+)(?:.* acl (\S+).*)?")}
    rows = Rows()
    for match in found.found(r"snmp-agent (community|usm-user v3) (?!complexity)((?:read |write )?\S+(?: \S+)?)(.*)"):
        own = re.search(r"\bacl (?:name )?(\S+)", match[3])
        group = next((groups[word] for word in match[2].split()[1:] if groups.get(word)), "")
        flaw = _flaw(known, own[1] if own else group or whole or "")
        if match[1] == "community" or not re.match(r"\S+ (?:authentication|privacy)-mode", match[2]):
            rows.put(f"{match[1]} {match[2]}: {flaw or 'acl'}", fits=not flaw)
    return rows.verdict("snmp-agent acl")


def _of_servers(found: Configuration, line: Line) -> str:
    """The ACL of the servers that lead to a line; nothing where one of them has none."""
    allowed = line.protocols(family(found).protocols) or frozenset(("ssh", "telnet"))
    ways = [way for way in ("ssh", "telnet") if way in allowed and (way == "ssh" or telnet(found) is not False)]
    names = [found.value(rf"{way} server acl (?:name )?(\S+)") for way in ways]
    return names[0] if names and all(names) else ""


def _flaw(known: dict[str, Acl], name: str) -> str:
    """Why an ACL limits nothing; an empty word where it does."""
    if not name:
        return unset("acl")
    if name not in known or not known[name].rules:
        return text("verdict.device.acl-empty", name=name)
    return text("verdict.device.acl-open", name=name) if any(rule.takes_all for rule in known[name].rules) else ""
