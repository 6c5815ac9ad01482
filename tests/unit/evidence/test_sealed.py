"""Evidence at rest: nobody without the key learns anything, and no changed file is taken for evidence."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anwei.errors import BadInput
from anwei.evidence import sealed

CONTENT = b'{"answers": "PermitRootLogin no"}' * 30


@given(st.binary(max_size=500))
def test_what_was_sealed_comes_back(content: bytes) -> None:
    assert sealed.opened(sealed.seal(content), "x") == content


def test_it_is_small_and_says_nothing() -> None:
    file = sealed.seal(CONTENT)
    assert len(file) < len(CONTENT) / 2
    assert b"Permit" not in file
    assert sealed.is_sealed(file)
    assert not sealed.is_sealed(CONTENT)
    assert sealed.seal(CONTENT) != file, "the same evidence must not be seen to be the same"


def refusal(file: bytes) -> str:
    with pytest.raises(BadInput) as refused:
        sealed.opened(file, "web1.transcript")
    assert refused.value.where == "web1.transcript"
    return refused.value.code


def test_any_byte_of_it_counts() -> None:
    file = sealed.seal(b"short")
    for at in range(len(file)):
        changed = file[:at] + bytes([file[at] ^ 1]) + file[at + 1 :]
        assert refusal(changed).startswith("AW-transcript-")


@pytest.mark.parametrize("more", [b"\n", b"\0" * 20])
def test_what_was_added_behind_it_shows(more: bytes) -> None:
    assert refusal(sealed.seal(CONTENT) + more) == "AW-transcript-edited"


@pytest.mark.parametrize("share", [0.0, 0.05, 0.5, 0.99])
def test_a_file_that_broke_off_is_called_that(share: float) -> None:
    file = sealed.seal(CONTENT)
    assert refusal(file[: int(len(file) * share)]) == "AW-transcript-cut"


def test_another_version_is_not_guessed_at() -> None:
    assert refusal(sealed.seal(CONTENT).replace(b" 1 ", b" 2 ", 1)) == "AW-transcript-version"


def test_the_file_of_another_node_is_called_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = sealed.seal(CONTENT)
    monkeypatch.setenv("ANWEI_HOME", str(tmp_path / "another"))
    assert refusal(file) == "AW-transcript-foreign"


def test_the_key_is_for_evidence_alone(control_folder: Path) -> None:
    file = sealed.seal(CONTENT)
    assert (control_folder / "key").read_bytes().strip() not in file
    assert sealed.derived("another purpose") != sealed.derived(sealed.EVIDENCE)
