"""`plan.md`: the plan for a reviewer with two minutes. Hosts on which the same is changed are one part.

It is made of the change, its plan, its action and its estate alone, and has no date: so it can be made again, and one
that says something else than the plan is found.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, TemplateError, select_autoescape

from anwei.calendar import touched
from anwei.canonical import canonical
from anwei.change.actions import Action
from anwei.change.changefile import Change
from anwei.change.markdown import cell, code, fence, inline
from anwei.change.plan import Plan
from anwei.errors import BadInput
from anwei.estate import Estate
from anwei.state import shown
from anwei.state.guarded import free_hours
from anwei.texts import LANGUAGES, language, spoken, text

PAGE = "plan.md"
TEMPLATES = Path(__file__).parent / "templates"
HEAD = ("--- ", "+++ ")
MOST_IN_WORDS = 30  # lines of one file that are told in words; the others stand in the diff
MOST_LINES = 200  # of one diff on the page; the rest is in plan.json


@dataclass(frozen=True)
class Part:
    """Hosts on which the same is changed."""

    hosts: tuple[str, ...]
    release: str
    changes: Sequence[Mapping[str, Any]]


def write(change: Change, action: Action, estate: Estate, plan: Plan) -> Path:
    """Write the page beside the plan."""
    page = change.folder / PAGE
    page.write_text(render(change, action, estate, plan), encoding="utf-8")
    return page


def demand_own(change: Change, action: Action, estate: Estate, plan: Plan) -> None:
    """Refuse to have somebody sign a plan whose page tells something else."""
    if not is_own(change, action, estate, plan):
        raise BadInput("AW-plan-page", where=str(change.folder / PAGE), change=change.id)


def is_own(change: Change, action: Action, estate: Estate, plan: Plan) -> bool:
    """Whether the page beside a plan is the one that is made of it, in any language."""
    try:
        found = (change.folder / PAGE).read_bytes().decode()
        return any(_spoken(lang, change, action, estate, plan) == found for lang in LANGUAGES)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, TemplateError):
        return False  # no page, or a plan made by hand of which none can be made


def _spoken(lang: str, change: Change, action: Action, estate: Estate, plan: Plan) -> str:
    """The page in one language."""
    with spoken(lang):
        return render(change, action, estate, plan)


def render(change: Change, action: Action, estate: Estate, plan: Plan) -> str:
    """The page in the language of the reader."""
    templates = Environment(
        autoescape=select_autoescape(default_for_string=False),  # it is Markdown, and the filters see to it
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters.update(told=_told, diff=_diff, code=code, cell=cell, inline=inline)
    template = templates.from_string((TEMPLATES / f"plan.{language()}.md.j2").read_text(encoding="utf-8"))
    return template.render(
        change=change,
        action=action,
        estate=estate,
        plan=plan,
        parts=parts(plan),
        idle=[host for host in plan.hosts if plan.nothing_to_do(host)],
        groups={host.name: host.variables.get("ha_group", "") for host in estate.hosts},
        owner=estate.settings["estate_owners"][change["owner"]]["title"],
        freezes=touched(estate.settings, change.window(estate)),
        hours=free_hours(estate.settings),
        others={host: said["others"] for host, said in plan.hosts.items() if said["others"]},
        limits=_limits(plan),
        notices=[change.written["notice"]] if change.written.get("notice") else [role.notice for role in action.roles],
        residue=[said for role in action.roles for said in role.cannot_take_back],
    )


def parts(plan: Plan) -> list[Part]:
    """The hosts by what is changed on them."""
    alike: dict[bytes, list[str]] = {}
    for host, said in plan.hosts.items():
        changes = [_seen(each) for task in said["tasks"] for each in task["changes"]]
        if changes:
            alike.setdefault(canonical([said["release"], changes]), []).append(host)
    return [Part(tuple(hosts), plan.hosts[hosts[0]]["release"], _changes(plan, hosts[0])) for hosts in alike.values()]


def _changes(plan: Plan, host: str) -> list[Mapping[str, Any]]:
    """All changes on one host."""
    return [each for task in plan.hosts[host]["tasks"] for each in task["changes"]]


def _seen(change: Mapping[str, Any]) -> dict[str, Any]:
    """A change as a reviewer tells it from another: what else is in a file is no difference to them."""
    fields = [each for each in change["fields"] if each["field"] != "content" or not change["diff"]]
    lines = [*_moving(change["diff"]), *[shown.MAY_DIFFER] * _may_differ(change)]
    return {"item": change["item"], "why": change["why"], "fields": fields, "lines": lines}


def _limits(plan: Plan) -> dict[str, list[str]]:
    """What hosts cannot do, by host."""
    found = {
        host: sorted({limit for task in said["tasks"] for limit in task["limits"]}) for host, said in plan.hosts.items()
    }
    return {host: limits for host, limits in found.items() if limits}


def _told(change: Mapping[str, Any]) -> Iterator[str]:
    """A change in words, as lines of a list: what goes, what comes, from what to what."""
    for field in change["fields"]:
        if field["field"] != "content":
            yield f"- {_field(field)}"
        elif change["diff"]:
            yield f"- {text('change.content')}"
            yield from (f"  - {line}" for line in _in_words(_moving(change["diff"])))
            yield from ([f"  - {text('change.masked-may-differ')}"] if _may_differ(change) else [])
        else:
            yield f"- {text('change.content-hidden')}"


def _field(field: Mapping[str, Any]) -> str:
    """One field in words: from what to what."""
    if field["field"] in ("reload", "restart"):
        return text(f"change.follows.{field['field']}", cause=code(field["after"]))
    if field["after"] == shown.OTHER_MASK:
        return text("change.masked-differs", field=field["field"])
    before, after = (code(field[side]) if field[side] not in (None, "") else "–" for side in ("before", "after"))
    return f"{field['field']}: {before} → {after}"


def _may_differ(change: Mapping[str, Any]) -> bool:
    """Whether a value that is not shown may change beside the lines that are."""
    return str(change["diff"]).endswith(shown.MAY_DIFFER)


def _in_words(lines: Sequence[str]) -> Iterator[str]:
    """Lines of a file that go or come, for somebody who never saw a diff."""
    for line in lines[:MOST_IN_WORDS]:
        words = code(line[1:]) if line[1:].strip() else text("change.empty-line")
        yield text("change.line-comes" if line.startswith("+") else "change.line-goes", line=words)
    if len(lines) > MOST_IN_WORDS:
        yield text("change.lines-below", count=len(lines) - MOST_IN_WORDS)


def _moving(diff: str) -> list[str]:
    """The lines of a diff that go or come, with their sign. Its head, two lines, has the same signs."""
    lines = diff.split("\n")
    body = lines[2:] if tuple(line[:4] for line in lines[:2]) == HEAD else lines
    return [line for line in body if line.startswith(("+", "-"))]


def _diff(diff: str) -> str:
    """A diff as a block of code."""
    lines = diff.rstrip("\n").split("\n")
    more = [text("change.more-lines", count=len(lines) - MOST_LINES)] if len(lines) > MOST_LINES else []
    return fence("\n".join([*lines[:MOST_LINES], *more]), "diff")
