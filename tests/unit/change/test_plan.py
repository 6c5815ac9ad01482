"""The plan: the same state gives the same digests anywhere, all that it covers changes them, and an edit is seen."""

import copy
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anwei.canonical import digest
from anwei.change import changefile, plan
from anwei.change.foretelling import Foretold
from anwei.change.plan import Plan
from anwei.errors import BadInput
from tests.unit.change.site import CHANGE, DIFF, HOSTS, SSHD, TASK, TWIN, Site, change_of, foretold, usual

HOST = "web-01"


def made(site: Site, said: Mapping[str, Foretold]) -> Plan:
    return plan.made(site.change, site.estate, said)


def refusal(site: Site) -> BadInput:
    with pytest.raises(BadInput) as refused:
        plan.load(changefile.load(CHANGE))
    return refused.value


# The same


def test_the_same_is_the_same_on_another_day_and_in_another_checkout(site: Site, tmp_path: Path) -> None:
    first = site.planned().digest
    elsewhere = Site(tmp_path / "elsewhere", site.people)
    shutil.copytree(site.folder, elsewhere.folder)
    with pytest.MonkeyPatch.context() as patch:
        elsewhere.opened(patch)
        patch.setenv("ANWEI_LANG", "zh")
        assert elsewhere.planned().digest == first
    assert site.plan.written == json.loads((elsewhere.place / plan.PAGE).read_text())


def test_the_order_in_which_hosts_answer_does_not_matter(site: Site) -> None:
    said = usual()
    assert made(site, dict(reversed(said.items()))).digest == made(site, said).digest


def test_a_plan_is_read_as_it_was_written(site: Site) -> None:
    written = site.planned({**usual(), "app-01": foretold(), "web-02": Foretold(trouble="no answer")})
    found = site.plan
    assert (found.digest, found.waves) == (written.digest, (("web-01",), ("app-01",)))
    assert found.left_out == {"web-02": "no answer"}
    assert found.expected("web-01") == {TASK: {"plan": digest([change_of()]), "dead_man": True}}
    assert [host for host in found.hosts if found.nothing_to_do(host)] == ["app-01"]


def test_what_could_not_be_foretold_is_something_to_do(site: Site) -> None:
    assert not made(site, {HOST: foretold(others=["Reboot"])}).nothing_to_do(HOST)


def test_a_plan_that_was_read_is_in_the_order_of_the_one_that_was_made(site: Site) -> None:
    """Or the page could not be made again from it."""
    written = site.planned(dict(reversed({**usual(), "web-02": Foretold(trouble="no answer")}.items())))
    assert list(site.plan.hosts) == list(written.hosts) == ["app-01", "web-01"]


# Another


OTHERS: dict[str, Callable[[dict[str, Foretold]], object]] = {
    "one-host-less": lambda said: said.pop(HOST),
    "one-host-more": lambda said: said.update({TWIN: foretold(change_of())}),
    "release": lambda said: setattr(said[HOST], "release", "debian-13-trixie"),
    "trouble": lambda said: setattr(said[HOST], "trouble", "no answer"),
    "another-task": lambda said: said[HOST].tasks[0].update(task="harden_sshd : Something else"),
    "one-task-more": lambda said: said[HOST].tasks.append(said[HOST].tasks[0]),
    "what-the-host-holds": lambda said: said[HOST].tasks[0].update(plan="0" * 64),
    "item": lambda said: said[HOST].tasks[0].update(changes=[change_of("file:/etc/motd")]),
    "one-item-more": lambda said: said[HOST].tasks[0]["changes"].append(change_of("file:/etc/motd")),
    "line": lambda said: said[HOST].tasks[0].update(changes=[change_of(diff=DIFF.replace("5", "6"))]),
    "reason": lambda said: said[HOST].tasks[0].update(changes=[change_of(why="8.1.4.1 b")]),
    "asked": lambda said: said[HOST].tasks[0].update(asked=["a1"]),
    "limits": lambda said: said[HOST].tasks[0].update(limits=["no-sysctl"]),
    "dead-man": lambda said: said[HOST].tasks[0].update(dead_man=False),
    "others": lambda said: said[HOST].others.append("Reboot"),
}


@pytest.mark.parametrize("what", OTHERS)
def test_whatever_would_be_done_otherwise_has_another_digest(what: str, site: Site) -> None:
    said = usual()
    before = made(site, said)
    OTHERS[what](said)
    after = made(site, said)
    assert after.digest != before.digest
    if what not in ("one-host-less", "one-host-more", "trouble"):
        assert after.hosts[HOST]["digest"] != before.hosts[HOST]["digest"]
        assert after.hosts["web-02"] == before.hosts["web-02"]


@pytest.mark.parametrize("host", [{"ha_group": "web"}, {"canary": True}], ids=["group", "canary"])
def test_other_waves_have_another_digest(site: Site, host: dict[str, Any]) -> None:
    before = made(site, usual())
    site.inventory({**HOSTS, "app-01": {**HOSTS["app-01"], **host}})
    assert made(site, usual()).waves != before.waves
    assert made(site, usual()).digest != before.digest


# Tampering


