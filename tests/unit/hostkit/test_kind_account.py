"""Kind `account`: what is read, what is wished, which tools are called. The lab proves that the tools do it."""

import datetime
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostkit import back, engine, homes
from hostkit.compat import plain
from hostkit.kinds import account, group
from hostkit.refusal import Refusal, Refusals
from tests.unit.hostkit.people_host import HASH, PAGES, PeopleHost, Wanted
from tests.unit.hostkit.pythons import pythons, told

SECOND = HASH.replace("salt", "pepr")
# What shadow-utils 4.1.4 knows (RHEL 6), by its manual pages.
OPTIONS = {
    "useradd": "-b -c -d -e -f -g -G -k -m -M -N -K -o -p -r -s -u -U",
    "usermod": "-a -c -d -e -f -g -G -l -L -m -o -p -s -u -U",
    "userdel": "-f -r",
    "chage": "-d -E -I -l -m -M -W",
    "chpasswd": "-c -e -m -s",
}
CRYPTS = [
    HASH,
    "$1$salt$abcdefghijklmnopqrstuv",
    "$5$rounds=5000$salt$" + "a" * 43,
    "$2b$12$" + "a" * 53,
    "$y$j9T$salt$" + "a" * 43,
    "$sm3$salt$" + "a" * 43,
]


@pytest.fixture
def host(tmp_path: Path) -> PeopleHost:
    return PeopleHost(tmp_path)


def _refused(host: PeopleHost, reason: str, wanted: Wanted, key: str = "ops") -> Refusal:
    with pytest.raises(Refusal, match=reason) as refused:
        host.wish("account", key, wanted)
    return refused.value


def test_an_account_is_read_whole(host: PeopleHost) -> None:
    host.shadow("ops", "!" + HASH, "20000")
    state = account.read(host, "ops", {})
    assert len(state.pop("password")) == 64
    assert state == {
        "present": True,
        "uid": 1000,
        "group": "ops",
        "comment": "值班员",
        "home": "/home/ops",
        "shell": "/bin/bash",
        "locked": True,
        "expires": "2024-10-04",
        "min_days": 0,
        "max_days": 99999,
        "warn_days": 7,
        "inactive_days": -1,
        "revoked": False,
    }
    assert account.read(host, "nobody", {}) == {"present": False}


@pytest.mark.parametrize(
    ("hashed", "password", "locked"),
    [("", "empty", False), ("*", "none", False), ("!", "none", True), ("!!", "none", True), ("!*", "none", True)],
)
def test_what_is_no_password_is_named_in_words(host: PeopleHost, hashed: str, password: str, locked: bool) -> None:
    host.shadow("ops", hashed)
    state = account.read(host, "ops", {})
    assert (state["password"], state["locked"]) == (password, locked)


def test_a_state_never_holds_the_hash_and_a_lock_does_not_change_its_digest(host: PeopleHost) -> None:
    before = account.read(host, "ops", {})
    host.shadow("ops", "!!" + HASH)
    assert HASH not in str(before)
    assert account.read(host, "ops", {})["password"] == before["password"]
    host.shadow("ops", SECOND)
    assert account.read(host, "ops", {})["password"] != before["password"]


def test_a_host_without_shadow_file_and_a_group_without_name_are_read(host: PeopleHost) -> None:
    Path(host.root, "etc/shadow").unlink()
    host.put("passwd", f"ops:{HASH}:1000:777::/home/ops:\n")
    state = account.read(host, "ops", {})
    assert (state["group"], state["max_days"], len(state["password"])) == ("777", -1, 64)


def test_wishing_nothing_or_what_is_there_changes_nothing(host: PeopleHost) -> None:
    for name in ("root", "ops", "web"):
        now = account.read(host, name, {})
        assert host.changed("account", name) == {}
        same = {field: value for field, value in now.items() if field != "password"}
        assert host.changed("account", name, same) == {}
        assert host.tools("account", name, same) == []


