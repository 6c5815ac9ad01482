"""A site per test: made once, and copied for each to spoil."""

from pathlib import Path

import pytest

from tests.unit.change.site import Site, copied, make


@pytest.fixture(scope="session")
def made_site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return make(tmp_path_factory.mktemp("made"))


@pytest.fixture
def site(made_site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    return copied(made_site, tmp_path / "site").opened(monkeypatch)
