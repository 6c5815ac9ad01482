"""Hosts that are made bad on purpose, in one way at a time: exactly the checks that are meant to see it turn.

`defects/<host>.yml` says how a host is made sound, and each defect: what it spoils (`touches` are files that are put
back afterwards, also by not being there), how, and which checks have to find it. All others keep their verdict.
"""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from anwei.baseline import catalogue, checking
from anwei.baseline.result import Outcome
from anwei.evidence import script
from anwei.evidence.commands import Command
from anwei.evidence.transcript import Transcript
from tests.lab.conftest import Lab

FOLDER = Path(__file__).with_name("defects")
NONCE = "0123456789abcdef"
CATALOGUE = catalogue.load(3)
QUESTIONS = checking.Questions(CATALOGUE)
KEPT = "/root/kept"

Verdicts = dict[str, Outcome]


@cache
def page(host: str) -> Mapping[str, Any]:
    """How a host is made sound, and its defects by name."""
    written: Mapping[str, Any] = yaml.safe_load((FOLDER / f"{host}.yml").read_text(encoding="utf-8"))
    return written


HOSTS = sorted(each.stem for each in FOLDER.glob("*.yml"))
DEFECTS = [(host, name) for host in HOSTS for name in page(host)["defects"]]


@dataclass
class Looked:
    """One host that is looked at again and again: what it has taught makes each look one round trip."""

    lab: Lab
    host: str
    learnt: tuple[Command, ...] = ()
    sound: Verdicts = field(default_factory=dict)

    def run(self, words: str, shell: str = "sh -eu") -> str:
        """Run a script as root."""
        ssh = ["ssh", "-F", str(self.lab.directory / "ssh_config"), self.host, f"sudo {shell}"]
        done = subprocess.run(ssh, input=words, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def verdicts(self) -> Verdicts:
        """The verdict of each check on each object of the host."""
        said = Transcript(self.host, "linux", datetime.now(UTC))
        while wanted := QUESTIONS.wanted(said, self.learnt):
            declared = QUESTIONS.declarations("linux")
            asked = script.write([(each.text, declared.seconds(each)) for each in wanted], NONCE)
            reading = script.read(self.run(asked, "sh"), NONCE)
            said = said.including({wanted[number].text: each for number, each in reading.answers.items()}, 1, 0)
        self.learnt = tuple(QUESTIONS.used(said))
        found = checking.assess(CATALOGUE, "lab", {self.host: said}, said.taken_at)
        return {result.check.id: result.outcome for about in found.objects for result in about.results}

    def spoil(self, defect: Mapping[str, Any]) -> None:
        """Keep what the defect touches, and make it."""
        keep = [
            f"if [ -e {each} ]; then mkdir -p {KEPT}/$(dirname {each}); cp -a {each} {KEPT}{each}; fi"
            for each in defect.get("touches", ())
        ]
        self.run("\n".join([f"rm -rf {KEPT}; mkdir -p {KEPT}", *keep, defect["break"]]))

    def mend(self, defect: Mapping[str, Any]) -> None:
        """Put everything back."""
        back = [
            f"rm -rf {each}; [ ! -e {KEPT}{each} ] || cp -a {KEPT}{each} {each}" for each in defect.get("touches", ())
        ]
        self.run("\n".join([*back, defect.get("mend", "")]))


@pytest.fixture(scope="module")
def sound(lab: Lab) -> dict[str, Looked]:
    """The hosts, made sound and looked at, when a test wants them."""
    return {host: Looked(lab, host) for host in HOSTS}


def ready(looked: Looked) -> Looked:
    """The host, made sound the first time."""
    if not looked.sound:
        looked.run(page(looked.host)["sound"])
        looked.sound = looked.verdicts()
    return looked


@pytest.mark.parametrize(("host", "name"), DEFECTS)
def test_a_defect_turns_the_checks_that_are_meant_to_see_it_and_no_other(
    sound: dict[str, Looked], host: str, name: str
) -> None:
    looked, defect = ready(sound[host]), page(host)["defects"][name]
    bad = [each for each in looked.sound if looked.sound[each] is Outcome.NOT_MET]
    assert not set(bad) & set(defect["finds"]), "not sound before"
    looked.spoil(defect)
    try:
        found = looked.verdicts()
    finally:
        looked.mend(defect)
    turned = {each for each, outcome in found.items() if outcome is not looked.sound.get(each)}
    assert turned == set(defect["finds"])
    assert {found[each] for each in turned} == {Outcome.NOT_MET}


@pytest.mark.parametrize("host", HOSTS)
def test_after_all_repairs_every_verdict_is_what_it_was(sound: dict[str, Looked], host: str) -> None:
    assert ready(sound[host]).verdicts() == sound[host].sound
