from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hostkit moves through folders: every test begins and ends where it was."""
    monkeypatch.chdir(Path.cwd())
