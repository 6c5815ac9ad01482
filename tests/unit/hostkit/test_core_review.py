"""What a run must still do right when the host is not as one would like it: what fails, races, is planted or is odd."""

import base64
import contextlib
import errno
import hashlib
import json
import os
import pwd
import re
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from hostkit import acl, apply, attributes, carried, durable, engine, pathname, snapshot, store
from hostkit.__main__ import main
from hostkit.host import Host
from hostkit.kinds import file
from hostkit.store import Change, Store
from hostkit.walk import Walk
from tests.unit.hostkit.pythons import ROOT, pythons
from tests.unit.hostkit.site import KEY, Site
from tests.unit.hostkit.test_kills import CHANGING, WANTED, _made

UNKNOWN = {"system.nothing": "eA=="}  # no file system takes such an attribute


class Killed(BaseException):
    """The end of a run that nothing in it can catch."""


def _kill(*_arguments: Any, **_named: Any) -> None:
    raise Killed


def _outcome(site: Site, change: str = "c1") -> str:
    kept = {one["change"]: one["outcome"] for one in site.ask("changes")["kept_changes"]}
    return str(kept[change])


def _cut_short(site: Site, items: dict[str, Any], where: tuple[Any, str] | None = None) -> None:
    """A run that is killed when it gets to a function; else when a new file is to get its name."""
    rename = os.rename
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "rename", lambda old, new: _kill() if old.endswith(".anwei") else rename(old, new))
        if where:
            patch.setattr(os, "rename", rename)
            patch.setattr(*where, _kill)
        with pytest.raises(Killed):
            site.apply(items)


def _acl(site: Site, path: str) -> list[str]:
    answer = site.ask("read", document={"file": {path: {}}})
    return list(answer["document"]["file:" + path]["acl"])


# A failure in the middle


def test_one_item_that_cannot_be_looked_at_does_not_hinder_the_way_back_of_the_others(site: Site) -> None:
    site.put("/etc/page", b"old")
    site.put("/srv/page", b"old")
    site.apply({"/etc/page": {"content": "new"}, "/srv/page": {"content": "new"}})
    os.link(site.path("/srv/page"), site.path("/srv/other"))
    site.path("/srv").chmod(0o777)
    answer = site.back(status=5)
    assert (answer["failure"]["item"], answer["failure"]["reason"]) == ("file:/srv/page", "path-hard-link")
    assert site.path("/etc/page").read_bytes() == b"old"
    site.path("/srv").chmod(0o755)
    site.back()
    assert site.path("/srv/page").read_bytes() == b"old"


def test_a_failed_run_that_cannot_be_taken_back_whole_is_no_refusal(site: Site) -> None:
    """Exit status 2 says that nothing was written."""
    site.put("/etc/page", b"old")
    site.put("/srv/page", b"old")
    harm = f"cd {site.path('/srv')} && ln page page2 && chmod 777 . && false"
    items = {"/etc/page": {"content": "new", "validate": ["sh", "-c", harm]}, "/srv/page": {"content": "new"}}
    answer = site.apply(items, status=5)
    assert (answer["refusals"], answer["returned"]) == ([], False)
    assert answer["failure"]["reason"] == "program-failed"
    assert [one["item"] for one in answer["failures"]] == ["file:/srv/page"]
    assert site.path("/etc/page").read_bytes() == b"old"


def test_a_path_that_cannot_be_reached_any_more_is_named_and_the_rest_comes_back(site: Site) -> None:
    for name in ("/etc/a", "/srv/b/page", "/srv/c"):
        site.put(name, b"old")
    site.apply({name: {"content": "new"} for name in ("/etc/a", "/srv/b/page", "/srv/c")})
    write = file.write

    def barred(host: Host, key: str, now: Any, wished: Any) -> None:
        if key == "/srv/b/page":
            host.walk.to(key)
            raise engine.Refusal("path-link", path=key, part="b")
        write(host, key, now, wished)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(file, "write", barred)
        answer = site.back(status=5)
    assert answer["failure"]["item"] == "file:/srv/b/page"
    assert [site.path(name).read_bytes() for name in ("/etc/a", "/srv/c")] == [b"old", b"old"]


def test_a_failed_write_leaves_nothing_beside_the_file(site: Site) -> None:
    site.put("/etc/page", b"old")
    before, listed = site.fingerprint(), site.listing()
    answer = site.apply({"/etc/page": {"content": "new", "xattrs": UNKNOWN}}, status=4)
    assert answer["failure"]["reason"] == "attributes-refused"
    assert (site.fingerprint(), site.listing()) == (before, listed)


def test_a_failed_write_of_an_immutable_file_leaves_it_immutable(site: Site) -> None:
    page = site.put("/etc/page", b"old")
    subprocess.run(["chattr", "+i", str(page)], check=True)
    try:
        before = site.fingerprint()
        site.apply({"/etc/page": {"content": "new", "xattrs": UNKNOWN}}, status=4)
        assert site.fingerprint() == before
        with pytest.raises(PermissionError):
            page.write_bytes(b"no")
    finally:
        subprocess.run(["chattr", "-i", str(page)], check=True)


