"""Taking back: everything as it was; what others changed since is named and left; and one command does it."""

from typing import Any

import pytest

from hostkit import store
from hostkit.host import Host
from tests.unit.hostkit.site import Site


def test_everything_is_as_it_was(site: Site) -> None:
    site.put("/etc/page", b"old\r\nno end", 0o604)
    before = site.fingerprint()
    site.apply({"/etc/page": {"content": "new", "mode": "0600"}, "/etc/more": {"content": "x"}})
    assert site.fingerprint() != before
    answer = site.back()
    assert site.fingerprint() == before
    assert (answer["conflicts"], answer["kept"], answer["failure"]) == ([], [], None)


def test_a_second_take_back_changes_nothing(site: Site) -> None:
    site.apply({"/etc/page": {"content": "new"}})
    site.back()
    assert not site.back()["changed"]


def test_what_somebody_changed_since_is_named_and_left(site: Site) -> None:
    page = site.put("/etc/page", b"old")
    site.put("/etc/other", b"old")
    site.apply({"/etc/page": {"content": "new"}, "/etc/other": {"content": "new"}})
    page.write_bytes(b"somebody's")
    answer = site.back(status=5)
    assert answer["conflicts"] == [{"item": "file:/etc/page", "field": "content"}]
    assert page.read_bytes() == b"somebody's"
    assert site.path("/etc/other").read_bytes() == b"old"
    site.back(over=True)
    assert page.read_bytes() == b"old"


def test_another_field_that_somebody_changed_does_not_hinder(site: Site) -> None:
    page = site.put("/etc/page", b"old", 0o644)
    site.apply({"/etc/page": {"content": "new"}})
    page.chmod(0o600)
    assert site.back()["conflicts"] == []
    assert (page.read_bytes(), page.stat().st_mode & 0o777) == (b"old", 0o600)


def test_a_file_that_the_change_made_and_somebody_edited_stays(site: Site) -> None:
    site.apply({"/etc/page": {"content": "new"}})
    site.path("/etc/page").write_text("edited")
    assert site.back(status=5)["conflicts"] == [{"item": "file:/etc/page", "field": "type"}]
    assert site.path("/etc/page").read_text() == "edited"


def test_a_file_that_somebody_brought_back_by_hand_is_no_conflict(site: Site) -> None:
    page = site.put("/etc/page", b"old")
    site.apply({"/etc/page": {"content": "new"}})
    page.write_bytes(b"old")
    assert site.back()["conflicts"] == []


def test_other_settings_that_somebody_changed_in_the_same_file_stay(site: Site) -> None:
    page = site.put("/etc/page", b"a=1\n# between\nb=1\n")
    site.apply({"/etc/page": {"dialect": "equals", "settings": {"a": "2"}}})
    page.write_bytes(b"a=2\n# between\nb=3\n")
    assert site.back()["conflicts"] == []
    assert page.read_bytes() == b"a=1\n# between\nb=3\n"


def test_the_same_setting_that_somebody_changed_is_a_conflict(site: Site) -> None:
    page = site.put("/etc/page", b"a=1\n# between\nb=1\n")
    site.apply({"/etc/page": {"dialect": "equals", "settings": {"a": "2"}}})
    page.write_bytes(b"a=3\n# between\nb=1\n")
    assert site.back(status=5)["conflicts"] == [{"item": "file:/etc/page", "field": "content"}]
    assert page.read_bytes() == b"a=3\n# between\nb=1\n"


def test_a_change_has_one_snapshot_whatever_it_is_asked_later(site: Site) -> None:
    page = site.put("/etc/page", b"first")
    site.apply({"/etc/page": {"content": "second"}})
    site.apply({"/etc/page": {"content": "third"}, "/etc/more": {"content": "x"}})
    site.back()
    assert page.read_bytes() == b"first"
    assert not site.path("/etc/more").exists()


def test_two_changes_come_back_in_turn(site: Site) -> None:
    page = site.put("/etc/page", b"first")
    site.apply({"/etc/page": {"content": "second"}}, change="c1")
    site.apply({"/etc/page": {"content": "third"}}, change="c2")
    assert site.back("c1", status=5)["conflicts"] == [{"item": "file:/etc/page", "field": "content", "by": "c2"}]
    site.back("c2")
    site.back("c1")
    assert page.read_bytes() == b"first"


def test_a_change_that_does_nothing_leaves_nothing(site: Site) -> None:
    site.put("/etc/page", b"as it is")
    answer = site.apply({"/etc/page": {"content": "as it is"}})
    assert (answer["changed"], answer["undo"]) == (False, "")
    assert site.ask("changes")["kept_changes"] == []


def test_what_fails_in_the_middle_comes_back_by_itself(site: Site) -> None:
    site.put("/etc/page", b"old\n")
    before = site.fingerprint()
    items: dict[str, Any] = {"/etc/page": {"content": "new\n"}, "/etc/z": {"content": "z\n", "validate": ["false"]}}
    answer = site.apply(items, status=4)
    assert answer["returned"]
    assert site.fingerprint() == before


def test_a_damaged_copy_is_not_brought_back(site: Site) -> None:
    page = site.put("/etc/page", b"old")
    site.put("/etc/other", b"other")
    site.apply({"/etc/page": {"content": "new"}, "/etc/other": {"content": "new"}})
    site.path("/var/lib/anwei/c1/former/etc/page").write_bytes(b"rot")
    answer = site.back(status=5)
    assert answer["failure"]["reason"] == "content-damaged"
    assert answer["failure"]["item"] == "file:/etc/page"
    assert page.read_bytes() == b"new"
    assert site.path("/etc/other").read_bytes() == b"other"


def test_an_unknown_change_is_refused(site: Site) -> None:
    assert site.back("nobody", status=2)["refusals"][0]["reason"] == "change-unknown"


def test_old_changes_are_forgotten_and_the_newest_never(site: Site) -> None:
    for number in range(6):
        site.apply({"/etc/page": {"content": str(number)}}, change=f"c{number}", keep=3)
    assert [kept["change"] for kept in site.ask("changes")["kept_changes"]] == ["c3", "c4", "c5"]
    site.apply({"/etc/page": {"content": "x"}}, change="c6", keep=1)
    assert [kept["change"] for kept in site.ask("changes")["kept_changes"]] == ["c6"]


def test_only_one_at_a_time_changes_a_host(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_TRIES", 0)
    with store.Store(Host(str(site.root))).lock("apply", "other"):
        refused = site.apply({"/etc/page": {"content": "x"}}, status=2)["refusals"][0]
    assert refused["reason"] == "host-locked"
    assert refused["values"]["change"] == "other"
    site.apply({"/etc/page": {"content": "x"}})


def test_a_secret_stays_on_the_host_when_it_is_taken_back(site: Site) -> None:
    site.put("/etc/page", b"former word\n")
    site.apply({"/etc/page": {"content": "later word\n", "secret": True}})
    for request in ({"check": True}, {}):
        answer = str(site.back(**request))
        assert "file:/etc/page" in answer
        assert "former word" not in answer
        assert "later word" not in answer
