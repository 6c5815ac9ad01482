"""The inotify setting follows the number of hosts and comes back."""

from pathlib import Path

import pytest

from anwei.errors import Failure
from lab import limits


@pytest.fixture
def setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A setting of 128 on a machine without labs."""
    (tmp_path / "setting").write_text("128")
    (tmp_path / "state").mkdir()
    monkeypatch.setattr(limits, "INSTANCES", tmp_path / "setting")
    monkeypatch.setattr(limits, "STATE", tmp_path / "state")
    monkeypatch.setattr(limits, "FORMER", tmp_path / "inotify.former")
    return tmp_path / "setting"


def _hosts(lab: str, count: int) -> None:
    for number in range(count):
        (limits.STATE / lab / f"host{number}" / "root").mkdir(parents=True, exist_ok=True)


def test_few_hosts_need_nothing(setting: Path) -> None:
    _hosts("one", 6)
    limits.follow_hosts()
    assert setting.read_text() == "128"
    assert not limits.FORMER.exists()


def test_it_rises_with_every_lab_and_the_first_value_comes_back(setting: Path) -> None:
    _hosts("one", 20)
    limits.follow_hosts()
    assert setting.read_text() == "224"
    _hosts("two", 40)
    limits.follow_hosts()
    assert setting.read_text() == "544"
    for root in limits.STATE.glob("*/*/root"):
        root.rmdir()
    limits.follow_hosts()
    assert setting.read_text() == "128"
    assert not limits.FORMER.exists()


def test_a_machine_that_does_not_let_us_is_named_and_nothing_has_to_come_back(
    setting: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _hosts("one", 40)
    write = Path.write_text

    def read_only(path: Path, value: str) -> int:
        if path == setting:
            raise OSError(30, "Read-only file system")
        return write(path, value)

    monkeypatch.setattr(Path, "write_text", read_only)
    with pytest.raises(Failure, match="AW-lab-limit"):
        limits.follow_hosts()
    for root in limits.STATE.glob("*/*/root"):
        root.rmdir()
    limits.follow_hosts()
    assert not limits.FORMER.exists()