def test_a_failed_way_back_leaves_nothing_beside_the_file(site: Site) -> None:
    page = site.put("/etc/page", b"old")
    site.apply({"/etc/page": {"content": "new"}})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(carried, "dress", lambda *_: (_ for _ in ()).throw(OSError(errno.EIO, "Input/output error")))
        answer = site.back(status=5)
    assert answer["failure"]["reason"] == "system-error"
    assert [path.name for path in page.parent.iterdir()] == ["page"]


@pytest.mark.parametrize("error", [KeyError("x"), OverflowError("x"), UnicodeError("x"), MemoryError()])
def test_an_error_that_nobody_thought_of_is_taken_back_too(site: Site, error: Exception) -> None:
    site.put("/etc/a", b"old")
    site.put("/etc/b", b"old")
    before = site.listing()
    write = file.write

    def broken(host: Host, key: str, now: Any, wished: Any) -> None:
        if key == "/etc/b" and host.blobs.bytes(wished["sha256"]) == b"new":
            raise error
        write(host, key, now, wished)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(file, "write", broken)
        answer = site.apply({"/etc/a": {"content": "new"}, "/etc/b": {"content": "new"}}, status=4)
    assert answer["failure"]["item"] == "file:/etc/b"
    assert site.listing() == before


def test_a_full_disk_on_the_way_back_is_named(site: Site) -> None:
    page = site.put("/etc/page", b"old")
    site.apply({"/etc/page": {"content": "new"}})
    full = OSError(errno.ENOSPC, "No space left on device")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(durable, "append", lambda *_: (_ for _ in ()).throw(full))
        patch.setattr(durable, "write", lambda *_: (_ for _ in ()).throw(full))
        answer = site.back(status=5)
    assert answer["failure"]["reason"] == "system-error"
    site.back()
    assert page.read_bytes() == b"old"


@pytest.mark.parametrize("name", ["99999999999", "4294967295", "²"])
def test_a_number_that_nobody_can_have_is_refused_before_anything_is_written(site: Site, name: str) -> None:
    site.put("/etc/b", b"old")
    before = site.listing()
    items: dict[str, Any] = {"/etc/a": {"content": "new"}, "/etc/b": {"content": "new", "owner": name}}
    assert site.apply(items, status=2)["refusals"][0]["reason"] == "owner-unknown"
    items["/etc/b"] = {"acl": [f"user:{name}:r--"]}
    assert site.apply(items, status=2)["refusals"][0]["reason"] == "owner-unknown"
    assert site.listing() == before


# Runs that were killed


def test_a_run_that_was_killed_after_its_last_write_is_finished_by_the_next(site: Site) -> None:
    site.put("/etc/page", b"old")
    _cut_short(site, {"/etc/page": {"content": "new"}}, (snapshot, "record_left"))
    assert _outcome(site) == "applying"
    assert not site.apply({"/etc/page": {"content": "new"}})["changed"]
    assert _outcome(site) == "applied"


def test_flags_that_a_killed_run_owes_are_put_back_once(site: Site) -> None:
    page = site.put("/etc/page", b"old")
    subprocess.run(["chattr", "+i", str(page)], check=True)
    _cut_short(site, {"/etc/page": {"content": "new"}})
    try:
        site.apply({"/etc/other": {"content": "x"}}, "c2")
        assert "i" in subprocess.check_output(["lsattr", str(page)], text=True).split()[0]
        subprocess.run(["chattr", "-i", str(page)], check=True)
        site.apply({"/etc/other": {"content": "x"}}, "c3")
        page.write_bytes(b"the administrator took the flag off, and it stays off")
    finally:
        subprocess.run(["chattr", "-i", str(page)], check=True)


def test_what_a_killed_run_left_where_nobody_can_go_any_more_does_not_hinder_others(site: Site) -> None:
    site.put("/srv/folder/page", b"old")
    _cut_short(site, {"/srv/folder/page": {"content": "new"}})
    site.path("/srv/folder").rename(site.path("/srv/away"))
    site.put("/srv/folder", b"a file now")
    site.apply({"/etc/page": {"content": "x"}}, "c2")


def test_flags_that_cannot_be_put_back_do_not_hinder_others(site: Site) -> None:
    page = site.put("/srv/page", b"old")
    subprocess.run(["chattr", "+i", str(page)], check=True)
    try:
        _cut_short(site, {"/srv/page": {"content": "new"}})
    finally:
        subprocess.run(["chattr", "-i", str(page)], check=True)
    page.unlink()
    page.symlink_to("elsewhere")
    site.apply({"/etc/page": {"content": "x"}}, "c2")


