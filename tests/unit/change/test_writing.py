"""A new change file: it loads and verifies as it is, and refuses what it could not be about."""

from pathlib import Path

import pytest

from anwei.change import actions, changefile, verifying, writing
from anwei.errors import AnweiError, BadInput
from tests.unit.change.site import ESTATE, Site


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("action", sorted(actions.actions()))
def test_it_loads_and_lacks_nothing_but_a_plan(
    site: Site, action: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANWEI_LANG", language)
    page = writing.new(action, ESTATE, "web-01,rehearsal")
    name = page.parent.name
    assert name.endswith(action.replace("_", "-"))
    assert {
        each.name: each.problems for each in verifying.verify(name) if each.name not in ("plan", "page", "approvals")
    } == {rule: [] for rule in ("form", "action", "clauses", "waves", "hosts", "window", "owner", "fits")}
    change = changefile.load(name)
    assert (change["action"], change["hosts"], change.parameters) == (action, "web-01,rehearsal", {})


@pytest.mark.parametrize("action", sorted(actions.actions()))
def test_it_has_every_parameter_of_the_action(site: Site, action: str) -> None:
    content = writing.new(action, ESTATE, "all").read_text(encoding="utf-8")
    assert all(f"# {name}:" in content for name in actions.named(action).options)


def test_a_pattern_stands_in_it_as_people_write_it(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    pattern = 'web:&外部:!~"x.*"'
    monkeypatch.setattr(type(site.estate), "select", lambda _estate, _pattern: ())
    page = writing.new("harden_sshd", ESTATE, pattern)
    assert changefile.load(page.parent.name)["hosts"] == pattern
    assert 'hosts: "web:&外部:!~\\"x.*\\""\n' in page.read_text(encoding="utf-8")


def test_a_second_one_on_the_same_day_has_a_name_of_its_own(site: Site) -> None:
    first, second = (writing.new("harden_sshd", ESTATE, "all").parent.name for _ in range(2))
    assert second == f"{first}-2"


def test_one_that_is_there_is_never_overwritten(site: Site) -> None:
    page = writing.new("harden_sshd", ESTATE, "all", "mine")
    page.write_text("title: mine\n")
    with pytest.raises(BadInput, match="AW-change-exists") as refused:
        writing.new("harden_sshd", ESTATE, "all", "mine")
    assert (refused.value.where, page.read_text()) == (str(page), "title: mine\n")


def test_a_folder_without_a_change_file_gets_one(site: Site) -> None:
    (site.changes / "begun").mkdir()
    assert writing.new("harden_sshd", ESTATE, "all", "begun").is_file()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("hardn_sshd", ESTATE, "all"), "AW-action-unknown"),
        (("rollback", ESTATE, "all"), "AW-action-unknown"),
        (("harden_sshd", "nowhere", "all"), "AW-estate-unknown"),
        (("harden_sshd", ESTATE, "web-99"), "AW-hosts-none"),
        (("harden_sshd", ESTATE, "all", "../mine"), "AW-change-name"),
    ],
    ids=["action", "tool", "estate", "hosts", "name"],
)
def test_what_it_could_not_be_about_is_refused_and_nothing_written(
    site: Site, words: tuple[str, ...], code: str
) -> None:
    before = set(site.folder.rglob("*"))
    with pytest.raises(AnweiError, match=code):
        writing.new(*words)
    assert set(site.folder.rglob("*")) == before


def test_editors_find_its_schema(site: Site) -> None:
    page = writing.new("harden_sshd", ESTATE, "all")
    named = page.read_text(encoding="utf-8").splitlines()[0].partition("$schema=")[2]
    from_root = Path("changes") / page.parent.name / named
    assert (changefile.ROOT / from_root).resolve() == changefile.SCHEMAS / "change.json"