def test_only_named_fields_change_and_each_tool_is_called_once(host: PeopleHost) -> None:
    wanted = {"comment": "李四", "shell": "/bin/sh", "max_days": 90, "expires": "2030-02-28", "locked": True}
    assert host.changed("account", "ops", wanted) == wanted
    assert host.tools("account", "ops", wanted) == [
        "usermod -c 李四 -s /bin/sh -L ops",
        "chage -M 90 -E 21973 ops",
    ]


def test_a_new_account_is_as_the_host_makes_them(host: PeopleHost) -> None:
    wished = host.wish("account", "new", {"comment": "n"})
    assert wished == {
        "present": True,
        "uid": 1001,
        "group": "new",
        "comment": "n",
        "home": "/home/new",
        "shell": "/bin/bash",
        "locked": True,
        "password": "none",
        "expires": "",
        "min_days": 1,
        "max_days": 90,
        "warn_days": 7,
        "inactive_days": 30,
        "revoked": False,
    }


def test_a_system_account_does_not_age(host: PeopleHost) -> None:
    wished = host.wish("account", "daemon", {"system": True})
    assert [wished[field] for field in ("uid", "min_days", "max_days", "warn_days")] == [999, -1, -1, -1]


def test_one_hosts_settings_are_not_anothers(host: PeopleHost, tmp_path: Path) -> None:
    other = PeopleHost(tmp_path / "other")
    other.put("default/useradd", "")
    assert [one.wish("account", "new")["inactive_days"] for one in (host, other)] == [30, -1]


def test_useradd_is_told_everything_that_was_foretold(host: PeopleHost) -> None:
    created = "useradd -m -u 1001 -c  -d /home/new -s /bin/bash -g new new"
    assert _created(host, "new") == created
    assert _created(host, "own", {"group": "wheel", "create_home": False}).endswith(
        "-M -u 1002 -c  -d /home/own -s /bin/bash -g wheel own"
    )
    system = _created(host, "daemon", {"system": True, "shell": "/usr/sbin/nologin"})
    assert system == "useradd -M -r -u 999 -c  -d /home/daemon -s /usr/sbin/nologin -g daemon daemon"


def test_a_new_account_joins_the_group_that_is_there_and_those_that_wait_for_it(host: PeopleHost) -> None:
    host.put("group", PAGES["group"] + "new:x:1200:\n")
    host.wish("account", "new")
    host.tools("group", "wheel", {"with": ["new"]})
    assert _created(host, "new") == "useradd -m -u 1001 -c  -d /home/new -s /bin/bash -g new -G wheel new"


def _items(host: PeopleHost, document: dict[str, dict[str, Wanted]]) -> list[tuple[str, bool]]:
    """What a document comes to, in order, and whether it comes or goes."""
    return [(step.item, step.wish["present"]) for step in engine.survey(host, document, {})]


def test_the_group_of_a_new_account_is_an_item_of_its_own(host: PeopleHost) -> None:
    assert _items(host, {"account": {"new": {}}}) == [("group:new", True), ("account:new", True)]
    named = {"account": {"new": {}}, "group": {"new": {"gid": 4711}}}
    assert [step.wish.get("gid") for step in engine.survey(host, named, {})] == [4711, None]
    assert _items(host, {"account": {"new": {"group": "wheel"}}}) == [("account:new", True)]
    assert _items(host, {"account": {"ops": {"comment": "there already"}}}) == [("account:ops", True)]


def test_the_group_of_a_removed_account_goes_when_nobody_else_has_it(host: PeopleHost) -> None:
    assert _items(host, {"account": {"ops": {"present": False}}}) == [("account:ops", False), ("group:ops", False)]
    host.put("passwd", PAGES["passwd"] + "second:x:1002:1000::/:/bin/sh\n")
    assert _items(host, {"account": {"ops": {"present": False}}}) == [("account:ops", False)]
    host.put("passwd", PAGES["passwd"])
    host.put("group", PAGES["group"].replace("ops:x:1000:", "ops:x:1000:web"))
    assert _items(host, {"account": {"ops": {"present": False}}}) == [("account:ops", False)]


