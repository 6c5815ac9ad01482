"""Records on a terminal: a table of all, the story of one, and what verifying found."""

from collections.abc import Sequence

from anwei.record.heads import Verdict
from anwei.record.states import HostState
from anwei.record.view import Story
from anwei.report.printable import printable
from anwei.report.record_words import Words, moment, span
from anwei.report.table import table

DAY = "%Y-%m-%d %H:%M"
LONGEST_TITLE = 40


def listing(stories: Sequence[Story]) -> str:
    """Every record in a row, the newest last."""
    words = Words()
    heads = [words(f"column.{name}") for name in ("record", "title", "estate", "mode", "begun", "outcome", "hosts")]
    rows = [_listed(words, story) for story in sorted(stories, key=lambda story: story.events[0].at)]
    return table([heads, *rows]) if rows else words("command.none")


def _listed(words: Words, story: Story) -> list[str]:
    """One record as a row."""
    mode = words(f"mode.{story.runs[0].mode}") if story.runs else "–"
    begun = (story.runs[0].begin if story.runs else story.events[0].at).strftime(DAY)
    title, estate = (str(story.opened.get(name, "")) for name in ("title", "estate"))
    return [
        _flat(story.name),
        _flat(title)[:LONGEST_TITLE],
        _flat(estate),
        mode,
        begun,
        words.outcome(story),
        _states(words, story),
    ]


def _states(words: Words, story: Story) -> str:
    """How many hosts stand where, worst first."""
    found = [f"{words.state(state)} {story.states[state]}" for state in HostState if story.states[state]]
    return " ".join(found) or "–"


def shown(story: Story, verdict: Verdict) -> str:
    """One record: what it is about, its runs wave by wave, the hosts that need a look, and whether it holds."""
    words = Words()
    begun = story.begun
    values = {
        "estate": story.opened.get("estate_title") or story.opened.get("estate"),
        "reason": story.opened.get("reason"),
        "risk": story.opened.get("risk"),
        "owner": story.opened.get("owner"),
        "by": begun.by if begun else "",
        "time": span(story.runs[0].begin, story.runs[-1].end) if story.runs else "",
        "commit": begun.commit if begun else "",
    }
    facts = [[words(f"page.fact.{name}"), _flat(str(value))] for name, value in values.items() if value]
    warning = [] if verdict.sound else [words("command.shown-altered"), ""]
    head = [*warning, f"{_flat(story.name)}  {_flat(str(story.opened.get('title', '')))}", _outcome(words, story)]
    return "\n".join([*head, "", table(facts), *_runs(words, story), *_hosts(words, story), "", verified(verdict)])


def _outcome(words: Words, story: Story) -> str:
    """How it stands, in a word and a sentence."""
    return _flat(f"{words.outcome(story)}  {words.conclusion(story)}".rstrip())


def _runs(words: Words, story: Story) -> list[str]:
    """Each run with its waves."""
    lines = []
    for run in story.runs:
        head = [words("page.run.head", number=run.number), words(f"mode.{run.mode}"), words.outcome(run)]
        lines += ["", "  ".join([*head, moment(run.begin), words.lasting(run.seconds)])]
        lines += [f"  {_flat(run.said)}"] if run.said and run is not story.last else []
        rows = [
            [
                f"  {words.wave(wave.number)}",
                words("hosts", count=len(wave.hosts)),
                words.wave_outcome(wave),
                "  ".join(map(words.step, wave.steps)),
            ]
            for wave in run.waves
        ]
        lines += [table(rows)] if rows else []
    return lines


def _hosts(words: Words, story: Story) -> list[str]:
    """The hosts by state, and those that did not come to the planned end by name."""
    if not story.hosts:
        return []
    troubled = [host for host in story.hosts.values() if host.state not in (HostState.KEPT, HostState.WAITING)]
    rows = [[f"  {_flat(host.name)}", words.state(host.state), _flat(host.why)] for host in troubled]
    undo = [
        f"  {words('page.attention.undo')}  {_flat(host.name)}：{_flat(host.undo)}" for host in troubled if host.undo
    ]
    return ["", _states(words, story), *([table(rows)] if rows else []), *undo]


def verified(verdict: Verdict) -> str:
    """What verifying found, problem by problem."""
    words = Words()
    torn = [words("command.torn", record=name) for name in verdict.torn]
    if verdict.sound and not verdict.records:
        return words("command.none")
    if verdict.sound:
        counts = {"records": verdict.records, "entries": verdict.entries, "heads": verdict.heads}
        key = [words("command.key-used", key=verdict.key)] if verdict.key else []
        return "\n".join([words("command.sound", **counts), *key, *torn])
    found = [
        words("command.problem", record=_named(words, problem.record), said=_flat(words.problem(problem)))
        for problem in verdict.problems
    ]
    return "\n".join([words("command.altered", count=len(found)), *found, *torn])


def _named(words: Words, record: str) -> str:
    """A record, or the list of heads, by name."""
    return words("heads") if record == "heads" else _flat(record)


def _flat(value: str) -> str:
    """A text in one line, that moves no cursor."""
    return " ".join(printable(value, 300).split())
