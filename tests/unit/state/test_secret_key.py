"""The control node's key: made once, its owner's alone, and never taken from a file that is not one."""

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from anwei.errors import Failure
from anwei.state import secret_key


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("ANWEI_HOME", str(folder))
    return folder


def _key(_number: int) -> str:
    return secret_key.key()


def test_it_is_made_once_and_private(home: Path) -> None:
    first = secret_key.key()
    assert len(bytes.fromhex(first)) == 32
    assert secret_key.key() == first
    assert {path.name: path.stat().st_mode & 0o777 for path in home.iterdir()} == {"key": 0o600}
    assert home.stat().st_mode & 0o777 == 0o700


def test_each_purpose_has_a_key_of_its_own_that_leads_to_no_other(home: Path) -> None:
    purposes = [secret_key.HOSTS, secret_key.LEAVES, secret_key.RUNS]
    keys = {secret_key.key(), *(secret_key.derived(each) for each in purposes)}
    assert len(keys) == 4
    assert {len(bytes.fromhex(each)) for each in keys} == {32}
    assert secret_key.derived(secret_key.HOSTS) == secret_key.derived(secret_key.HOSTS)
    (home / "key").unlink()
    assert secret_key.derived(secret_key.HOSTS) not in keys, "it is the control node's own"


def test_it_is_in_the_project_by_default_and_git_never_sees_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ANWEI_HOME", raising=False)
    monkeypatch.setattr("anwei.home.ROOT", tmp_path)
    secret_key.key()
    assert (tmp_path / ".anwei" / "key").exists()
    project = Path(__file__).resolve().parents[3]
    assert "/.anwei/" in (project / ".gitignore").read_text().splitlines()


def test_processes_that_come_at_once_get_the_same(home: Path) -> None:
    with ProcessPoolExecutor(4) as pool:
        assert len(set(pool.map(_key, range(12)))) == 1
    assert [path.name for path in home.iterdir()] == ["key"]


@pytest.mark.parametrize(("content", "mode", "code"), [("a" * 64, 0o640, "open"), ("a" * 63, 0o600, "damaged")])
def test_a_file_that_others_read_or_that_holds_no_key_is_refused(
    home: Path, content: str, mode: int, code: str
) -> None:
    home.mkdir()
    (home / "key").write_text(content)
    (home / "key").chmod(mode)
    with pytest.raises(Failure) as failure:
        secret_key.key()
    assert failure.value.code == f"AW-key-{code}"
    assert (home / "key").read_text() == content


def test_a_folder_that_cannot_be_made_says_why(home: Path) -> None:
    home.write_text("a file")
    with pytest.raises(Failure) as failure:
        secret_key.key()
    assert failure.value.code == "AW-key-unusable"
    assert str(home) in failure.value.where
