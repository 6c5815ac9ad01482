"""The watcher runs for real, in a folder that stands for a host; only the service manager is played."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from hostkit import deadman
from hostkit.host import Done, Host
from hostkit.refusal import Refusal

KIT = """import sys
with open({calls!r}, "a") as page:
    page.write(" ".join(sys.argv[1:]) + chr(10))
sys.exit({status})
"""
BOOT = Path("/proc/sys/kernel/random/boot_id").read_text().strip()


class Managed(Host):
    """A host whose service manager starts the real watcher."""

    def __init__(self, root: Path) -> None:
        super().__init__(str(root))
        self.watcher: subprocess.Popen[bytes] | None = None
        self.deaf = False

    def run(self, words: Sequence[str], stdin: bytes = b"", seconds: int = 90) -> Done:
        """Play `/etc/init.d/anwei-deadman restart`; the rest is run."""
        if list(words) != ["sh", "/etc/init.d/anwei-deadman", "restart"]:
            return super().run(words, stdin, seconds)
        assert deadman.armed(self.path(deadman.STORE)), "the deadline must be on the disk before anything starts"
        self.stop()
        if not self.deaf:
            self.watcher = subprocess.Popen(["sh", self.path(deadman.WATCHER), "watch"], start_new_session=True)
        return Done(0, b"", b"")

    def stop(self) -> None:
        """End the watcher as `kill -9` does."""
        if self.watcher and self.watcher.poll() is None:
            os.killpg(self.watcher.pid, signal.SIGKILL)
            self.watcher.wait()


class Estate:
    """A host, its hostkit, and its changes."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "host"
        self.kit = folder / "kit"
        (self.kit / "hostkit").mkdir(parents=True)
        (self.kit / "hostkit" / "__init__.py").touch()
        (self.root / "etc" / "init.d").mkdir(parents=True)
        (self.root / "proc").symlink_to("/proc")
        self.calls = folder / "calls"
        self.host = Managed(self.root)
        self.answer(0)
        self.logins(lost=False)

    def answer(self, status: int) -> None:
        """How the way back of this host's hostkit shall end."""
        (self.kit / "__main__.py").write_text(KIT.format(calls=str(self.calls), status=status))

    def logins(self, *, lost: bool) -> None:
        """Whether hostkit shall find that somebody cannot log in any more."""
        (self.kit / "hostkit" / "logins.py").write_text(f"import sys\nsys.exit({int(lost)})\n")

    def change(self, name: str, undo: str = "exit 0") -> str:
        """The folder of a change that has been written."""
        folder = self.root / "var/lib/anwei" / name
        folder.mkdir(parents=True)
        (folder / "undo").write_text(f'echo "undo {name} $booting" >>{self.calls}\n{undo}\n')
        return str(folder)

    def boot(self) -> None:
        """What the service does first in a new boot."""
        subprocess.run(["sh", self.host.path(deadman.WATCHER), "boot"], check=True, timeout=60)

    def owed(self, name: str, undo: str = "exit 0") -> str:
        """A change of an earlier boot that nobody confirmed; the service has not come up yet in this one."""
        folder = self.change(name, undo)
        deadman.arm(self.host, folder, 300, "token")
        self.host.stop()
        Path(self.host.path(deadman.BOOTED)).unlink()
        deadline = Path(folder, "deadline")
        deadline.write_text(deadline.read_text().replace(BOOT, "00000000-0000-0000-0000-000000000000"))
        return folder

    def called(self) -> list[str]:
        """The ways back that were run."""
        return self.calls.read_text().splitlines() if self.calls.exists() else []

    def tree(self) -> list[str]:
        """All names below /etc."""
        return sorted(str(path) for path in (self.root / "etc").rglob("*"))


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Estate]:
    made = Estate(tmp_path)
    monkeypatch.setattr(deadman, "_program", lambda: str(made.kit))
    monkeypatch.setattr(deadman, "START_SECONDS", 5)
    yield made
    made.host.stop()


def wait_for(condition: Callable[[], bool], seconds: float) -> None:
    """Go on as soon as a condition is true."""
    latest = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < latest, "it did not happen in time"
        time.sleep(0.1)


def reason(call: Callable[..., None], *words: object) -> str:
    """For what reason a call is refused."""
    with pytest.raises(Refusal) as refused:
        call(*words)
    return refused.value.reason


def test_what_nobody_confirms_is_taken_back_within_ten_seconds_of_its_deadline(estate: Estate) -> None:
    before, folder = estate.tree(), estate.change("a")
    deadman.arm(estate.host, folder, 1, "token")
    assert estate.called() == []
    wait_for(lambda: deadman.returned(folder) != {}, 1 + 10)
    assert estate.called() == ["back a"]
    assert {"status": "0", "by": "hostkit", "tries": "1"}.items() <= deadman.returned(folder).items()
    wait_for(lambda: estate.tree() == before, 5)
    assert estate.host.watcher is not None
    assert estate.host.watcher.wait(5) == 0
    assert deadman.armed(estate.host.path(deadman.STORE)) == []