def test_a_group_that_was_there_before_its_account_is_brought_back_should_a_kill_lose_it(host: PeopleHost) -> None:
    host.put("group", PAGES["group"] + "new:x:1200:\n")
    ours, _account = engine.survey(host, {"account": {"new": {}}}, {})
    assert not ours.differs()
    assert ours.passing == [{"present": False}]
    way = back.WayBack()
    lefts = [ours.wish, *ours.passing]
    assert back._former(way, ours.item, {"present": False}, ours.now, lefts, False) == ours.now
    assert group.undo("new", ours.now, lefts) == ["group_back 'new' '1200' ''"]


def test_a_group_of_a_directory_service_gets_no_local_twin_beside_a_new_account(host: PeopleHost) -> None:
    host.elsewhere.add("new")
    run = host.run  # of the two, only the group is known there
    host.run = lambda words, *more: run(["getent", words[1], "-"] if words[1:2] == ["passwd"] else words, *more)
    with pytest.raises(Refusals) as refused:
        engine.survey(host, {"account": {"new": {}}}, {})
    assert [(one.item, one.reason) for one in refused.value.refusals] == [("group:new", "group-not-local")]


def test_userdel_takes_no_group_along(host: PeopleHost, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, run = (host.root + "/etc/group", host.root + "/etc/gshadow"), host.run
    host.put("group", PAGES["group"].replace("ops:x:1000:\n", "ops:x:1000:ops\n"))
    host.put("gshadow", "ops:secret:boss:ops\n")

    def userdel(words: list[str], *more: Any) -> Any:
        host.put("group", PAGES["group"].replace("ops:x:1000:\n", ""))
        host.put("gshadow", "")
        return run(words, *more)

    monkeypatch.setattr(host, "run", userdel)
    account._remove(host, "ops")
    assert [Path(row).read_text().splitlines()[-1] for row in rows] == ["ops:x:1000:", "ops:secret:boss:"]


def _created(host: PeopleHost, key: str, wanted: Wanted | None = None) -> str:
    """The useradd line alone: the account is not there when the fields that follow it are read."""
    wished = host.wish("account", key, wanted)
    host.ran.clear()
    with pytest.raises(KeyError):
        account.write(host, key, {"present": False}, wished)
    return " ".join(host.ran[0])


def test_only_a_wish_of_this_run_makes_an_account(host: PeopleHost) -> None:
    former = account.read(host, "ops", {})
    with pytest.raises(Refusal, match="account-retired"):
        account.write(host, "gone", {"present": False}, former)
    assert host.ran == []


def test_a_number_that_somebody_has_is_refused(host: PeopleHost) -> None:
    assert _refused(host, "number-taken", {"uid": 33}).values == {"number": 33, "holder": "web"}
    assert _refused(host, "number-taken", {"uid": 0}, "new").values == {"number": 0, "holder": "root"}
    assert host.tools("account", "ops", {"uid": 1500}) == ["usermod -u 1500 ops"]


def test_an_account_of_the_directory_is_not_ours(host: PeopleHost) -> None:
    host.elsewhere = {"zhangsan"}
    _refused(host, "account-not-local", {"locked": True}, "zhangsan")
    _refused(host, "account-not-local", {"present": False}, "zhangsan")


@pytest.mark.parametrize("shell", ["/bin/gone", "/opt/unlisted", "/opt", "/usr/sbin/false"])
def test_a_shell_that_nobody_could_use_is_refused(host: PeopleHost, shell: str) -> None:
    assert _refused(host, "shell-missing", {"shell": shell}).values == {"shell": shell}


def test_nologin_needs_no_place_in_the_list_but_must_be_there(host: PeopleHost) -> None:
    assert host.changed("account", "ops", {"shell": "/usr/sbin/nologin"}) == {"shell": "/usr/sbin/nologin"}
    Path(host.root, "usr/sbin/nologin").chmod(0o644)
    _refused(host, "shell-missing", {"shell": "/usr/sbin/nologin"})
    assert host.changed("account", "web", {"shell": "/usr/sbin/nologin"}) == {}, "a shell that stays is not judged"


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"present": False}, "present"),
        ({"locked": True}, "locked"),
        ({"revoked": True}, "locked"),
        ({"expires": "2099-01-01"}, "expires"),
        ({"uid": 7}, "uid"),
        ({"shell": "/usr/sbin/nologin"}, "shell"),
    ],
)
@pytest.mark.parametrize("name", ["root", "ops"])
def test_root_cannot_be_taken_away(host: PeopleHost, name: str, wanted: dict[str, Any], field: str) -> None:
    host.put("passwd", PAGES["passwd"].replace("ops:x:1000", "ops:x:0"))  # root by another name
    assert _refused(host, "root-protected", wanted, name).values == {"field": field}


