"""Backup and restore: all that cannot be made again goes there and back, and what is not as it was is named."""

import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from anwei import cli
from anwei.approval import trust
from anwei.control import backup, notes, restore, snapshot
from anwei.control.manifest import INSIDE
from anwei.control.manifest import NAME as MANIFEST
from anwei.errors import AnweiError
from anwei.record import Record, chain, records, seal, verify_all
from anwei.state import secret_key
from tests.sample_records import done, write

MADE_AGAIN = {"tmp", "locks", "cp", "ansible"}
Members = dict[str, bytes]


def files(top: Path) -> dict[str, tuple[int, str]]:
    """Mode and content of every file, but for what comes by itself."""
    return {
        page.relative_to(top).as_posix(): (page.stat().st_mode & 0o7777, hashlib.sha256(page.read_bytes()).hexdigest())
        for page in top.rglob("*")
        if page.is_file() and page.relative_to(top).parts[0] not in MADE_AGAIN
    }


def refused(work: Callable[[], object], code: str) -> str:
    """The details of a refusal."""
    with pytest.raises(AnweiError) as error:
        work()
    assert error.value.code == code
    return "\n".join(error.value.details)


@pytest.fixture
def made(used: Path, tmp_path: Path) -> Path:
    """A backup of the used folder."""
    return backup.make(tmp_path / "b.tar.gz").file


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a second node, which is not there yet."""
    monkeypatch.setenv("ANWEI_HOME", str(tmp_path / "second"))
    return tmp_path / "second"


def test_everything_goes_there_and_back_with_its_mode(used: Path, made: Path, elsewhere: Path) -> None:
    before = {name: found for name, found in files(used).items() if not name.startswith("runs/c1/0123")}
    restore.restore(made)
    after = files(elsewhere)
    assert {name for name in before if before[name] != after.get(name)} == {"records/heads.jsonl"}  # a note in each
    assert set(after) == set(before)
    assert "runs/c1/note" in after
    assert "ssh/id_ed25519" in after
    assert not any((elsewhere / name).exists() for name in MADE_AGAIN)
    folders = [path.relative_to(elsewhere) for path in elsewhere.rglob("*") if path.is_dir()]
    assert {used.joinpath(each).stat().st_mode & 0o777 for each in folders} == {0o700, 0o750, 0o755}
    assert all((used / each).stat().st_mode == (elsewhere / each).stat().st_mode for each in folders)
    assert elsewhere.stat().st_mode & 0o777 == 0o700


def test_the_second_node_goes_on_as_the_first(used: Path, made: Path, elsewhere: Path) -> None:
    restore.restore(made)
    assert secret_key.key() == (used / "key").read_text().strip()
    assert trust.load().version == 1
    assert verify_all().sound
    assert [each.name for each in records()] == ["c1", "c2"]
    Record.open("c1").append("interrupted", {"after": "ended", "said": ""})
    seal(Record.open("c1"))
    assert verify_all().sound


def test_it_is_its_owners_alone_and_says_its_digest(used: Path, tmp_path: Path) -> None:
    page = tmp_path / "b.tar.gz"
    said = backup.make(page)
    assert page.stat().st_mode & 0o777 == 0o600
    assert said.sha256 == hashlib.sha256(page.read_bytes()).hexdigest()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_both_lists_of_heads_tell_it(used: Path, made: Path, elsewhere: Path) -> None:
    restore.restore(made)
    (note,) = notes.read()
    assert (note.event, note.node, note.former) == (notes.TAKEN_OVER, os.uname().nodename, os.uname().nodename)
    os.environ["ANWEI_HOME"] = str(used)  # monkeypatch brings it back
    assert [note.event for note in notes.read()] == [notes.BACKED_UP]
    assert verify_all().sound


def test_a_note_that_the_node_did_not_sign_is_none(used: Path) -> None:
    notes.write(notes.TAKEN_OVER, former="ctl-1")
    page = used / "records" / "heads.jsonl"
    last = json.loads(page.read_bytes().splitlines()[-1])
    forged = chain.sealed({**last, "data": {**last["data"], "former": "ctl-9"}}, chain.USUAL)
    own = {name: value for name, value in forged.items() if name not in ("digest", "signature")}
    forged = {**chain.sealed(own, chain.USUAL), "signature": last["signature"]}
    page.write_bytes(page.read_bytes() + chain.canonical(forged) + b"\n")
    assert [note.former for note in notes.read()] == ["ctl-1"]


# What is refused


def test_nothing_is_written_over(used: Path, made: Path, tmp_path: Path) -> None:
    before = made.read_bytes()
    assert "there already" in refused(lambda: backup.make(made), "AW-backup-file")
    assert made.read_bytes() == before
    assert "control folder" in refused(lambda: backup.make(used / "b.tar.gz"), "AW-backup-file")
    refused(lambda: backup.make(tmp_path / "no" / "b.tar.gz"), "AW-backup-file")
    content = files(used)
    refused(lambda: restore.restore(made), "AW-backup-not-empty")
    assert files(used) == content


def test_an_empty_folder_is_no_backup(home: Path, tmp_path: Path) -> None:
    refused(lambda: backup.make(tmp_path / "b.tar.gz"), "AW-backup-file")
    assert list(home.iterdir()) == []


def test_what_comes_by_itself_does_not_bar_a_restore(made: Path, elsewhere: Path) -> None:
    (elsewhere / "tmp").mkdir(parents=True)
    restore.restore(made)
    assert verify_all().sound


@pytest.mark.parametrize("left", [0.0, 0.3, 0.9, 0.97], ids=["none", "some", "most", "all-but-the-end"])
def test_what_was_cut_off_is_refused(made: Path, elsewhere: Path, left: float) -> None:
    made.write_bytes(made.read_bytes()[: int(made.stat().st_size * left)])
    refused(lambda: restore.restore(made), "AW-backup-damaged")
    assert not elsewhere.exists()


def _members(page: Path) -> Members:
    with tarfile.open(page) as tar:
        return {member.name: (tar.extractfile(member) or io.BytesIO()).read() for member in tar}


def _packed(page: Path, members: Mapping[str, bytes], *more: tarfile.TarInfo) -> None:
    with tarfile.open(page, "w:gz") as tar:
        for each in more:
            tar.addfile(each, io.BytesIO(b"x" * each.size))
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


def _altered(members: Members) -> Members:
    return {**members, f"{INSIDE}key": b"0" * 65, MANIFEST: members[MANIFEST]}


def _missing(members: Members) -> Members:
    return {name: content for name, content in members.items() if name != f"{INSIDE}key"}


def _extra(members: Members) -> Members:
    return {f"{INSIDE}trust/0002.yml": b"x", **members}


def _outside(members: Members) -> Members:
    manifest: dict[str, Any] = json.loads(members[MANIFEST])
    manifest["files"]["../../evil"] = {"sha256": hashlib.sha256(b"x").hexdigest(), "mode": 0o600}
    return {f"{INSIDE}../../evil": b"x", **members, MANIFEST: json.dumps(manifest).encode()}


def _no_node(members: Members) -> Members:
    return {**members, MANIFEST: members[MANIFEST].replace(b'"node"', b'"nobody"')}


def _no_mode(members: Members) -> Members:
    return {**members, MANIFEST: members[MANIFEST].replace(b'"mode": 384', b'"mode": "all"')}


def _no_manifest(members: Members) -> Members:
    return {name: content for name, content in members.items() if name != MANIFEST}


SPOILT = [(_altered, "home/key: not what"), (_missing, "home/key: missing"), (_extra, "trust/0002.yml: not in"),
          (_outside, "../../evil: would be written outside"), (_no_manifest, "no manifest"),
          (_no_node, "no manifest"), (_no_mode, "no manifest")]  # fmt: skip


@pytest.mark.parametrize(("spoil", "said"), SPOILT, ids=[spoil.__name__ for spoil, _ in SPOILT])
def test_what_was_altered_is_named_and_nothing_is_written(
    made: Path, elsewhere: Path, spoil: Callable[[Members], Members], said: str
) -> None:
    _packed(made, spoil(_members(made)))
    assert said in refused(lambda: restore.restore(made), "AW-backup-damaged")
    assert not elsewhere.exists()
    assert not (made.parent / "evil").exists()


def test_a_link_or_a_second_file_of_a_name_is_refused(made: Path, elsewhere: Path) -> None:
    link, twice = tarfile.TarInfo(f"{INSIDE}link"), tarfile.TarInfo(f"{INSIDE}key")
    link.type, link.linkname, twice.size = tarfile.SYMTYPE, "/etc/passwd", 3
    _packed(made, _members(made), link, twice)
    said = refused(lambda: restore.restore(made), "AW-backup-damaged")
    assert "home/link: not in the manifest" in said
    assert "home/key: stands there twice" in said
    assert not elsewhere.exists()


def test_one_bit_is_enough(made: Path, elsewhere: Path) -> None:
    content = bytearray(gzip.decompress(made.read_bytes()))
    at = content.index(b"repository.git/HEAD", content.index(b"repository.git/HEAD") + 1)
    content[at] ^= 1
    made.write_bytes(gzip.compress(bytes(content)))
    refused(lambda: restore.restore(made), "AW-backup-damaged")


def test_links_are_not_followed_and_told(used: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (used / "ssh" / "elsewhere").symlink_to("/etc")
    assert cli.main(["control", "backup", str(tmp_path / "b.tar.gz")]) == 1
    assert "ssh/elsewhere" in capsys.readouterr().out
    assert not any("passwd" in name for name in _members(tmp_path / "b.tar.gz"))


# While a run writes

WRITER = """
import time
from anwei.record import Record, seal
for number in range(10_000):
    record = Record.begin(f"w{number}", {"change": "w", "algorithm": "sha256"})
    seal(record)
    for step in range(3):
        record.append("soaked", {"wave": step, "seconds": 0})
        time.sleep(0.03)
    record.append("ended", {"outcome": "done", "status": 0, "said": ""})
    seal(record)
