"""Kind `file` on real files: content, what a file carries, links, folders, trees; and that nothing else changes."""

import base64
import hashlib
import os
import subprocess
from typing import Any

import pytest

from tests.unit.hostkit.site import Site

GBK = "管理员".encode("gb18030")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may do this")


def _reasons(answer: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["item"], one["reason"]) for one in answer["refusals"]]


def test_a_new_file_has_the_content_and_mode_that_were_named(site: Site) -> None:
    site.apply({"/etc/motd": {"content": "仅限授权人员\n", "mode": "0640"}})
    assert site.path("/etc/motd").read_text() == "仅限授权人员\n"
    assert site.path("/etc/motd").stat().st_mode & 0o7777 == 0o640


def test_content_that_is_no_text_travels_in_base64(site: Site) -> None:
    site.apply({"/etc/old": {"content_base64": base64.b64encode(GBK + b"\0\xff").decode()}})
    assert site.path("/etc/old").read_bytes() == GBK + b"\0\xff"


def test_what_is_not_named_stays(site: Site) -> None:
    page = site.put("/etc/page", b"old", 0o4711)
    os.setxattr(page, "user.note", b"kept")
    site.apply({"/etc/page": {"content": "new"}})
    assert page.read_bytes() == b"new"
    assert page.stat().st_mode & 0o7777 == 0o4711
    assert os.getxattr(page, "user.note") == b"kept"


def test_only_the_mode(site: Site) -> None:
    page = site.put("/etc/page", b"same \r\n bytes", 0o644)
    before = page.stat().st_ino
    answer = site.apply({"/etc/page": {"mode": "0600"}})
    assert [field["field"] for field in answer["changes"][0]["fields"]] == ["mode"]
    assert (page.stat().st_mode & 0o777, page.stat().st_ino) == (0o600, before)


def test_a_linked_file_is_changed_where_it_is_and_the_link_stays(site: Site) -> None:
    real = site.put("/srv/real", b"old")
    site.path("/etc/link").symlink_to("../srv/real")
    answer = site.apply({"/etc/link": {"content": "new"}})
    assert answer["changes"][0]["item"] == "file:/srv/real"
    assert real.read_bytes() == b"new"
    assert str(site.path("/etc/link").readlink()) == "../srv/real"


def test_a_link_that_others_could_have_planted_is_refused(site: Site) -> None:
    site.put("/etc/shadow", b"secret")
    site.path("/srv").chmod(0o777)
    site.path("/srv/page").symlink_to("/etc/shadow")
    answer = site.ask("apply", status=2, document={"file": {"/srv/page": {"content": "x"}}}, change="c1")
    assert _reasons(answer) == [("file:/srv/page", "path-link")]
    assert site.path("/etc/shadow").read_bytes() == b"secret"


def test_a_second_name_in_a_folder_of_others_is_refused(site: Site) -> None:
    site.put("/etc/shadow", b"secret")
    site.path("/srv").chmod(0o777)
    os.link(site.path("/etc/shadow"), site.path("/srv/page"))
    answer = site.ask("diff", status=2, document={"file": {"/srv/page": {"mode": "0644"}}})
    assert _reasons(answer) == [("file:/srv/page", "path-hard-link")]


def test_links_folders_and_absence(site: Site) -> None:
    site.put("/etc/gone", b"x")
    wanted: dict[str, Any] = {
        "/etc/link": {"target": "../srv"},
        "/etc/folder": {"type": "directory", "mode": "0750"},
        "/etc/folder/inner": {"content": "in"},
        "/etc/gone": {"type": "absent"},
    }
    before = site.listing()
    site.apply(wanted)
    assert str(site.path("/etc/link").readlink()) == "../srv"
    assert site.path("/etc/folder/inner").read_text() == "in"
    assert not site.path("/etc/gone").exists()
    assert not site.diff(wanted)["changed"]
    site.back()
    assert site.listing() == before


def test_a_whole_tree_with_nothing_else_in_it(site: Site) -> None:
    site.put("/srv/app/old/deep", b"1")
    site.put("/srv/app/keep", b"2", 0o600)
    before = site.listing()
    wanted = {"/srv/app": {"tree": {"keep": {"mode": "0644"}, "new/page": {"content": "3"}}, "only": True}}
    site.apply(wanted)
    below = {name: content for name, content in site.listing().items() if name.startswith("srv/app/")}
    assert below == {"srv/app/keep": b"2", "srv/app/new": "folder", "srv/app/new/page": b"3"}
    assert not site.diff(wanted)["changed"]
    site.back()
    assert site.listing() == before


