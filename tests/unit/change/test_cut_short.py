"""Who comes after a run that was cut short says what became of its hosts meanwhile."""

import io
from collections.abc import Sequence
from pathlib import Path

import pytest

from anwei.change import cut_short, hosts
from anwei.change.progress import progress
from anwei.change.view import View
from anwei.estate import Estate
from anwei.record import Record, syslog

BACK = {"at": "2026-11-21T14:03:11Z", "status": "0", "by": "hostkit", "tries": "1"}
KEPT = {
    "web1": [{"change": "c1", "returned": BACK}, {"change": "other", "returned": {}}],
    "web2": [{"change": "c1", "returned": {}}, {"change": "other", "returned": BACK}],
    "web3": [],
}


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Record:
    monkeypatch.setenv("ANWEI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ANWEI_LANG", "en")
    monkeypatch.setattr(syslog, "LOCAL", tmp_path / "none")
    made = Record.begin("c1", {"change": "c1", "algorithm": "sha256"})
    made.append("begun", {"commit": "ab"})
    return made


def noted(record: Record, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], str]:
    """Which hosts were asked, and what was shown."""
    asked, shown = list[str](), io.StringIO()

    def kept(_inventory: Path, names: Sequence[str]) -> dict[str, list[hosts.Said]]:
        asked.extend(names)
        return {name: KEPT[name] for name in names}

    monkeypatch.setattr(hosts, "kept_changes", kept)
    estate = Estate("small", Path("/nowhere"), (), {})
    said = cut_short.note(record, estate, progress(record.entries()), View(shown))
    assert shown.getvalue() == f"{said}\n"
    return asked, said


def test_only_a_host_that_took_this_change_back_is_named(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    record.append("applying", {"wave": 1, "hosts": ["web1", "web2", "web3"]})
    asked, said = noted(record, monkeypatch)
    assert asked == ["web1", "web2", "web3"]
    assert said.endswith("these hosts took themselves back: web1")
    entry = record.entries()[-1]
    assert entry["event"] == "interrupted"
    assert entry["data"] == {"after": "applying", "said": said, "by_themselves": {"web1": BACK}}


def test_where_nothing_was_written_nobody_is_asked(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, said = noted(record, monkeypatch)
    assert (asked, "themselves" in said) == ([], False)
    assert record.entries()[-1]["data"]["by_themselves"] == {}
