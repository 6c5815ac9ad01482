"""Hosts that are made bad on purpose, one thing at a time: exactly the checks that are meant to see it turn.

`defects/<host>.yml` says how a host is made sound, and each defect: what it spoils (`touches` are files that are put
back afterwards, also by not being there), how, which checks have to find it, and for which it `opens` a question that
a person has to answer. All others keep their verdict.

One look at a host takes seconds, so defects that have neither a file nor a check in common are made together, and have
to turn their checks and no others; with `ANWEI_SOAK=1` each is made alone.
"""

import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
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
Defect = Mapping[str, Any]


@cache
def page(host: str) -> Mapping[str, Any]:
    """How a host is made sound, and its defects by name."""
    written: Mapping[str, Any] = yaml.safe_load((FOLDER / f"{host}.yml").read_text(encoding="utf-8"))
    return written


def batches(host: str) -> list[list[str]]:
    """The names of defects that are made at the same time."""
    defects = page(host)["defects"]
    if os.environ.get("ANWEI_SOAK"):
        return [[name] for name in defects]
    made: list[list[str]] = []
    for name in defects:
        with_others = (batch for batch in made if not any(meet(defects[name], defects[other]) for other in batch))
        batch = next(with_others, None)
        if batch is None:
            made.append([name])
        else:
            batch.append(name)
    return made


def meet(one: Defect, other: Defect) -> bool:
    """Whether two defects spoil the same file, are found by the same check, or one wants to be `alone`."""
    return bool(one.get("alone") or other.get("alone")) or any(
        set(one.get(key, ())) & set(other.get(key, ())) for key in ("touches", "finds", "opens")
    )


HOSTS = sorted(each.stem for each in FOLDER.glob("*.yml"))
BATCHES = [(host, batch) for host in HOSTS for batch in batches(host)]


@dataclass
class Looked:
    """One host that is looked at again and again: what it has taught makes each look one round trip."""

    lab: Lab
    host: str
    learnt: tuple[Command, ...] = ()
    sound: Verdicts = field(default_factory=dict)

    def run(self, words: str, shell: str = "sh -eu") -> str:
        """Run a script as root."""
        shared = ["-o", "ControlMaster=auto", "-o", "ControlPersist=30", "-o", "ControlPath=/tmp/%C"]
        ssh = ["ssh", "-F", str(self.lab.directory / "ssh_config"), *shared, self.host, f"sudo {shell}"]
        done = subprocess.run(ssh, input=words, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, f"{words[:300]}\n{done.stderr}"
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

    def spoil(self, defects: Iterable[Defect]) -> None:
        """Keep what the defects touch, and make them."""
        keep = [
            f"if [ -e {each} ] || [ -L {each} ]; then mkdir -p {KEPT}$(dirname {each}); cp -a {each} {KEPT}{each}; fi"
            for defect in defects
            for each in defect.get("touches", ())
        ]
        self.run("\n".join([f"rm -rf {KEPT}; mkdir -p {KEPT}", *keep, *(defect["break"] for defect in defects)]))

    def mend(self, defects: Iterable[Defect]) -> None:
        """Put everything back."""
        back = [
            f"rm -rf {each}; [ ! -e {KEPT}{each} -a ! -L {KEPT}{each} ] || cp -a {KEPT}{each} {each}"
            for defect in defects
            for each in defect.get("touches", ())
        ]
        self.run("\n".join([*back, *(defect.get("mend", "") for defect in defects)]))


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Looked]]:
    """The hosts of a lab of their own: others want theirs as they come. They are made sound when a test wants them."""
    own = Lab(tmp_path_factory.mktemp("defects") / "lab")
    try:
        own.as_root("lab", "up", "--json", check=False)
        yield {host: Looked(own, host) for host in HOSTS}
    finally:
        own.as_root("lab", "down")


def ready(looked: Looked) -> Looked:
    """The host, made sound the first time."""
    if not looked.sound:
        looked.run(page(looked.host)["sound"])
        looked.sound = looked.verdicts()
    return looked


@pytest.mark.parametrize(("host", "names"), BATCHES, ids=[f"{host}-{names[0]}" for host, names in BATCHES])
def test_a_defect_turns_the_checks_that_are_meant_to_see_it_and_no_other(
    sound: dict[str, Looked], host: str, names: list[str]
) -> None:
    looked, defects = ready(sound[host]), [page(host)["defects"][name] for name in names]
    meant = {check for defect in defects for check in defect["finds"]}
    assert not {check for check in meant if looked.sound[check] is Outcome.NOT_MET}, "not sound before"
    try:
        looked.spoil(defects)
        found = looked.verdicts()
    finally:
        looked.mend(defects)
    expected = dict.fromkeys(meant, Outcome.NOT_MET)
    expected |= {check: Outcome.MANUAL for defect in defects for check in defect.get("opens", ())}
    assert {
        check: found.get(check) for check in {**found, **looked.sound} if differs(found, looked.sound, check)
    } == expected


def differs(found: Verdicts, sound: Verdicts, check: str) -> bool:
    """Whether a check says another thing than on the sound host."""
    return found.get(check) is not sound.get(check)


@pytest.mark.parametrize("host", HOSTS)
def test_after_all_repairs_every_verdict_is_what_it_was(sound: dict[str, Looked], host: str) -> None:
    assert ready(sound[host]).verdicts() == sound[host].sound
