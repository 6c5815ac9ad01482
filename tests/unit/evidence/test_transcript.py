import hashlib
import json
from contextlib import suppress
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from anwei.errors import BadInput
from anwei.evidence import transcript_json
from anwei.evidence.known_secrets import Known
from anwei.evidence.naming import safe_name
from anwei.evidence.script import Answer
from anwei.evidence.transcript import Transcript, saved

TAKEN = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
answers = st.builds(
    Answer,
    status=st.none() | st.integers(0, 255),
    stdout=st.binary(max_size=80),
    stderr=st.binary(max_size=80),
    seconds=st.integers(0, 99),
    cut=st.booleans(),
    timed_out=st.booleans(),
)


def transcript(**changes: object) -> Transcript:
    said = {"id": Answer(0, b"uid=0\n", b"", 0), "cat -- /etc/motd": Answer(0, b"\xc4\xe3\n", b"", 1)}
    return replace(Transcript("web1", "linux", TAKEN, "root", 0, said, 1, 0.5), **changes)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), answers, max_size=4))
def test_what_is_saved_is_what_is_loaded(tmp_path_factory: pytest.TempPathFactory, said: dict[str, Answer]) -> None:
    whole = transcript(answers=said)
    loaded = Transcript.load(whole.save(tmp_path_factory.mktemp("saved")))
    assert loaded == whole
    assert loaded.digest == whole.digest