def test_a_refused_run_does_not_hide_that_an_earlier_one_was_cut_short(site: Site) -> None:
    site.put("/etc/page", b"old")
    _cut_short(site, {"/etc/page": {"content": "new"}}, (snapshot, "record_left"))
    refused = {"/etc/page": {"content": "bad", "validate": ["false", "%s"]}}
    assert site.apply(refused, status=2)["refusals"][0]["reason"] == "validation-failed"
    assert not Change(Store(Host(str(site.root))), "c1").finished()
    assert site.ask("clean", status=2)["refusals"][0]["reason"] == "change-open"


def test_a_new_immutable_file_comes_back_when_it_was_killed_before_its_flag(site: Site) -> None:
    _cut_short(site, {"/etc/page": {"content": "new", "immutable": True}}, (attributes, "set_flags"))
    assert site.path("/etc/page").exists()
    site.back()
    assert not site.path("/etc/page").exists()


@pytest.mark.parametrize(
    "wanted", [{"acl": ["user:daemon:rwx"], "mode": "0600"}, {"acl": [], "mode": "0644"}, {"acl": [], "mode": "4711"}]
)
@pytest.mark.parametrize("place", [(attributes, "write"), (os, "fchmod"), (os, "fchown")])
def test_a_change_of_list_mode_and_owner_is_taken_back_wherever_it_was_killed(
    site: Site, wanted: dict[str, Any], place: tuple[Any, str]
) -> None:
    page = site.put("/etc/page", b"x", 0o640)
    _give(page, {ACCESS: "u::rw- u:bin:rwx g::r-- m::rwx o::---"})
    before, function = site.fingerprint(), getattr(*place)

    def last(*arguments: Any) -> None:
        function(*arguments)
        if os.path.samestat(os.fstat(arguments[0]), page.stat()):
            raise Killed

    for again in (wanted, {**wanted, "owner": "daemon"}):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(*place, last)
            with contextlib.suppress(Killed):
                site.apply({"/etc/page": again})
        site.back()
        assert site.fingerprint() == before


# What hostkit keeps


def test_half_a_line_in_a_journal_harms_nothing(site: Site) -> None:
    site.put("/etc/page", b"old")
    site.apply({"/etc/page": {"content": "new"}})
    with site.path("/var/lib/anwei/c1/journal").open("ab") as journal:
        journal.write(b'{"event":"retur')  # a full disk, or a power cut
    site.apply({"/etc/other": {"content": "x"}}, "c2")
    site.back()
    assert site.path("/etc/page").read_bytes() == b"old"
    assert _outcome(site) == "returned"


def test_a_snapshot_that_cannot_be_read_is_not_taken_for_none(site: Site) -> None:
    site.path("/etc/folder").mkdir()
    with pytest.raises(OSError, match="Is a directory"):
        durable.read(str(site.path("/etc/folder")))
    assert durable.read(str(site.path("/etc/nothing"))) is None


