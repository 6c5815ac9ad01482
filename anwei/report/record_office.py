"""The content of a 变更实施记录 as tables of plain cells, for Excel and Word alike. Pure; always Chinese."""

from collections.abc import Iterable, Sequence

from anwei.record.answers import Field, Said
from anwei.record.heads import Verdict
from anwei.record.states import HostState
from anwei.record.view import Host, Run, Story
from anwei.report.office import Table, cell, tabled
from anwei.report.record_words import Words, moment, span, until

SIGNERS = ("executor", "checker", "owner", "security")
words = Words("zh")


def facts(story: Story) -> list[tuple[str, str]]:
    """The head of the record: what, where, why, who and when."""
    opened, begun = story.opened, story.begun
    window = opened.get("window") or {}
    found = {
        "change": opened.get("change") or story.name,
        "title": opened.get("title"),
        "estate": opened.get("estate_title") or opened.get("estate"),
        "action": opened.get("action_title") or opened.get("action"),
        "mode": "、".join(dict.fromkeys(words(f"mode.{run.mode}") for run in story.runs)),
        "risk": opened.get("risk"),
        "clauses": "、".join(opened.get("clauses", ())),
        "owner": opened.get("owner"),
        "authors": "、".join(begun.authors) if begun else "",
        "by": "、".join(dict.fromkeys(run.by for run in story.runs if run.by)),
        "window": words("page.fact.window_value", start=window["from"], end=window["to"]) if len(window) > 1 else "",
        "time": span(story.runs[0].begin, story.runs[-1].end) if story.runs else "",
        "reason": opened.get("reason"),
        "commit": begun.commit if begun else "",
        "plan": begun.plan if begun else "",
        "node": opened.get("node"),
    }
    return [(words(f"page.fact.{name}"), cell(value or "")) for name, value in found.items()]


def approvals(story: Story) -> Table:
    """Who signed, in which role and with which key."""
    found = dict.fromkeys(each for run in story.runs for each in run.approvals)
    rows = [[each.name, "、".join(each.roles), each.fingerprint, until(each.expires, story.zone)] for each in found]
    return _table(("page.name", "page.roles", "page.fingerprint", "page.expires"), (24, 12, 38, 16), rows)


def gate(story: Story) -> Table:
    """What was looked at before anything was touched."""
    rows = [[_ok(each.ok), words.check(each.name), each.said] for run in story.runs for each in run.gate]
    return _table(("page.result", "page.check", "page.said"), (10, 20, 60), rows)


def waves(story: Story) -> Table:
    """Step by step: each wave of each run."""
    rows = [
        [
            words("page.run.head", number=run.number),
            words.wave(wave.number),
            len(wave.hosts),
            f"{wave.steps[0].begin:%m-%d %H:%M:%S}" if wave.steps else "",
            "；".join(map(words.step, wave.steps)),
            words.wave_outcome(wave),
        ]
        for run in story.runs
        for wave in run.waves
    ]
    heads = ("office.run", "page.wave", "column.hosts", "page.waves.begin", "page.waves.steps", "page.waves.outcome")
    return _table(heads, (12, 9, 7, 15, 36, 12), rows)


def hosts(story: Story) -> Table:
    """Each host and where it stands."""
    rows = [
        [
            host.name,
            words.wave(host.wave) if host.wave else "–",
            host.release,
            len(host.changes),
            f"{_well(host, 'before')} → {_well(host, 'after')}",
            words.state(host.state),
            host.why,
        ]
        for host in story.hosts.values()
    ]
    names = ("host", "wave", "release", "changes", "health", "state", "why")
    heads = tuple("page.filter.host" if name == "host" else f"page.hosts.{name}" for name in names)
    return _table(heads, (16, 10, 17, 6, 16, 11, 22), rows)


def sick(story: Story) -> Table:
    """Every health check that was not well, before or after."""
    rows = [
        [host.name, words.when(when), each.name, each.said]
        for host in story.hosts.values()
        for done in host.passes
        for when, found in done.health.items()
        for each in found
        if not each.ok
    ]
    rows += [[each.name, words.when(each.when), each.bad.name, each.bad.said] for each in story.neighbours]
    return _table(("page.filter.host", "page.at", "page.check", "page.said"), (18, 10, 20, 42), rows)


