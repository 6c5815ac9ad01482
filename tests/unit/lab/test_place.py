"""Names of a lab: of its own, and short enough for the kernel."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.place import Place

LONGEST_LINK_NAME = 15


@given(folder=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=300))
def test_names_of_links_fit_the_kernel_whatever_the_checkout_is_called(folder: str) -> None:
    place = Place(Path("/srv") / folder)
    assert len(f"{place.prefix}o254") <= LONGEST_LINK_NAME
    assert place.prefix.isalnum()


def test_two_checkouts_have_different_names() -> None:
    first, second = Place(Path("/srv/a/.lab")), Place(Path("/srv/b/.lab"))
    assert first.prefix != second.prefix
    assert first.state != second.state


def test_the_folder_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ANWEI_LAB_DIR", str(tmp_path / "elsewhere"))
    assert Place.of_checkout().directory == tmp_path / "elsewhere"


@pytest.mark.parametrize("content", [None, "", "{", '{"hosts": '])
def test_a_missing_or_torn_record_counts_as_no_lab(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "lab.json").write_text(content)
    assert Place(tmp_path).read_record() == {}


def test_a_record_is_read_back(tmp_path: Path) -> None:
    (tmp_path / "lab.json").write_text(json.dumps({"number": 3}))
    assert Place(tmp_path).read_record() == {"number": 3}
