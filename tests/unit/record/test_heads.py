"""Seals: every later alteration by somebody without the node's key is found, and syslog hears of each."""

import shutil
import socket
import subprocess
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from anwei.errors import Failure
from anwei.record import Record, Verdict, chain, node_key, seal, syslog, verify_all, verify_one
from tests.sample_records import done, failing, rehearsal, text_of, write


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ANWEI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(syslog, "LOCAL", tmp_path / "none")
    monkeypatch.delenv("ANWEI_SYSLOG", raising=False)
    return tmp_path / "home"


@pytest.fixture
def records(home: Path) -> Path:
    """Three records, each sealed when it was opened and when it had ended."""
    for name, entries in (("c1", done()), ("c2", failing()), ("c3", rehearsal())):
        write(home, name, entries[:1])
        seal(Record.open(name))
        write(home, name, entries)
        seal(Record.open(name))
    return home / "records"


def kinds(verdict: Verdict) -> set[tuple[str, str]]:
    return {(problem.record, problem.kind) for problem in verdict.problems}


def entries_of(path: Path) -> list[chain.Entry]:
    lines, _ = chain.split(path.read_bytes())
    return [entry for entry in map(chain.read, lines) if entry]


def rechained(entries: list[chain.Entry]) -> list[chain.Entry]:
    """The whole chain written anew, as anybody can who knows how."""
    made: list[chain.Entry] = []
    for each in entries:
        kept = {name: value for name, value in each.items() if name not in ("n", "prev", "digest")}
        head = {"n": len(made), "prev": made[-1]["digest"] if made else ""}
        made.append({**chain.sealed({**kept, **head}, "sha256")})
    return made


def rechained_heads(entries: list[chain.Entry]) -> list[chain.Entry]:
    """The list of heads written anew, with the signatures that were there."""
    made: list[chain.Entry] = []
    for each in entries:
        kept = {name: value for name, value in each.items() if name not in ("n", "prev", "digest", "signature")}
        head = {"n": len(made), "prev": made[-1]["digest"] if made else ""}
        made.append({**chain.sealed({**kept, **head}, "sha256"), "signature": each["signature"]})
    return made


def test_what_was_sealed_verifies(records: Path) -> None:
    verdict = verify_all()
    assert verdict.problems == ()
    assert verdict.sound
    assert (verdict.records, verdict.heads, verdict.torn) == (3, 6, ())
    assert verdict.entries == len(done()) + len(failing()) + len(rehearsal())
    one = verify_one("c2")
    assert (one.records, one.heads, one.sealed, one.sound) == (1, 2, len(failing()) - 1, True)


def test_a_control_node_without_records_has_nothing_to_find() -> None:
    assert verify_all().sound
    assert verify_all().records == 0


def test_the_key_is_made_at_the_first_use_for_its_owner_alone(records: Path, home: Path) -> None:
    assert (home / "node_key").stat().st_mode & 0o777 == 0o600
    assert (home / "node_key.pub").read_text().startswith("ssh-ed25519 ")
    assert sorted(path.name for path in home.iterdir()) == ["node_key", "node_key.pub", "records"]
    assert verify_all().key == node_key.fingerprint(home / "node_key.pub")
    assert verify_all().key.startswith("SHA256:")


def test_a_person_verifies_a_seal_by_hand_with_ssh_keygen(records: Path, home: Path, tmp_path: Path) -> None:
    head = entries_of(records / "heads.jsonl")[-1]
    (tmp_path / "signers").write_text("anwei-node " + (home / "node_key.pub").read_text())
    (tmp_path / "head.sig").write_text(head["signature"])
    words = ["ssh-keygen", "-Y", "verify", "-f", "signers", "-I", "anwei-node", "-n", "anwei-record", "-s", "head.sig"]
    for said, good in ((head["digest"], True), (head["digest"][::-1], False)):
        done = subprocess.run(words, input=said.encode(), cwd=tmp_path, capture_output=True, check=False)
        assert (done.returncode == 0) == good


def _delete(records: Path) -> None:
    (records / "c2.jsonl").unlink()


def _cut(records: Path) -> None:
    (records / "c2.jsonl").write_bytes(text_of(failing()[:-3]))


def _cut_within_a_line(records: Path) -> None:
    (records / "c2.jsonl").write_bytes(text_of(failing())[:-10])


def _alter(records: Path) -> None:
    path = records / "c2.jsonl"
    path.write_bytes(path.read_bytes().replace(b"yunwei-1", b"yunwei-3", 1))


def _rewrite(records: Path) -> None:
    entries = entries_of(records / "c2.jsonl")
    entries[-1]["data"]["outcome"] = "done"
    (records / "c2.jsonl").write_bytes(text_of(rechained(entries)))


def _swap(records: Path) -> None:
    (records / "c1.jsonl").rename(records / "x")
    (records / "c2.jsonl").rename(records / "c1.jsonl")
    (records / "x").rename(records / "c2.jsonl")


