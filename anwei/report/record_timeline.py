"""The picture of a run's waves over time: where each bar begins and how wide it is. Pure.

A soak of an hour beside a change of seconds would leave nothing to see of the change. So every stretch of time gets
the same small share first, and the rest is given out by length: the order and the longer ones stay true.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from anwei.record.view import Run, Step, Wave

SHARE_OF_ALL = 40.0
SMALLEST = 1.2


@dataclass(frozen=True)
class Bar:
    """One step of a wave in the picture, in per cent of its width."""

    step: Step
    left: float
    width: float


def bars(run: Run) -> list[tuple[Wave, list[Bar]]]:
    """Each wave with its bars, all on one scale."""
    places = _places(run)
    return [(wave, [_bar(step, places) for step in wave.steps if step.end > step.begin]) for wave in run.waves]


def _bar(step: Step, places: dict[datetime, float]) -> Bar:
    """One step on the scale."""
    left = places[step.begin]
    return Bar(step, round(left, 2), round(places[step.end] - left, 2))


def _places(run: Run) -> dict[datetime, float]:
    """Where each moment of the run lies, from 0 to 100."""
    steps = [step for wave in run.waves for step in wave.steps]
    moments = sorted({moment for step in steps for moment in (step.begin, step.end)})
    stretches = [(later - earlier).total_seconds() for earlier, later in pairwise(moments)]
    total, least = sum(stretches), min(SMALLEST, SHARE_OF_ALL / max(len(stretches), 1))
    spread = 100 - least * len(stretches)
    places, at = dict.fromkeys(moments[:1], 0.0), 0.0
    for moment, length in zip(moments[1:], stretches, strict=True):
        at += least + spread * length / total
        places[moment] = at
    return places
