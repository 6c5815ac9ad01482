"""Paths are walked step by step: no link that others could have planted is followed."""

from pathlib import Path

import pytest

from hostkit.refusal import Refusal
from hostkit.walk import Walk


@pytest.fixture
def walk(tmp_path: Path) -> Walk:
    (tmp_path / "etc/deep").mkdir(parents=True)
    (tmp_path / "etc/deep/page").write_text("here")
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    return Walk(str(tmp_path))


def test_a_path_becomes_a_bare_name_in_its_folder(walk: Walk, tmp_path: Path) -> None:
    assert walk.to("/etc/deep/page") == "page"
    assert Path.cwd() == tmp_path / "etc/deep"
    assert walk.trusted


def test_a_missing_folder_is_no_error(walk: Walk) -> None:
    assert walk.to("/etc/nowhere/page") is None


def test_links_that_only_the_administrator_could_make_are_followed(walk: Walk, tmp_path: Path) -> None:
    (tmp_path / "short").symlink_to("etc/deep")
    (tmp_path / "etc/up").symlink_to("/etc/../etc/deep")
    assert walk.to("/short/page") == "page"
    assert Path("page").read_text() == "here"
    assert walk.to("/etc/up/page") == "page"
    assert Path("page").read_text() == "here"


def test_a_link_where_others_may_write_is_refused(walk: Walk, tmp_path: Path) -> None:
    (tmp_path / "open/way").symlink_to("../etc")
    with pytest.raises(Refusal) as refusal:
        walk.to("/open/way/deep/page")
    assert refusal.value.reason == "path-link"


def test_a_folder_inside_an_open_one_is_not_trusted_either(walk: Walk, tmp_path: Path) -> None:
    (tmp_path / "open/own").mkdir(mode=0o755)
    (tmp_path / "open/own/way").symlink_to("/etc/deep")
    with pytest.raises(Refusal) as refusal:
        walk.to("/open/own/way/page")
    assert refusal.value.reason == "path-link"
    assert walk.to("/open/own/page") == "page"
    assert not walk.trusted


def test_a_final_link_leads_to_its_target(walk: Walk, tmp_path: Path) -> None:
    (tmp_path / "etc/link").symlink_to("deep/page")
    assert walk.real("/etc/link") == "/etc/deep/page"
    assert walk.real("/etc/deep/page") == "/etc/deep/page"


def test_a_final_link_in_an_open_folder_is_refused(walk: Walk, tmp_path: Path) -> None:
    (tmp_path / "open/link").symlink_to("../etc/deep/page")
    with pytest.raises(Refusal) as refusal:
        walk.real("/open/link")
    assert refusal.value.reason == "path-link"


def test_links_in_a_circle_end(walk: Walk, tmp_path: Path) -> None:
    (tmp_path / "etc/a").symlink_to("b")
    (tmp_path / "etc/b").symlink_to("a")
    for path in ("/etc/a", "/etc/a/page"):
        with pytest.raises(Refusal) as refusal:
            walk.real(path)
        assert refusal.value.reason == "path-links"


def test_a_file_is_no_folder(walk: Walk) -> None:
    with pytest.raises(Refusal) as refusal:
        walk.to("/etc/deep/page/more")
    assert refusal.value.reason == "path-no-folder"


def test_renaming_a_folder_above_does_not_lead_astray(walk: Walk, tmp_path: Path) -> None:
    walk.to("/etc/deep/page")
    (tmp_path / "etc/deep").rename(tmp_path / "etc/moved")
    (tmp_path / "etc/deep").symlink_to("/open")
    assert Path("page").read_text() == "here"