def _bring(records: Path) -> None:
    (records / "c9.jsonl").write_bytes(text_of(rehearsal()))


def _bring_another_file(records: Path) -> None:
    (records / "c1.jsonl.bak").write_bytes(b"")


def _head_out(records: Path) -> None:
    heads = entries_of(records / "heads.jsonl")
    (records / "heads.jsonl").write_bytes(text_of(heads[:2] + heads[3:]))


def _head_out_and_rechained(records: Path) -> None:
    """Whoever would hide a record has to take its heads out too, and cannot sign what is left."""
    (records / "c2.jsonl").unlink()
    heads = [head for head in entries_of(records / "heads.jsonl") if head["data"]["record"] != "c2"]
    (records / "heads.jsonl").write_bytes(text_of(rechained_heads(heads)))


def _heads_cut(records: Path) -> None:
    heads = entries_of(records / "heads.jsonl")
    (records / "heads.jsonl").write_bytes(text_of(heads[:-1]))


def _heads_cut_before_a_record(records: Path) -> None:
    heads = entries_of(records / "heads.jsonl")
    (records / "heads.jsonl").write_bytes(text_of(heads[:-2]))


def _heads_gone(records: Path) -> None:
    (records / "heads.jsonl").unlink()


def _head_added(records: Path) -> None:
    _rewrite(records)
    heads = entries_of(records / "heads.jsonl")
    last = entries_of(records / "c2.jsonl")[-1]
    data = {"record": "c2", "n": last["n"], "digest": last["digest"]}
    forged = chain.entry(heads[-1], heads[-1]["at"], "sealed", data, "sha256")
    (records / "heads.jsonl").write_bytes(text_of([*heads, {**forged, "signature": heads[-1]["signature"]}]))


def _head_altered(records: Path) -> None:
    path = records / "heads.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"record":"c2"', b'"record":"c1"', 1))


def _head_is_odd(records: Path) -> None:
    heads = entries_of(records / "heads.jsonl")
    heads[1]["data"] = {"record": ["c1"], "n": {}, "digest": None}
    (records / "heads.jsonl").write_bytes(text_of(heads) + b"[]\n")


def _other_key(records: Path) -> None:
    for name in ("node_key", "node_key.pub"):
        (records.parent / name).unlink()
    node_key.sign("anything")


def _no_key(records: Path) -> None:
    (records.parent / "node_key.pub").unlink()


ALTERATIONS: dict[Callable[[Path], None], set[tuple[str, str]]] = {
    _delete: {("c2", "gone")},
    _cut: {("c2", "cut")},
    _cut_within_a_line: {("c2", "cut")},
    _alter: {("c2", "altered")},
    _rewrite: {("c2", "rewritten")},
    _swap: {("c1", "cut"), ("c2", "rewritten"), ("c2", "unsealed")},
    _bring: {("c9", "unlisted")},
    _bring_another_file: {("c1.jsonl.bak", "unlisted")},
    _head_out: {("heads", "missing")},
    _head_out_and_rechained: {("heads", "unsigned")},
    _heads_cut: {("c3", "unsealed")},
    _heads_cut_before_a_record: {("c3", "unlisted")},
    _heads_gone: {("c1", "unlisted"), ("c2", "unlisted"), ("c3", "unlisted")},
    _head_added: {("heads", "unsigned"), ("c2", "rewritten")},
    _head_altered: {("heads", "altered")},
    _head_is_odd: {("heads", "altered"), ("heads", "unreadable"), ("c1", "unsealed")},
    _other_key: {("heads", "unsigned")},
    _no_key: {("heads", "keyless")},
}


@pytest.mark.parametrize("alter", ALTERATIONS, ids=lambda alter: alter.__name__.strip("_"))
def test_without_the_key_nothing_is_altered_unseen(records: Path, alter: Callable[[Path], None]) -> None:
    alter(records)
    verdict = verify_all()
    assert not verdict.sound
    # Both the list and the records: what else follows from it may be named, but never less.
    assert kinds(verdict) >= ALTERATIONS[alter]
    assert {record for record, _ in kinds(verdict)} <= {record for record, _ in ALTERATIONS[alter]} | {"c1", "c2"}


@pytest.mark.parametrize("alter", [_cut, _alter, _rewrite, _delete], ids=lambda alter: alter.__name__.strip("_"))
def test_one_record_by_itself_is_held_against_its_seals_too(records: Path, alter: Callable[[Path], None]) -> None:
    alter(records)
    assert {record for record, _ in kinds(verify_one("c2"))} == {"c2"}
    assert verify_one("c1").sound


def test_the_newest_signature_that_holds_covers_all_before_it(records: Path) -> None:
    heads = entries_of(records / "heads.jsonl")
    for head in heads[:-1]:
        head["signature"] = ""
    (records / "heads.jsonl").write_bytes(text_of(heads))
    assert verify_all().sound
    heads[0]["data"]["digest"] = "0" * 64
    (records / "heads.jsonl").write_bytes(text_of(heads))
    assert ("heads", "unsigned") in kinds(verify_all())