def test_a_change_is_forgotten_as_a_whole(site: Site) -> None:
    site.apply({"/etc/page": {"content": "x"}})
    kept = Store(Host(str(site.root)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "rmdir", _kill)
        with pytest.raises(Killed):
            kept.change("c1").forget()
    assert kept.changes() == []
    assert not kept.change("c1").exists()
    site.apply({"/etc/page": {"content": "y"}})
    kept.change("c1").forget()
    assert [path.name for path in Path(kept.root).iterdir()] == ["lock"]


def test_the_change_that_was_just_made_keeps_its_way_back(site: Site) -> None:
    for number in range(3):
        site.apply({f"/etc/page{number}": {"content": "x"}}, f"c{number}")
    answer = site.apply({"/etc/page0": {"content": "y"}}, "c0", keep=1)
    assert Path(answer["undo"]).exists()
    assert [one["change"] for one in site.ask("changes")["kept_changes"]] == ["c0"]


def test_a_clock_that_was_set_back_does_not_make_the_newest_the_oldest(site: Site) -> None:
    for number in range(3):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(store, "_now", ["2026", "2027", "1970"].__getitem__(number).__str__)
            site.apply({"/etc/page": {"content": str(number)}}, f"c{number}", keep=1)
    site.back("c2")
    assert site.path("/etc/page").read_bytes() == b"1"


def test_after_a_take_back_the_same_change_begins_anew_with_what_is_there(site: Site) -> None:
    page = site.put("/etc/page", b"first")
    site.apply({"/etc/page": {"content": "new"}})
    site.back()
    page.write_bytes(b"what the site made of it since")
    site.apply({"/etc/page": {"content": "new"}})
    site.back()
    assert page.read_bytes() == b"what the site made of it since"


def test_what_a_failed_take_back_left_is_no_new_beginning(site: Site) -> None:
    page = site.put("/etc/page", b"first")
    site.apply({"/etc/page": {"content": "new"}})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(file, "write", lambda *_: (_ for _ in ()).throw(OSError(errno.EIO, "Input/output error")))
        site.back(status=5)
    site.apply({"/etc/page": {"content": "newer"}})
    site.back()
    assert page.read_bytes() == b"first"


def test_a_lock_that_is_empty_still_locks(site: Site) -> None:
    kept = Store(Host(str(site.root)))
    with kept.lock("apply", "c9"), pytest.MonkeyPatch.context() as patch:
        site.path("/var/lib/anwei/lock").write_bytes(b"")
        patch.setattr(store, "MOST_TRIES", 0)
        assert site.apply({"/etc/page": {"content": "x"}}, status=2)["refusals"][0]["reason"] == "host-locked"


def test_a_file_that_is_written_while_it_is_kept_is_kept_right_or_refused(site: Site) -> None:
    page, log = site.put("/etc/page", b"old"), site.put("/srv/log", b"one\n")
    keep = file.keep

    def busy(host: Host, key: str, *rest: Any) -> Any:
        if site.path(key).is_file():
            site.path(key).write_bytes(b"changed just now")
        return keep(host, key, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(file, "keep", busy)
        assert site.apply({"/etc/page": {"content": "new"}}, status=2)["refusals"][0]["reason"] == "changed-meanwhile"
        assert page.read_bytes() == b"changed just now"
        site.apply({"/srv": {"deep": True}, "/srv/more": {"content": "x"}}, "c2")
    change = Store(Host(str(site.root))).change("c2")
    copy = Path(change.copy_of("/srv/log")).read_bytes()
    assert change.former()["items"]["file:/srv/log"]["sha256"] == hashlib.sha256(copy).hexdigest()
    log.write_bytes(b"one\n")
    site.back("c2")
    assert log.read_bytes() == b"one\n"


def test_work_that_somebody_saves_during_the_run_is_not_overwritten(site: Site) -> None:
    page = site.put("/etc/page", b"old")
    record = snapshot.record

    def late(host: Host, change: Change, steps: list[engine.Step]) -> None:
        record(host, change, steps)
        page.write_bytes(b"saved just now")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot, "record", late)
        answer = site.apply({"/etc/page": {"content": "new"}}, status=5)
    assert answer["failure"]["reason"] == "changed-meanwhile"
    assert page.read_bytes() == b"saved just now"


# Trees and what is below folders


def test_what_hostkit_keeps_is_never_part_of_a_folder_above_it(site: Site) -> None:
    site.put("/var/lib/app/page", b"x")
    before = site.fingerprint("/var")
    site.apply({"/var": {"deep": True}, "/etc/page": {"content": "x"}})
    assert not list(site.path("/var/lib/anwei/c1/former").rglob("anwei"))
    assert site.fingerprint("/var") == before


def test_a_file_below_that_others_write_to_during_the_run_does_not_fail_it(site: Site) -> None:
    site.put("/srv/log", b"one\n")
    site.put("/srv/gone", b"x")
    harm = f"cd {site.path('/srv')}; echo two >> log; rm gone"
    items = {"/srv": {"deep": True}, "/etc/page": {"content": "new", "validate": ["sh", "-c", harm]}}
    site.apply(items)
    assert site.path("/etc/page").read_bytes() == b"new"


def test_a_file_that_goes_while_a_folder_is_listed_is_not_there(site: Site) -> None:
    site.put("/srv/here", b"x")
    listdir = os.listdir
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "listdir", lambda path: [*listdir(path), "vanished"] if path == "." else listdir(path))
        site.fingerprint("/srv")


def test_room_is_counted_for_every_copy(site: Site) -> None:
    site.put("/srv/large", b"x" * 5000)
    kept = Store(Host(str(site.root)))
    host = Host(str(site.root))
    steps = engine.survey(host, {"file": {"/srv": {"deep": True}, "/etc/page": {"content": "x"}}}, {})
    free = os.statvfs(kept.root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "statvfs", lambda _place: free)  # others may use or free some at any time
        patch.setattr(snapshot, "MARGIN", free.f_bavail * free.f_frsize - 4000)
        with pytest.raises(engine.Refusal, match="no-space"):
            snapshot.demand_room(host, kept, steps)


# Links


@pytest.mark.parametrize("wanted", [{"mode": "0600"}, {"type": "file", "mode": "0600"}])
def test_the_mode_of_a_linked_file_is_that_of_the_file(site: Site, wanted: dict[str, Any]) -> None:
    real = site.put("/srv/real", b"x", 0o644)
    site.path("/etc/link").symlink_to("../srv/real")
    assert site.apply({"/etc/link": wanted})["changes"][0]["item"] == "file:/srv/real"
    assert real.stat().st_mode & 0o777 == 0o600


