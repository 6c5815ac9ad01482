"""The result of an assessment on a terminal: a line per host, then what is to be mended, worst first."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from anwei.baseline.result import Assessment, Check, ObjectAssessment, Outcome, Severity
from anwei.texts import text

WORST_FIRST = list(Severity)
MOST_NAMES = 6


def render(assessment: Assessment) -> str:
    """The whole answer."""
    objects = map(_host, assessment.objects)
    return "\n".join([_title(assessment), *objects, *_findings(assessment), *_manual(assessment)])


def listing(checks: Sequence[Check], level: int, units_in_standard: int) -> str:
    """The catalogue of a level: a line per check."""
    rows = [
        text(
            "terminal.row",
            id=check.id,
            clause=check.unit.clause,
            unit=check.unit.id,
            severity=check.severity,
            title=check.title,
            expected=check.expected,
        )
        for check in checks
    ]
    counts = {"checks": len(checks), "units": _units(checks), "total": units_in_standard}
    return "\n".join([*rows, text("terminal.list", level=level, **counts)])


def _title(assessment: Assessment) -> str:
    """What was checked, and how little of the standard that is."""
    return text(
        "terminal.title",
        level=assessment.level,
        estate=assessment.estate,
        hosts=assessment.hosts,
        checks=len(assessment.checks),
        units=_units(assessment.checks),
        total=assessment.units_in_standard,
    )


def _units(checks: Sequence[Check]) -> int:
    """How many assessment units the checks touch."""
    return len({check.unit.id for check in checks})


def _host(host: ObjectAssessment) -> str:
    """One line for one host."""
    if host.unreachable:
        return text("terminal.unreachable", name=host.name, reason=host.unreachable)
    counts = Counter(result.outcome for result in host.results)
    return text(
        "terminal.host",
        name=host.name,
        system=host.facts.get("system", "?"),
        met=counts[Outcome.MET],
        not_met=counts[Outcome.NOT_MET],
        manual=counts[Outcome.MANUAL],
    )


def _findings(assessment: Assessment) -> list[str]:
    """The open findings, one check after the other; hosts on which the same was seen share a line."""
    found: defaultdict[Check, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for host, result in assessment.findings:
        found[result.check][result.observed].append(host.name)
    if not found:
        reached = len(assessment.objects) > len(assessment.unreachable)
        return [text("terminal.none" if reached else "terminal.nothing")]
    lines = [text("terminal.findings", count=sum(1 for _ in assessment.findings))]
    for check in sorted(found, key=lambda check: WORST_FIRST.index(check.severity)):
        clause = check.unit.clause
        lines.append(text("terminal.finding", severity=check.severity, id=check.id, title=check.title, clause=clause))
        lines += [text("terminal.on-host", hosts=_named(names), observed=seen) for seen, names in found[check].items()]
    return lines


def _named(hosts: Sequence[str]) -> str:
    """The first hosts by name; on a screen nobody reads hundreds, the page has them all."""
    named = "、".join(hosts[:MOST_NAMES])
    return named if len(hosts) <= MOST_NAMES else text("terminal.and-more", named=named, count=len(hosts))


def _manual(assessment: Assessment) -> list[str]:
    """How much is left for a person, so that nobody takes a short list for a clean bill."""
    results = (result for host in assessment.objects for result in host.results)
    count = sum(result.outcome is Outcome.MANUAL for result in results)
    return [text("terminal.manual", count=count)] if count else []