def test_confirming_one_change_leaves_another_armed_and_the_last_takes_the_service_away(estate: Estate) -> None:
    before, first, second = estate.tree(), estate.change("a"), estate.change("b")
    deadman.arm(estate.host, first, 300, "one")
    deadman.arm(estate.host, second, 300, "two")
    deadman.confirm(estate.host, first, "one")
    assert deadman.armed(estate.host.path(deadman.STORE)) == ["b"]
    assert set(estate.tree()) - set(before) >= {estate.host.path(name) for name in deadman.SYSV}
    deadman.confirm(estate.host, second, "two")
    assert estate.tree() == before
    assert estate.called() == []


def test_a_wrong_token_confirms_nothing_and_the_right_one_may_come_twice(estate: Estate) -> None:
    first, second = estate.change("a"), estate.change("b")
    deadman.arm(estate.host, first, 300, "one")
    deadman.arm(estate.host, second, 300, "two")
    assert reason(deadman.confirm, estate.host, first, "two") == "confirmation-wrong"
    assert deadman.armed(estate.host.path(deadman.STORE)) == ["a", "b"]
    deadman.confirm(estate.host, first, "one")
    deadman.confirm(estate.host, first, "one")
    assert reason(deadman.confirm, estate.host, first, "two") == "confirmation-late"


def test_the_token_itself_is_not_on_the_disk(estate: Estate) -> None:
    deadman.arm(estate.host, estate.change("a"), 300, "very-secret-token")
    found = [path for path in estate.root.joinpath("var").rglob("*") if path.is_file()]
    assert not [path for path in found if b"very-secret-token" in path.read_bytes()]


def test_a_confirmation_after_the_deadline_is_late_even_if_the_watcher_is_dead(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = estate.change("a")
    deadman.arm(estate.host, folder, 300, "token")
    estate.host.stop()
    monkeypatch.setattr(deadman, "_uptime", lambda _host: 10**9)
    assert reason(deadman.confirm, estate.host, folder, "token") == "confirmation-late"
    assert deadman.armed(estate.host.path(deadman.STORE)) == ["a"]


def test_after_a_reboot_the_change_is_taken_back_before_anything_else_and_only_once(estate: Estate) -> None:
    folder = estate.owed("a")
    assert reason(deadman.confirm, estate.host, folder, "token") == "confirmation-late"
    estate.boot()
    estate.boot()
    assert estate.called() == ["back a --booting"]
    assert deadman.returned(folder)["status"] == "0"


def test_a_later_start_in_the_same_boot_does_not_take_the_host_for_a_booting_one(estate: Estate) -> None:
    deadman.arm(estate.host, estate.change("a"), 300, "token")
    estate.host.stop()
    Path(estate.host.path(deadman.STORE), "a", "deadline").write_text("boot nonsense\n")
    estate.boot()
    assert estate.called() == []


@pytest.mark.parametrize("status", [1, 2, 127])
def test_where_hostkit_fails_the_plain_script_takes_back(estate: Estate, status: int) -> None:
    estate.answer(status)
    folder = estate.owed("a")
    estate.boot()
    assert estate.called() == ["back a --booting", "undo a 1"]
    assert deadman.returned(folder)["by"] == "undo"


def test_where_python_is_gone_the_plain_script_takes_back(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    estate.owed("a")
    estate.boot()
    assert estate.called() == ["undo a 1"]


def test_a_way_back_that_fails_is_tried_until_it_succeeds(estate: Estate) -> None:
    estate.answer(1)
    folder = estate.change("a", undo=f'[ "$(wc -l <{estate.calls})" -ge 8 ]')
    deadman.arm(estate.host, folder, 0, "token")
    wait_for(lambda: deadman.returned(folder).get("status") == "0", 30)
    assert deadman.returned(folder)["tries"] == "4"
    assert not Path(folder, "expired").exists()


def test_conflicts_are_left_reported_and_not_tried_for_ever(estate: Estate) -> None:
    estate.answer(5)
    folder = estate.change("a")
    deadman.arm(estate.host, folder, 0, "token")
    wait_for(lambda: not Path(folder, "expired").exists() and not Path(folder, "deadline").exists(), 20)
    assert estate.called() == ["back a"] * 3
    assert deadman.returned(folder)["status"] == "5"


def test_conflicts_are_overruled_where_somebody_could_not_log_in_any_more(estate: Estate) -> None:
    estate.answer(5)
    estate.logins(lost=True)
    estate.owed("a")
    estate.boot()
    assert estate.called() == ["back a --booting", "back a --over --booting"]


def test_a_kill_between_expiry_and_way_back_still_takes_back(estate: Estate) -> None:
    folder = estate.change("a")
    deadman.arm(estate.host, folder, 300, "token")
    estate.host.stop()
    Path(folder, "deadline").rename(Path(folder, "expired"))
    assert reason(deadman.arm, estate.host, folder, 300, "token") == "return-owed"
    estate.host.run(["sh", "/etc/init.d/anwei-deadman", "restart"])
    wait_for(lambda: estate.called() == ["back a"], 10)


def test_what_was_never_written_needs_no_way_back(estate: Estate) -> None:
    folder = estate.owed("a")
    Path(folder, "undo").unlink()
    estate.boot()
    assert estate.called() == []
    assert deadman.returned(folder)["by"] == "nothing"
    assert deadman.armed(estate.host.path(deadman.STORE)) == []


def test_a_deadline_that_nobody_can_read_is_due(estate: Estate) -> None:
    folder = estate.owed("a")
    Path(folder, "deadline").write_bytes(b"\0\0\0")
    estate.boot()
    assert estate.called() == ["undo a 1"]


def started(pid: int) -> int:
    """When a process started, in the kernel's ticks."""
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19])


