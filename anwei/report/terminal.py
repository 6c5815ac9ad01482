"""The result of an assessment on a terminal: a line per object, then what is to be mended, worst first.

What hosts said is made printable: a terminal obeys what it is shown.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from anwei.baseline.result import Assessment, Judgement, ObjectAssessment, Outcome
from anwei.report import arrange, figures
from anwei.report.arrange import OpenFinding
from anwei.report.earlier import Earlier, compare
from anwei.report.printable import printable
from anwei.report.table import table
from anwei.report.units_table import touched
from anwei.texts import text

MOST_NAMES = 6
LONGEST = 300
KINDS = ("fresh", "first_seen", "repaired", "unclear", "unchanged")
COLUMNS = ("object", "system", "judged_met", "judged_not", "judged_open", "open", "waived")
NOT_MET = (Judgement.PARTLY, Judgement.NOT_MET, Judgement.NOT_ALL)


def render(assessment: Assessment, earlier: Earlier | None = None) -> str:
    """The whole answer."""
    seen = arrange.sightings(assessment)
    found = arrange.open_findings(seen)
    parts = [
        [_title(assessment)],
        _objects(assessment),
        _findings(assessment, found),
        _high_risk(found),
        _waived(arrange.waived(seen)),
        _manual(assessment),
        _rate(assessment),
        _compared(assessment, earlier),
    ]
    return "\n".join(line for part in parts for line in part)


def _title(assessment: Assessment) -> str:
    """What was checked, and how little of the standard that is."""
    return text(
        "terminal.title",
        level=assessment.level,
        estate=assessment.estate,
        hosts=assessment.hosts,
        objects=len(assessment.objects) - len(assessment.unreachable),
        checks=len(assessment.checks),
        units=touched(assessment.checks),
        total=assessment.units_in_standard,
    )


def _objects(assessment: Assessment) -> list[str]:
    """A table by object, and the hosts that gave nothing."""
    rows = [_row(each) for each in assessment.objects if not each.unreachable]
    lines = [table([[text(f"terminal.column.{name}") for name in COLUMNS], *rows])] if rows else []
    lost = [
        text("terminal.unreachable", name=_safe(each.name), reason=_safe(each.unreachable))
        for each in assessment.unreachable
    ]
    return [*lines, *lost]


def _row(about: ObjectAssessment) -> list[str]:
    """One object: what its units come to, and its findings by severity."""
    counted = figures.judgements([about])
    bad = arrange.severities(about.results)
    return [
        _safe(about.name),
        _safe(about.facts.get("system") or about.facts.get("version") or about.type_name or "?", 48),
        str(counted[Judgement.MET]),
        str(sum(counted[each] for each in NOT_MET)),
        str(counted[Judgement.OPEN]),
        "/".join(str(bad[each]) for each in arrange.WORST_FIRST),
        str(len(about.waived)),
    ]


def _findings(assessment: Assessment, found: Sequence[OpenFinding]) -> list[str]:
    """The open findings, one check after the other; objects on which the same was seen share a line."""
    if not found:
        reached = len(assessment.objects) > len(assessment.unreachable)
        return [text("terminal.none" if reached else "terminal.nothing")]
    lines = [text("terminal.findings", count=sum(each.object_count for each in found))]
    for each in found:
        check = each.check
        words = {"severity": check.severity, "id": check.id, "title": check.title, "clause": check.unit.clause}
        lines.append(text("terminal.finding", **words))
        lines += [
            text("terminal.on-host", hosts=_named(seen.objects), observed=_safe(seen.result.observed))
            for seen in each.sightings
        ]
    return lines


def _high_risk(found: Sequence[OpenFinding]) -> Iterator[str]:
    """The findings that can trigger a high-risk case; whether one does is for the assessors to say."""
    possible = [each for each in found if each.check.high_risk_case]
    if possible:
        yield text("terminal.high-risk")
    for each in sorted(possible, key=lambda one: one.check.high_risk_case):
        check = each.check
        objects = list({about.name: about for seen in each.sightings for about in seen.objects}.values())
        words = {"case": check.high_risk_case, "id": check.id, "title": check.title, "hosts": _named(objects)}
        yield text("terminal.high-risk-case", **words)


def _named(objects: Sequence[ObjectAssessment]) -> str:
    """The first objects by name; on a screen nobody reads hundreds, the page has them all."""
    named = "、".join(_safe(each.name) for each in objects[:MOST_NAMES])
    return named if len(objects) <= MOST_NAMES else text("terminal.and-more", named=named, count=len(objects))


def _waived(found: Sequence[OpenFinding]) -> list[str]:
    """How many findings are excused for now."""
    count = sum(each.object_count for each in found)
    return [text("terminal.waived", count=count)] if count else []


def _manual(assessment: Assessment) -> list[str]:
    """How much is left for a person, so that nobody takes a short list for a clean bill."""
    count = sum(result.outcome is Outcome.MANUAL for each in assessment.objects for result in each.results)
    return [text("terminal.manual", count=count)] if count else []


def _rate(assessment: Assessment) -> list[str]:
    """The judgements counted, and the estimate with its formula."""
    counted = figures.judgements(assessment.objects)
    rate = figures.rate(counted)
    if rate.percent is None:
        return []
    total = sum(counted.values())
    return [text("terminal.rate", percent=rate.percent, met=rate.met, total=total, none=total - rate.applicable)]


def _compared(assessment: Assessment, earlier: Earlier | None) -> list[str]:
    """How many findings came, went and stayed since the earlier run."""
    if earlier is None:
        return []
    found = compare(assessment, earlier)
    counts = Counter({kind: sum(len(each.objects) for each in getattr(found, kind)) for kind in KINDS})
    return [text("terminal.compared", taken_at=f"{earlier.taken_at:%Y-%m-%d %H:%M}", **counts)]


def _safe(words: str, longest: int = LONGEST) -> str:
    """What a host said, in one line that moves no cursor."""
    return printable(" ".join(words.split("\n")), longest)
