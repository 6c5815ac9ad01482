"""Reads one version of the trust file, and refuses what could not work or would not mean what it seems to say."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from anwei.approval import signing
from anwei.approval.counting import unfilled
from anwei.approval.model import RISKS, Approver, Rule, Trust
from anwei.errors import BadInput
from anwei.estate import schema
from anwei.estate.problems import Problem, lines, listed
from anwei.estate.sources import Kind, Source, duplicate_keys, impossible_values
from anwei.texts import text

SCHEMAS = Path(__file__).parent / "schemas"
LONGEST = 256 * 1024

Found = Mapping[str, Any]


def digest(content: bytes) -> str:
    """The digest by which a version is known: of its bytes, so that nothing about it can differ unseen."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def read(content: bytes, where: Path) -> Trust:
    """The trust file in `content`; everything that is wrong with it is told at once."""
    found = _mapping(content, where)
    _refuse(where, [said for _, said in schema.violations("trust", found, SCHEMAS)])
    approvers, bad_keys = _approvers(found["approvers"])
    _refuse(where, [*bad_keys, *_doubles(approvers), *_impossible(found, approvers)])
    return Trust(
        approvers=tuple(approvers),
        approvals={risk: _rule(found["approvals"][risk]) for risk in RISKS},
        emergency=_rule(found["emergency"]),
        rollback=_rule(found["rollback"]),
        changing=_rule(found["trust"]).count,
        longest_days=int(found["longest_days"]),
        follows=found.get("follows", ""),
        digest=digest(content),
    )


def _mapping(content: bytes, where: Path) -> Found:
    """The YAML as a mapping. A key that stands twice is refused, where YAML would keep the last and say nothing."""
    _refuse(where, [text("trust.problem.long", most=LONGEST)] if len(content) > LONGEST else [])
    try:
        # Not by the C reader, which is faster but crashes the process on deep nesting.
        root = yaml.compose(content.decode(), Loader=yaml.SafeLoader)
        source = Source(where, Kind.HOST_VARS, root=root)
        wrong: list[Problem] = [*duplicate_keys(source), *impossible_values(source)]
        _refuse(where, lines(wrong))
        found = yaml.safe_load(content)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput("AW-trust-file", where=str(where), details=str(error).splitlines()) from error
    if not isinstance(found, Mapping):
        raise BadInput("AW-trust-file", where=str(where), details=[text("estate.problem.not_mapping", name=where.name)])
    return found


def _approvers(found: Sequence[Found]) -> tuple[list[Approver], list[str]]:
    """Those who may approve, and the keys that cannot be used."""
    approvers, problems = [], []
    for each in found:
        try:
            key = signing.plain(each["key"])
            approvers.append(Approver(each["name"], key, tuple(each["roles"]), signing.fingerprint(key)))
        except BadInput as error:
            problems.append(text("trust.problem.key", name=each["name"], problem=error.part("what")))
    return approvers, problems


def _doubles(approvers: Sequence[Approver]) -> Iterator[str]:
    """One person who would count as two, or two who would count as one."""
    names = Counter(approver.name.casefold() for approver in approvers)
    for name in (name for name, count in names.items() if count > 1):
        yield text("trust.problem.same-name", name=name)
    holders: dict[str, str] = {}
    for approver in approvers:
        first = holders.setdefault(approver.key, approver.name)
        if first.casefold() != approver.name.casefold():
            yield text("trust.problem.same-key", first=first, second=approver.name)


def _impossible(found: Found, approvers: Sequence[Approver]) -> Iterator[str]:
    """Rules that nobody could ever meet."""
    rules = {f"approvals.{risk}": _rule(found["approvals"][risk]) for risk in RISKS}
    rules |= {name: _rule(found[name]) for name in ("emergency", "rollback", "trust")}
    held = [frozenset(approver.roles) for approver in approvers]
    for at, rule in rules.items():
        nobody = [role for role in rule.roles if not any(role in roles for roles in held)]
        if rule.count > len(approvers):
            yield text("trust.problem.count", at=at, count=rule.count, have=len(approvers))
        if len(rule.roles) > rule.count:
            yield text("trust.problem.more-roles", at=at, roles=listed(rule.roles), count=rule.count)
        if nobody:
            yield text("trust.problem.nobody", at=at, roles=listed(nobody))
        elif unfilled(rule.roles, held):
            yield text("trust.problem.one-person", at=at, roles=listed(rule.roles))


def _rule(found: Found) -> Rule:
    """A rule behind its YAML."""
    return Rule(int(found["count"]), tuple(found.get("roles", ())))


def _refuse(where: Path, problems: Sequence[str]) -> None:
    """Refuse the file if there are problems, with all of them."""
    if problems:
        raise BadInput("AW-trust-file", where=str(where), details=problems)
