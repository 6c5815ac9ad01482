import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anwei.errors import BadInput
from anwei.evidence.script import Answer
from anwei.evidence.transcript import Transcript, safe_name

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


def test_text_is_readable_in_the_file_and_other_bytes_are_kept(tmp_path: Path) -> None:
    page = json.loads(transcript().save(tmp_path).read_text())
    assert [each["stdout"] for each in page["answers"]] == [{"base64": "xOMK"}, "uid=0\n"]


def test_only_the_owner_can_read_the_file_and_no_draft_stays(tmp_path: Path) -> None:
    path = transcript().save(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_the_digest_does_not_depend_on_the_order_of_the_answers() -> None:
    whole = transcript()
    assert transcript(answers=dict(reversed(whole.answers.items()))).digest == whole.digest


@pytest.mark.parametrize(
    "change",
    [{"object": "web2"}, {"account": "ops"}, {"uid": 7}, {"round_trips": 2}, {"answers": {}}],
    ids=lambda change: next(iter(change)),
)
def test_every_part_is_under_the_digest(change: dict[str, Any]) -> None:
    assert transcript(**change).digest != transcript().digest


def test_an_altered_file_is_refused(tmp_path: Path) -> None:
    path = transcript().save(tmp_path)
    path.write_text(path.read_text().replace("uid=0", "uid=1"))
    with pytest.raises(BadInput, match="AW-transcript-altered"):
        Transcript.load(path)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"digest": "x"}', '{"digest":"x","taken_at":"?","answers":[]}'])
def test_a_file_that_is_no_transcript_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(content)
    with pytest.raises(BadInput, match="AW-transcript-unreadable"):
        Transcript.load(path)


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
