"""What the tests of Nginx, Apache and Tomcat share: one object of a host, and a declared command run for real."""

import shlex
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import replace

from anwei.baseline import catalogue, checking
from anwei.baseline.catalogue import Catalogue
from anwei.baseline.result import ObjectAssessment, Result
from anwei.evidence.script import Answer
from anwei.evidence.transcript import Transcript
from tests.unit.baseline.machine import TAKEN, answer

Text = str | bytes | Answer
Said = Mapping[str, Text | None]


def catalogue_of(code: str) -> Catalogue:
    """The level-3 catalogue with the host and one service alone."""
    whole = catalogue.load(3)
    return replace(whole, types=tuple(each for each in whole.types if each.code in ("linux", code)))


def transcript(sound: Mapping[str, Text], said: Said) -> Transcript:
    """What the host said of the service, with some answers replaced; None leaves one out."""
    answers = {text: answer(each) for text, each in {**sound, **said}.items() if each is not None}
    return Transcript("host1", "linux", TAKEN, "root", 0, answers, 1, 0.5)


def assessed(code: str, sound: Mapping[str, Text], said: Said) -> ObjectAssessment:
    """The service assessed by the level-3 catalogue."""
    objects = checking.assess(catalogue_of(code), "estate", {"host1": transcript(sound, said)}, TAKEN).objects
    return next(each for each in objects if each.name == f"host1/{code}")


def result(code: str, sound: Mapping[str, Text], check: str, said: Said) -> Result:
    """The result of one check on the service."""
    return next(each for each in assessed(code, sound, said).results if each.check.id == check)


def command(template: str, *arguments: str) -> str:
    """A command as the host is given it."""
    return template % tuple(map(shlex.quote, arguments))


def run(text: str, path: str = "/usr/sbin:/usr/bin:/sbin:/bin") -> str:
    """What a command really prints in this machine's sh."""
    said = subprocess.run(["/bin/sh", "-c", text], env={"PATH": path, "LC_ALL": "C"}, capture_output=True, check=False)
    return said.stdout.decode("utf-8", "backslashreplace")


def rows(values: Iterable[str]) -> str:
    """Lines of an output."""
    return "".join(f"{each}\n" for each in values)
