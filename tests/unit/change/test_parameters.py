"""Parameters: held against the roles' argument_specs before any host is asked, and all that is wrong told at once."""

from typing import Any

import pytest
import yaml

from anwei.change import actions, parameters

SSHD, SETTINGS = actions.named("harden_sshd"), actions.named("settings")


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANWEI_LANG", "en")


def test_none_and_good_ones_pass() -> None:
    assert parameters.problems(SSHD, {}) == []
    assert parameters.problems(SSHD, {"harden_sshd_max_auth_tries": 4, "harden_sshd_leave": ["Banner"]}) == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"harden_sshd_max_auth_trys": 5}, ["harden_sshd_max_auth_trys", "did you mean harden_sshd_max_auth_tries?"]),
        ({"nonsense": 5}, ["there is no parameter nonsense"]),
        ({"harden_sshd_x11_forwarding": "perhaps"}, ["harden_sshd_x11_forwarding", "bool"]),
        ({"harden_sshd_weak_algorithms": {"a": 1}}, ["harden_sshd_weak_algorithms", "list"]),
        ({"harden_sshd_max_auth_tries": 50}, ["harden_sshd_max_auth_tries", "2, 3, 4, 5, 6", "50"]),
        ({"harden_sshd_leave": ["Bannr"]}, ["harden_sshd_leave", "Bannr"]),
        ({"harden_sshd_administrators": [{"user": "yunwei-1"}]}, ["address", "harden_sshd_administrators"]),
    ],
    ids=["misspelt", "unknown", "type", "list", "choice", "element", "required-within"],
)
def test_what_is_wrong_is_named(given: dict[str, Any], words: list[str]) -> None:
    (said,) = parameters.problems(SSHD, given)
    assert all(word in said for word in words)


def test_what_is_required_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = {"description": ["多少天", "How many days"], "type": "int", "required": True}
    monkeypatch.setitem(SSHD.roles[0].spec, "options", {"needed": needed})
    assert parameters.problems(SSHD, {}) == ["missing required arguments: needed"]
    assert parameters.problems(SSHD, {"needed": "{{ days }}"}) == []
    assert "  # How many days\n  needed: to be filled in" in parameters.explained(SSHD)


def test_everything_wrong_is_told_at_once() -> None:
    given = {"harden_sshd_max_auth_tries": 50, "nonsense": 1, "harden_sshd_undo_unless_confirmed": 0}
    assert len(parameters.problems(SSHD, given)) == 3


@pytest.mark.parametrize(
    "value",
    [{"harden_sshd_max_auth_tries": "{{ tries }}"}, {"harden_sshd_leave": ["{% if old %}Banner{% endif %}"]},
     {"harden_sshd_administrators": [{"user": "{{ who }}"}]}],
    ids=["value", "within-list", "within-mapping"],
)  # fmt: skip
def test_what_ansible_makes_later_is_left_to_the_role(value: dict[str, Any]) -> None:
    assert parameters.problems(SSHD, value) == []
    assert len(parameters.problems(SSHD, {**value, "harden_sshd_login_grace_time": 1})) == 1


@pytest.mark.parametrize("zero", [0, "0", " 00", False, 0.0, None], ids=repr)
def test_the_dead_man_cannot_be_turned_off(zero: object) -> None:
    said = parameters.problems(SSHD, {"harden_sshd_undo_unless_confirmed": zero})
    assert any(each.startswith("harden_sshd_undo_unless_confirmed must not be 0") for each in said)
    assert parameters.problems(SSHD, {"harden_sshd_undo_unless_confirmed": 60}) == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", sorted(actions.actions()))
def test_every_parameter_is_explained_with_its_meaning_and_default(
    name: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANWEI_LANG", language)
    action = actions.named(name)
    shown = parameters.explained(action)
    given = [line[2:].removeprefix("# ") for line in shown.splitlines()]
    told = yaml.safe_load("\n".join(line for line in given if line.partition(":")[0] in action.options))
    for parameter, option in action.options.items():
        meaning = option["description"][0 if language == "zh" else 1]
        assert "".join(meaning.split()) in "".join(shown.replace("\n  # ", "").split())
        assert told[parameter] == option.get("default")


def test_a_description_of_one_sentence_serves_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SSHD.roles[0].spec, "options", {"one": {"description": "One", "choices": ["a", "是"]}})
    assert parameters.explained(SSHD) == "  # One\n  # one of [a, 是]\n  # one:"
