"""A control folder of a test's own, as `/var/lib/anwei-control` would be."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from anwei.approval import trust_changes
from anwei.record import Record, seal, syslog
from anwei.state import secret_key
from tests.sample_records import done, failing, write
from tests.unit.approval.people import somebody, trust_bytes


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A short path: ssh's sockets lie below a control folder."""
    with TemporaryDirectory(prefix="aw-") as folder:
        yield Path(folder)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Empty, and its owner's alone."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("ANWEI_HOME", str(folder))
    monkeypatch.setenv("ANWEI_LANG", "en")
    monkeypatch.delenv("ANWEI_SYSLOG", raising=False)
    monkeypatch.setattr(syslog, "LOCAL", tmp_path / "no-syslog")
    return folder


@pytest.fixture
def used(home: Path, tmp_path: Path) -> Path:
    """One that was worked with: two sealed records, keys, a trust file, a repository, and what comes by itself."""
    for name, entries in (("c1", done()), ("c2", failing())):
        write(home, name, entries)
        seal(Record.open(name))
    secret_key.key()
    people = [somebody(tmp_path / "people", who, "业主") for who in ("yezhu-1", "yezhu-2", "yezhu-3")]
    (tmp_path / "trust.yml").write_bytes(trust_bytes(*people))
    trust_changes.begin(tmp_path / "trust.yml")
    for name in (
        "repository.git/HEAD", "repository.git/objects/ab/cd", "ssh/id_ed25519", "runs/c1/note",
        "runs/c1/0123/anwei/cli.py", "tmp/anwei-x/y", "locks/lab/web1", "cp/0/s", "ansible/tmp/z",
    ):  # fmt: skip
        page = home / name
        page.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        page.write_text(name)
        page.chmod(0o600)
    (home / "ssh").chmod(0o750)
    return home