def test_a_link_in_a_tree_is_followed_like_any_other(site: Site) -> None:
    real = site.put("/srv/real", b"x", 0o644)
    site.path("/etc/folder").mkdir()
    site.path("/etc/folder/link").symlink_to("../../srv/real")
    site.apply({"/etc/folder": {"tree": {"link": {"content": "new", "mode": "0600"}}}})
    assert (real.read_bytes(), real.stat().st_mode & 0o777) == (b"new", 0o600)
    assert site.path("/etc/folder/link").is_symlink()


@pytest.mark.parametrize("target", ["../lib/page", "../lib/here/../page", "/opt/way/../page", "../lib/./page"])
def test_two_dots_in_a_link_mean_the_folder_above_and_not_the_word_before(tmp_path: Path, target: str) -> None:
    (tmp_path / "usr/bin").mkdir(parents=True)
    (tmp_path / "usr/lib/here").mkdir(parents=True)
    (tmp_path / "opt").mkdir()
    (tmp_path / "opt/way").symlink_to("../usr/lib/here")
    (tmp_path / "bin").symlink_to("usr/bin")
    (tmp_path / "usr/lib/page").write_text("meant")
    (tmp_path / "usr/bin/link").symlink_to(target)
    walk = Walk(str(tmp_path))
    assert walk.real("/bin/link") == "/usr/lib/page"


def test_a_link_to_a_folder_is_followed_to_the_folder(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    walk = Walk(str(tmp_path))
    for target in ("a/b/", "a/b/.", "a/b/../b", "/a/b"):
        link = tmp_path / "link"
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        walk.forget()
        assert walk.real("/link") == "/a/b"


def test_a_second_name_that_comes_between_look_and_write_is_refused(site: Site) -> None:
    """The owner of a folder puts a second name of another file in the place of his own, at the worst moment."""
    shadow = site.put("/etc/shadow", b"secret", 0o600)
    page = site.put("/srv/page", b"x")
    site.path("/srv").chmod(0o777)
    record = snapshot.record

    def plant(host: Host, change: Change, steps: list[engine.Step]) -> None:
        record(host, change, steps)
        page.unlink()
        os.link(shadow, page)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot, "record", plant)
        answer = site.apply({"/srv/page": {"mode": "0666"}}, status=5)
    assert answer["failure"]["reason"] == "path-hard-link"
    assert shadow.stat().st_mode & 0o777 == 0o600


def test_a_new_file_is_dressed_by_its_handle_and_not_by_its_name(site: Site) -> None:
    shadow = site.put("/etc/shadow", b"secret", 0o600)
    site.path("/srv").chmod(0o777)
    opened = os.open

    def swap(name: str, flags: int, *mode: int) -> int:
        if name == ".page.anwei" and not flags & os.O_CREAT:
            Path(name).unlink()
            os.link(shadow, name)
        return opened(name, flags, *mode)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "open", swap)
        site.apply({"/srv/page": {"content": "x", "mode": "0666"}})
    assert (shadow.stat().st_mode & 0o777, shadow.stat().st_nlink) == (0o600, 1)


# What a file carries


ACCESS, DEFAULT = "system.posix_acl_access", "system.posix_acl_default"
LISTS = [
    {ACCESS: "u::rwx u:daemon:rw- g::r-x m::rwx o::---"},
    {ACCESS: "u::rwx g::rwx m::r-- o::r-x"},
    {ACCESS: "u::rwx g::r-- m::rwx o::---"},
    {DEFAULT: "u::rwx u:daemon:rwx g::r-x m::rwx o::---"},
    {DEFAULT: "u::rwx g::rwx o::---"},
    {DEFAULT: "u::r-- u:daemon:--x g::r-x m::r-x o::r-x"},
    {ACCESS: "u::rwx u:bin:r-- g::r-x g:bin:-w- m::rwx o::r-x", DEFAULT: "u::rwx u:bin:r-- g::r-x m::rwx o::---"},
]


def _give(path: Path, lists: dict[str, str]) -> None:
    """What setfacl does; not every host has it."""
    words = {"u": "user", "g": "group", "m": "mask", "o": "other"}
    for name, entries in lists.items():
        whole = [words[entry[0]] + entry[1:] for entry in entries.split()]
        os.setxattr(path, name, base64.b64decode(acl.encode(whole)))


@pytest.mark.parametrize("words", LISTS)
def test_applying_an_access_list_that_is_there_changes_nothing(site: Site, words: dict[str, str]) -> None:
    folder = site.path("/srv/folder")
    folder.mkdir(mode=0o755)
    _give(folder, words)
    state = site.ask("read", document={"file": {"/srv/folder": {}}})["document"]["file:/srv/folder"]
    both = {field: state[field] for field in ("mode", "acl")}
    for wanted in (both, {"mode": both["mode"]}, {"acl": both["acl"]}):
        assert site.diff({"/srv/folder": wanted})["changes"] == []