def test_an_opened_one_is_readable_where_it_is_text_and_has_the_same_digest(tmp_path: Path) -> None:
    path = transcript().save_open(tmp_path)
    page = json.loads(path.read_text())
    assert [each["stdout"] for each in page["answers"]] == [{"base64": "xOMK"}, "uid=0\n"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert Transcript.load(path) == transcript()
    assert page["digest"] == transcript().digest


def test_the_digest_can_be_checked_without_this_program(tmp_path: Path) -> None:
    page = json.loads(transcript().save_open(tmp_path).read_text())
    stated = page.pop("digest")
    content = json.dumps(page, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert stated == "sha256:" + hashlib.sha256(content).hexdigest()


def test_an_opened_one_has_the_form_that_its_schema_says(tmp_path: Path) -> None:
    schema = yaml.safe_load(transcript_json.SCHEMA.read_text())
    page = json.loads(transcript(host_time=TAKEN, skew=-3).save_open(tmp_path).read_text())
    jsonschema.Draft202012Validator(schema).validate(page)
    assert set(schema["required"]) == set(schema["properties"]) == set(page)


def test_only_the_owner_can_read_the_file_and_no_draft_stays(tmp_path: Path) -> None:
    path = transcript().save(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_the_digest_does_not_depend_on_the_order_of_the_answers() -> None:
    whole = transcript()
    assert transcript(answers=dict(reversed(whole.answers.items()))).digest == whole.digest


CHANGES = [
    {"object": "web2"},
    {"object_type": "vrp"},
    {"taken_at": TAKEN + timedelta(microseconds=1)},
    {"account": "ops"},
    {"uid": 7},
    {"login": "ops"},
    {"host_time": TAKEN},
    {"skew": 1},
    {"complete": False},
    {"taken_by": "text"},
    {"round_trips": 2},
    {"seconds": 0.6},
    {"answers": {}},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_every_part_is_under_the_digest(change: dict[str, Any]) -> None:
    assert transcript(**change).digest != transcript().digest


def test_no_part_was_forgotten() -> None:
    assert {next(iter(change)) for change in CHANGES} == {each.name for each in fields(Transcript)}


def test_an_altered_file_is_refused(tmp_path: Path) -> None:
    path = transcript().save_open(tmp_path)
    path.write_text(path.read_text().replace("uid=0", "uid=1"))
    with pytest.raises(BadInput, match="AW-transcript-altered"):
        Transcript.load(path)


NO_TRANSCRIPTS = [
    "",
    "[]",
    "null",
    '{"format": 1}',
    '{"format": 1, "digest": "x", "taken_at": "?", "answers": []}',
    "[" * 100_000,
    "\xff",
]


@pytest.mark.parametrize("content", NO_TRANSCRIPTS, ids=range(len(NO_TRANSCRIPTS)))
def test_a_file_that_is_no_transcript_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(content, encoding="latin-1")
    with pytest.raises(BadInput, match="AW-transcript-unreadable"):
        Transcript.load(path)


@pytest.mark.parametrize("version", ["null", "0", "2", '"1"'])
def test_another_version_is_refused_by_its_number(tmp_path: Path, version: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(f'{{"format": {version}}}')
    with pytest.raises(BadInput, match="AW-transcript-version"):
        Transcript.load(path)


@pytest.mark.parametrize(
    ("field", "value"),
    [("uid", "0"), ("answers", {}), ("seconds", float("nan")), ("more", 1), ("object", ""), ("taken_by", "hand")],
)
def test_an_opened_one_of_another_form_is_refused(tmp_path: Path, field: str, value: object) -> None:
    path = transcript().save_open(tmp_path)
    path.write_text(json.dumps({**json.loads(path.read_text()), field: value}))
    with pytest.raises(BadInput, match="AW-transcript-unreadable"):
        Transcript.load(path)


def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="AW-transcript-unreadable") as refused:
        Transcript.load(tmp_path / "missing.json")
    assert "missing.json" in refused.value.where


@given(st.data())
def test_no_change_of_a_file_gives_other_evidence(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    path = transcript().save_open(folder) if data.draw(st.booleans()) else transcript().save(folder)
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    path.write_bytes(content)
    with suppress(BadInput):
        assert Transcript.load(path) == transcript()


@given(st.binary(max_size=200) | st.recursive(st.none() | st.text(), lambda inner: st.dictionaries(st.text(), inner)))
def test_anything_else_is_refused_by_name(tmp_path_factory: pytest.TempPathFactory, content: object) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "x.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    with pytest.raises(BadInput, match="AW-transcript-"):
        Transcript.load(path)


def test_the_folder_gives_each_object_once(tmp_path: Path) -> None:
    transcript().save(tmp_path)
    transcript().save_open(tmp_path)
    transcript(object="web2").save(tmp_path)
    (tmp_path / "report.html").touch()
    assert saved(tmp_path) == [transcript(), transcript(object="web2")]
    transcript(uid=7).save_open(tmp_path)
    with pytest.raises(BadInput, match="AW-transcript-twice"):
        saved(tmp_path)


@pytest.mark.parametrize(
    ("asked", "privilege", "words"),
    [
        ({"uid": 0}, "root", "root"),
        ({"uid": 0, "login": "ops"}, "sudo", "root (sudo ops)"),
        ({"uid": 1000, "account": "ops"}, "limited", "ops (uid 1000)"),
        ({"uid": None, "account": ""}, "", ""),
    ],
)
def test_it_says_with_which_rights_was_asked(asked: dict[str, Any], privilege: str, words: str) -> None:
    said = transcript(**asked)
    assert (said.privilege, said.asked_as) == (privilege, words)


@pytest.mark.parametrize(("skew", "words"), [(None, ""), (0, ""), (-5, ""), (6, "+6 s"), (-7200, "-7200 s")])
def test_a_clock_that_is_wrong_is_told(skew: int | None, words: str) -> None:
    assert transcript(skew=skew).clock == words


def test_it_says_what_was_not_permitted() -> None:
    said = {
        "a": Answer(1, b"", b"cat: /etc/shadow: Permission denied\n", 0),
        "b": Answer(1, b"", b"no such file\n", 0),
        "c": Answer(0, b"", b"Permission denied\n", 0),
    }
    assert transcript(answers=said).refused == ("a",)


def test_what_gets_in_is_masked_by_form_and_by_known_value() -> None:
    said = {"x": Answer(0, b"password=Hunter2!x\nKn0wn-Secret\n", b"see Kn0wn-Secret", 0)}
    answer = transcript().including(said, 1, 0, Known.of(["Kn0wn-Secret"])).answers["x"]
    assert answer.stdout == b"password=(secret.9.aA1!)\n(secret.12.aA1!)\n"
    assert answer.stderr == b"see (secret.12.aA1!)"


def test_a_later_round_never_overwrites_what_was_said_before() -> None:
    later = transcript().including(
        {"id": Answer(0, b"other\n", b"", 0), "uname": Answer(0, b"Linux\n", b"", 0)}, 1, 0.25
    )
    assert later.answers["id"].stdout == b"uid=0\n"
    assert later.answers["uname"].stdout == b"Linux\n"
    assert (later.round_trips, later.seconds) == (2, 0.75)


@pytest.mark.parametrize("name", ["../x", "a/b", "主机", "a b", "..", "$(id)"])
def test_a_host_name_cannot_leave_the_folder(tmp_path: Path, name: str) -> None:
    assert "/" not in safe_name(name)
    path = transcript(object=name).save(tmp_path)
    assert path.parent == tmp_path
    assert Transcript.load(path).object == name
