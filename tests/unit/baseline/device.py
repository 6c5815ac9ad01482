"""Switches in the shape of texts that engineers saved; each test spoils what it is about."""

from datetime import UTC, datetime
from pathlib import Path

from anwei.baseline import catalogue, checking
from anwei.baseline.result import ObjectAssessment, Result
from anwei.evidence.device_text import CONFIGURATION, transcript
from anwei.evidence.transcript import Transcript

FOLDER = Path(__file__).parent / "devices"
TAKEN = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
CATALOGUE = catalogue.load(3)
SAMPLES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.txt"))}

__all__ = ["CATALOGUE", "CONFIGURATION", "FOLDER", "SAMPLES", "TAKEN", "assessed", "device", "entries", "result"]


def device(sample: str, *changes: tuple[str, str]) -> Transcript:
    """The transcript of a sample with some of its text replaced. What is not in the text is a slip of the test."""
    text = SAMPLES[sample]
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return transcript(text.encode(), sample, TAKEN)


def assessed(found: Transcript) -> ObjectAssessment:
    """A device assessed by the level-3 catalogue."""
    return checking.assess(CATALOGUE, "estate", {found.object: found}, TAKEN).objects[0]


def result(check: str, found: Transcript) -> Result:
    """The result of one check."""
    return next(each for each in assessed(found).results if each.check.id == check)


def entries(code: str) -> list[str]:
    """The ids of the checks of a type."""
    return [entry.check.id for each in CATALOGUE.types if each.code == code for entry in each.entries]
