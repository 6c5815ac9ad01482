"""The record of a change as one HTML page: no file beside it, no request, complete without its script.

What many hosts have in common stands there once: each distinct change of an item is a block of its own, to which the
hosts lead. With its script the page lays a copy below the host that is opened.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup, escape

from anwei.record.answers import Changed, Said
from anwei.record.heads import Verdict
from anwei.record.states import HostState, Outcome
from anwei.record.view import Host, Story
from anwei.report import html, single_file
from anwei.report.printable import printable
from anwei.report.record_timeline import bars
from anwei.report.record_words import Words, moment, span, until

# The classes of page.css; signs, because colour alone is lost in print.
CLASSES = {
    HostState.PERSON: "n high",
    HostState.FAILED: "n medium",
    HostState.UNFINISHED: "n low",
    HostState.RETURNED: "q",
    HostState.LEFT_OUT: "a",
    HostState.APPLIED: "p",
    HostState.WAITING: "a",
    HostState.KEPT: "m",
}
SIGNS = {
    HostState.PERSON: "!",
    HostState.FAILED: "×",
    HostState.UNFINISHED: "…",
    HostState.RETURNED: "←",
    HostState.LEFT_OUT: "–",
    HostState.APPLIED: "+",
    HostState.WAITING: "·",
    HostState.KEPT: "√",
}
VERDICTS = {
    Outcome.DONE: "m",
    Outcome.IN_PART: "q",
    Outcome.NOTHING: "a",
    Outcome.OPENED: "a",
    Outcome.RUNNING: "p",
    Outcome.RETURNED: "q",
    Outcome.STOPPED: "n medium",
    Outcome.INTERRUPTED: "n low",
    Outcome.PERSON: "n high",
    Outcome.UNKNOWN: "n low",
}
STEPS = ("health", "apply", "verify", "soak", "return")
TROUBLED = (HostState.PERSON, HostState.FAILED, HostState.UNFINISHED, HostState.RETURNED, HostState.LEFT_OUT)
WAVE_CLASSES = defaultdict(
    lambda: "a", {"kept": "m", "returned": "q", "partly": "n high", "failed": "n high", "open": "n low"}
)
# A diff may be as long as its share of this: the whole page of a large estate is to open without lag.
ROOM_FOR_DIFFS, SHORTEST, LONGEST = 1_500_000, 600, 20_000


@dataclass
class Block:
    """One change of one item, with every host on which exactly this was done, or taken back."""

    number: int
    changed: Changed
    back: bool
    hosts: list[Host]


def write_page(story: Story, verdict: Verdict, path: Path) -> Path:
    """Write the page to `path`."""
    return single_file.write(path, render(story, verdict).encode())


def render(story: Story, verdict: Verdict) -> str:
    """Return the whole page as text."""
    style, script = single_file.asset("page.css") + single_file.asset("record.css"), single_file.asset("record.js")
    blocks = _blocks(story)
    room = min(LONGEST, max(SHORTEST, ROOM_FOR_DIFFS // max(len(blocks), 1)))
    words = Words("zh")
    made = single_file.environment("record")
    made.globals |= {
        "words": words,
        "moment": moment,
        "span": span,
        "until": until,
        "bars": bars,
        "classes": CLASSES,
        "signs": SIGNS,
        "verdicts": VERDICTS,
        "wave_classes": WAVE_CLASSES,
        "State": HostState,
        "check_signs": html.SIGNS,
        "check_classes": html.CLASSES,
        "step_names": STEPS,
        "both": both,
        "lines_of": lambda diff: lines_of(diff, room, words, story.name),
    }
    return made.get_template("record.html.j2").render(
        story=story,
        verdict=verdict,
        numbers={name: number for number, name in enumerate(story.hosts, start=1)},
        blocks=blocks,
        block_of={(block.changed, block.back): block.number for block in blocks.values()},
        troubled=sorted((host for host in story.hosts.values() if host.state in TROUBLED), key=_badness),
        style=style,
        script=script,
        policy=single_file.policy(style, script),
    )


def _badness(host: Host) -> int:
    """Sort key of a host: the smaller the worse."""
    return list(HostState).index(host.state)


def _blocks(story: Story) -> Mapping[tuple[Changed, bool], Block]:
    """Every distinct change, numbered; what most hosts have in common comes first."""
    found: dict[tuple[Changed, bool], Block] = {}
    for host in story.hosts.values():
        for key in dict.fromkeys(_changed(host)):
            found.setdefault(key, Block(0, *key, [])).hosts.append(host)
    ordered = sorted(found.items(), key=lambda pair: (pair[0][1], -len(pair[1].hosts)))
    for number, (_, block) in enumerate(ordered, start=1):
        block.number = number
    return dict(ordered)


def _changed(host: Host) -> list[tuple[Changed, bool]]:
    """What was changed on a host, and what of it was taken back."""
    there = [(each, False) for done in host.passes if done.applied for each in done.applied.changes]
    return there + [(each, True) for done in host.passes if done.returned for each in done.returned.changes]


def both(found: Mapping[str, tuple[Said, ...]]) -> list[tuple[str, Said | None, Said | None]]:
    """Checks side by side: its name, what it said before and what after."""
    before, after = ({each.name: each for each in found.get(when, ())} for when in ("before", "after"))
    return [(name, before.get(name), after.get(name)) for name in dict.fromkeys([*before, *after])]


def lines_of(diff: str, room: int, words: Words, record: str) -> Markup:
    """A diff with what goes and what comes marked; what does not fit is named."""
    hidden = len(diff) - room
    shown = [_line(line) for line in diff[:room].split("\n")]
    shown += [escape(words("page.cut", total=len(diff), hidden=hidden, record=record))] if hidden > 0 else []
    return Markup("\n").join(shown)


def _line(line: str) -> Markup:
    """One line of a diff."""
    safe = escape(printable(line, LONGEST))
    if line.startswith(("+++", "---", "@@")):
        return Markup("<i>%s</i>") % safe
    if line.startswith(("+", "-")):
        return (Markup("<ins>%s</ins>") if line[0] == "+" else Markup("<del>%s</del>")) % safe
    return safe