def test_root_can_be_given_ages_and_another_good_shell(host: PeopleHost) -> None:
    assert host.changed("account", "root", {"max_days": 90, "shell": "/bin/sh"}) == {"max_days": 90, "shell": "/bin/sh"}
    _refused(host, "shell-missing", {"shell": "/bin/gone"}, "root")


def test_root_that_is_locked_already_may_stay_so(host: PeopleHost) -> None:
    host.shadow("root", "!" + HASH)
    assert host.changed("account", "root", {"locked": True}) == {}


@pytest.mark.parametrize("hashed", CRYPTS)
def test_every_crypt_form_is_taken(host: PeopleHost, hashed: str) -> None:
    assert set(host.changed("account", "ops", {"password_hash": hashed})) <= {"password"}


@pytest.mark.parametrize(
    "plain_text", ["Passw0rd!", "", "*", "!", "abcdefghijklm", "$6$short", "$tr0ng$Password", HASH + "\n", HASH + ":"]
)
def test_what_looks_like_plain_text_is_refused_without_being_said(host: PeopleHost, plain_text: str) -> None:
    refusal = _refused(host, "password-plain", {"password_hash": plain_text})
    assert refusal.values == {}


def test_a_password_goes_by_standard_input_and_into_no_state(host: PeopleHost) -> None:
    assert host.tools("account", "ops", {"password_hash": SECOND}) == ["chpasswd -e"]
    assert host.fed == [f"ops:{SECOND}\n".encode()]
    assert SECOND not in str(host.wish("account", "ops", {"password_hash": SECOND}))


def test_a_password_behind_a_lock_comes_with_the_lock(host: PeopleHost) -> None:
    host.shadow("ops", "!" + HASH)
    assert host.tools("account", "ops", {"password_hash": SECOND}) == ["chpasswd -e"]
    assert host.fed == [f"ops:!{SECOND}\n".encode()]


def test_the_first_password_opens_an_account(host: PeopleHost) -> None:
    host.shadow("ops", "!")
    assert host.changed("account", "ops", {"password_hash": SECOND})["locked"] is False
    assert host.tools("account", "ops", {"password_hash": SECOND}) == ["chpasswd -e"], "no second step opens it"
    assert host.wish("account", "new", {"password_hash": SECOND})["locked"] is False
    assert host.wish("account", "new", {"password_hash": SECOND, "locked": True})["locked"] is True


def test_a_retired_password_is_unknown_to_a_take_back(host: PeopleHost) -> None:
    former = account.read(host, "ops", {})
    host.shadow("ops", SECOND)
    now = account.read(host, "ops", {})
    assert set(account.kept(former, now)) == {"password"}
    with pytest.raises(Refusal, match="password-retired"):
        account.write(host, "ops", now, former)
    assert host.ran == []


@pytest.mark.parametrize("hashed", ["!", "!!", "!*"])
def test_a_door_without_a_key_is_not_unlocked(host: PeopleHost, hashed: str) -> None:
    host.shadow("ops", hashed)
    _refused(host, "account-unlock", {"locked": False})
    assert host.changed("account", "ops", {"locked": True}) == {}


def test_what_had_no_password_and_was_locked_stays_so(host: PeopleHost) -> None:
    host.shadow("ops", "")
    former = account.read(host, "ops", {})
    assert host.changed("account", "ops", {"locked": True}) == {"locked": True, "password": "none"}
    assert "locked" in account.kept(former, host.wish("account", "ops", {"locked": True}))
    assert host.changed("account", "ops", {"locked": False}) == {}, "it was open before"


