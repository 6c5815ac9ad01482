"""What was rehearsed: values that succeeded on a release, as sound records of this action tell it."""

from typing import Any

import pytest

from anwei.change import actions, plan, rehearsed
from anwei.record import store
from tests.unit.change.site import ESTATE, PLANNED, RELEASE, SSHD, TWIN, Site, change_of, foretold, record, rehearsal

SSHD_ACTION = actions.named("harden_sshd")
OTHER = "openeuler-22.03"


@pytest.fixture
def bare(site: Site) -> Site:
    """The site before anything was rehearsed."""
    for page in store.folder().iterdir():
        page.unlink()
    return site


def test_what_was_kept_counts_for_its_release(bare: Site) -> None:
    record("a.rehearsal", [TWIN], rehearsal(TWIN, RELEASE, ["a1", "a2"]))
    record("b.rehearsal", [TWIN], rehearsal(TWIN, RELEASE, ["a3"]))
    record("c.rehearsal", [TWIN], rehearsal(TWIN, OTHER, ["a4"]))
    assert rehearsed.leaves("harden_sshd", ESTATE) == {RELEASE: {"a1", "a2", "a3"}, OTHER: {"a4"}}


def test_another_action_does_not_count(bare: Site) -> None:
    record("a.rehearsal", [TWIN], rehearsal(TWIN, RELEASE, ["a1"]), action="settings")
    assert rehearsed.leaves("harden_sshd", ESTATE) == {}
    assert rehearsed.leaves("settings", ESTATE) == {RELEASE: {"a1"}}


def test_another_estate_does_not_count(bare: Site) -> None:
    record("a.rehearsal", [TWIN], rehearsal(TWIN, RELEASE, ["a1"]), estate="trading")
    assert rehearsed.leaves("harden_sshd", ESTATE) == {}
    assert rehearsed.leaves("harden_sshd", "trading") == {RELEASE: {"a1"}}


def test_a_run_is_no_rehearsal(bare: Site) -> None:
    record("a", [TWIN], rehearsal(TWIN, RELEASE, ["a1"]))
    assert rehearsed.leaves("harden_sshd", ESTATE) == {}


@pytest.mark.parametrize("outcome", ["returned", "failed"])
def test_a_wave_that_was_not_kept_does_not_count(bare: Site, outcome: str) -> None:
    events = rehearsal(TWIN, RELEASE, ["a1"])
    events[3][1]["outcome"] = outcome
    record("a.rehearsal", [TWIN], events)
    assert rehearsed.leaves("harden_sshd", ESTATE) == {}


def test_a_host_that_failed_in_a_wave_that_was_kept_does_not_count(bare: Site) -> None:
    events = rehearsal(TWIN, RELEASE, ["a1"])
    events[2][1]["hosts"]["twin-02"] = {"ok": False, "changed": True, "asked": ["a2"]}
    events[0][1]["hosts"]["twin-02"] = {"release": OTHER}
    events[3][1]["hosts"].append("twin-02")
    record("a.rehearsal", [TWIN], events)
    assert rehearsed.leaves("harden_sshd", ESTATE) == {RELEASE: {"a1"}}


def test_a_host_that_was_as_wished_already_shows_nothing(bare: Site) -> None:
    events = rehearsal(TWIN, RELEASE, ["a1"])
    events[2][1]["hosts"][TWIN]["changed"] = False
    record("a.rehearsal", [TWIN], events)
    assert rehearsed.leaves("harden_sshd", ESTATE) == {}


def test_one_that_was_cut_short_counts_as_far_as_it_came(bare: Site) -> None:
    record("a.rehearsal", [TWIN], rehearsal(TWIN, RELEASE, ["a1"])[:4])
    record("b.rehearsal", [TWIN], rehearsal(TWIN, RELEASE, ["a2"])[:3])
    assert rehearsed.leaves("harden_sshd", ESTATE) == {RELEASE: {"a1"}}


@pytest.mark.parametrize(
    "spoil",
    [lambda content: content.replace(b'"a1"', b'"a9"'), lambda content: content.replace(b'"kept"', b'"kepT"'),
     lambda content: b"".join(content.splitlines(keepends=True)[:3]), lambda content: b"", lambda content: b"x\n"],
    ids=["leaf", "outcome", "cut", "empty", "nonsense"],
)  # fmt: skip
def test_a_record_that_does_not_verify_shows_nothing_and_hides_no_other(bare: Site, spoil: Any) -> None:
    record("a.rehearsal", [TWIN], rehearsal(TWIN, RELEASE, ["a1"]))
    record("b.rehearsal", [TWIN], rehearsal(TWIN, RELEASE, ["a2"]))
    page = store.path_of("a.rehearsal")
    page.write_bytes(spoil(page.read_bytes()))
    assert rehearsed.leaves("harden_sshd", ESTATE) == {RELEASE: {"a2"}}


def test_a_record_that_nobody_sealed_shows_nothing(bare: Site) -> None:
    record("a.rehearsal", [TWIN], rehearsal(TWIN, RELEASE, ["a1"]))
    content = store.path_of("a.rehearsal").read_bytes()
    store.path_of("b.rehearsal").write_bytes(content.replace(b'"a1"', b'"a2"'))
    assert rehearsed.leaves("harden_sshd", ESTATE) == {RELEASE: {"a1"}}


# What is missing


def missing(site: Site, leaves: dict[str, set[str]], **hosts: str) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """What was not rehearsed of a plan for these hosts, by release."""
    said = {name: foretold(change_of(), release=release) for name, release in hosts.items()}
    known = {release: frozenset(found) for release, found in leaves.items()}
    return rehearsed.missing(plan.made(site.change, site.estate, said), SSHD_ACTION, known)


def test_untried_is_a_release_of_which_nobody_knows_anything(site: Site) -> None:
    assert missing(site, {}, h1=OTHER, h2=OTHER, h3=RELEASE) == ({OTHER: ["h1", "h2"]}, {RELEASE: ["h3"]})


def test_a_rehearsal_at_the_site_makes_a_release_tried(site: Site) -> None:
    assert missing(site, {OTHER: {"a1", "a2"}}, h1=OTHER) == ({}, {})
    assert missing(site, {OTHER: {"a1"}}, h1=OTHER) == ({}, {OTHER: ["h1"]})


def test_what_was_rehearsed_on_one_release_does_not_count_on_another(site: Site) -> None:
    assert missing(site, {RELEASE: {"a1", "a2"}}, h1="debian-13-trixie") == ({}, {"debian-13-trixie": ["h1"]})


def test_every_value_must_have_been_rehearsed(site: Site) -> None:
    assert missing(site, {RELEASE: {"a1", "a2", "a3"}}, h1=RELEASE) == ({}, {})
    assert missing(site, {RELEASE: {"a2"}}, h1=RELEASE) == ({}, {RELEASE: ["h1"]})


def test_where_nothing_is_to_be_done_nothing_need_be_rehearsed(site: Site) -> None:
    made = plan.made(site.change, site.estate, {"web-01": foretold(release=OTHER)})
    assert rehearsed.missing(made, SSHD_ACTION, {}) == ({}, {})


def test_the_site_itself_has_rehearsed_what_it_plans(site: Site) -> None:
    assert rehearsed.missing(site.plan, SSHD_ACTION, rehearsed.leaves("harden_sshd", ESTATE)) == ({}, {})
    assert set(site.plan.hosts) == set(PLANNED)
    assert site.plan.hosts["web-01"]["tasks"][0]["changes"][0]["item"] == SSHD
