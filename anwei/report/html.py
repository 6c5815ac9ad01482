"""The assessment as one HTML page: no file beside it, no request, complete without its script."""

from pathlib import Path

from jinja2 import Environment

from anwei.baseline.result import Assessment, Outcome
from anwei.report import arrange, single_file

# Short classes, because a large estate has tens of thousands of cells; signs, because colour alone is lost in print.
CLASSES = {Outcome.MET: "m", Outcome.NOT_MET: "n", Outcome.NOT_APPLICABLE: "a", Outcome.MANUAL: "q"}
SIGNS = {Outcome.MET: "√", Outcome.NOT_MET: "×", Outcome.NOT_APPLICABLE: "–", Outcome.MANUAL: "?"}
CERTAINTIES = ("V", "S", "I", "M")
FACTS = ("address", "system", "kernel", "python")
MORE_FACTS = ("uptime", "account")


def write_page(assessment: Assessment, path: Path) -> Path:
    """Write the page to `path`."""
    return single_file.write(path, render(assessment).encode())


def render(assessment: Assessment) -> str:
    """Return the whole page as text."""
    checks = arrange.checks_by_clause(assessment)
    results = [result for host in assessment.objects for result in host.results]
    style, script = single_file.asset("page.css"), single_file.asset("page.js")
    page = _environment().get_template("page.html.j2")
    return page.render(
        run=assessment,
        taken_at=single_file.moment(assessment.taken_at),
        reached=[host for host in assessment.objects if not host.unreachable],
        checks=checks,
        units_touched=len({check.unit.id for check in checks}),
        findings=arrange.open_findings(assessment),
        results=results,
        tallies=arrange.outcomes_by_check(results),
        commands=arrange.numbered_commands(assessment.objects),
        host_number={host.name: number for number, host in enumerate(assessment.objects, start=1)},
        style=style,
        script=script,
        policy=single_file.policy(style, script),
    )


def _environment() -> Environment:
    """Load the templates with what those of this page use."""
    made = single_file.environment("report")
    made.globals |= {
        "arrange": arrange,
        "Outcome": Outcome,
        "classes": CLASSES,
        "signs": SIGNS,
        "certainties": CERTAINTIES,
        "fact_names": FACTS,
        "named_facts": FACTS + MORE_FACTS,
    }
    return made
