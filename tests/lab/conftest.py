"""A lab of the tests' own, up once for all that one process runs: a lab that somebody is using stays as it is."""

import json
import os
import subprocess
import sys
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from lab.place import Place
from tests.lab import machine

PROJECT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent  # of the environment that runs the tests: there is one per ansible-core line
PASSED_ON = "ANWEI_LAB_DIR,ANWEI_LAB_CACHE,ANWEI_LANG,ANWEI_WITHOUT,ANWEI_APT_MIRROR,PATH"
SUDO = [] if os.geteuid() == 0 else ["sudo", f"--preserve-env={PASSED_ON}"]

LABS = PROJECT / "build"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")  # of several processes, each has a lab of its own

Done = subprocess.CompletedProcess[str]


@dataclass
class Lab:
    """One lab: its folder, and the command that is pointed at it."""

    directory: Path
    left_out: dict[str, str] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """What the names of this lab begin with."""
        return Place(self.directory).prefix

    @property
    def environment(self) -> dict[str, str]:
        """What every command of this lab runs with."""
        return {
            **os.environ,
            "ANWEI_LAB_DIR": str(self.directory),
            "ANWEI_LANG": "en",
            "ANSIBLE_CONFIG": str(PROJECT / "ansible.cfg"),
            "PATH": f"{BIN}:{os.environ['PATH']}",
        }

    def root_words(self, *words: str) -> list[str]:
        """An `anwei` command line that runs as root."""
        return [*SUDO, str(BIN / "anwei"), *words]

    def as_root(self, *words: str, check: bool = True) -> Done:
        """Run `anwei` as root."""
        return self._run(self.root_words(*words), check=check)

    def anwei(self, *words: str, check: bool = True) -> Done:
        """Run `anwei` as who runs the tests."""
        return self._run([str(BIN / "anwei"), *words], check=check)

    def ssh(self, host: str, command: str, *options: str, check: bool = True) -> Done:
        """Run one command line in a host's shell."""
        words = ["ssh", "-F", str(self.directory / "ssh_config"), *options, host, command]
        return self._run(words, check=check)

    def ansible(self, host: str, module: str, arguments: str = "", *options: str, check: bool = True) -> Done:
        """Run one Ansible module on a host through inventories/lab."""
        words = [str(BIN / "ansible"), host, "-m", module, "-a", arguments, *options]
        return self._run(words, check=check)

    def ansible_json(self, host: str, module: str, arguments: str = "") -> dict[str, Any]:
        """What a module returned on a host."""
        done = self.ansible(host, module, arguments, "--one-line")
        result: dict[str, Any] = json.loads(done.stdout.split("=>", 1)[1])
        return result

    def _run(self, words: list[str], *, check: bool) -> Done:
        # Ansible demands a standard input of its own, and its ssh makes a shared one unfit for others.
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=self.environment, check=False
        )
        assert not check or done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """The six declared hosts."""
    tested = Lab(LABS / f"lab-test{WORKER}")
    up = json.loads(tested.as_root("lab", "up", "--json", check=False).stdout or "{}")
    tested.left_out = {host: base for base, hosts in up.get("left_out", {}).items() for host in hosts}
    try:
        assert up.get("hosts"), "the lab did not come up; run `anwei lab up` to see why"
        yield tested
    finally:
        tested.as_root("lab", "down")


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """When the labs of all processes are gone, the machine is as it was before the first of them."""
    if WORKER:
        return (yield)
    LABS.mkdir(exist_ok=True)
    for left_over in LABS.glob("lab-test*"):
        Lab(left_over).as_root("lab", "down")
    prefixes = [Lab(LABS / f"lab-test{worker}").prefix for worker in ("", *(f"gw{number}" for number in range(8)))]
    before = machine.footprint(*prefixes)
    outcome = yield
    left = machine.settled(before, *prefixes)
    if left:
        session.config.get_terminal_writer().line(f"\nleft on this machine by the lab: {left}", red=True)
        session.testsfailed += 1
    return outcome


def every(lab: Lab, *hosts: str) -> list[str]:
    """Those of the hosts whose base was not given up by name; one that could not be built fails the test."""
    for host in hosts:
        if host in lab.left_out and lab.left_out[host] not in given_up():
            pytest.fail(f"not run: base {lab.left_out[host]} could not be built", pytrace=False)
    return [host for host in hosts if host not in lab.left_out]


def given_up() -> list[str]:
    """The bases that somebody does without."""
    return os.environ.get("ANWEI_WITHOUT", "").replace(",", " ").split()


@pytest.fixture
def own_lab(tmp_path: Path) -> Iterator[Lab]:
    """A lab of one test's own, which it may kill."""
    tested = Lab(tmp_path / "lab")
    try:
        yield tested
    finally:
        tested.as_root("lab", "down")


@pytest.fixture(autouse=True)
def _needs(request: pytest.FixtureRequest) -> None:
    """A test marked `needs(host)` is not run where the host's base could not be built: red, unless given up by name."""
    marks = list(request.node.iter_markers("needs"))
    if not marks:
        return
    left_out = request.getfixturevalue("lab").left_out
    for base in {left_out[host] for mark in marks for host in mark.args if host in left_out}:
        if base in given_up():
            pytest.skip(f"base {base} was given up in ANWEI_WITHOUT")
        pytest.fail(f"not run: base {base} could not be built", pytrace=False)