@pytest.mark.parametrize("words", LISTS)
@pytest.mark.parametrize(
    "wanted", [{"mode": "2750"}, {"acl": []}, {"acl": ["user:bin:r--"]}, {"acl": [], "mode": "0711"}]
)
def test_diff_foretells_what_becomes_of_an_access_list(
    site: Site, words: dict[str, str], wanted: dict[str, Any]
) -> None:
    folder = site.path("/srv/folder")
    folder.mkdir(mode=0o755)
    _give(folder, words)
    before = site.fingerprint()
    site.apply({"/srv/folder": wanted})  # verified: it is as foretold
    assert not site.diff({"/srv/folder": wanted})["changed"]
    site.back()
    assert site.fingerprint() == before


def test_a_mode_does_not_change_what_a_folder_hands_down(site: Site) -> None:
    site.path("/srv/folder").mkdir(mode=0o755)
    _give(site.path("/srv/folder"), LISTS[4])
    before = _acl(site, "/srv/folder")
    site.apply({"/srv/folder": {"mode": "0700"}})
    assert _acl(site, "/srv/folder") == before


def test_an_access_list_that_names_owner_and_others_means_it(site: Site) -> None:
    page = site.put("/etc/page", b"x", 0o644)
    site.apply({"/etc/page": {"acl": ["user:daemon:r--", "other::---"]}})
    assert page.stat().st_mode & 0o777 == 0o640
    assert "other::---" in _acl(site, "/etc/page")
    site.apply({"/srv": {"acl": ["default:user:daemon:r-x", "default:other::---"]}}, "c2")
    assert "default:other::---" in _acl(site, "/srv")


def test_an_account_that_is_named_by_digits_is_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    daemon = pwd.getpwnam("daemon")
    monkeypatch.setattr(pwd, "getpwnam", lambda name: {"2020001": daemon}[name])
    assert acl.encode(["user:2020001:r--"]) == acl.encode([f"user:{daemon.pw_uid}:r--"])


def test_taking_an_access_list_away_gives_the_group_nothing_more(site: Site) -> None:
    page = site.put("/etc/page", b"x", 0o640)
    _give(page, {ACCESS: "u::rw- u:daemon:rw- g::r-- m::rw- o::---"})  # the mask shows as 0660
    site.apply({"/etc/page": {"acl": []}})
    assert page.stat().st_mode & 0o777 == 0o640


def test_a_program_is_no_moment_without_its_special_bits(site: Site) -> None:
    """Setting the same owner again would take them off, and a kill would leave it so."""
    page = site.put("/srv/program", b"x", 0o4755)
    seen = []
    fchmod = os.fchmod

    def look(handle: int, mode: int) -> None:
        seen.append(page.stat().st_mode & 0o7777)
        fchmod(handle, mode)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fchmod", look)
        site.apply({"/srv/program": {"mode": "4750"}})
    assert 0o4755 in seen
    assert 0o755 not in seen


def test_names_as_long_as_names_can_be(site: Site) -> None:
    for number, name in enumerate(["长" * 85, "x" * 255, "长" * 83 + "abc"]):
        site.apply({"/srv/" + name: {"content": "x"}}, f"c{number}")
        site.back(f"c{number}")
    assert list(site.path("/srv").iterdir()) == []


# What leaves the host


@pytest.mark.parametrize(
    "line",
    [
        'password = "two {} words"', "password = {}#more,{}", "password = no-{}", "password: yes.{}", "PWD={}",
        "  auth_pass {}", "rocommunity {} default", "'token': '{}; {}'", 'requirepass "a b {}"', "secret=on{}",
        "bind_password: |{}", "数据库密码: {}", "口令={}", "pass={}", 'user=root pass="{} {}"',
    ],
)  # fmt: skip
def test_the_whole_of_a_secret_is_hidden(site: Site, line: str) -> None:
    site.put("/etc/page", b"user = ops\n")
    answer = site.diff({"/etc/page": {"content": "user = ops\n" + line.replace("{}", "hunter2") + "\n"}})
    assert "hunter2" not in str(answer)
    assert "******" in str(answer)


@pytest.mark.parametrize(
    "line", ["PasswordAuthentication no", "permit_root_password = yes  # why", "passive_mode = on"]
)
def test_settings_about_secrets_are_shown(site: Site, line: str) -> None:
    site.put("/etc/page", b"user = ops\n")
    assert "+" + line in site.diff({"/etc/page": {"content": line + "\n"}})["changes"][0]["diff"]


@pytest.mark.parametrize("place", ["%s", "/dev/null"])
def test_what_a_checker_says_of_a_secret_stays_on_the_host(site: Site, place: str) -> None:
    site.put("/etc/page", b"old\n")
    checker = ["sh", "-c", f"cat {site.path('/etc/page')} >&2; false", place]
    if place == "%s":
        checker = ["sh", "-c", 'cat "$0" >&2; false', "%s"]
    wanted = {"content": "s3cr3t-value\n", "validate": checker, "secret": True}
    answer = site.apply({"/etc/page": wanted}, status=2 if place == "%s" else 4)
    assert "s3cr3t-value" not in str(answer)
    wanted = {"content": "password = s3cr3t-value\n", "validate": checker}
    answer = site.apply({"/etc/page": wanted}, status=2 if place == "%s" else 4)
    assert "s3cr3t-value" not in str(answer)


