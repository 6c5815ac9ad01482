"""The assessment as one HTML page: no file beside it, no request, complete without its script.

Every value that a template prints passes `printable` and is escaped, so no template can forget it.
The page's own policy allows its one style sheet and its one script, by their digests, and nothing else.
"""

import base64
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import IO

from jinja2 import Environment, PackageLoader, StrictUndefined

from anwei.baseline.result import Assessment, Outcome
from anwei.errors import BadInput
from anwei.report import arrange
from anwei.report.printable import printable
from anwei.texts import text

# Short classes, because a large estate has tens of thousands of cells; signs, because colour alone is lost in print.
CLASSES = {Outcome.MET: "m", Outcome.NOT_MET: "n", Outcome.NOT_APPLICABLE: "a", Outcome.MANUAL: "q"}
SIGNS = {Outcome.MET: "√", Outcome.NOT_MET: "×", Outcome.NOT_APPLICABLE: "–", Outcome.MANUAL: "?"}
CERTAINTIES = ("V", "S", "I", "M")
FACTS = ("address", "system", "kernel", "python")
MORE_FACTS = ("uptime", "account")


def write_page(assessment: Assessment, path: Path) -> Path:
    """Write the page to `path`, whole or not at all, readable by its owner only: it lists what is weak."""
    page = render(assessment)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _replacing(path) as draft:
            draft.write(page)
    except OSError as error:
        raise BadInput("AW-report-not-written", where=str(path), reason=error.strerror) from error
    return path


@contextmanager
def _replacing(path: Path) -> Iterator[IO[str]]:
    """Open a private file that takes the place of `path` when all is written, and is gone when it is not."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as draft:
            yield draft
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def render(assessment: Assessment) -> str:
    """Return the whole page as text."""
    checks = arrange.checks_by_clause(assessment)
    results = [result for host in assessment.hosts for result in host.results]
    style, script = _asset("page.css"), _asset("page.js")
    page = _environment().get_template("page.html.j2")
    return page.render(
        run=assessment,
        taken_at=_moment(assessment.taken_at),
        reached=[host for host in assessment.hosts if not host.unreachable],
        checks=checks,
        units_touched=len({check.unit.id for check in checks}),
        findings=arrange.open_findings(assessment),
        results=results,
        tallies=arrange.outcomes_by_check(results),
        commands=arrange.numbered_commands(assessment.hosts),
        host_number={host.name: number for number, host in enumerate(assessment.hosts, start=1)},
        style=style,
        script=script,
        policy=f"default-src 'none'; img-src data:; style-src {_digest(style)}; script-src {_digest(script)}",
    )


def _environment() -> Environment:
    """Load the templates, with escaping on and `printable` in the way of every value."""
    made = Environment(
        loader=PackageLoader("anwei.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_harmless,
    )
    made.globals |= {
        "t": lambda key, **values: text(f"report.{key}", "zh", **values),
        "arrange": arrange,
        "Outcome": Outcome,
        "classes": CLASSES,
        "signs": SIGNS,
        "certainties": CERTAINTIES,
        "fact_names": FACTS,
        "named_facts": FACTS + MORE_FACTS,
    }
    return made


def _harmless(value: object) -> object:
    """Let a template print text only made printable; numbers and its own markup pass as they are."""
    return printable(value) if type(value) is str else value


def _asset(name: str) -> str:
    """Read the style sheet or the script."""
    return files("anwei.report").joinpath("templates", name).read_text(encoding="utf-8")


def _digest(source: str) -> str:
    """Allow exactly this text: a source expression for the policy of the page."""
    digest = hashlib.sha256(source.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _moment(moment: datetime) -> str:
    """Write a time with its zone, as people in an office do."""
    return f"{moment:%Y-%m-%d %H:%M:%S} {moment.tzname() or ''}".strip()