def test_unlocking_takes_every_mark(host: PeopleHost) -> None:
    host.shadow("ops", "!!" + HASH)
    assert host.tools("account", "ops", {"locked": False}) == ["usermod -U ops"] * 2


def test_revoking_locks_and_expires(host: PeopleHost) -> None:
    assert host.changed("account", "ops", {"revoked": True}) == {
        "revoked": True,
        "locked": True,
        "expires": "1970-01-02",
    }
    assert host.tools("account", "ops", {"revoked": True}) == ["usermod -L ops", "chage -E 1 ops"]


def test_only_the_word_itself_opens_a_revoked_account(host: PeopleHost) -> None:
    host.shadow("ops", "!" + HASH, "1")
    assert host.changed("account", "ops", {"revoked": True}) == {}
    for wanted in ({"locked": False}, {"expires": ""}, {"expires": "2031-01-01"}):
        _refused(host, "account-revoked", wanted)
        _refused(host, "revoked-contradiction", {"revoked": True, **wanted})
    assert host.changed("account", "ops", {"revoked": False}) == {"revoked": False, "locked": False, "expires": ""}
    assert host.changed("account", "ops", {"revoked": False, "locked": True}) == {"revoked": False, "expires": ""}


def test_a_new_password_does_not_open_a_revoked_account(host: PeopleHost) -> None:
    host.shadow("ops", "!", "1")
    assert set(host.changed("account", "ops", {"password_hash": SECOND})) == {"password"}


def test_a_take_back_keeps_what_was_revoked_or_removed(host: PeopleHost) -> None:
    former = account.read(host, "ops", {})
    host.shadow("ops", "!" + HASH, "1")
    now = account.read(host, "ops", {})
    assert set(account.kept(former, now)) == {"password", "revoked", "locked", "expires"}
    assert set(account.kept(now, former)) == {"password"}, "taking back an opening revokes again"
    assert list(account.kept(former, {"present": False})) == ["present"]
    assert list(account.kept({"present": False}, now)) == []
    with pytest.raises(Refusal, match="account-retired"):
        account.write(host, "ops", now, former)
    assert host.ran == []


@pytest.mark.parametrize("date", ["2026-02-30", "2026-13-01", "1969-12-31", "0000-01-01"])
def test_a_date_that_is_none_is_refused(host: PeopleHost, date: str) -> None:
    assert _refused(host, "date-wrong", {"expires": date}).values == {"date": date}


@given(st.dates(datetime.date(1970, 1, 1)))
def test_dates_and_days_are_the_same_both_ways(date: datetime.date) -> None:
    assert account._days(date.isoformat()) == (date - datetime.date(1970, 1, 1)).days
    assert account._date(account._days(date.isoformat())) == date.isoformat()


def test_days_beyond_every_calendar_are_read(host: PeopleHost) -> None:
    host.shadow("ops", HASH, "99999999")
    assert account.read(host, "ops", {})["expires"] == "9999-12-31"


def test_only_options_of_old_tools_are_used(host: PeopleHost) -> None:
    host.tools(
        "account",
        "ops",
        {"uid": 1500, "group": "web", "comment": "c", "home": "/h", "shell": "/bin/sh", "revoked": True},
    )
    host.tools(
        "account", "ops", {"min_days": 2, "max_days": 3, "warn_days": 4, "inactive_days": 5, "password_hash": SECOND}
    )
    host.tools("account", "web", {"present": False})
    ran = [
        *host.ran,
        _created(host, "new", {"system": True, "create_home": True}).split(),
        _created(host, "two", {"group": "web"}).split(),
    ]
    for words in ran:
        used = {word for word in words if word.startswith("-") and len(word) == 2}
        assert used <= set(OPTIONS[words[0]].split()), words


def _home(root: Path, *, skeleton: dict[str, str], home: dict[str, str]) -> None:
    for folder, files in (("etc/skel", skeleton), ("home/ops", home)):
        for name, content in files.items():
            path = root / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
            os.utime(path, (0, 0))  # a change does not show in its time
        (root / folder).mkdir(parents=True, exist_ok=True)