def test_an_auditor_verifies_a_copy_with_the_public_key_kept_elsewhere(
    records: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = shutil.copy(home / "node_key.pub", tmp_path / "kept.pub")
    shutil.copytree(records, tmp_path / "copy" / "records")
    monkeypatch.setenv("ANWEI_HOME", str(tmp_path / "copy"))
    assert kinds(verify_all()) == {("heads", "keyless")}
    assert verify_all(key).sound
    assert verify_one("c1", key).sound
    # Whoever has the node may sign anew, but not with the key that the auditor knows.
    monkeypatch.setenv("ANWEI_HOME", str(home))
    _rewrite(records)
    (records / "heads.jsonl").unlink()
    _other_key(records)
    for name in ("c1", "c2", "c3"):
        seal(Record.open(name))
    assert verify_all().sound
    assert ("heads", "unsigned") in kinds(verify_all(key))


def test_a_half_written_line_is_told_and_is_no_alteration(records: Path) -> None:
    for name in ("c2", "heads"):
        path = records / f"{name}.jsonl"
        path.write_bytes(path.read_bytes() + b'{"at":"2026')
    verdict = verify_all()
    assert (verdict.sound, verdict.torn) == (True, ("c2",))
    Record.open("c2").append("interrupted", {})
    seal(Record.open("c2"))
    assert verify_all().sound
    assert entries_of(records / "heads.jsonl")[-1]["torn"] == 11


def test_a_node_that_cannot_sign_says_so_and_writes_no_head(records: Path, home: Path) -> None:
    before = (records / "heads.jsonl").read_bytes()
    (home / "node_key").write_text("no key")
    with pytest.raises(Failure) as failure:
        seal(Record.open("c1"))
    assert failure.value.code == "AW-record-unsigned"
    assert failure.value.details
    assert (records / "heads.jsonl").read_bytes() == before


def test_a_public_key_that_a_kill_left_out_is_made_up_for(records: Path, home: Path) -> None:
    (home / "node_key.pub").unlink()
    seal(Record.open("c1"))
    assert verify_all().sound


def _seal(home: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANWEI_HOME", home)
        seal(Record.open("c1"))


def test_processes_that_seal_at_once_share_one_key_and_one_chain(home: Path) -> None:
    write(home, "c1", done())
    with ProcessPoolExecutor(4) as pool:
        list(pool.map(_seal, [str(home)] * 12))
    verdict = verify_all()
    assert (verdict.problems, verdict.heads) == ((), 12)


def _sign(home: str) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANWEI_HOME", home)
        return node_key.sign("the same")


def test_processes_that_come_for_the_first_key_at_once_get_the_same(home: Path) -> None:
    home.mkdir()
    with ProcessPoolExecutor(8) as pool:
        signatures = list(pool.map(_sign, [str(home)] * 16))
    assert all(node_key.holds("the same", signature, home / "node_key.pub") for signature in signatures)
    assert sorted(path.name for path in home.iterdir()) == ["node_key", "node_key.pub"]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> socket.socket:
    """A syslog server on loopback."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listening.bind(("127.0.0.1", 0))
    listening.settimeout(10)
    monkeypatch.setenv("ANWEI_SYSLOG", f"127.0.0.1:{listening.getsockname()[1]}")
    return listening


def test_a_remote_syslog_hears_of_each_seal(records: Path, home: Path, server: socket.socket) -> None:
    assert seal(Record.open("c2")) == []
    said = server.recv(4096).decode()
    head, last = entries_of(records / "heads.jsonl")[-1], failing()[-1]
    assert said.startswith("<85>anwei-record: record=c2 ")
    for word in (f"n={last['n']}", f"digest={last['digest']}", f"head={head['n']}", f"head_digest={head['digest']}"):
        assert f" {word}" in said
    assert said.endswith(f"key={verify_all().key}")
    assert len(said) < 1024  # what every syslog takes
    server.close()


def test_the_local_syslog_hears_too(
    records: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: socket.socket
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(syslog, "LOCAL", Path("log"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as local:
        local.bind("log")
        local.settimeout(10)
        assert seal(Record.open("c2")) == []
        assert local.recv(4096) == server.recv(4096)
    server.close()


def test_a_missing_syslog_is_told_and_stops_nothing(records: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(seal(Record.open("c1"))) == 1
    for wrong in ("here", "127.0.0.1:", "127.0.0.1:70000", ":514", "nowhere.invalid:514"):
        monkeypatch.setenv("ANWEI_SYSLOG", wrong)
        (said,) = seal(Record.open("c1"))
        assert wrong in said
    monkeypatch.delenv("ANWEI_SYSLOG")
    monkeypatch.setattr(syslog, "LOCAL", records / "heads.jsonl")  # there, and no socket
    assert "heads.jsonl" in seal(Record.open("c1"))[0]
    assert verify_all().sound
