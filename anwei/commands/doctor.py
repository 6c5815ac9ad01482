"""`anwei doctor`: what is wrong with this control node, and whether it is a guard-rail or a control."""

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from anwei.control import doctor
from anwei.control.doctor import Report
from anwei.control.finding import Finding, State
from anwei.errors import Exit
from anwei.estate import load_estate
from anwei.report.printable import printable
from anwei.telling import in_json
from anwei.texts import text

if TYPE_CHECKING:
    Nouns = argparse._SubParsersAction[argparse.ArgumentParser]

MARKS = {State.OK: "✓", State.UNKNOWN: "?", State.WARNING: "!", State.BAD: "✗"}


def add_parser(nouns: "Nouns") -> None:
    """The words of `anwei doctor`."""
    command = nouns.add_parser("doctor", help=text("control.help.doctor"))
    command.add_argument("--estate", metavar="ESTATE", help=text("control.help.estate"))
    command.add_argument("--json", action="store_true", help=text("control.help.json"))
    command.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    """Look, and say what was found."""
    report = doctor.examine(load_estate(arguments.estate) if arguments.estate else None)
    print(in_json(_plain(report)) if arguments.json else "\n".join(_lines(report)))
    return Exit.GOOD if report.good else Exit.FINDINGS


def _lines(report: Report) -> list[str]:
    """The checks with what they found, and the verdict last."""
    rows = [row for name, found in report.checks.items() for row in (doctor.title(name), *_rows(found))]
    return [*rows, "", str(report.verdict)]


def _rows(found: tuple[Finding, ...]) -> list[str]:
    """What one check found, each with its remedy below."""
    rows = []
    for each in found:
        rows.append(f"  {MARKS[each.state]} {printable(each.said)}")
        rows += [f"      → {each.remedy}"] if each.remedy else []
    return rows


def _plain(report: Report) -> dict[str, object]:
    """The same for a machine."""
    checks = [
        {"check": name, "title": doctor.title(name), **asdict(each)}
        for name, found in report.checks.items()
        for each in found
    ]
    about = {"control": report.verdict.control, "reasons": report.verdict.reasons, "said": str(report.verdict)}
    return {"good": report.good, "checks": checks, "verdict": about}
