"""Packet filters of a Linux host: whether somebody from anywhere could reach a port.

Rules of iptables and nft become one simple form; what a rule asks beyond it makes the answer unsure, never better.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import NamedTuple

KNOWN = (
    r"\b(tcp dport|ip6? saddr|ct state|meta l4proto) (\{[^}]*\}|\S+)"
    r'|counter( packets \d+ bytes \d+)?|comment "[^"]*"'
)


class Reach(Enum):
    """Who reaches a port: everybody, only some addresses or nobody, or it cannot be told."""

    OPEN, LIMITED, UNSURE = range(3)


class Rule(NamedTuple):
    """A rule that a packet for the port could meet: what it does, and to whom: all, some addresses, or unsure."""

    does: str
    some: bool = False
    unsure: bool = False


class Chain(NamedTuple):
    """Rules in their order, and what happens after the last."""

    rules: Sequence[Rule]
    policy: str = ""


def reach(chains: Mapping[str, Chain], name: str, depth: int = 0) -> Reach | None:
    """Who gets through a chain; nothing when it decides nothing."""
    chain, unsure = chains.get(name, Chain(())), False
    for rule in chain.rules:
        does = rule.does
        if does not in ("accept", "drop", "return") and not rule.some and depth < len(chains):
            below = reach(chains, does, depth + 1)
            does = {Reach.OPEN: "accept", Reach.LIMITED: "drop", Reach.UNSURE: "unsure"}.get(below, "") if below else ""
        unsure = unsure or does == "unsure" or (rule.unsure and does in ("accept", "drop", "return"))
        if rule.some or rule.unsure or does not in ("accept", "drop", "return"):
            continue
        if does == "return":
            break
        return _ended(does, unsure=unsure)
    return _ended(chain.policy, unsure=unsure) if chain.policy else Reach.UNSURE if unsure else None


def _ended(does: str, *, unsure: bool) -> Reach:
    """The end of a chain, given that a rule before it was unsure."""
    if unsure:
        return Reach.UNSURE
    return Reach.OPEN if does == "accept" else Reach.LIMITED


def iptables(printed: Sequence[str], port: int) -> dict[str, Chain]:
    """The chains of `iptables -S`, of each only the rules that a packet for the port could meet."""
    policies: dict[str, str] = {}
    found: dict[str, list[Rule]] = {}
    for line in printed:
        head = re.match(r"-([PNA]) (\S+) ?(.*)", line)
        if head and head[1] == "P":
            policies[head[2]] = _verdict(head[3])
        elif head and head[1] == "A":
            found.setdefault(head[2], []).extend(_iptables_rule(f" {head[3]} ", port))
    return {name: Chain(found.get(name, ()), policies.get(name, "")) for name in {*policies, *found}}


def _iptables_rule(words: str, port: int) -> Iterator[Rule]:
    """One rule of iptables, if a new TCP connection to the port from outside could meet it."""
    target = re.search(r" -[jg] (\S+)", words)
    protocol = re.search(r" (! )?-p (\S+)", words)
    ports = re.search(r" (! )?--dports? (\S+)", words)
    states = re.search(r" --(?:ct)?state (\S+)", words)
    elsewhere = (
        " -i lo " in words
        or (states and "NEW" not in states[1])
        or (protocol and protocol[2] not in ("tcp", "6", "all"))
    )
    if not target or elsewhere or (ports and not ports[1] and not _has_port(ports[2], port)):
        return
    known = re.sub(
        r" (-s|-p|-m|-j|-g|--dports?|--reject-with|--(ct)?state|--comment|--match-set) (\"[^\"]*\"|\S+)( src)?",
        "",
        words,
    )
    some = bool(re.search(r" (-s (?!0\.0\.0\.0/0 )|--match-set \S+ src)", words))
    yield Rule(_verdict(target[1]), some, unsure=bool(known.strip()))


def nft(printed: Sequence[str], port: int) -> tuple[dict[str, Chain], list[str]]:
    """The chains of `nft list ruleset` by family, table and name, and those that incoming packets go through."""
    chains: dict[str, list[Rule]] = {}
    policies: dict[str, str] = {}
    table = chain = ""
    for line in printed:
        if begins := re.match(r"(table|chain) (.*) \{$", line):
            table, chain = (begins[2], "") if begins[1] == "table" else (table, f"{table} {begins[2]}")
        elif base := re.match(r"type filter hook input .*?(?:policy (\w+))?;?$", line):
            policies[chain] = base[1] or "accept"
        elif chain and line == "}":
            chain = ""
        elif chain:
            chains.setdefault(chain, []).extend(_nft_rule(line, port, table))
    return {name: Chain(chains.get(name, ()), policies.get(name, "")) for name in {*chains, *policies}}, sorted(
        policies
    )


def _nft_rule(line: str, port: int, table: str) -> Iterator[Rule]:
    """One rule of nft, if a new TCP connection to the port from outside could meet it."""
    does = re.search(r"\b(accept|drop|reject|return|(?:jump|goto) (\S+))", line)
    ports = re.search(r"\btcp dport (!= )?(\{[^}]*\}|\S+)", line)
    states = re.search(r"\bct state (\{[^}]*\}|\S+)", line)
    elsewhere = re.search(r'\b(iif|iifname) "?lo"?|\b(udp|icmp|icmpv6|igmp)\b', line) or (
        states and "new" not in states[1]
    )
    if not does or elsewhere or (ports and not ports[1] and not _has_port(ports[2], port)):
        return
    some = bool(re.search(r"\bip6? saddr (?!0\.0\.0\.0/0|::/0|!=)", line))
    rest = re.sub(rf"{KNOWN}|\b(accept|drop|return|(jump|goto) \S+|reject.*)", "", line)
    yield Rule(f"{table} {does[2]}" if does[2] else _verdict(does[1]), some, unsure=bool(rest.strip(" \t#")))


def _verdict(word: str) -> str:
    """What a target does; names of chains stay as they are."""
    return {"ACCEPT": "accept", "DROP": "drop", "REJECT": "drop", "RETURN": "return", "reject": "drop"}.get(word, word)


def _has_port(words: str, port: int) -> bool:
    """Whether a list such as `22,8000:8100` or `{ 22, 80-90 }` holds the port, given by number or as ssh."""
    for each in re.split(r"[\s,{}]+", words):
        low, _, high = each.replace("-", ":").partition(":")
        if each == "ssh" or (low.isdecimal() and int(low) <= port <= int(high or low)):
            return True
    return False