# The way back without Python


class Bare:
    """Real paths in a folder of this machine, changed by hostkit and taken back by the script."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        patch.setattr(store, "ROOT", str(folder / "store"))
        self.top = folder / "host"
        self.top.mkdir()
        self.host = Host()
        self.store = Store(self.host)
        self.change = self.store.change("c1")

    def apply(self, items: dict[str, Any]) -> None:
        """Carry a document out, on paths below the folder."""
        document = {"file": {f"{self.top}/{name}": wanted for name, wanted in items.items()}}
        steps = engine.survey(self.host, document, {})
        apply.prepare(self.host, self.store, self.change, steps, lambda: None)
        apply.apply(self.host, self.store, self.change, steps)

    def undo(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the script."""
        return subprocess.run(
            ["sh", self.change.file("undo"), *words], capture_output=True, text=True, check=False, errors="replace"
        )

    def states(self) -> dict[str, Any]:
        """All that hostkit sees below the folder."""
        host = Host()
        return {path: file.read(host, path, {}) for path in [str(self.top), *file.below(host, str(self.top))]}


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bare:
    return Bare(tmp_path, monkeypatch)


ODD = ["a b", "-rf", "star*", "[x]?", "quo'te", 'dou"ble', "back\\slash\\n", "$(echo x)", "名字", "x" * 255, "长" * 83]


@pytest.mark.parametrize("name", ODD)
def test_the_script_takes_any_name_back(bare: Bare, name: str) -> None:
    (bare.top / name).write_bytes(b"old")
    before = bare.states()
    bare.apply({name: {"content": "new", "mode": "4711", "owner": "daemon"}})
    assert bare.states() != before
    done = bare.undo()
    assert (done.returncode, done.stderr) == (0, "")
    assert bare.states() == before
    assert bare.undo().returncode == 0


@pytest.mark.parametrize("target", ["-x", "a b", "back\\slash\\n", "$(echo x)", "star*", "名字", "'"])
def test_the_script_takes_any_link_back(bare: Bare, target: str) -> None:
    (bare.top / "link").symlink_to(target)
    (bare.top / "gone").symlink_to(target)
    before = bare.states()
    bare.apply({"link": {"target": "elsewhere"}, "gone": {"type": "absent"}, "new": {"target": target}})
    done = bare.undo()
    assert (done.returncode, done.stderr) == (0, "")
    assert bare.states() == before


def test_the_script_takes_back_what_belongs_to_nobody(bare: Bare) -> None:
    (bare.top / "page").write_bytes(b"old")
    os.chown(bare.top / "page", 54321, 54322)
    before = bare.states()
    bare.apply({"page": {"content": "new"}, "folder": {"type": "directory", "owner": "54321", "group": "54322"}})
    done = bare.undo()
    assert (done.returncode, done.stderr) == (0, "")
    assert bare.states() == before


def test_the_script_brings_no_damaged_copy_back(bare: Bare) -> None:
    (bare.top / "page").write_bytes(b"old")
    bare.apply({"page": {"content": "new"}})
    Path(bare.change.copy_of(str(bare.top / "page"))).write_bytes(b"rot")
    done = bare.undo()
    assert done.returncode == 5
    assert "page" in done.stderr
    assert (bare.top / "page").read_bytes() == b"new"


def test_the_script_takes_back_types_lists_flags_and_whole_trees(bare: Bare) -> None:
    folder = bare.top / "tree/inner"
    folder.mkdir(parents=True)
    (folder / "page").write_bytes(b"old")
    (bare.top / "tree").chmod(0o2775)
    (bare.top / "link").symlink_to("tree")
    for name, flag in (("fixed", "+i"), ("log", "+a")):
        (bare.top / name).write_bytes(b"old")
        subprocess.run(["chattr", flag, str(bare.top / name)], check=True)
    before = bare.states()
    try:
        bare.apply({
            "tree": {"tree": {"other": {"content": "x"}}, "only": True, "mode": "0700"},
            "link": {"type": "absent"}, "fixed": {"immutable": False, "content": "new"}, "log": {"mode": "0600"},
        })  # fmt: skip
        done = bare.undo()
        assert (done.returncode, done.stderr) == (0, "")
        assert bare.states() == before
    finally:
        subprocess.run(["chattr", "-ia", str(bare.top / "fixed"), str(bare.top / "log")], check=True)


