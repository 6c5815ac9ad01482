"""Locks: one change at a time per host; who holds one is named, and it goes with its holder however that ends."""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from anwei.change import locks
from anwei.errors import Refused

FORK = multiprocessing.get_context("fork")


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANWEI_HOME", str(tmp_path))
    monkeypatch.setenv("ANWEI_LANG", "en")


def refusal(*hosts: str, estate: str = "small") -> Refused:
    with pytest.raises(Refused, match="AW-gate-locked") as refused, locks.held(estate, hosts, "c2", "yunwei-2"):
        pass
    return refused.value


@contextmanager
def another_process(*hosts: str) -> Iterator[int]:
    """Another process that holds hosts; its number."""
    ready, there = FORK.Pipe(duplex=False)

    def hold() -> None:
        with locks.held("small", hosts, "c1", "yunwei-1"):
            there.send(True)
            time.sleep(60)

    holder = FORK.Process(target=hold, daemon=True)
    holder.start()
    assert ready.poll(20)
    try:
        yield int(holder.pid or 0)
    finally:
        holder.kill()
        holder.join()


def free(*hosts: str) -> bool:
    """Whether nobody holds the hosts any more, a moment later."""
    for _ in range(100):
        try:
            with locks.held("small", hosts, "c2", "yunwei-2"):
                return True
        except Refused:
            time.sleep(0.02)
    return False


def test_what_another_process_holds_is_refused_and_the_holder_named() -> None:
    with another_process("web-01", "web-02") as number:
        error = refusal("app-01", "web-01", "web-02")
    assert [line.split(",")[:2] for line in error.details] == [
        [f"{host}: c1 (yunwei-1", f" pid {number}"] for host in ("web-01", "web-02")
    ]
    assert "another change holds 2 of the hosts" in str(error)


def test_who_is_refused_holds_nothing() -> None:
    with another_process("web-01"):
        refusal("app-01", "web-01")
        assert free("app-01")


def test_a_lock_goes_with_its_holder_even_when_that_is_killed() -> None:
    with another_process("web-01") as number:
        refusal("web-01")
        os.kill(number, signal.SIGKILL)
        assert free("web-01")


def test_it_is_free_again_afterwards_also_after_a_failure() -> None:
    with locks.held("small", ["web-01"], "c1", "yunwei-1"):
        refusal("web-01")
    assert free("web-01")
    with pytest.raises(ZeroDivisionError), locks.held("small", ["web-01"], "c1", "yunwei-1"):
        _ = 1 // 0
    assert free("web-01")


def test_other_hosts_and_other_estates_are_free() -> None:
    with locks.held("small", ["web-01"], "c1", "yunwei-1"):
        assert free("web-02")
        with locks.held("other", ["web-01"], "c2", "yunwei-2"):
            refusal("web-01", estate="other")


def test_a_file_that_says_nothing_locks_all_the_same() -> None:
    with locks.held("small", ["web-01"], "c1", "yunwei-1"):
        (page,) = (Path(os.environ["ANWEI_HOME"]) / "locks" / "small").iterdir()
        page.write_text("not json")
        assert refusal("web-01").details == ["web-01: ?"]


def test_a_name_leads_nowhere_else_and_a_link_is_not_followed(tmp_path: Path) -> None:
    with locks.held("../small", ["../../web"], "c1", "yunwei-1"):
        assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["..%2F..%2Fweb"]
    target = tmp_path / "precious"
    target.write_text("x")
    (tmp_path / "locks" / "small").mkdir()
    (tmp_path / "locks" / "small" / "web-01").symlink_to(target)
    with pytest.raises(OSError, match="symbolic"), locks.held("small", ["web-01"], "c1", "yunwei-1"):
        pass
    assert target.read_text() == "x"


def test_what_a_lock_needs_is_made_for_us_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANWEI_HOME", str(tmp_path / "not" / "there"))
    with locks.held("small", ["h1"], "c1", "yunwei-1"):
        made = [tmp_path / "not", *(tmp_path / "not").rglob("*/")]
        assert {folder.stat().st_mode & 0o777 for folder in made if folder.is_dir()} == {0o700}
