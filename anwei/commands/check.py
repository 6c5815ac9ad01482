"""`anwei check mlps`: hold an estate against the MLPS catalogue."""

import argparse
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anwei.baseline import catalogue
from anwei.baseline.checking import assess
from anwei.baseline.result import Assessment
from anwei.baseline.waivers import Waivers
from anwei.commands.collect import add_hosts, evidence
from anwei.errors import BadInput, Exit
from anwei.estate import Estate, load_estate
from anwei.evidence.collect import Collected
from anwei.evidence.transcript import Transcript, saved
from anwei.report import check_forms, check_json, terminal, units_table
from anwei.report.earlier import Earlier
from anwei.report.earlier_file import load_earlier
from anwei.telling import in_json
from anwei.texts import text

if TYPE_CHECKING:
    Nouns = argparse._SubParsersAction[argparse.ArgumentParser]

FORMATS = ("terminal", "json", *check_forms.FILES)
ESTATE = "lab"


def add_parser(nouns: "Nouns") -> None:
    """The words of `anwei check`."""
    baselines = nouns.add_parser("check", help=text("check.help")).add_subparsers(required=True, metavar="BASELINE")
    mlps = baselines.add_parser("mlps", help=text("check.mlps"))
    mlps.add_argument("--level", type=int, choices=catalogue.LEVELS, required=True, help=text("check.level"))
    mlps.add_argument("--list", action="store_true", help=text("check.list"))
    add_hosts(mlps)
    mlps.add_argument("--transcripts", type=Path, metavar="DIR", help=text("check.transcripts"))
    mlps.add_argument("--out", type=Path, metavar="DIR", help=text("check.out"))
    mlps.add_argument("--format", default="", metavar="FORMATS", help=text("check.format"))
    mlps.add_argument("--before", type=Path, metavar="FILE", help=text("check.before"))
    mlps.add_argument("--json", action="store_true", help=text("evidence.json"))
    mlps.set_defaults(run=_run, estate="")


def _run(arguments: argparse.Namespace) -> int:
    """List the checks, or run them."""
    checks = catalogue.load(arguments.level)
    formats = _formats(arguments)
    if arguments.list:
        print(in_json(_listed(checks)) if "json" in formats else _listing(checks))
        return Exit.GOOD
    earlier = load_earlier(arguments.before, arguments.level) if arguments.before else None
    estate = load_estate(arguments.estate or ESTATE) if arguments.estate or not arguments.transcripts else None
    collected = _collected(arguments, estate)
    name = estate.name if estate else arguments.transcripts.name
    assessment = _waivers(estate).applied(assess(checks, name, collected, _moment(collected)))
    _show(assessment, formats, arguments.out, earlier)
    if assessment.unreachable:
        return Exit.NEEDS_PERSON
    return Exit.FINDINGS if any(assessment.findings) else Exit.GOOD


def _moment(collected: Collected) -> datetime:
    """When the newest evidence was taken: the same evidence gives the same report, whenever it is looked at."""
    taken = [each.taken_at for each in collected.values() if isinstance(each, Transcript)]
    return max(taken, default=datetime.now(UTC))


def _waivers(estate: Estate | None) -> Waivers:
    """The waivers of the estate; saved evidence alone has none."""
    if estate is None:
        return Waivers()
    return Waivers(estate.settings.get("estate_waivers", ()), {each.name: each.groups for each in estate.hosts})


def _listing(checks: catalogue.Catalogue) -> str:
    """The units of the level and the checks, for a person."""
    return (
        f"{units_table.render(checks)}\n\n{units_table.listing(checks.checks, checks.level, checks.units_in_standard)}"
    )


def _listed(checks: catalogue.Catalogue) -> Mapping[str, Any]:
    """The units of the level with all that is known about each, for a machine; each holds its checks."""
    units = []
    for required in checks.requirements:
        plain = asdict(required)
        own = [asdict(check) for check in checks.checks if check.unit == required.unit]
        of_unit = [{key: value for key, value in check.items() if key != "unit"} for check in own]
        units.append({**plain.pop("unit"), "class": plain.pop("area"), **plain, "checks": of_unit})
    return {"level": checks.level, "units": units}


def _formats(arguments: argparse.Namespace) -> list[str]:
    """The forms of output, refused before any host is contacted if they cannot be had."""
    usual = "json" if arguments.json else "terminal"
    formats = [*filter(None, arguments.format.split(","))] or ([usual, "html"] if arguments.out else [usual])
    for each in formats:
        if each not in FORMATS or (each in check_forms.FILES and not arguments.out):
            raise BadInput("AW-check-format", format=each)
    return formats


def _collected(arguments: argparse.Namespace, estate: Estate | None) -> Collected:
    """The evidence: from the hosts, or as it was saved."""
    if arguments.transcripts:
        found = saved(arguments.transcripts)
        if not found:
            raise BadInput("AW-check-no-transcripts", where=str(arguments.transcripts))
        return {each.object: each for each in found}
    out = arguments.out / "transcripts" if arguments.out else None
    return evidence(estate or load_estate(ESTATE), arguments.limit, arguments.level, out)


def _show(assessment: Assessment, formats: list[str], out: Path | None, earlier: Earlier | None) -> None:
    """Print and write the result in each form. A folder also gets the JSON, for comparison with the next run."""
    if "terminal" in formats:
        print(terminal.render(assessment, earlier))
    if "json" in formats:
        print(check_json.printed(assessment))
    if not out:
        return
    for path in check_forms.write(assessment, out, formats, earlier):
        if "json" not in formats:  # whose reader wants nothing but JSON
            print(text("terminal.page", path=path))
