"""Records on the disk: what was confirmed is never lost, whoever writes at once, and wherever a kill comes."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from anwei.errors import BadInput, Failure, Refused
from anwei.record import Record, chain, records, store
from tests.sample_records import done, failing, text_of, write

PROJECT = Path(__file__).resolve().parents[3]
OPENED = {"change": "c1", "title": "一个变更", "algorithm": "sha256"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ANWEI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def problems(name: str = "c1") -> list[tuple[int, str]]:
    lines, _ = Record.open(name).lines()
    return [(problem.line, problem.kind) for problem in chain.verify(lines)]


def events(name: str = "c1") -> list[str]:
    return [entry["event"] for entry in Record.open(name).entries()]


def test_what_is_appended_is_read_back_in_a_chain(home: Path) -> None:
    record = Record.begin("c1", OPENED)
    made = record.append("begun", {"by": "yunwei-1@example.gov", "waves": [("a", "b")]})
    assert made["n"] == 1
    assert made["data"]["waves"] == [["a", "b"]]
    again = Record.open("c1")
    assert again.entries()[1] == made
    again.append("gate", {"checks": []})
    record.append("ended", {"outcome": "done"})  # it sees what another wrote in between
    assert events() == ["opened", "begun", "gate", "ended"]
    assert problems() == []
    assert record.path == home / "records" / "c1.jsonl"


def test_only_its_owner_may_read(home: Path) -> None:
    record = Record.begin("c1", OPENED)
    record.append("begun", {})
    assert record.path.stat().st_mode & 0o777 == 0o600
    assert [folder.stat().st_mode & 0o777 for folder in (home, home / "records")] == [0o700, 0o700]


def test_each_entry_is_on_the_disk_when_append_returns(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    synced: list[tuple[str, int]] = []

    def fsync(handle: int) -> None:
        synced.append((Path(f"/proc/self/fd/{handle}").readlink().name, os.fstat(handle).st_size))

    monkeypatch.setattr(os, "fsync", fsync)
    record = Record.begin("c1", OPENED)
    size = record.path.stat().st_size
    assert (synced[0], synced[1][0]) == (("c1.jsonl", size), "records")
    record.append("begun", {})
    assert synced[2:] == [("c1.jsonl", record.path.stat().st_size)]


def test_a_record_keeps_the_algorithm_it_began_with(home: Path) -> None:
    Record.begin("c1", {**OPENED, "algorithm": "sm3"})
    entry = Record.open("c1").append("begun", {})
    assert chain.digest_of(entry, "sm3") == entry["digest"]
    assert problems() == []
    with pytest.raises(Refused) as refused:
        Record.begin("c2", {**OPENED, "algorithm": "md5"})
    assert refused.value.code == "AW-record-algorithm"
    assert [record.name for record in records()] == ["c1"]


def test_a_record_is_begun_once_and_must_be_there_to_be_opened() -> None:
    Record.begin("c1", OPENED)
    with pytest.raises(BadInput) as twice:
        Record.begin("c1", OPENED)
    assert twice.value.code == "AW-record-exists"
    with pytest.raises(BadInput) as unknown:
        Record.open("c2")
    assert unknown.value.code == "AW-record-unknown"
    assert "c1" in str(unknown.value)


@pytest.mark.parametrize("name", ["../c1", "", "a/b", ".hidden", "heads", "变更", "a\nb", "x" * 81])
def test_a_name_that_is_no_file_of_ours_is_refused(name: str) -> None:
    for use in (Record.open, lambda name: Record.begin(name, OPENED)):
        with pytest.raises(BadInput) as refused:
            use(name)
        assert refused.value.code == "AW-record-name"


def test_records_are_listed_by_name_and_other_files_are_not(home: Path) -> None:
    assert records() == []
    for name in ("c2", "c1.rehearsal", "c1"):
        write(home, name, done())
    (home / "records" / "heads.jsonl").write_text("")
    (home / "records" / "half.jsonl").write_text('{"at":')
    (home / "records" / "a note").write_text("")
    assert [record.name for record in records()] == ["c1", "c1.rehearsal", "c2"]


def test_a_record_cut_at_any_byte_of_its_last_entry_goes_on(home: Path) -> None:
    """A kill, or a power cut, leaves the beginning of the line that was being written."""
    *kept, cut = failing()[:9]
    whole, before = text_of([*kept, cut]), len(text_of(kept))
    path = write(home, "c1", kept)
    for size in range(before, len(whole)):
        path.write_bytes(whole[:size])
        assert events() == [entry["event"] for entry in kept]
        assert problems() == []
        made = Record.open("c1").append("interrupted", {"after": "health"})
        assert made.get("torn", 0) == size - before
        assert made["n"] == len(kept)
        assert events() == [*(entry["event"] for entry in kept), "interrupted"]
        assert problems() == []
        assert path.read_bytes().startswith(whole[:before])


def test_a_record_cut_while_it_is_begun_is_begun_again(home: Path) -> None:
    path = Record.begin("c1", OPENED).path
    whole = path.read_bytes()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        with pytest.raises(BadInput):
            Record.open("c1")
        record = Record.begin("c1", OPENED)
        assert record.entries()[0].get("torn", 0) == size
        assert problems() == []


def test_a_line_that_somebody_damaged_does_not_bar_the_way_back(home: Path) -> None:
    path = write(home, "c1", failing())
    for damage in (b"\x00" * 80, b"{}", b"", b'{"n":3}'):
        path.write_bytes(text_of(failing()) + damage + b"\n")
        Record.open("c1").append("returning", {"hosts": []})
        Record.open("c1").append("ended", {})
        assert events()[-2:] == ["returning", "ended"]
        assert problems() == [(20, "unreadable")]


def test_a_file_that_is_gone_is_not_made_anew_without_its_head(home: Path) -> None:
    record = Record.begin("c1", OPENED)
    record.path.unlink()
    with pytest.raises(Failure) as failure:
        record.append("begun", {})
    assert failure.value.code == "AW-record-not-written"
    assert not record.path.exists()


def test_a_folder_that_cannot_be_made_says_why(home: Path) -> None:
    home.write_text("a file")
    with pytest.raises(Failure) as failure:
        Record.begin("c1", OPENED)
    assert failure.value.code == "AW-record-not-written"
    assert str(home) in failure.value.where


def _append(job: tuple[str, int]) -> None:
    home, worker = job
    os.environ["ANWEI_HOME"] = home
    record = Record.open("c1")
    for number in range(25):
        record.append("health", {"worker": worker, "number": number, "said": "x" * (number * 500)})


def test_processes_that_write_at_once_never_interleave(home: Path) -> None:
    Record.begin("c1", OPENED)
    with ProcessPoolExecutor(4) as pool:
        list(pool.map(_append, [(str(home), worker) for worker in range(4)]))
    assert problems() == []
    data = [entry["data"] for entry in Record.open("c1").entries()[1:]]
    assert len(data) == 100
    for worker in range(4):
        assert [each["number"] for each in data if each["worker"] == worker] == list(range(25))


WRITER = """if True:
    from anwei.record import Record
    record = Record.open("c1")
    while True:
        entry = record.append("health", {"said": "x" * 20000})
        print(entry["n"], flush=True)