def back(story: Story) -> Table:
    """What was taken back on each host, and what needs a person."""
    rows = [
        [
            host.name,
            words("gate.ok" if done.returned.ok and not done.returned.conflicts else "gate.bad"),
            done.returned.said,
            "；".join(done.returned.conflicts),
            "" if done.returned.ok else done.returned.undo,
        ]
        for host in story.hosts.values()
        for done in host.passes
        if done.returned
    ]
    names = ("page.filter.host", "page.result", "page.said", "page.pass.conflicts", "page.attention.undo")
    return _table(names, (16, 8, 26, 22, 24), rows)


def changes(story: Story) -> Table:
    """Every field that was changed on every host. Lines of files are on the page; here they would hide the rest."""
    rows = [
        [host.name, each.item, each.why, one.field, one.before, one.after]
        for host in story.hosts.values()
        for each in host.changes
        for one in each.fields or (Field("", "", ""),)
    ]
    heads = ("page.filter.host", "page.pass.changed", "page.said", "page.field", "page.before", "page.after")
    return _table(heads, (18, 34, 26, 22, 34, 34), rows)


def checks(story: Story) -> Table:
    """Health and the action's checks of every host, before and after."""
    rows = [
        [host.name, words(f"page.pass.{kind}"), words(f"when.{when}"), each.name, _result(each), each.said]
        for host in story.hosts.values()
        for done in host.passes
        for kind, found in (("health", done.looked), ("checks", done.tested))
        for when in ("before", "after")
        for each in found.get(when, ())
    ]
    heads = ("page.filter.host", "page.result", "page.at", "page.check", "page.result", "page.said")
    return _table((heads[0], "page.pass.checks", *heads[2:]), (18, 12, 10, 30, 12, 50), rows)


def events(story: Story) -> Table:
    """The whole record, entry by entry."""
    rows = [
        [each.n, moment(each.at), words.event(each), each.data.get("wave") or "", words.said(each), each.digest]
        for each in story.events
    ]
    heads = ("page.n", "page.at", "page.event", "page.wave", "page.said", "page.digest")
    return _table(heads, (7, 28, 12, 8, 60, 34), rows)


def conclusion(story: Story, verdict: Verdict) -> list[str]:
    """How it ended, where the hosts stand, and whether the record can be relied on."""
    states = "、".join(
        words("office.state", state=words.state(state), count=story.states[state])
        for state in HostState
        if story.states[state]
    )
    said = [words("office.conclusion", outcome=words.outcome(story), said=words.conclusion(story))]
    said += [words("office.counts", count=len(story.hosts), states=states)] if states else []
    return [cell(each) for each in [*said, *integrity(verdict)]]


def integrity(verdict: Verdict) -> list[str]:
    """What verifying found."""
    if not verdict.sound:
        return [words("page.altered"), *(f"{each.record}：{words.problem(each)}" for each in verdict.problems)]
    if verdict.sealed is None:
        return [words("page.unsealed", entries=verdict.entries)]
    return [words("page.intact", entries=verdict.entries, n=verdict.sealed, key=verdict.key)]


def health_said(story: Story) -> str:
    """The health after the change in a sentence, where it was well."""
    looked = [host for host in story.hosts.values() if host.well("after") is not None]
    if not looked:
        return words("office.health_none")
    well = all(host.well("after") for host in looked)
    return words("office.health_good", count=len(looked)) if well else ""


def reasons(story: Story) -> list[str]:
    """Why it was taken back, once for each run that did so."""
    return [cell(_reason(run)) for run in story.runs if run.why]


def _reason(run: Run) -> str:
    """The reason of one run."""
    over = words("said.over") if run.over else ""
    return f"{words('page.run.head', number=run.number)}：{run.why}{over}"


def _table(heads: Iterable[str], widths: tuple[int, ...], rows: Iterable[Sequence[object]]) -> Table:
    """A table with its heads in words and every text made safe."""
    return tabled([words(head) for head in heads], widths, [*rows])


def _ok(ok: bool) -> str:
    """Passed or not."""
    return words("gate.ok" if ok else "gate.bad")


def _well(host: Host, when: str) -> str:
    """How a host was."""
    well = host.well(when)
    return "–" if well is None else words("well" if well else "sick")


def _result(check: Said) -> str:
    """What a check came to."""
    return check.outcome or words("well" if check.ok else "sick")