@pytest.mark.parametrize(("offset", "ended"), [(0, True), (1, False)])
def test_a_hanging_change_is_ended_with_what_it_started_but_no_process_that_only_has_its_number(
    estate: Estate, offset: int, ended: bool
) -> None:
    script = "import subprocess, time; print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as hanging:
        assert hanging.stdout
        child = int(hanging.stdout.readline())
        lock = {"change": "b", "pid": hanging.pid, "started": started(hanging.pid) + offset, "verb": "apply"}
        folder = estate.owed("a")
        Path(folder).parent.joinpath("lock").write_text(json.dumps(lock, separators=(",", ":")))
        begin = time.monotonic()
        estate.boot()
        assert time.monotonic() - begin < 10
        assert (hanging.poll() is not None) == ended
        gone = not Path(f"/proc/{child}").exists() or ") Z" in Path(f"/proc/{child}/stat").read_text()
        assert gone == ended
        assert estate.called() == ["back a --booting"]
        for pid in [] if ended else [hanging.pid, child]:
            os.kill(pid, signal.SIGKILL)


def test_nothing_is_armed_that_nobody_watches(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadman, "START_SECONDS", 0)
    before, folder = estate.tree(), estate.change("a")
    estate.host.deaf = True
    assert reason(deadman.arm, estate.host, folder, 300, "token") == "deadman-not-watching"
    assert estate.tree() == before
    assert deadman.armed(estate.host.path(deadman.STORE)) == []


def test_a_second_arming_that_fails_leaves_the_first_in_force(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = estate.change("a")
    deadman.arm(estate.host, folder, 300, "token")
    monkeypatch.setattr(deadman, "START_SECONDS", 0)
    estate.host.deaf = True
    assert reason(deadman.arm, estate.host, folder, 300, "token") == "deadman-not-watching"
    assert deadman.armed(estate.host.path(deadman.STORE)) == ["a"]


def test_a_host_without_a_service_manager_is_refused(estate: Estate) -> None:
    (estate.root / "etc" / "init.d").rmdir()
    assert reason(deadman.arm, estate.host, estate.change("a"), 300, "token") == "deadman-no-service-manager"
    assert deadman.armed(estate.host.path(deadman.STORE)) == []


def test_a_take_back_by_hand_disarms(estate: Estate) -> None:
    before, folder = estate.tree(), estate.change("a")
    deadman.arm(estate.host, folder, 300, "token")
    deadman.disarm(estate.host, folder)
    assert estate.tree() == before
    assert reason(deadman.confirm, estate.host, folder, "token") == "confirmation-late"


def test_folders_that_were_there_stay_and_those_that_were_made_go(estate: Estate) -> None:
    (estate.root / "etc" / "rc3.d").mkdir()
    folder = estate.change("a")
    deadman.arm(estate.host, folder, 300, "token")
    deadman.confirm(estate.host, folder, "token")
    assert [path.name for path in (estate.root / "etc").iterdir() if path.name.startswith("rc")] == ["rc3.d"]


def test_the_kit_of_an_armed_change_is_named_where_pruning_looks(estate: Estate) -> None:
    deadman.arm(estate.host, estate.change("a"), 300, "token")
    assert f"kit {estate.kit}" in Path(estate.host.path(deadman.LIST)).read_text().splitlines()


def test_the_service_of_an_armed_change_cannot_be_removed(estate: Estate) -> None:
    deadman.arm(estate.host, estate.change("a"), 300, "token")
    before = estate.tree()
    subprocess.run(["sh", estate.host.path(deadman.WATCHER), "retire"], check=True, timeout=20)
    assert estate.tree() == before
