"""How the secrets in a configuration are kept. The evidence holds their kind and length alone."""

import re

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual
from anwei.evidence.device_secrets import KNOWN
from baselines.mlps.device.reading import configuration
from baselines.mlps.device.users import users
from baselines.mlps.device.weighing import Rows

PLAIN = re.compile(r"<plain:\d+(?::known)?>|\bpassword simple \S+")
COMMUNITY = (
    r"snmp-agent community (?!complexity)(?:(?:read|write|cipher|simple) )*(\S+).*"
    r"|snmp-agent target-host .*securityname (?:\w+ )?(<plain\S+).*"
)
LOGIN = re.compile(r"(?:local-user \S+ )?password (?:cipher|simple) |set authentication password |super password ")


def stored_secrets(host: Host) -> Verdict:
    """No secret stands readable, and passwords of managers stand in a form that cannot be turned back.

    Users of the network may need one that can, since protocols such as CHAP compute with it.
    """
    rows = Rows()
    found = configuration(host)
    network = tuple(f"local-user {each.name} " for each in users(found) if not each.manages)
    for view in found.sections:
        for each in (view, *view.walk()):
            if not re.search(r"<(?:plain|cipher|hash|irreversible-cipher):", each.line) and not PLAIN.search(each.line):
                continue
            row = each.line if each is view else f"{view.line}: {each.line}"
            reversible = bool(LOGIN.match(each.line)) and "<cipher:" in each.line and not each.line.startswith(network)
            rows.put(row, fits=not (reversible or PLAIN.search(each.line)))
    return rows.verdict("simple/cipher")


def super_password(host: Host) -> Verdict:
    """A password that raises the level, if there is one, stands in a form that cannot be turned back."""
    lines = [match[0] for match in configuration(host).found(r"super (?:password|authentication-mode) .*")]
    bad = [line for line in lines if re.search(r"<(?:plain|cipher):|\bsimple\b|authentication-mode none", line)]
    return Rows([line for line in lines if line not in bad], bad).verdict("super password")


def default_communities(host: Host) -> Verdict:
    """No community has a name from the manuals. A ciphered one cannot be compared, so a person has to look."""
    rows = Rows()
    for match in configuration(host).found(COMMUNITY):
        value = match[1] or match[2]
        known = value.endswith(":known>") or value.lower() in KNOWN
        rows.put(match[0], fits=None if value.startswith("<cipher") else not known)
    return rows.verdict("snmp-agent community")


def banner(host: Host) -> Verdict:
    """Who logs in is warned first. No clause demands it, so a device without a banner is for a person to judge."""
    lines = [match[1] for match in configuration(host).found(r"(header (?:login|shell|motd|legal|incoming))\b.*")]
    return Rows(lines).verdict("header") if lines else manual("unset", what="header")