"""


def test_records_are_of_one_moment_while_runs_write(
    used: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER.replace('f"w', f'f"w{mark}-')], env=os.environ.copy())
        for mark in "ab"
    ]
    try:
        while len(list((used / "records").glob("w*"))) < 4:
            time.sleep(0.05)
        pages = [backup.make(tmp_path / f"{number}.tar.gz").file for number in range(4)]
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
    for page in pages:
        monkeypatch.setenv("ANWEI_HOME", str(tmp_path / f"of-{page.name}"))
        restore.restore(page)
        verdict = verify_all()
        assert verdict.sound, verdict.problems
        assert verdict.records > 2


def test_half_a_line_is_left_out(used: Path, tmp_path: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = used / "records" / "c1.jsonl"
    whole = page.read_bytes()
    page.write_bytes(whole + b'{"at":"20')
    monkeypatch.setenv("ANWEI_HOME", str(used))
    made = backup.make(tmp_path / "b.tar.gz").file
    monkeypatch.setenv("ANWEI_HOME", str(elsewhere))
    restore.restore(made)
    assert (elsewhere / "records" / "c1.jsonl").read_bytes() == whole


def test_a_run_that_was_killed_before_its_seal_is_copied_as_it_is(
    used: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "PAUSE", 0.001)
    write(used, "c3", done())
    made = backup.make(tmp_path / "b.tar.gz").file
    monkeypatch.setenv("ANWEI_HOME", str(tmp_path / "second"))
    restore.restore(made)
    assert {problem.kind for problem in verify_all().problems} == {"unlisted"}


# The command


def test_the_command_restores_into_another_folder(
    used: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page, second = tmp_path / "b.tar.gz", tmp_path / "second"
    assert cli.main(["control", "backup", str(page), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["files"] > 5
    assert cli.main(["control", "restore", str(page)]) == 2
    assert "AW-backup-not-empty" in capsys.readouterr().err
    monkeypatch.setenv("ANWEI_HOME", str(used))  # so that it is brought back
    assert cli.main(["control", "restore", str(page), "--into", str(second)]) == 0
    assert "2 records" in capsys.readouterr().out
    assert (second / "node_key").exists()
