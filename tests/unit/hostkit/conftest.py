from pathlib import Path

import pytest

from tests.unit.hostkit.site import Site


@pytest.fixture(autouse=True)
def _stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hostkit moves through folders: every test begins and ends where it was."""
    monkeypatch.chdir(Path.cwd())


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "host")
