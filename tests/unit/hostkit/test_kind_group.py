"""Kind `group`: what is read, what is wished, which tools are called. The lab proves that the tools do it."""

from pathlib import Path

import pytest

from hostkit.host import Host
from hostkit.kinds import group
from hostkit.refusal import Refusal
from tests.unit.hostkit.people_host import PeopleHost


@pytest.fixture
def host(tmp_path: Path) -> PeopleHost:
    return PeopleHost(tmp_path)


def test_a_group_is_read_with_its_members_sorted(host: PeopleHost) -> None:
    host.put("group", "wheel:x:10:web,ops,,web\n")
    assert group.read(host, "wheel", {}) == {"present": True, "gid": 10, "members": ["ops", "web"]}
    assert group.read(host, "none", {}) == {"present": False}


def test_rows_that_the_system_would_not_take_are_none(host: PeopleHost) -> None:
    host.put("group", "+::::\nwheel:x:ten:ops\nwheel:x:10\nwheel:x:11:\nwheel:x:12:ops\n")
    assert group.read(host, "wheel", {})["gid"] == 11


@pytest.mark.parametrize(
    ("wanted", "members"),
    [
        ({"with": ["root"]}, ["ops", "root", "web"]),
        ({"without": ["ops", "nobody"]}, ["web"]),
        ({"with": ["root"], "without": ["web"]}, ["ops", "root"]),
        ({"members": ["root"]}, ["root"]),
        ({"members": []}, []),
    ],
)
def test_members_are_added_taken_out_or_set(host: PeopleHost, wanted: dict[str, list[str]], members: list[str]) -> None:
    assert host.changed("group", "wheel", wanted) == {"members": members}


def test_what_is_so_already_needs_no_tool(host: PeopleHost) -> None:
    assert host.tools("group", "wheel", {"gid": 10, "members": ["web", "ops"]}) == []
    assert host.tools("group", "none", {"present": False}) == []


def test_a_member_cannot_be_both_in_and_out(host: PeopleHost) -> None:
    with pytest.raises(Refusal, match="member-both") as refused:
        host.wish("group", "wheel", {"with": ["ops"], "without": ["ops"]})
    assert refused.value.values == {"member": "ops"}


def test_members_come_and_go_one_by_one(host: PeopleHost) -> None:
    tools = host.tools("group", "wheel", {"members": ["ops", "root"]})
    assert tools == ["gpasswd -d web wheel", "gpasswd -a root wheel"]


def test_a_member_that_is_gone_can_still_be_taken_out(host: PeopleHost) -> None:
    host.put("group", "wheel:x:10:ghost,ops\n")
    assert host.tools("group", "wheel", {"without": ["ghost"]}) == ["gpasswd -d ghost wheel"]


def test_a_member_that_the_directory_knows_may_come_in(host: PeopleHost) -> None:
    host.elsewhere = {"lisi"}
    assert host.tools("group", "wheel", {"with": ["lisi"]}) == ["gpasswd -a lisi wheel"]


def test_a_member_that_nobody_knows_is_refused(host: PeopleHost) -> None:
    with pytest.raises(Refusal, match="member-missing"):
        host.tools("group", "wheel", {"with": ["lisi"]})


def test_a_former_member_that_is_gone_is_left_out_and_said(host: PeopleHost) -> None:
    now = group.read(host, "wheel", {})
    group.write(host, "wheel", now, dict(now, members=["ghost", "ops", "web"]))
    assert (host.ran, host.limits) == ([], ["member-gone"])


def test_a_new_group_gets_the_next_number_and_two_get_two(host: PeopleHost) -> None:
    assert host.wish("group", "a")["gid"] == 1001
    assert host.wish("group", "b")["gid"] == 1002
    assert host.wish("group", "a")["gid"] == 1001, "asked again, it is the same"
    host.elsewhere = {"1003"}
    assert host.wish("group", "c")["gid"] == 1004, "numbers of the directory are taken"


def test_a_number_that_somebody_has_is_refused(host: PeopleHost) -> None:
    with pytest.raises(Refusal, match="number-taken") as refused:
        host.wish("group", "new", {"gid": 33})
    assert refused.value.values == {"number": 33, "holder": "web"}
    host.wish("group", "one", {"gid": 2000})
    with pytest.raises(Refusal, match="number-taken"):
        host.wish("group", "two", {"gid": 2000})


def test_a_group_of_the_directory_is_not_ours(host: PeopleHost) -> None:
    host.elsewhere = {"domain"}
    for wanted in ({}, {"present": False}):
        with pytest.raises(Refusal, match="group-not-local"):
            host.wish("group", "domain", wanted)


def test_numbers_and_groups_change_by_their_tools(host: PeopleHost) -> None:
    assert host.tools("group", "wheel", {"gid": 900}) == ["groupmod -g 900 wheel"]
    assert host.tools("group", "new", {"gid": 901})[1:] == ["groupadd -g 901 new"]
    assert host.tools("group", "web", {"present": False})[2:] == ["groupdel web"]


def test_the_undo_script_is_told_former_and_left_quoted() -> None:
    former = {"present": True, "gid": 10, "members": ["o'ps", "web"]}
    left = dict(former, members=[])
    assert group.undo("wheel", former, [former, left]) == ["group_field 'wheel' 'members' 'o'\\''ps,web' ''"]
    assert group.undo("wheel", {"present": False}, [left]) == ["group_gone 'wheel' '10'"]
    assert group.undo("wheel", left, [{"present": False}])[0] == "group_back 'wheel' '10' ''"
    assert group.undo("wheel", former, [former]) == []


def test_hosts_do_not_share_what_was_asked(tmp_path: Path) -> None:
    one, two = PeopleHost(tmp_path / "1"), PeopleHost(tmp_path / "2")
    assert isinstance(one, Host)
    assert one.wish("group", "a")["gid"] == two.wish("group", "b")["gid"] == 1001
