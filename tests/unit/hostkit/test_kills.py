"""A run killed at any moment leaves nothing that a second run does not finish, or a take-back take back.

Not by chance: the process is ended before each of its system calls that changes something, one after the other.
"""

import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.unit.hostkit.site import Site

CHANGING = ("rename", "unlink", "mkdir", "rmdir", "symlink", "fchmod", "fchown", "fsync", "write", "ftruncate", "open")
OLD = b"# settings\r\na = 1\nb=2"
WANTED: dict[str, Any] = {
    "/etc/page": {"content": "new\n", "mode": "0600"},
    "/etc/x.conf": {"dialect": "equals", "settings": {"a": "9", "c": "3"}},
    "/etc/gone": {"type": "absent"},
    "/etc/link": {"target": "page"},
    "/etc/folder": {"tree": {"one": {"content": "1"}, "two/three": {"content": "3"}}, "only": True},
}


def _dying_after(calls: int, work: Callable[[], object]) -> bool:
    """Do the work in a child that ends itself, unprepared, before its n-th changing call; whether it got that far."""
    child = os.fork()
    if child == 0:
        left = [calls]

        def counted(function: Callable[..., Any]) -> Callable[..., Any]:
            def call(*arguments: Any, **named: Any) -> Any:
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return function(*arguments, **named)

            return call

        for name in CHANGING:
            setattr(os, name, counted(getattr(os, name)))
        try:
            work()
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def _made(root: Path) -> Site:
    site = Site(root)
    site.put("/etc/page", b"old", 0o640)
    site.put("/etc/x.conf", OLD)
    site.put("/etc/gone", b"here")
    site.put("/etc/folder/away", b"x")
    return site


def _every_kill(tmp_path: Path, begin: Callable[[Site], object], work: Callable[[Site], object]) -> list[Site]:
    """One host for each moment at which the work can be killed."""
    killed: list[Site] = []
    while True:
        site = _made(tmp_path / str(len(killed)))
        begin(site)
        if not _dying_after(len(killed), partial(work, site)):
            return killed
        killed.append(site)


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    """How the host looks before and after."""
    site = _made(tmp_path_factory.mktemp("whole") / "host")
    before = site.listing()
    site.apply(WANTED)
    return before, site.listing()


def test_a_killed_run_is_finished_by_the_next(tmp_path: Path, states: tuple[dict[str, Any], dict[str, Any]]) -> None:
    killed = _every_kill(tmp_path, lambda _: None, lambda site: site.apply(WANTED))
    assert len(killed) > 60
    for site in killed:
        _no_third_content(site, *states)
        site.apply(WANTED)
        assert site.listing() == states[1]
        site.back()
        assert site.listing() == states[0]


def test_a_killed_run_is_taken_back(tmp_path: Path, states: tuple[dict[str, Any], dict[str, Any]]) -> None:
    for site in _every_kill(tmp_path, lambda _: None, lambda site: site.apply(WANTED)):
        if site.ask("changes")["kept_changes"] and site.path("/var/lib/anwei/c1/former.json").exists():
            site.back()
            assert site.listing() == states[0]
        else:
            site.apply({"/srv/other": {"content": ""}}, change="c2")  # whatever runs next clears up
            site.back("c2")
            assert site.listing() == states[0]


def test_a_killed_take_back_is_finished_by_the_next(
    tmp_path: Path, states: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    killed = _every_kill(tmp_path, lambda site: site.apply(WANTED), lambda site: site.back())
    assert len(killed) > 40
    for site in killed:
        _no_third_content(site, *states)
        site.back()
        assert site.listing() == states[0]


def _no_third_content(site: Site, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Each file is the old one or the new one; beside them only files that wait under a name that nobody reads."""
    for name, content in site.listing().items():
        waits = Path(name).name.startswith(".") and name.endswith(".anwei")
        assert waits or content in (before.get(name), after.get(name)), name