def leaves(value: Any, *path: Any) -> Iterator[tuple[Any, ...]]:
    """Where every single value of a plan stands; an empty list or mapping is one too."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [leaf for name, each in inner for leaf in leaves(each, *path, name)]
    yield from found or [path]


def put(value: Any, path: tuple[Any, ...], new: object) -> None:
    """Put another value where a path leads."""
    *way, last = path
    for step in way:
        value = value[step]
    value[last] = new


VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.just([]), st.just({}))


@pytest.fixture
def written(site: Site) -> Mapping[str, Any]:
    said = {**usual(), "web-02": Foretold(trouble="no answer"), "app-01": foretold(others=["Reboot"], limits=["x"])}
    written: Mapping[str, Any] = json.loads(json.dumps(site.planned(said).written))
    return written


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_one_other_value_anywhere_is_refused(site: Site, written: Mapping[str, Any], data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(list(leaves(written))))
    other = copy.deepcopy(written)
    put(other, path, data.draw(VALUES))
    plan.save(Plan(other), site.change)
    if json.dumps(other) != json.dumps(written):
        assert refusal(site).code == "AW-plan-altered"
    else:
        assert site.plan.digest == written["digest"]


@pytest.mark.parametrize("digests", [False, True], ids=["as-they-were", "made-anew"])
def test_every_value_stands_under_a_digest(site: Site, written: dict[str, Any], digests: bool) -> None:
    """Without new digests it is seen here; with them the root digest is another, and so no approval fits it."""
    root = written["digest"]
    for path in leaves(written):
        other = copy.deepcopy(written)
        put(other, path, "other")
        if digests and path[-1] != "digest":
            if path[0] == "hosts":
                host = other["hosts"][path[1]]
                host["digest"] = digest({name: value for name, value in host.items() if name != "digest"})
            other["digest"] = Plan(other).digest
        plan.save(Plan(other), site.change)
        try:
            assert plan.load(site.change).digest != root, path
        except BadInput as error:
            assert error.code in ("AW-plan-altered", "AW-plan-stale"), path


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content.replace('"hosts": {', '"hosts": {}, "hosts": {', 1),
        lambda content: content + "\n",
        lambda content: content[:-20],
        lambda content: "[]",
        lambda content: "null",
        lambda content: "{}",
        lambda content: "[" * 100_000,
        lambda content: content.replace("web-01", "web-\\u0030\\u0031", 1),
    ],
    ids=["a-key-twice", "a-line-more", "cut", "list", "null", "empty", "deep", "spelt-otherwise"],
)
def test_another_spelling_is_refused_though_it_may_say_the_same(site: Site, spoil: Callable[[str], str]) -> None:
    page = site.place / plan.PAGE
    page.write_text(spoil(page.read_text()))
    assert refusal(site).code == "AW-plan-altered"


def test_bytes_that_are_no_text_are_refused(site: Site) -> None:
    (site.place / plan.PAGE).write_bytes(b"\xff\xfe")
    assert refusal(site).code == "AW-plan-altered"


def test_without_a_plan_the_command_to_make_one_is_named(site: Site) -> None:
    (site.place / plan.PAGE).unlink()
    error = refusal(site)
    assert (error.code, f"anwei change plan {CHANGE}" in str(error)) == ("AW-plan-missing", True)


# Belonging


def test_the_plan_of_another_change_is_refused(site: Site) -> None:
    other = site.changes / "2031-other"
    shutil.copytree(site.place, other)
    with pytest.raises(BadInput, match="AW-plan-stale"):
        plan.load(changefile.load("2031-other"))


@pytest.mark.parametrize(
    "edit",
    [{"action": "settings"}, {"estate": "lab"}, {"hosts": "web-01"}, {"waves": ["100%"]}, {"waves": None},
     {"parameters": {"harden_sshd_max_auth_tries": 4}}, {"parameters": None}],
    ids=["action", "estate", "hosts", "waves", "no-waves", "parameter", "no-parameters"],
)  # fmt: skip
def test_what_decides_the_plan_makes_it_stale(site: Site, edit: dict[str, Any]) -> None:
    site.write(**edit)
    assert refusal(site).code == "AW-plan-stale"


@pytest.mark.parametrize(
    "edit",
    [{"title": "另一个名称"}, {"reason": "另一个原因"}, {"notice": "会重新加载一次"}, {"clauses": []}, {"soak": 5}],
    ids=lambda edit: str(*edit),
)
def test_what_only_explains_it_does_not(site: Site, edit: dict[str, Any]) -> None:
    before = site.plan.digest
    site.write(**edit)
    assert site.plan.digest == before


# Drift


def test_nothing_has_drifted_where_all_is_as_it_was(site: Site) -> None:
    assert plan.drifted(site.plan, usual()) == {}


def test_a_host_that_drifted_names_the_items(site: Site) -> None:
    motd = change_of("file:/etc/motd")
    now = {**usual(), "web-01": foretold(change_of(diff=DIFF.replace("5", "6")), motd), "web-02": foretold()}
    assert plan.drifted(site.plan, now) == {"web-01": ["file:/etc/motd", SSHD], "web-02": [SSHD]}


def test_what_differs_unseen_is_named_as_well_as_can_be(site: Site) -> None:
    secret = foretold(change_of(), plan="0" * 64)
    other = replace(foretold(change_of()), release="debian-13-trixie")
    now = {"web-01": secret, "web-02": other, "app-01": foretold(change_of(), others=["Reboot"])}
    assert plan.drifted(site.plan, now) == {
        "web-01": [TASK],
        "web-02": ["debian-12-bookworm → debian-13-trixie"],
        "app-01": ["Reboot"],
    }


def test_a_host_that_cannot_be_asked_counts_as_drifted(site: Site) -> None:
    assert plan.drifted(site.plan, {"web-01": Foretold(trouble="no answer")}) == {"web-01": ["no answer"]}
