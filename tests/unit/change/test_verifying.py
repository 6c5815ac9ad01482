"""What a pull-request pipeline asks of a change: every check by itself, and no bad thing hides another."""

import shutil
from datetime import UTC, datetime
from typing import Any

import pytest

from anwei.approval import approvals
from anwei.canonical import digest
from anwei.change import plan, verifying
from anwei.errors import AnweiError
from tests.unit.change.site import CHANGE, PLANNED, Site

RULES = ["form", "action", "clauses", "waves", "plan", "approvals", "hosts", "window", "owner", "fits", "page"]


def bad(name: str = CHANGE) -> dict[str, list[str]]:
    """The checks that found something."""
    return {each.name: each.problems for each in verifying.verify(name) if not each.ok}


def test_a_change_in_order_has_nothing_against_it(site: Site) -> None:
    found = verifying.verify(CHANGE)
    assert [each.name for each in found] == RULES
    assert [each.problems for each in found] == [[]] * len(RULES)
    assert {each.where for each in found} == {str(site.place / "change.yml")}


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "action": ({"action": "hardn_sshd"}, "hardn_sshd"),
    "hosts": ({"hosts": "web-01,web-99"}, "web-99"),
    "window": ({"window": {"from": "2031-03-05 02:00", "to": "2031-03-04 22:00"}}, "end"),
    "clauses": ({"clauses": ["C1", "C99", "9.9.9"]}, "C99"),
    "owner": ({"owner": "nobody"}, "platform"),
    "waves": ({"waves": ["50%", "10%"]}, "50%"),
}


@pytest.mark.parametrize("rule", WRONG)
def test_one_wrong_thing_is_found_by_its_check(site: Site, rule: str) -> None:
    fields, words = WRONG[rule]
    site.write(**fields)
    found = bad()
    assert words in "\n".join(found[rule])
    assert set(found) - {"plan", "approvals", "page"} == {rule}, "the plan or its page is stale as well"


def test_many_wrong_things_are_found_together(site: Site) -> None:
    site.write(**{name: value for fields, _ in WRONG.values() for name, value in fields.items()})
    assert set(bad()) == {*WRONG, "plan", "approvals"}, "without a plan of this change there is no page of it"


def test_every_clause_that_is_unknown_is_named(site: Site) -> None:
    site.write(clauses=["C99", "9.9.9", "C1", "8.1.4.1"])
    assert len(bad()["clauses"]) == len({"C99", "9.9.9", "8.1.4.1"} - verifying.clauses())


def test_clauses_are_those_of_the_catalogue_and_of_the_contract() -> None:
    known = verifying.clauses()
    assert {"C1", "H2", "K1"} <= known
    assert {"8.1.4.4 e", "7.1.4.4 e", "8.1.5.4 b"} <= known, "also those that no check reads yet"


def test_all_parameters_that_are_wrong_are_named(site: Site) -> None:
    site.write(parameters={"harden_sshd_max_auth_tries": 50, "nonsense": 1})
    assert len(bad()["action"]) == 2


def test_an_unknown_estate_hides_nothing_that_needs_none(site: Site) -> None:
    site.write(estate="nowhere", action="hardn_sshd", clauses=["C99"])
    found = bad()
    assert {"estate", "action", "clauses"} <= set(found)
    assert "nowhere" in found["estate"][0]


def test_an_inventory_that_is_not_sound_is_told_with_its_file(site: Site) -> None:
    site.inventory(estate_owners=None)
    (finding,) = [each for each in verifying.verify(CHANGE) if each.name == "estate"]
    assert "AW-inventory-invalid" in finding.problems[0]
    assert "estate_owners" in "\n".join(finding.problems)
    assert finding.where.endswith(f"inventories/{site.change['estate']}")


@pytest.mark.parametrize(
    ("content", "code"),
    [("title: a\ntitle: b\n", "AW-change-unreadable"), ("title: a\n", "AW-change-invalid")],
    ids=["unreadable", "invalid"],
)
def test_a_file_that_cannot_be_taken_is_all_there_is_to_say(site: Site, content: str, code: str) -> None:
    site.raw(content)
    (finding,) = verifying.verify(CHANGE)
    assert (finding.name, finding.where) == ("form", str(site.place / "change.yml"))
    assert code in finding.problems[0]


def test_a_change_that_is_not_there_is_a_finding(site: Site) -> None:
    assert "AW-change-unknown" in bad("2031-other")["form"][0]
    assert "AW-change-name" in bad("../other")["form"][0]


# The plan