def test_a_tree_leaves_what_it_does_not_name(site: Site) -> None:
    site.put("/srv/app/other", b"1")
    site.apply({"/srv/app": {"tree": {"page": {"content": "3"}}}})
    assert site.path("/srv/app/other").read_bytes() == b"1"


@pytest.mark.parametrize(
    ("made", "wanted", "reason"),
    [
        (None, {"mode": "0600"}, "file-missing"),
        (None, {"dialect": "equals", "settings": {"a": "b"}}, "file-missing"),
        ("folder", {"content": "x"}, "path-type"),
        ("file", {"type": "directory"}, "path-type"),
        ("fifo", {"content": "x"}, "path-special"),
        ("fifo", {"type": "absent"}, "path-special"),
        ("nowhere", {"content": "x"}, "folder-missing"),
        ("unknown", {"content": "x", "owner": "nobody-of-that-name"}, "owner-unknown"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(
    site: Site, made: str | None, wanted: dict[str, Any], reason: str
) -> None:
    path = site.path("/etc/it")
    {"folder": path.mkdir, "file": path.touch, "fifo": lambda: os.mkfifo(path)}.get(str(made), lambda: None)()
    name = "/etc/nowhere/it" if made == "nowhere" else "/etc/it"
    before = site.listing()
    document = {"file": {"/etc/a": {"content": "first"}, name: wanted}}
    answer = site.ask("apply", status=2, document=document, change="c1")
    assert _reasons(answer) == [("file:" + name, reason)]
    assert site.listing() == before
    assert site.ask("changes")["kept_changes"] == []


def test_settings_in_a_file_that_may_be_new(site: Site) -> None:
    wanted = {"/etc/x.conf": {"dialect": "equals", "settings": {"a": "1"}, "create": True}}
    site.apply(wanted)
    assert site.path("/etc/x.conf").read_bytes().replace(b" ", b"") == b"a=1\n"
    assert not site.diff(wanted)["changed"]


def test_old_encodings_and_line_ends_around_a_setting_stay(site: Site) -> None:
    page = site.put("/etc/x.conf", b"# " + GBK + b"\r\nkey=1\r\n\tother = \xe9 \r\nlast")
    site.apply({"/etc/x.conf": {"dialect": "equals", "settings": {"key": "2"}}})
    assert page.read_bytes() == b"# " + GBK + b"\r\nkey=2\r\n\tother = \xe9 \r\nlast"


def test_a_name_in_an_old_encoding_is_covered(site: Site) -> None:
    folder = site.path("/srv") / GBK.decode("utf-8", "surrogateescape")
    folder.mkdir()
    (folder / "page").write_text("old")
    before = site.fingerprint("/srv")
    document = {
        "file": {"/srv": {"deep": True}, "/srv/" + GBK.decode("utf-8", "surrogateescape") + "/page": {"content": "new"}}
    }
    site.ask("apply", document=document, change="c1")
    assert site.fingerprint("/srv") != before
    site.back()
    assert site.fingerprint("/srv") == before


def test_a_large_file_is_kept_and_brought_back_piece_by_piece(site: Site) -> None:
    content = os.urandom(1 << 20) * 24
    page = site.put("/srv/large", content)
    site.apply({"/srv/large": {"content": "small"}})
    site.back()
    assert page.read_bytes() == content


def test_settings_of_a_file_beyond_reason_are_refused(site: Site) -> None:
    site.put("/srv/large", b"a=1\n" * (5 << 20))
    document = {"file": {"/srv/large": {"dialect": "equals", "settings": {"a": "2"}}}}
    assert _reasons(site.ask("diff", status=2, document=document)) == [("file:/srv/large", "file-large")]


def test_access_lists(site: Site) -> None:
    page = site.put("/etc/page", b"x", 0o640)
    wanted = {"/etc/page": {"acl": ["user:daemon:r--", "group:daemon:rwx"]}}
    before = site.fingerprint()
    site.apply(wanted)
    assert page.stat().st_mode & 0o777 == 0o670  # the mask shows as the group's bits
    assert not site.diff(wanted)["changed"]
    site.apply({"/etc/page": {"mode": "0600"}}, change="c2")
    assert page.stat().st_mode & 0o777 == 0o600
    shown = site.ask("read", document={"file": {"/etc/page": {}}})["document"]["file:/etc/page"]["acl"]
    assert shown == ["user::rw-", "user:daemon:r--", "group::r--", "group:daemon:rwx", "mask::---", "other::---"]
    site.back("c2")
    site.back("c1")
    assert site.fingerprint() == before


def test_new_content_keeps_the_access_list(site: Site) -> None:
    site.put("/etc/page", b"x")
    site.apply({"/etc/page": {"acl": ["user:daemon:rw-"]}})
    site.apply({"/etc/page": {"content": "y"}}, change="c2")
    shown = site.ask("read", document={"file": {"/etc/page": {}}})["document"]["file:/etc/page"]["acl"]
    assert "user:daemon:rw-" in shown


def test_a_folder_hands_its_list_to_what_is_made_in_it(site: Site) -> None:
    wanted = {"/srv/shared": {"type": "directory", "acl": ["user:daemon:rwx", "default:user:daemon:rwx"]}}
    site.apply(wanted)
    assert not site.diff(wanted)["changed"]
    site.apply({"/srv/shared/page": {"content": "x"}}, change="c2")  # what was foretold had no list
    shown = site.ask("read", document={"file": {"/srv/shared/page": {}}})["document"]["file:/srv/shared/page"]
    assert shown["acl"] == []


@needs_root
def test_an_immutable_file_is_changed_and_is_immutable_again(site: Site) -> None:
    page = site.put("/etc/page", b"old")
    subprocess.run(["chattr", "+i", str(page)], check=True)
    try:
        site.apply({"/etc/page": {"content": "new"}})
        assert page.read_bytes() == b"new"
        with pytest.raises(PermissionError):
            page.write_bytes(b"no")
        site.back()
        assert page.read_bytes() == b"old"
        with pytest.raises(PermissionError):
            page.write_bytes(b"no")
    finally:
        subprocess.run(["chattr", "-i", str(page)], check=True)


@needs_root
def test_a_label_is_an_attribute_like_others(site: Site) -> None:
    page = site.put("/etc/page", b"old")
    os.setxattr(page, "security.selinux", b"system_u:object_r:etc_t:s0\0")
    site.apply({"/etc/page": {"content": "new"}})
    assert os.getxattr(page, "security.selinux") == b"system_u:object_r:etc_t:s0\0"
    site.apply({"/etc/page": {"selinux": "system_u:object_r:shadow_t:s0"}}, change="c2")
    assert os.getxattr(page, "security.selinux") == b"system_u:object_r:shadow_t:s0\0"
    site.back("c2")
    assert os.getxattr(page, "security.selinux") == b"system_u:object_r:etc_t:s0\0"


def test_a_checker_judges_before_anything_is_written(site: Site) -> None:
    site.put("/etc/page", b"good\n")
    document = {
        "file": {
            "/etc/a": {"content": "first\n"},
            "/etc/page": {"content": "bad\n", "validate": ["grep", "-q", "good", "%s"]},
        }
    }
    before = site.listing()
    answer = site.ask("apply", status=2, document=document, change="c1")
    assert _reasons(answer) == [("file:/etc/page", "validation-failed")]
    assert site.listing() == before
    assert site.ask("changes")["kept_changes"] == []


def test_a_checker_in_a_folder_that_is_still_to_be_made(site: Site) -> None:
    wanted = {
        "/etc/new.d": {"type": "directory"},
        "/etc/new.d/page": {"content": "good\n", "validate": ["grep", "-q", "good", "%s"]},
    }
    site.apply(wanted)
    assert site.path("/etc/new.d/page").read_text() == "good\n"


def test_a_checker_of_the_whole_comes_after_the_writes_and_takes_them_back(site: Site) -> None:
    site.put("/etc/page", b"old\n")
    before = site.listing()
    document = {"file": {"/etc/page": {"content": "new\n", "validate": ["false"]}}}
    answer = site.ask("apply", status=4, document=document, change="c1")
    assert answer["returned"]
    assert answer["failure"]["reason"] == "program-failed"
    assert site.listing() == before


def test_secrets_do_not_leave_the_host(site: Site) -> None:
    site.put("/etc/page", b"user = ops\npassword = hunter2-old\nroot:$6$abcdefgh$0123456789:1\n")
    new = "user = root\npassword = hunter3-new\ntoken: t0k3n-new\nroot:$6$abcdefgh$9876543210:1\n"
    for secret in (False, True):
        answer = str(site.diff({"/etc/page": {"content": new, "secret": secret}}))
        for word in ("hunter2-old", "hunter3-new", "t0k3n-new", "0123456789", "9876543210"):
            assert word not in answer
        assert ("+user = root" in answer) is not secret


def test_digests_of_contents_are_keyed(site: Site) -> None:
    site.put("/etc/page", b"1234")
    answer = str(site.ask("read", document={"file": {"/etc/page": {}}}))
    assert hashlib.sha256(b"1234").hexdigest()[:16] not in answer
