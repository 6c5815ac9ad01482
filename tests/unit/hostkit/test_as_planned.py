"""What was planned is what is done: a host that differs from its plan is refused; a way back says how it ended."""

import pytest

from hostkit.host import Host
from tests.unit.hostkit.site import Site

WANTED = {"/etc/page": {"content": "new"}, "/etc/other": {"content": "also new"}}
RELEASES = {
    "debian-12-bookworm": ("os-release", 'ID=debian\nVERSION_ID="12"\nVERSION="12 (bookworm)"\n'),
    "kylin-v10-lance": ("os-release", 'ID="kylin"\nVERSION="V10 (Lance)"\nVERSION_ID="V10"\n'),
    "openeuler-22.03": ("os-release", 'ID="openEuler"\nVERSION_ID="22.03"\n'),
    "neokylin-linux-server-release-v6.0-x86-64": ("neokylin-release", "NeoKylin Linux Server release V6.0 (x86_64)\n"),
    "red-hat-enterprise-linux-server-release-6.9-santiago": (
        "redhat-release",
        "Red Hat Enterprise Linux Server release 6.9 (Santiago)\n",
    ),
    "unknown": ("other", ""),
}


@pytest.mark.parametrize("release", RELEASES)
def test_a_host_says_which_release_it_is(site: Site, release: str) -> None:
    name, content = RELEASES[release]
    site.put("/etc/" + name, content.encode())
    assert Host(str(site.root)).release() == release
    assert site.diff({"/etc/page": {"content": "x"}})["release"] == release


def test_the_plan_of_the_same_state_is_the_same(site: Site) -> None:
    site.put("/etc/page", b"old")
    plan = site.diff(WANTED)["plan"]
    assert len(plan) == 64
    assert site.diff(WANTED)["plan"] == plan
    site.put("/etc/page", b"older")
    assert site.diff(WANTED)["plan"] != plan


def test_a_host_that_is_as_planned_is_changed(site: Site) -> None:
    plan = site.diff(WANTED)["plan"]
    assert site.apply(WANTED, expect=plan)["changed"]


def test_a_host_that_is_not_as_planned_is_left_alone(site: Site) -> None:
    plan = site.diff(WANTED)["plan"]
    site.put("/etc/page", b"somebody's")
    answer = site.apply(WANTED, expect=plan, status=2)
    assert [refusal["reason"] for refusal in answer["refusals"]] == ["drifted"]
    assert not site.path("/etc/other").exists()
    assert not site.path("/var/lib/anwei/c1").exists()


def test_what_somebody_did_already_is_no_longer_the_plan(site: Site) -> None:
    plan = site.diff(WANTED)["plan"]
    site.put("/etc/page", b"new")
    site.put("/etc/other", b"also new")
    assert site.apply(WANTED, expect=plan, status=2)["refusals"][0]["reason"] == "drifted"


def test_a_run_that_goes_on_finds_its_own_work_in_order(site: Site) -> None:
    site.put("/etc/page", b"old")
    plan = site.diff(WANTED)["plan"]
    site.apply(WANTED, expect=plan)
    assert not site.apply(WANTED, expect=plan)["changed"]
    site.put("/etc/page", b"old")  # as a run leaves it that was cut short before this file
    assert site.apply(WANTED, expect=plan)["changed"]
    assert site.path("/etc/page").read_bytes() == b"new"


def test_a_run_that_goes_on_leaves_others_work_alone(site: Site) -> None:
    plan = site.diff(WANTED)["plan"]
    site.apply(WANTED, expect=plan)
    site.put("/etc/page", b"somebody's")
    assert site.apply(WANTED, expect=plan, status=2)["refusals"][0]["values"]["items"] == "file:/etc/page"
    assert site.path("/etc/page").read_bytes() == b"somebody's"


def test_what_a_second_task_brings_must_be_as_planned_too(site: Site) -> None:
    site.apply({"/etc/page": {"content": "new"}}, expect=site.diff({"/etc/page": {"content": "new"}})["plan"])
    more = {"/etc/more": {"content": "x"}}
    plan = site.diff(more)["plan"]
    site.put("/etc/more", b"somebody's")
    assert site.apply(more, expect=plan, status=2)["refusals"][0]["reason"] == "drifted"


def test_after_a_take_back_the_plan_holds_again(site: Site) -> None:
    plan = site.diff(WANTED)["plan"]
    site.apply(WANTED, expect=plan)
    site.back()
    assert site.apply(WANTED, expect=plan)["changed"]
    site.back()
    site.put("/etc/page", b"somebody's")
    assert site.apply(WANTED, expect=plan, status=2)["refusals"][0]["reason"] == "drifted"


def test_a_way_back_proves_itself(site: Site) -> None:
    site.put("/etc/page", b"old")
    former = site.apply(WANTED)["former"]
    answer = site.back()
    assert answer["now"] == answer["former"] == former != ""


def test_a_way_back_that_left_something_shows_it(site: Site) -> None:
    site.put("/etc/page", b"old")
    site.apply(WANTED)
    site.put("/etc/page", b"somebody's")
    answer = site.back(status=5)
    assert answer["now"] != answer["former"]
