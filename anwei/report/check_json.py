"""The assessment for machines. docs/check-json.md names every key.

Checks and units stand once, by their ids; results refer to them. Text of hosts is given as it was seen, not cut.
"""

import json
from pathlib import Path
from typing import Any

from anwei.baseline.result import Assessment, Check, Judgement, ObjectAssessment, Result, Waiver
from anwei.baseline.units import Requirement
from anwei.report import figures, single_file
from anwei.report.printable import escaped_json

FORM, VERSION = "anwei-assessment", 1

Plain = dict[str, Any]


def write_json(assessment: Assessment, path: Path) -> Path:
    """Write the file to `path`."""
    return single_file.write(path, (escaped_json(json.dumps(plain(assessment), ensure_ascii=False)) + "\n").encode())


def printed(assessment: Assessment) -> str:
    """The same for a terminal or a pipe."""
    return escaped_json(json.dumps(plain(assessment), ensure_ascii=False, indent=2))


def plain(assessment: Assessment) -> Plain:
    """The whole assessment in plain values."""
    known = figures.required(assessment.level)
    judged = figures.judgements(assessment.objects)
    estimate = figures.rate(judged)
    units = {each.check.unit.id: each.check.unit for about in assessment.objects for each in about.results}
    units |= {unit.unit.id: unit.unit for each in assessment.objects for unit in each.units}
    checks = {each.id: each for each in assessment.checks}
    checks |= {each.check.id: each.check for about in assessment.objects for each in about.results}
    return {
        "form": FORM,
        "version": VERSION,
        "baseline": "mlps",
        "level": assessment.level,
        "estate": assessment.estate,
        "taken_at": assessment.taken_at.isoformat(),
        "units_in_standard": assessment.units_in_standard,
        "judgements": {each.value: judged[each] for each in Judgement},
        "estimated_rate": {"met": estimate.met, "applicable": estimate.applicable, "percent": estimate.percent},
        "units": {
            name: {
                "clause": unit.clause,
                "control_point": unit.control_point,
                "title": unit.title,
                **_of_standard(known.get(name)),
            }
            for name, unit in units.items()
        },
        "checks": {name: _check(check) for name, check in checks.items()},
        "objects": [_object(each) for each in assessment.objects],
    }


def _of_standard(required: Requirement | None) -> Plain:
    """What only the catalogue of units knows."""
    if required is None:
        return {"class": "", "sub_checks": [], "ask": []}
    return {"class": required.area.name, "sub_checks": [*required.sub_checks], "ask": [*required.ask]}


def _check(check: Check) -> Plain:
    """One check; its unit by the id."""
    return {
        "title": check.title,
        "unit": check.unit.id,
        "sub_checks": [*check.sub_checks],
        "severity": check.severity.value,
        "certainty": check.certainty,
        "expected": check.expected,
        "scored": check.scored,
        "high_risk_case": check.high_risk_case,
        "fix": check.fix,
        "disruption": check.disruption,
    }


def _object(about: ObjectAssessment) -> Plain:
    """One object; an object that was not reached says why and has neither units nor results."""
    return {
        "name": about.name,
        "host": about.host,
        "type": about.type,
        "type_name": about.type_name,
        "facts": dict(about.facts),
        "unreachable": about.unreachable,
        "round_trips": about.round_trips,
        "seconds": about.seconds,
        "taken_at": about.taken_at.isoformat() if about.taken_at else None,
        "transcript_digest": about.transcript_digest,
        "units": {
            each.unit.id: {
                "judgement": each.judgement.value,
                "sub_checks": [outcome.value for outcome in each.sub_checks],
            }
            for each in about.units
        },
        "results": {each.check.id: _result(each) for each in about.results},
    }


def _result(result: Result) -> Plain:
    """One result; the check by the key that it stands under."""
    return {
        "outcome": result.outcome.value,
        "observed": result.observed,
        "commands": [*result.commands],
        "finding": result.is_finding,
        "waiver": _waiver(result.waiver),
    }


def _waiver(waiver: Waiver | None) -> Plain | None:
    """A waiver, expired or not."""
    if waiver is None:
        return None
    return {
        "reason": waiver.reason,
        "measure": waiver.measure,
        "approver": waiver.approver,
        "until": waiver.until.isoformat(),
        "expired": waiver.expired,
    }
