from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def control_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A control folder of the test's own: evidence is sealed under its key."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("ANWEI_HOME", str(folder))
    return folder
