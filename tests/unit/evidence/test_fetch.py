"""One real playbook run over hosts that are this machine, reached in different ways."""

import tempfile
from pathlib import Path

import pytest

from anwei.errors import Failure
from anwei.evidence.commands import Command, Declaration, Declarations
from anwei.evidence.fetch import Fetched, fetch
from anwei.evidence.reasons import Unreachable

PRINTED = "printed-on-the-host"
COMMANDS = [Command("printf '%s-on-the-host' printed"), Command("ps -e -o args="), Command("exit 3")]
DECLARED = Declarations("test", {each.template: Declaration(each.template, (), (), 5, "linux") for each in COMMANDS})

SUDO = """#!/bin/sh
case "{refuses}/$*" in
    always/*) echo "ops is not in the sudoers file." >&2; exit 1 ;;
    pipe/*"; /bin/sh") echo "sudo: sorry, you must have a tty to run sudo" >&2; exit 1 ;;
esac
while [ "$1" != nobody ]; do shift; done
shift
exec "$@"
"""

INVENTORY = """
all:
  vars: {{ansible_connection: local, ansible_become_user: nobody}}
  hosts:
    piped: {{ansible_pipelining: true}}
    kept: {{ansible_pipelining: false}}
    wants-terminal: {{ansible_pipelining: true, ansible_become: true, ansible_become_exe: {folder}/sudo-pipe}}
    no-root: {{ansible_pipelining: true, ansible_become: true, ansible_become_exe: {folder}/sudo-always}}
    kept-no-root: {{ansible_pipelining: false, ansible_become: true, ansible_become_exe: {folder}/sudo-always}}
    gone: {{ansible_connection: ssh, ansible_host: 127.0.0.1, ansible_port: 1}}
    broken: {{ansible_pipelining: "{{{{ nowhere }}}}"}}
"""
REASONS = {"no-root": "become", "kept-no-root": "become", "gone": "refused", "broken": "other"}
HOSTS = ("piped", "kept", "wants-terminal", *REASONS)


class Watcher:
    """Notes which host was reported when, and looks at the private folder while it is there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reported: dict[str, Unreachable | None] = {}
        self.open_to_others: set[Path] = set()
        self.leaks: set[Path] = set()

    def __call__(self, host: str, unreachable: Unreachable | None) -> None:
        self.reported[host] = unreachable
        for path in self.folder.rglob("*"):
            self.look(path)

    def look(self, path: Path) -> None:
        in_exchange = "exchange" in path.parts
        if in_exchange and path.exists() and path.stat().st_mode & 0o077:
            self.open_to_others.add(path)
        if not in_exchange and path.is_file() and PRINTED in path.read_text(errors="replace"):
            self.leaks.add(path)


Run = tuple[dict[str, Fetched | Unreachable], Watcher]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("fetch")
    for refuses in ("pipe", "always"):
        sudo = folder / f"sudo-{refuses}"
        sudo.write_text(SUDO.format(refuses=refuses))
        sudo.chmod(0o755)
    (folder / "inventory").mkdir()
    (folder / "inventory" / "hosts.yml").write_text(INVENTORY.format(folder=folder))
    private = folder / "private"
    private.mkdir()
    watcher = Watcher(private)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(private))
        patch.setenv("TMPDIR", str(private))
        patch.setenv("ANSIBLE_VERBOSITY", "3")  # so that whatever a task returns would stand in the runner's files
        answers = fetch(folder / "inventory", dict.fromkeys(HOSTS, COMMANDS), DECLARED, watcher)
    return answers, watcher


@pytest.mark.parametrize(("host", "round_trips"), [("piped", 1), ("kept", 2), ("wants-terminal", 3)])
def test_each_way_brings_the_same_answer_in_as_few_trips_as_it_can(run: Run, host: str, round_trips: int) -> None:
    got = run[0][host]
    assert isinstance(got, Fetched)
    assert got.round_trips == round_trips
    assert got.reading.complete
    assert got.reading.answers[0].stdout == PRINTED.encode()
    assert got.reading.answers[2].status == 3


@pytest.mark.parametrize(("host", "cause"), REASONS.items())
def test_a_host_that_cannot_be_asked_says_why_and_the_others_go_on(run: Run, host: str, cause: str) -> None:
    assert isinstance(run[0][host], Unreachable)
    assert run[0][host].cause == cause


def test_every_host_is_reported_when_it_is_done(run: Run) -> None:
    watcher = run[1]
    assert set(watcher.reported) == set(HOSTS)
    assert {host for host, reason in watcher.reported.items() if reason} == set(REASONS)


def test_the_script_is_in_no_argument_list(run: Run) -> None:
    for host in ("piped", "kept", "wants-terminal"):
        arguments = run[0][host].reading.answers[1].stdout
        assert b"ps -e -o args=" in arguments
        assert b"make_folder" not in arguments


def test_outputs_pass_through_private_files_only_and_nothing_stays(run: Run) -> None:
    watcher = run[1]
    assert not watcher.open_to_others
    assert not watcher.leaks
    assert not list(watcher.folder.iterdir())


def test_an_engine_that_does_not_start_is_told_in_its_own_words(tmp_path: Path) -> None:
    (tmp_path / "hosts.yml").write_text("all: {hosts: {other: {ansible_connection: local}}}")
    with pytest.raises(Failure) as failure:
        fetch(tmp_path, {"missing": COMMANDS}, DECLARED, lambda *_: None)
    assert failure.value.code == "AW-collect-engine"
    assert "missing" in str(failure.value)
