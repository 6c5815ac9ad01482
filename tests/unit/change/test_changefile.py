"""The change file: read strictly, and everything that is wrong with its form is told with its place."""

import json
from typing import Any

import pytest

from anwei.change import changefile
from anwei.errors import BadInput
from tests.unit.change.site import CHANGE, FIELDS, Site


def refused(site: Site) -> BadInput:
    with pytest.raises(BadInput) as error:
        changefile.load(CHANGE)
    assert error.value.where == str(site.place / "change.yml")
    return error.value


def test_a_change_is_what_is_written(site: Site) -> None:
    change = site.change
    assert (change.id, change["title"], change.parameters) == (CHANGE, FIELDS["title"], FIELDS["parameters"])
    assert (change.sizes, change.emergency, change.unrehearsed) == (["canary", "100%"], "", "")
    assert change.window(site.estate).start.isoformat() == "2031-03-04T22:00:00+08:00"


def test_without_waves_and_parameters_there_are_the_usual_ones(site: Site) -> None:
    site.write(waves=None, parameters=None)
    assert (site.change.sizes, site.change.parameters) == (["canary", "10%", "50%", "100%"], {})
    site.raw((site.place / "change.yml").read_text() + "parameters:\n")
    assert site.change.parameters == {}


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    **{f"{name}-missing": ({name: None}, name) for name in ("title", "action", "estate", "hosts", "reason", "risk")},
    "window-missing": ({"window": None}, "window"),
    "owner-missing": ({"owner": None}, "owner"),
    "unknown": ({"approvers": 2}, "approvers"),
    "title-empty": ({"title": ""}, "title"),
    "title-long": ({"title": "长" * 121}, "title"),
    "title-number": ({"title": 5}, "title"),
    "action-path": ({"action": "../rollback"}, "action"),
    "estate-list": ({"estate": ["lab"]}, "estate"),
    "hosts-empty": ({"hosts": ""}, "hosts"),
    "reason-empty": ({"reason": ""}, "reason"),
    "notice-empty": ({"notice": ""}, "notice"),
    "risk-english": ({"risk": "high"}, "risk"),
    "window-text": ({"window": "tonight"}, "window"),
    "window-half": ({"window": {"from": "2031-03-04 22:00"}}, "window"),
    "window-more": ({"window": {"from": "", "to": "", "zone": "UTC"}}, "zone"),
    "waves-text": ({"waves": "10%"}, "waves"),
    "waves-none": ({"waves": []}, "waves"),
    "waves-many": ({"waves": [1] * 51}, "waves"),
    "waves-inner": ({"waves": [{"canary": 1}]}, "waves[0]"),
    "soak-negative": ({"soak": -1}, "soak"),
    "soak-long": ({"soak": 86401}, "soak"),
    "soak-text": ({"soak": "60"}, "soak"),
    "stop-negative": ({"stop_after": -1}, "stop_after"),
    "stop-many": ({"stop_after": 1001}, "stop_after"),
    "clauses-text": ({"clauses": "C1"}, "clauses"),
    "clauses-number": ({"clauses": [8.1]}, "clauses[0]"),
    "owner-number": ({"owner": 1}, "owner"),
    "unrehearsed-empty": ({"unrehearsed": ""}, "unrehearsed"),
    "unrehearsed-flag": ({"unrehearsed": True}, "unrehearsed"),
    "emergency-empty": ({"emergency": ""}, "emergency"),
    "parameters-list": ({"parameters": [1]}, "parameters"),
}


@pytest.mark.parametrize("case", WRONG)
def test_every_field_that_is_wrong_is_named(case: str, site: Site) -> None:
    fields, place = WRONG[case]
    site.write(**fields)
    error = refused(site)
    (said,) = error.details
    assert (error.code, place in said) == ("AW-change-invalid", True)


def test_every_field_that_there_is_was_wrong_once() -> None:
    properties = json.loads((changefile.SCHEMAS / "change.json").read_text(encoding="utf-8"))["properties"]
    assert {name for fields, _ in WRONG.values() for name in fields} - {"approvers"} == set(properties)


def test_all_wrong_fields_are_told_at_once(site: Site) -> None:
    site.write(title=None, risk="high", soak=-1)
    assert len(refused(site).details) == 3
    assert "3 things are wrong" in str(refused(site))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("title: a\nrisk: 低\ntitle: b\n", "'title' twice"),
        ("parameters: {a: 1, a: 2}\n", "'a' twice"),
        ("parameters:\n  yes: 1\n", "yes is no text"),
        ("1: 2\n", "1 is no text"),
        ("title: 加固".encode("gb18030"), "utf-8"),
        ("- title\n", "list"),
        ("", "NoneType"),
        ("title: [\n", "line 2"),
        ("title: !!python/object/apply:os.system [id]\n", "python/object"),
        ("parameters: {a: !!set {b}}\n", "set"),
        ("parameters: &a [*a]\n", "Circular"),
        ("parameters: {a: 0b_}\n", "invalid literal"),
        ("parameters: " + "[" * 500, "recursion"),
        ('title: "\\ud800"\n', "surrogates"),
    ],
    ids=["twice", "twice-within", "yes", "number", "not-utf8", "list", "empty", "not-yaml", "object", "set", "circle",
         "no-number", "deep", "half-a-character"],
)  # fmt: skip
def test_what_cannot_be_read_in_one_way_is_refused(site: Site, content: str | bytes, words: str) -> None:
    site.raw(content)
    error = refused(site)
    assert (error.code, words in "\n".join(error.details)) == ("AW-change-unreadable", True)


def test_days_and_moments_are_as_they_are_written(site: Site) -> None:
    site.raw("parameters: {day: 2031-02-30, moment: 2031-03-04 22:00:00}\n")
    with pytest.raises(BadInput, match="AW-change-invalid"):  # it could be read, though most of it is missing
        changefile.load(CHANGE)
    window = "window: {from: 2031-03-04 22:00:00, to: 2031-03-05 02:00}\n"
    site.write(window=None, parameters=None)
    site.raw((site.place / "change.yml").read_text() + window + "parameters: {day: 2031-02-30}\n")
    assert site.change.parameters == {"day": "2031-02-30"}
    assert site.change.window(site.estate).start.minute == 0


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../other", "a/b", ".hidden", "-flag", "a b", "a\n", "变更", "a" * 51, "a.rehearsal", "heads",
     "lock", "hostkit"],
    ids=["empty", "dot", "dots", "up", "slash", "hidden", "flag", "space", "newline", "chinese", "long", "rehearsal",
         "heads", "lock", "hostkit"],
)  # fmt: skip
def test_a_name_that_hosts_or_records_could_not_use_is_refused(site: Site, name: str) -> None:
    with pytest.raises(BadInput, match="AW-change-name"):
        changefile.load(name)


def test_a_long_name_is_good() -> None:
    assert changefile.demand_name("a" * 50) == "a" * 50


def test_a_link_is_not_followed_to_what_somebody_else_may_read(site: Site) -> None:
    page = site.place / "change.yml"
    page.rename(site.folder / "elsewhere.yml")
    page.symlink_to(site.folder / "elsewhere.yml")
    assert refused(site).code == "AW-change-unreadable"


def test_an_unknown_change_is_told_where_it_was_looked_for(site: Site) -> None:
    with pytest.raises(BadInput, match="AW-change-unknown") as error:
        changefile.load("2031-other")
    assert error.value.where == str(site.changes / "2031-other" / "change.yml")