"""


def test_a_kill_loses_nothing_that_was_confirmed(home: Path) -> None:
    Record.begin("c1", OPENED)
    for delay in (0.0, 0.003, 0.01, 0.02):
        writer = subprocess.Popen([sys.executable, "-c", WRITER], cwd=PROJECT, stdout=subprocess.PIPE, text=True)
        assert writer.stdout
        confirmed = int(writer.stdout.readline())
        time.sleep(delay)
        writer.send_signal(signal.SIGKILL)
        confirmed = max([confirmed, *(int(line) for line in writer.stdout.read().split("\n")[:-1])])
        writer.wait(30)
        assert problems() == []
        assert len(Record.open("c1").entries()) > confirmed
        Record.open("c1").append("interrupted", {})
        assert problems() == []


FULL = """if True:
    import resource, signal, sys
    from anwei.errors import Failure
    from anwei.record import Record
    record = Record.open("c1")
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
    try:
        record.append("applied", {"said": "x" * 2000})
    except Failure as failure:
        print(failure.code, failure.values)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    record.append("ended", {})
"""


@pytest.mark.parametrize("room", [0, 1, 700])
def test_a_full_disk_stops_it_and_leaves_the_record_as_it_was(home: Path, room: int) -> None:
    record = Record.begin("c1", OPENED)
    limit = str(record.path.stat().st_size + room)
    shown = subprocess.run(
        [sys.executable, "-c", FULL, limit], cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False
    )
    assert shown.stdout.startswith("AW-record-not-written"), shown.stderr
    assert events() == ["opened", "ended"]
    assert problems() == []
    assert "torn" not in Record.open("c1").entries()[1]


def test_a_large_record_opens_within_a_second(home: Path) -> None:
    record = Record.begin("c1", OPENED)
    entries: list[dict[str, Any]] = record.entries()
    for _ in range(5000):
        entries.append(chain.entry(entries[-1], "2026-11-21T14:03:11Z", "health", {"said": "x" * 1000}, "sha256"))
    write(home, "c1", entries)
    started = time.process_time()
    assert problems() == []
    assert len(Record.open("c1").entries()) == 5001
    assert time.process_time() - started < 1
    again = Record.open("c1")
    again.append("health", {})
    started = time.process_time()
    for _ in range(100):
        again.append("health", {})
    assert time.process_time() - started < 0.5  # the file is not read again for each
    assert store.path_of("c1").read_bytes().count(b"\n") == 5102