@pytest.mark.parametrize(
    ("restored", "paths", "follows"),
    [
        (["/etc/nginx/nginx.conf"], ["/etc/nginx/"], True),
        (["/etc/other", "/etc/nginx/conf.d/a.conf"], ["/etc/nginx/"], True),
        (["/etc/ssh/sshd_config"], ["/etc/ssh/sshd_config"], True),
        (["/etc/ssh/sshd_config.d/x", "/etc/other"], ["/etc/ssh/sshd_config"], False),
        (["/etc/nginx2/a", "/etc/b"], ["/etc/nginx/"], False),
        (["/etc/a*b"], ["/etc/axb", "/etc/a?b"], False),
        ([], ["/etc/nginx/"], False),
    ],
)
def test_the_script_reloads_as_hostkit_does(restored: list[str], paths: list[str], follows: bool) -> None:
    ours = any(pathname.covered(path, paths) for path in restored)
    assert ours is follows
    words = " ".join(f"'{path}'" for path in paths)
    lines = "restored='%s'\nservice_reload() { echo reloaded; }\nfollow reload x %s\n"
    script = snapshot.prelude() + lines % ("".join("\n" + path for path in restored), words)
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert (done.stdout == "reloaded\n") is follows


# Pythons and their surroundings


@pytest.mark.parametrize("version", sorted(pythons()))
@pytest.mark.parametrize("locale", ["C", "POSIX", "C.UTF-8"])
def test_names_mean_the_same_bytes_whatever_the_locale(tmp_path: Path, version: str, locale: str) -> None:
    for folder in ("etc", "var/lib", "srv"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "srv/旧").write_text("x")
    (tmp_path / "srv").joinpath("旧".encode("gb18030").decode("utf-8", "surrogateescape")).write_text("x")
    items = {"/srv/名字": {"content": "内容"}, "/srv": {"deep": True}, "/srv/旧": {"type": "absent"}}
    request = json.dumps({"verb": "apply", "key": KEY, "change": "c1", "document": {"file": items}})
    code = "import sys\nsys.path.pop(0)\nfrom hostkit.__main__ import main\n"
    code += f"print(main(getattr(sys.stdin, 'buffer', sys.stdin).read(), {str(tmp_path)!r})[0])"
    done = subprocess.run(
        [pythons()[version], "-c", code],
        input=request.encode(),
        capture_output=True,
        check=False,
        env={"LC_ALL": locale, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["ok"], done.stdout
    names = sorted(os.fsencode(path.name) for path in (tmp_path / "srv").iterdir())
    assert names == sorted(["旧".encode("gb18030"), "名字".encode()])
    assert (tmp_path / "srv/名字").read_text() == "内容"


def test_the_review_of_words(site: Site) -> None:
    """Every field of an answer is there, also the one that names what else could not be put back."""
    assert site.diff({"/etc/page": {"content": "x"}})["failures"] == []
    assert re.fullmatch("[0-9a-f]{64}", site.fingerprint())


# Errors at every moment


def _failing_at(calls: int, error: int, work: Callable[[], dict[str, Any]]) -> tuple[dict[str, Any], bool]:
    """Do the work while its n-th changing call fails once; the answer, and whether it got that far."""
    left = [calls]

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] == -1:
                raise OSError(error, os.strerror(error))
            return function(*arguments, **named)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in CHANGING:
            patch.setattr(os, name, counted(getattr(os, name)))
        answer = work()
    return answer, left[0] < 0


def _asked(site: Site, verb: str, **request: Any) -> dict[str, Any]:
    words = json.dumps({"verb": verb, "key": KEY, "change": "c1", **request}).encode()
    answer, status = main(words, str(site.root))
    return {**json.loads(answer), "status": status}


@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC])
def test_an_error_at_any_moment_of_a_run_is_told_as_what_it_is(tmp_path: Path, error: int) -> None:
    """2: nothing was written. 4: taken back. 5: named, and the next take-back brings all back. 0: all is done."""
    seen = set()
    for calls in range(1000):
        site = _made(tmp_path / str(calls))
        before = site.listing()
        ask = partial(_asked, site, "apply", document={"file": WANTED})
        answer, reached = _failing_at(calls, error, ask)
        seen.add(answer["status"])
        if answer["status"] == 5 and site.path("/var/lib/anwei/c1/former.json").exists():
            site.back()
        if answer["status"] != 0:
            assert site.listing() == before, (calls, answer)
        else:
            assert not site.diff(WANTED)["changed"]
        if not reached:
            break
    assert seen >= {0, 2, 4}
    assert calls > 60


@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC])
def test_an_error_at_any_moment_of_a_take_back_is_named_and_the_next_one_finishes(tmp_path: Path, error: int) -> None:
    for calls in range(1000):
        site = _made(tmp_path / str(calls))
        before = site.listing()
        site.apply(WANTED)
        answer, reached = _failing_at(calls, error, partial(_asked, site, "back"))
        assert answer["status"] == (5 if answer["failure"] else 2 if answer["refusals"] else 0)
        if answer["status"] == 0:
            assert site.listing() == before
        site.back()
        assert site.listing() == before
        if not reached:
            break
    assert calls > 40
