"""ACLs and security policies as rules, whichever family wrote them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from baselines.mlps.device.configuration import Configuration, Section

VIEW = (
    r"acl (?:ipv6 )?(?:number |basic |advanced |mac |link )?(?:ipv6 )?"
    r"(?:name (\S+)(?: (\d+|advance|basic|link))?|(\d+)(?: name (\S+))?)(?: .*)?"
)
RULE = re.compile(r"rule(?: (\d+))?(?: name \S+)? (permit|deny)(?: (.*))?")
PORTS = ("destination-port", "source-port", "established", "tcp-flag")
ANYONE = re.compile(r"\b(?:source|destination) any\b|\b(?:logging|counting|fragment)\b|\bvpn-instance \S+")


@dataclass(frozen=True)
class Rule:
    """One rule: where it stands, whether it lets pass, and what it asks for."""

    where: str
    permits: bool
    match: str
    basic: bool = False
    scope: str = ""

    @property
    def everything(self) -> bool:
        """Whether it asks for nothing: any source, any destination, any protocol."""
        return ANYONE.sub("", self.match).strip() in ("", "ip", "ipv6")

    @property
    def takes_all(self) -> bool:
        """Whether it lets everything pass."""
        return self.permits and self.everything

    @property
    def unspecific(self) -> bool:
        """Whether it lets pass without a protocol, or without a port where the protocol has ports."""
        words = self.match.split()
        if not self.permits or self.basic:
            return False
        if not words or words[0] in ("ip", "ipv6", "source", "destination"):
            return True
        return words[0] in ("tcp", "udp", "6", "17") and not any(port in words for port in PORTS)

    def __str__(self) -> str:
        """The rule as a sentence quotes it."""
        return f"{self.where} {'permit' if self.permits else 'deny'} {self.match}".strip()


@dataclass(frozen=True)
class Acl:
    """An ACL with its rules in order."""

    name: str
    rules: tuple[Rule, ...]
    names: tuple[str, ...]
    in_order: bool = True


def acls(found: Configuration) -> dict[str, Acl]:
    """The ACLs of a configuration by number and by name."""
    known: dict[str, Acl] = {}
    for section, match in found.views(VIEW):
        names = tuple(name for name in match.groups() if name and name not in ("advance", "basic", "link"))
        basic = bool(re.match(r"acl (?:ipv6 )?basic\b", section.line)) or any(
            re.fullmatch(r"2\d{3}", name) for name in names
        )
        basic = basic or section.line.endswith(" basic") or any(re.fullmatch(r"4\d{3}", name) for name in names)
        acl = Acl(
            names[0], tuple(_rules(section, names[0], basic=basic)), names, "match-order auto" not in section.line
        )
        known.update(dict.fromkeys(names, acl))
    return known


def policies(found: Configuration) -> list[Rule]:
    """The rules of the security policies of firewalls that are not switched off."""
    return [
        rule
        for view, _ in found.views(r"security-policy(?: ip| ipv6)?")
        for each in view.children
        if each.line.startswith("rule ") and not each.has("disable") and (rule := _policy_rule(each))
    ]


def _rules(section: Section, name: str, *, basic: bool) -> Iterator[Rule]:
    """The rules of one ACL."""
    for each in section.walk():
        if row := RULE.fullmatch(each.line):
            yield Rule(f"acl {name} rule {row[1] or ''}".rstrip(), row[2] == "permit", row[3] or "", basic)


def _policy_rule(section: Section) -> Rule | None:
    """One rule of a security policy; zones alone are not enough to call it limited."""
    action = section.value(r"action (\S+)")
    if not action:
        return None
    addresses = [match[0] for match in section.found(r"(?:source|destination)-(?:address|ip)\S* .*")]
    services = [match[0] for match in section.found(r"service\S* .*|application .*")]
    limits = [each for each in (*addresses, *services) if not each.endswith(" any")]
    protocol = "service" if [each for each in services if not each.endswith(" any")] else "ip"
    match = " ".join([protocol, *limits]) if limits else ""
    zones = " ".join(row[0] for row in section.found(r"(?:source|destination)-zone .*"))
    return Rule(section.line, action in ("permit", "pass"), match, scope=zones)
