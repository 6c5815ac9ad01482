"""Packages on the control node: what is not as the signed lock file says is named."""

from pathlib import Path

import pytest

from anwei.change import environment

LOCK = """\
jinja2==3.1.6 \\
    --hash=sha256:00
pyyaml==6.0.3 ; python_version >= "3.8" \\
    --hash=sha256:00
"""


@pytest.fixture
def locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with lock files that this machine meets."""
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    for name in environment.LOCKS:
        (tmp_path / name).write_text(LOCK)
    return tmp_path


def both(locks: Path, content: str) -> list[str]:
    """What differs when both lock files say this."""
    for name in environment.LOCKS:
        (locks / name).write_text(content)
    return environment.differences()


def test_this_machine_is_as_locked() -> None:
    assert environment.differences() == []


def test_another_version_is_named_with_the_one_it_should_be(locks: Path) -> None:
    assert environment.differences() == []
    assert both(locks, LOCK.replace("3.1.6", "3.1.5")) == ["jinja2 3.1.6 (==3.1.5)"]


def test_a_package_that_is_missing_is_named(locks: Path) -> None:
    assert both(locks, f"{LOCK}no-such-package==1.0 \\\n    --hash=sha256:00\n") == ["no-such-package – (==1.0)"]


def test_what_is_meant_for_other_machines_is_passed_over(locks: Path) -> None:
    other = 'no-such-package==1.0 ; sys_platform == "win32" \\\n    --hash=sha256:00\n'
    assert both(locks, LOCK + other) == []
    assert both(locks, LOCK + other.replace("win32", "linux")) == ["no-such-package – (==1.0)"]


def test_one_of_the_tested_lock_files_is_enough(locks: Path) -> None:
    (locks / environment.LOCKS[0]).write_text(LOCK.replace("3.1.6", "3.1.5"))
    assert environment.differences() == []


def test_where_none_is_met_the_nearest_is_told(locks: Path) -> None:
    (locks / environment.LOCKS[0]).write_text(LOCK.replace("3.1.6", "3.1.5").replace("6.0.3", "6.0.2"))
    (locks / environment.LOCKS[1]).write_text(LOCK.replace("6.0.3", "6.0.1"))
    assert environment.differences() == ["pyyaml 6.0.3 (==6.0.1)"]
