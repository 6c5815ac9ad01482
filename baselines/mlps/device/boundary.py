"""Access control between networks: which rules are applied, what passes when none matches, which rules are too many."""

import re
from collections.abc import Iterator

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, not_met
from anwei.texts import text
from baselines.mlps.device.acls import VIEW, Acl, Rule, acls, policies
from baselines.mlps.device.configuration import Configuration
from baselines.mlps.device.reading import configuration
from baselines.mlps.device.weighing import Rows, some, unset

FILTER = re.compile(
    r"(?:traffic-filter (?:vlan \d+ )?(?:inbound |outbound |global )*(?:ipv6 )?acl (?:ipv6 )?(?:name )?(\S+).*"
    r"|packet-filter (?:vlan-interface |filter )?(?:ipv6 )?(?:name )?(?!default\b)(\S+)(?: (?:inbound|outbound).*)?)"
)
POLICY = r"(?:traffic-policy|qos apply policy) (\S+).*"


def applied_rules(host: Host) -> Verdict:
    """Rules are applied on interfaces, and none of them is an empty name. No text says which one is a boundary."""
    found = configuration(host)
    known, applied, rules = acls(found), list(_applied(found)), policies(found)
    empty = [
        f"{where}: {text('verdict.device.acl-empty', name=name)}"
        for where, name in applied
        if name not in known or not known[name].rules
    ]
    if empty:
        return not_met("seen", what="ACL", rows=some(empty))
    rows = [f"{where}: acl {name}" for where, name in applied] + [
        f"{where}: {name}" for where, name in _by_policy(found)
    ]
    rows += [f"security-policy: {len(rules)}"] if rules else []
    return Rows(rows).verdict("ACL") if rows else manual("device.nothing-applied")


def default_deny(host: Host) -> Verdict:
    """What no rule names is refused: by a last rule of each ACL, or by the device's default action."""
    found = configuration(host)
    known, applied, rules = acls(found), list(_applied(found)), policies(found)
    if found.is_on("packet-filter default deny"):
        return Rows(["packet-filter default deny"]).verdict("packet-filter")
    rows = Rows()
    for where, name in applied:
        refuses = any(not rule.permits and rule.everything for rule in _rules_of(known, name))
        row = f"{where}: acl {name}"
        rows.put(row if refuses else f"{row} {unset('deny')}", fits=refuses)
    if rules:
        action = next((each.value(r"default action (\S+)") for each, _ in found.views(r"security-policy.*")), "")
        rows.put(f"security-policy default action {action or 'deny'}", fits=action != "permit")
        rows.bad += [str(rule) for rule in rules if rule.takes_all]
    return rows.verdict("deny") if rows else manual("device.nothing-applied")


def surplus_rules(host: Host) -> Verdict:
    """No rule that lets everything pass, none that an earlier one hides or repeats, no ACL that nothing uses."""
    found = configuration(host)
    known, rules = acls(found), policies(found)
    whole = {id(each): each for each in known.values()}.values()
    used = {name for _, name in _applied(found)}
    lists = [list(each.rules) for each in whole if each.in_order] + [rules]
    bad = [str(rule) for name in used for rule in _rules_of(known, name) if rule.takes_all]
    bad += [str(rule) for rule in rules if rule.takes_all]
    bad += [text("verdict.device.hidden", rule=rule) for each in lists for rule in _hidden(each)]
    bad += [text("verdict.device.acl-unused", name=each.name) for each in whole if not _is_used(found, each)]
    if not known and not rules:
        return manual("device.nothing-applied")
    return Rows([f"acl {each.name}: {len(each.rules)}" for each in whole], bad).verdict("ACL")


def unspecific_rules(host: Host) -> Verdict:
    """What an applied rule lets pass has a protocol, and a port where the protocol has ports."""
    found = configuration(host)
    known, rules = acls(found), policies(found)
    used = [
        rule for name in dict.fromkeys(name for _, name in _applied(found)) for rule in _rules_of(known, name)
    ] + rules
    if not used:
        return manual("device.nothing-applied")
    rows = Rows()
    for rule in used:
        rows.put(str(rule), fits=not rule.unspecific)
    return rows.verdict("permit")


def _applied(found: Configuration) -> Iterator[tuple[str, str]]:
    """Where packets are filtered, and by which ACL."""
    for view in found.sections:
        for each in (view, *view.walk()):
            if match := FILTER.fullmatch(each.line):
                yield ("global" if each is view else view.line.removeprefix("interface ")), match[1] or match[2]


def _by_policy(found: Configuration) -> Iterator[tuple[str, str]]:
    """Where traffic policies are applied; what they do is not followed."""
    for view, _ in found.views(r"interface .+|vlan \d+"):
        for match in view.found(POLICY):
            yield view.line.removeprefix("interface "), match[0]


def _rules_of(known: dict[str, Acl], name: str) -> tuple[Rule, ...]:
    """The rules of an ACL; none where there is no such ACL."""
    return known[name].rules if name in known else ()


def _hidden(rules: list[Rule]) -> Iterator[Rule]:
    """The rules that can never decide: after one that takes everything, or the same as an earlier one."""
    seen: set[tuple[str, str]] = set()
    for rule in rules:
        if {(rule.scope, "*"), (rule.scope, rule.match), ("", "*")} & seen:
            yield rule
        seen.add((rule.scope, "*" if rule.everything else rule.match))


def _is_used(found: Configuration, acl: Acl) -> bool:
    """Whether any line outside the ACL names it."""
    views = [view for view in found.sections if not re.fullmatch(VIEW, view.line)]
    lines = (each.line for view in views for each in (view, *view.walk()) if not each.line.startswith("description "))
    return any(set(acl.names) & set(line.split()) for line in lines)