def test_a_plan_that_is_missing_or_altered_is_found(site: Site) -> None:
    page = site.place / plan.PAGE
    page.write_text(page.read_text().replace("web-01", "web-09", 1))
    assert "AW-plan-altered" in bad()["plan"][0]
    page.unlink()
    assert "AW-plan-missing" in bad()["plan"][0]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_in_either_language_is_the_plans_own(site: Site, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANWEI_LANG", language)
    site.planned()
    monkeypatch.setenv("ANWEI_LANG", {"zh": "en", "en": "zh"}[language])
    assert "page" not in bad()


PAGES = {
    "a-line-less": lambda page: page.replace("    - goes: `X11Forwarding yes`\n", ""),
    "a-word-else": lambda page: page.replace("web-02", "web-09"),
    "something-behind": lambda page: page + "\n",
    "hidden": lambda page: page.replace("## ", "<!-- -->\n## ", 1),
    "another-waves": lambda page: page.replace("| 1 | 1 |", "| 1 | 3 |"),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_says_something_else_than_the_plan_is_found(site: Site, name: str) -> None:
    page = site.place / "plan.md"
    before = page.read_text(encoding="utf-8")
    page.write_text(PAGES[name](before), encoding="utf-8")
    assert page.read_text(encoding="utf-8") != before
    assert list(bad()) == ["page"]


def test_the_page_of_a_plan_made_by_hand_is_found(site: Site) -> None:
    """Its digests are sound, and the page tells of one host less."""
    content = {name: value for name, value in site.plan.written.items() if name != "digest"}
    task = content["hosts"]["app-01"]["tasks"][0]
    task["changes"][0]["diff"] = task["changes"][0]["diff"].replace("MaxAuthTries 5", "MaxAuthTries 500")
    host = {name: value for name, value in content["hosts"]["app-01"].items() if name != "digest"}
    content["hosts"]["app-01"] = {**host, "digest": digest(host)}
    plan.save(plan.Plan({**content, "digest": plan.Plan(content).digest}), site.change)
    shutil.rmtree(site.place / approvals.FOLDER)
    assert set(bad()) == {"page"}


def test_a_page_that_is_missing_or_of_before_an_edit_is_found(site: Site) -> None:
    site.write(title="另一个名称")
    assert list(bad()) == ["page"]
    site.write()
    (site.place / "plan.md").unlink()
    assert list(bad()) == ["page"]


@pytest.mark.parametrize("other", ["hosts", "waves"])
def test_a_plan_whose_digests_are_sound_and_that_does_not_fit_is_found(site: Site, other: str) -> None:
    """Somebody made it by hand: a host is left out, or all are changed at once."""
    content = {name: value for name, value in site.plan.written.items() if name != "digest"}
    if other == "hosts":
        content["hosts"] = {name: host for name, host in content["hosts"].items() if name != "app-01"}
        content["waves"] = [["web-01"], ["web-02"]]
    else:
        content["waves"] = [list(PLANNED)]
    plan.save(plan.Plan({**content, "digest": plan.Plan(content).digest}), site.change)
    shutil.rmtree(site.place / approvals.FOLDER)
    assert set(bad()) == {"fits", "page"}


# Approvals


def test_without_approvals_there_is_nothing_against_them(site: Site) -> None:
    shutil.rmtree(site.place / approvals.FOLDER)
    assert bad() == {}


def test_approvals_of_something_else_are_named_each(site: Site) -> None:
    site.approve("yezhu-1", change="2031-other")
    site.approve("anquan-1", plan="cd" * 32)
    found = "\n".join(bad()["approvals"])
    assert "change 2031-other" in found
    assert "cdcdcdcdcdcd…" in found


@pytest.mark.parametrize("spoil", ["forged", "stranger", "unreadable", "expired"])
def test_signatures_that_would_not_count_are_named(site: Site, spoil: str) -> None:
    page = next((site.place / approvals.FOLDER).iterdir())
    if spoil == "forged":
        page.write_text(page.read_text().replace('"note": ""', '"note": "x"'))
    elif spoil == "stranger":
        site.approve("stranger")
    elif spoil == "expired":
        site.approve("yezhu-1", signed=datetime(2020, 1, 1, tzinfo=UTC), expires=datetime(2020, 1, 9, tzinfo=UTC))
    else:
        page.write_text("{")
    words = {"forged": "does not belong", "stranger": "trust file", "unreadable": "1 approvals", "expired": "expired"}
    (said_of,) = bad()["approvals"]
    assert words[spoil] in said_of


def test_without_a_trust_file_signatures_are_left_to_the_control_node(site: Site) -> None:
    site.approve("stranger")
    shutil.rmtree(site.home / "trust")
    assert bad() == {}


def test_a_trust_file_that_is_broken_is_a_finding_beside_the_others(site: Site) -> None:
    site.approve("yezhu-1", change="2031-other")
    page = site.home / "trust" / "0001.yml"
    page.write_text("x: [")
    found = bad()["approvals"]
    assert "change 2031-other" in found[0]
    assert found[1].startswith("AW-trust-broken")


def test_no_check_raises(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise AnweiError("AW-hosts-none", pattern="x", estate="y")

    monkeypatch.setattr(type(site.estate), "select", fails)
    assert "AW-hosts-none" in bad()["hosts"][0]
