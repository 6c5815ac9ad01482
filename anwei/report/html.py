"""The assessment as one HTML page: no file beside it, no request, complete without its script.

What many objects show alike stands there once. A cell of the heat map leads to the block of its unit, where every
observation stands with the objects that showed it; with its script the page gathers what is of one object alone.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from anwei.baseline.result import Assessment, Judgement, Outcome
from anwei.report import arrange, figures, single_file
from anwei.report.blocks import Block, blocks_of
from anwei.report.earlier import Comparison, Earlier, compare
from anwei.report.questions import questions, unasked
from anwei.report.sentences import disruption, excuse, fact_name
from anwei.texts import text

# Short classes, because a large estate has tens of thousands of cells; signs, because colour alone is lost in print.
CLASSES = {Outcome.MET: "m", Outcome.NOT_MET: "n", Outcome.NOT_APPLICABLE: "a", Outcome.MANUAL: "q"}
SIGNS = {Outcome.MET: "√", Outcome.NOT_MET: "×", Outcome.NOT_APPLICABLE: "–", Outcome.MANUAL: "?"}
JUDGED_CLASSES = {
    Judgement.MET: "m",
    Judgement.PARTLY: "p",
    Judgement.NOT_MET: "n",
    Judgement.NOT_ALL: "x",
    Judgement.OPEN: "q",
    Judgement.NOT_APPLICABLE: "a",
}
JUDGED_SIGNS = {
    Judgement.MET: "√",
    Judgement.PARTLY: "△",
    Judgement.NOT_MET: "×",
    Judgement.NOT_ALL: "×?",
    Judgement.OPEN: "?",
    Judgement.NOT_APPLICABLE: "–",
}
CERTAINTIES = ("V", "S", "I", "M")
STYLES, SCRIPTS = ("page.css", "check.css"), ("check_filter.js", "check_drill.js")


def write_page(assessment: Assessment, path: Path, earlier: Earlier | None = None) -> Path:
    """Write the page to `path`."""
    return single_file.write(path, render(assessment, earlier).encode())


def render(assessment: Assessment, earlier: Earlier | None = None) -> str:
    """Return the whole page as text, compared with an earlier run where there is one."""
    style, script = ("".join(map(single_file.asset, names)) for names in (STYLES, SCRIPTS))
    groups, seen = arrange.groups(assessment), arrange.sightings(assessment)
    known = figures.required(assessment.level)
    blocks = {group.number: blocks_of(group, seen, known) for group in groups}
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            run=assessment,
            taken_at=single_file.moment(assessment.taken_at),
            reached=[each for each in assessment.objects if not each.unreachable],
            groups=groups,
            blocks=blocks,
            known=known,
            found=arrange.severities(result for each in assessment.objects for result in each.results),
            findings=arrange.open_findings(seen),
            waived=arrange.waived(seen),
            questions=questions(groups, known),
            unasked=unasked(assessment, known),
            comparison=_compared(assessment, earlier),
            commands=arrange.numbered_commands(assessment.objects),
            object_number={each.name: number for number, each in enumerate(assessment.objects, start=1)},
            data=_data(assessment, blocks, seen),
            style=style,
            script=script,
            policy=single_file.policy(style, script),
        )
    )


def _environment() -> Environment:
    """Load the templates with what those of this page use."""
    made = single_file.environment("report")
    made.globals |= {
        "arrange": arrange,
        "figures": figures,
        "single_file": single_file,
        "Outcome": Outcome,
        "Judgement": Judgement,
        "classes": CLASSES,
        "signs": SIGNS,
        "judged_classes": JUDGED_CLASSES,
        "judged_signs": JUDGED_SIGNS,
        "words": {each: text(f"report.word.{each.name.lower()}", "zh") for each in Judgement},
        "certainties": CERTAINTIES,
        "fact_name": fact_name,
        "disruption": disruption,
        "excuse": excuse,
    }
    return made


def _compared(assessment: Assessment, earlier: Earlier | None) -> Comparison | None:
    """The comparison, where there is an earlier run."""
    return compare(assessment, earlier) if earlier else None


def _data(
    assessment: Assessment, blocks: Mapping[int, list[Block]], seen: Mapping[str, list[arrange.Sighting]]
) -> Markup:
    """What the script needs: by the number of the object its sightings, and the sub-checks of each of its units."""
    number = {each.name: at for at, each in enumerate(assessment.objects, start=1)}
    by_object: dict[int, list[int]] = {at: [] for at in number.values()}
    for each in (one for own in seen.values() for one in own):
        for about in each.objects:
            by_object[number[about.name]].append(each.number)
    subs = {
        number[about.name]: {
            block.name: "".join(CLASSES[outcome] for outcome in block.of(about).sub_checks)
            for block in own
            if block.unit and about.name in block.judged
        }
        for own in blocks.values()
        for about in (own[0].group.objects if own else ())
    }
    return Markup(json.dumps({"seen": by_object, "subs": subs}, separators=(",", ":")))  # noqa: S704 - numbers, own names
