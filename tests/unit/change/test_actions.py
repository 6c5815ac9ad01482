"""Actions: every playbook that plays roles is one, and what it says of itself is in both languages."""

import re
from pathlib import Path

import pytest
import yaml

from anwei.change import actions
from anwei.errors import BadInput
from anwei.home import ROOT

HAN = re.compile("[\u4e00-\u9fff]")
KNOWN = actions.actions()


def test_every_playbook_that_plays_roles_is_an_action_and_no_other() -> None:
    plays = {page.stem: yaml.safe_load(page.read_text()) for page in (ROOT / "playbooks").glob("*.yml")}
    assert set(KNOWN) == {name for name, content in plays.items() if any("roles" in play for play in content)}
    assert {"harden_sshd", "settings"} <= set(KNOWN)
    assert "rollback" in plays.keys() - set(KNOWN)


def test_an_unknown_one_is_refused_with_those_that_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANWEI_LANG", "en")
    with pytest.raises(BadInput, match="AW-action-unknown") as refused:
        actions.named("hardn_sshd")
    said = str(refused.value)
    assert all(word in said for word in ("hardn_sshd", "harden_sshd", "settings"))


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_what_it_says_of_itself_is_in_the_language_of_the_reader(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said: dict[str, list[str]] = {}
    for language in ("zh", "en"):
        monkeypatch.setenv("ANWEI_LANG", language)
        roles = KNOWN[name].roles
        said[language] = [KNOWN[name].title, *(role.notice for role in roles)]
        said[language] += [sentence for role in roles for sentence in role.cannot_take_back]
    assert all(HAN.search(sentence) for sentence in said["zh"])
    assert not any(HAN.search(sentence) for sentence in said["en"])
    assert len(said["zh"]) == len(said["en"])


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_what_arms_its_dead_man_is_one_of_its_parameters(name: str) -> None:
    for role in KNOWN[name].roles:
        assert role.lock_out == "" or role.lock_out in KNOWN[name].options
        assert role.tried


def test_the_parameters_of_all_its_roles_are_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANWEI_LANG", "zh")
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "roles").symlink_to(ROOT / "roles")
    plays = [{"hosts": "all", "roles": [{"role": "settings"}]}, {"hosts": "all", "roles": ["harden_sshd"]}]
    (tmp_path / "playbooks" / "both.yml").write_text(yaml.safe_dump(plays))
    action = actions.named("both", tmp_path)
    assert [role.name for role in action.roles] == ["settings", "harden_sshd"]
    assert action.title == "、".join(KNOWN[name].title for name in ("settings", "harden_sshd"))
    assert set(action.options) == set(KNOWN["settings"].options) | set(KNOWN["harden_sshd"].options)
