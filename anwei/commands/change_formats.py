"""How the results of `anwei change` are shown: findings for terminals and pipelines, and how far a change is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

from anwei.approval import approvals
from anwei.approval.statement import Statement
from anwei.change import plan, situation
from anwei.change.changefile import Change
from anwei.change.markdown import inline
from anwei.change.progress import progress
from anwei.change.verifying import Finding
from anwei.errors import AnweiError, BadInput
from anwei.report.printable import printable
from anwei.telling import in_json
from anwei.texts import text

Found = Mapping[str, Sequence[Finding]]


def show(found: Found, forms: Sequence[str], out: Path | None) -> None:
    """Print the findings in each form, or write them into a folder."""
    for form in forms:
        if form not in FORMS:
            raise BadInput("AW-change-format", form=form, known=", ".join(FORMS))
    for form in forms:
        render, suffix = FORMS[form]
        if out and form != "terminal":
            out.mkdir(parents=True, exist_ok=True)
            (out / f"changes.{suffix}").write_text(render(found) + "\n", encoding="utf-8")
        else:
            print(render(found))


def _terminal(found: Found) -> str:
    """A line per check, and what is wrong below it."""
    lines = []
    for name, findings in found.items():
        lines.append(name)
        for each in findings:
            lines.append(f"  {'✓' if each.ok else '✗'} {each.title}")
            lines += [f"      {printable(problem)}" for problem in each.problems]
    return "\n".join(lines)


def _markdown(found: Found) -> str:
    """A table for the pull request."""
    lines = [text("change.verified.head"), "|---|---|---|"]
    for name, findings in found.items():
        lines += [f"| {inline(name)} | {each.title} | {_cell(each)} |" for each in findings]
    return "\n".join(lines)


def _cell(finding: Finding) -> str:
    """The problems of a check in a cell."""
    return "<br>".join(["✗", *map(inline, finding.problems)]) if finding.problems else "✓"


def _junit(found: Found) -> str:
    """JUnit, as every pipeline reads it."""
    suites = ElementTree.Element("testsuites")
    for name, findings in found.items():
        bad = str(sum(not each.ok for each in findings))
        suite = ElementTree.SubElement(suites, "testsuite", name=name, tests=str(len(findings)), failures=bad)
        for each in findings:
            case = ElementTree.SubElement(suite, "testcase", classname=name, name=each.title, file=each.where)
            shown = list(map(printable, each.problems))  # XML has no place for control characters
            if shown:
                ElementTree.SubElement(case, "failure", message=shown[0]).text = "\n".join(shown)
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode")


def _json(found: Found) -> str:
    """For a machine."""
    plain = {
        name: [{"check": each.name, "ok": each.ok, "problems": each.problems} for each in findings]
        for name, findings in found.items()
    }
    return in_json(plain)


FORMS: dict[str, tuple[Callable[[Found], str], str]] = {
    "terminal": (_terminal, ""),
    "json": (_json, "json"),
    "junit": (_junit, "xml"),
    "markdown": (_markdown, "md"),
}


@dataclass(frozen=True)
class State:
    """How far a change is: planned, signed by whom, run where."""

    change: str
    title: str
    plan: str
    signed: list[str]
    done: list[str]
    attempted: list[str]
    returned: list[str]
    under_way: bool


def state_of(change: Change) -> State:
    """The state of a change, from its folder and its record."""
    so_far = progress(situation.entries(change.id))
    return State(
        change=change.id,
        title=change["title"],
        plan=_plan(change),
        signed=[_signature(said) for said in approvals.claims(change.folder / approvals.FOLDER)],
        done=sorted(so_far.done),
        attempted=sorted(so_far.attempted - so_far.done),
        returned=sorted(so_far.returned_ever - so_far.attempted),
        under_way=so_far.under_way,
    )


def _plan(change: Change) -> str:
    """The plan's digest, or why there is none."""
    try:
        return plan.load(change).digest
    except AnweiError as error:
        return error.part("what")


def _signature(said: Statement) -> str:
    """A statement in a line; whether its signature holds, the gate says."""
    expired = text("change.expired") if said.expires <= datetime.now(UTC) else ""
    return f"{said.purpose} {said.commit[:12]} → {said.as_dict()['expires']}{expired}"


def state_text(about: State) -> str:
    """The same for a person."""
    lists = {"signed": about.signed, "done": about.done, "attempted": about.attempted, "returned": about.returned}
    rows = {"plan": about.plan, **{name: ", ".join(each) for name, each in lists.items()}}
    lines = [f"{about.change}  {about.title}"]
    lines += [f"  {text(f'change.shown.{name}')}: {shown}" for name, shown in rows.items() if shown]
    lines += [f"  {text('change.shown.under-way')}"] if about.under_way else []
    return "\n".join(map(printable, lines))
