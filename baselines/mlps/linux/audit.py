"""The audit of a Linux kernel: whether it is on, and what its rules record, as the kernel itself has them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError, Verdict, manual, met, not_met
from anwei.texts import text
from baselines.mlps.linux.processes import running
from baselines.mlps.reading import commands, lines, listed, output

COMMANDS = commands("linux")
LIST, STATUS = "auditctl -l", "auditctl -s"
PROGRAMS = re.compile(r"(/usr(/local)?)?/s?bin/")

NOTHING = re.compile(r"-a (never,task|task,never)|LIST_RULES: (task,never|never,task)")


class Rule(NamedTuple):
    """One rule that records something: the files or system calls it names, and what is done to them (of `rwxa`)."""

    names: frozenset[str]
    permissions: str

    def records(self, name: str) -> bool:
        """Whether it records the change of a file, the run of a program, or a system call; a folder holds its files."""
        if not name.startswith("/"):
            return name in self.names
        wanted = "x" if PROGRAMS.match(name) else "w"
        return wanted in self.permissions and any(_holds(each, name) for each in self.names)


def audit_runs(host: Host) -> Verdict:
    """Auditd runs and the kernel's audit is on."""
    if "auditd" not in running(host):
        return not_met("watch.audit.stopped")
    enabled = enabled_status(host)
    return (met if enabled in ("1", "2") else not_met)("value", what="auditctl -s：enabled", value=enabled)


def enabled_status(host: Host) -> str:
    """Whether the kernel audits: 0 no, 1 yes, 2 yes and locked; old versions write it with `=` in one line."""
    found = re.search(r"\benabled[ =](\d)", output(host, STATUS))
    if not found:
        raise NotReadableError(STATUS, text("verdict.not-printed", setting="enabled"))
    return found[1]


def audit_rules(host: Host, *, topics: Mapping[str, Sequence[str]]) -> Verdict:
    """The kernel's rules record each topic: all things named for it, where `|` parts those of which one suffices."""
    printed = lines(output(host, LIST))
    if printed == ["No rules"]:
        return not_met("none", what=text("verdict.watch.audit.rules"))
    if any(NOTHING.fullmatch(line) for line in printed):
        return not_met("watch.audit.never")
    rules = list(_rules(printed))
    if not rules:
        return manual("watch.audit.odd", rows=listed(printed[:5]))
    missing = {topic: [each for each in needed if not _recorded(each, rules)] for topic, needed in topics.items()}
    rows = [f"{topic}（{listed(names)}）" for topic, names in missing.items() if names]
    if rows:
        return not_met("watch.audit.missing", count=len(rules), rows=listed(rows))
    return met("watch.audit.covered", count=len(rules), topics=listed(topics))


def audit_record(host: Host, *, fields: Sequence[str]) -> Verdict:
    """The last record of a login holds these fields."""
    row = output(host, COMMANDS["audit_record"]).strip()
    if not row:
        return manual("watch.audit.no-record")
    missing = [each for each in fields if f"{each}=" not in row]
    if missing:
        return not_met("watch.audit.fields", row=row, names=listed(missing))
    return met("seen", what="audit.log", rows=row)


def _recorded(needed: str, rules: Sequence[Rule]) -> bool:
    """Whether one of some things is recorded."""
    return any(rule.records(name) for name in needed.split("|") for rule in rules)


def _rules(printed: Sequence[str]) -> Iterator[Rule]:
    """The rules that record something: those that say `never`, or that leave record types out, do not."""
    for line in printed:
        if re.search(r"(^|[\s,])(never|exclude|user|filesystem)([\s,]|$)", re.split(r"\bkey=| -k ", line)[0]):
            continue
        paths = re.findall(r"(?:^-w |\b(?:path|dir|watch|exe)=)(\S+)", line)
        calls = re.findall(r"(?:-S |\bsyscall=)(\S+)", line)
        permissions = re.search(r"(?:-p |\bperm=)([rwxa]+)", line)
        names = frozenset(name for word in [*paths, *calls] for name in word.split(",") if name != "all")
        if names:
            yield Rule(names, permissions[1] if permissions else "rwxa")


def _holds(path: str, name: str) -> bool:
    """Whether a watched path is the file or a folder above it; /bin and /sbin may be links to those in /usr."""
    whole = path.rstrip("/")
    return any(
        each == whole or each.startswith(f"{whole}/") for each in (name, f"/usr{name}", name.removeprefix("/usr"))
    )