SKELETON = {".profile": "p", ".config/a": "a"}


@pytest.mark.parametrize(
    ("home", "stays"),
    [
        (SKELETON, False),
        ({**SKELETON, ".bash_history": "ls"}, True),
        ({**SKELETON, ".profile": "P"}, True),
        ({**SKELETON, ".config/b": ""}, True),
        ({".profile": "p"}, True),
    ],
)
def test_a_home_goes_with_its_account_only_while_it_is_as_it_was_made(
    host: PeopleHost, home: dict[str, str], stays: bool
) -> None:
    root = Path(host.root)
    _home(root, skeleton=SKELETON, home=home)
    homes.clear(host, "ops", {"home": "/home/ops", "uid": root.stat().st_uid})
    assert (root / "home/ops").exists() == stays
    assert host.limits == ["home-left"] * stays


def test_a_link_in_a_home_is_never_followed(host: PeopleHost) -> None:
    root = Path(host.root)
    _home(root, skeleton=SKELETON, home={".profile": "p"})
    (root / "home/ops/.config").symlink_to(root / "etc/skel/.config")
    homes.clear(host, "ops", {"home": "/home/ops", "uid": root.stat().st_uid})
    assert host.limits == ["home-left"]
    assert (root / "etc/skel/.config/a").exists()


def test_a_folder_of_somebody_else_is_no_home(host: PeopleHost) -> None:
    root = Path(host.root)
    _home(root, skeleton={}, home={})
    homes.clear(host, "ops", {"home": "/home/ops", "uid": root.stat().st_uid + 1})
    assert (root / "home/ops").exists()
    assert host.limits == []


def test_an_empty_mailbox_goes_and_a_full_one_stays(host: PeopleHost) -> None:
    spool = Path(host.root, "var/mail")
    spool.mkdir(parents=True)
    for name, content in (("ops", ""), ("web", "mail")):
        (spool / name).write_text(content)
        homes.clear(host, name, {"home": "/none", "uid": spool.stat().st_uid})
    assert [path.name for path in spool.iterdir()] == ["web"]


def test_the_undo_script_is_told_what_may_come_back(host: PeopleHost) -> None:
    former = account.read(host, "ops", {})
    host.shadow("ops", "!" + SECOND, "10")
    left = dict(account.read(host, "ops", {}), comment="it's")
    assert account.undo("ops", former, [former, left]) == [
        "account_field 'ops' 'comment' '值班员' 'it'\\''s'",
        "account_field 'ops' 'expires' '-1' '10'",
        "account_field 'ops' 'locked' 'False' 'True'",
    ]
    assert account.undo("ops", {"present": False}, [former]) == ["account_gone 'ops' '1000'"]


def test_the_undo_script_is_not_told_what_stays(host: PeopleHost) -> None:
    former = account.read(host, "ops", {})
    revoked = host.wish("account", "ops", {"revoked": True})
    assert account.undo("ops", former, [revoked]) == []
    assert account.undo("ops", former, [{"present": False}]) == []


READ = """
from hostkit.host import Host
from hostkit.kinds import account, group
def ask(root):
    host = Host(root)
    now = account.read(host, "ops", {})
    comment = "\\xe5\\xbc\\xa0" if str is bytes else "\\u5f20"
    wanted = {"comment": comment, "expires": "2030-01-01", "password_hash": HASH}
    return [now, account.wish(host, "ops", wanted, now), group.read(host, "wheel", {})]
"""


@pytest.mark.parametrize("version", sorted(pythons()))
def test_every_python_reads_and_wishes_the_same(host: PeopleHost, version: str) -> None:
    now = account.read(host, "ops", {})
    wish = host.wish("account", "ops", {"comment": "张", "expires": "2030-01-01", "password_hash": SECOND})
    expected = plain([now, wish, {"present": True, "gid": 10, "members": ["ops", "web"]}])
    assert told(pythons()[version], READ.replace("HASH", repr(SECOND)), host.root) == expected
