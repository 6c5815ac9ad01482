"""The modules over a real shell and a small hostkit: which trips they make, what they ask, what they say."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.parsing.vault import VaultLib
from ansible.parsing.yaml.objects import AnsibleVaultEncryptedUnicode

from anwei.state import transport
from anwei.state.host_action import plain
from tests.unit.state.machine import Machine, on_machine, plugin, stub_kit

DOCUMENT = {"file": {"/etc/motd": {"content": "Pl4nted-Secret\n", "secret": True}}}
VARS = {"inventory_hostname": "web1", "anwei_change": "c1"}
CHANGES = [
    {"item": "file:/etc/motd", "why": "", "fields": [{"field": "mode", "before": "1", "after": "2"}], "diff": "+x"}
]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    stub_kit(tmp_path / "kit")
    monkeypatch.setattr(transport, "HOSTKIT", tmp_path / "kit" / "hostkit")
    monkeypatch.setenv("ANWEI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ANWEI_LANG", "en")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return Machine(tmp_path)


def answering(machine: Machine, monkeypatch: pytest.MonkeyPatch, status: int = 0, **answer: object) -> Path:
    """Have hostkit answer this. The file fills with what it was asked."""
    asked = machine.folder / "asked"
    main = f"""
import json
def main(request):
    open({str(asked)!r}, "ab").write(request + b"\\n")
    return json.dumps(json.loads({json.dumps(answer)!r})), {status}
"""
    stub_kit(machine.folder / "answering", main)
    monkeypatch.setattr(transport, "HOSTKIT", machine.folder / "answering" / "hostkit")
    return asked


def requests(place: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in place.read_text().splitlines()]


def test_one_trip_once_hostkit_is_there(machine: Machine) -> None:
    runs = [on_machine(plugin("state_info"), machine, {"document": DOCUMENT}) for _ in range(2)]
    assert [action.run(task_vars=VARS)["round_trips"] for action in runs] == [2, 1]


def test_without_a_pipe_the_payload_is_a_private_file_that_does_not_stay(machine: Machine) -> None:
    runs = [on_machine(plugin("state_info"), machine, {"document": DOCUMENT}, pipes=False) for _ in range(2)]
    assert [action.run(task_vars=VARS)["round_trips"] for action in runs] == [4, 2]
    assert list(machine.folder.glob("anwei-*")) == []


class WithoutRoot(Machine):
    """A host where becoming root fails."""

    def sh(self, command: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return super().sh("echo sorry >&2; exit 9" if "base64" in command else command, stdin)


@pytest.mark.parametrize("pipes", [True, False])
def test_the_private_file_goes_also_when_nothing_could_be_run(machine: Machine, pipes: bool) -> None:
    action = on_machine(plugin("state_info"), WithoutRoot(machine.folder), {"document": DOCUMENT}, pipes=pipes)
    result = action.run(task_vars=VARS)
    assert (result["failed"], result["code"]) == (True, "AW-host-silent")
    assert "exit status 9: sorry" in result["msg"]
    assert list(machine.folder.glob("anwei-*")) == []


@pytest.mark.parametrize("pipes", [True, False])
def test_no_secret_and_no_key_is_in_a_command(machine: Machine, pipes: bool) -> None:
    action = on_machine(plugin("state"), machine, {"document": DOCUMENT}, pipes=pipes)
    action.run(task_vars=VARS)
    key = (machine.folder / "home" / "key").read_text().strip()
    assert action.asked
    assert [command for command, _ in action.asked if "Pl4nted" in command or key in command] == []


def test_apply_asks_for_what_was_given(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    place = answering(machine, monkeypatch, ok=True, changed=True, changes=CHANGES, undo="/u")
    footprint = {"file": ["/etc/motd"]}
    action = on_machine(plugin("state"), machine, {"document": DOCUMENT, "footprint": footprint, "keep": 3}, diff=True)
    result = action.run(task_vars=VARS)
    asked = requests(place)[0]
    assert len(asked.pop("key")) == 64
    assert asked == {"verb": "apply", "document": DOCUMENT, "footprint": footprint, "change": "c1", "keep": 3}
    assert (result["changed"], result["change"], result["undo"]) == (True, "c1", "/u")
    assert result["diff"] == [{"prepared": "file:/etc/motd\n- mode: ******\n+ mode: ****** ≠\n"}]
    assert result["msg"] == "changed 1 items, change c1"


def test_check_mode_asks_for_the_difference_only(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    place = answering(machine, monkeypatch, ok=True, changed=True, changes=CHANGES)
    arguments = {"document": DOCUMENT, "undo_unless_confirmed": 60}
    result = on_machine(plugin("state"), machine, arguments, check_mode=True).run(task_vars=VARS)
    assert [each["verb"] for each in requests(place)] == ["diff"]
    assert (result["changed"], "would change 1" in result["msg"]) == (True, True)


def test_a_change_without_a_name_gets_one_that_all_hosts_of_the_task_share(machine: Machine) -> None:
    state = plugin("state")
    names = {on_machine(state, machine, {"document": DOCUMENT}).run(task_vars={})["change"] for _ in range(2)}
    assert len(names) == 1
    assert re.fullmatch(r"run-\d{8}T\d{6}Z-b", names.pop())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"document": {"nonsense": {"x": {}}}}, "nonsense"),
        ({"document": DOCUMENT, "undo_unless_confirmed": 29}, "29"),
        ({"document": DOCUMENT, "undo_unless_confirmed": 86401}, "86401"),
    ],
)
def test_a_bad_document_never_reaches_a_host(machine: Machine, arguments: dict[str, Any], words: str) -> None:
    result = on_machine(plugin("state"), machine, arguments).run(task_vars=VARS)
    assert (result["failed"], result["code"], result["status"]) == (True, "AW-host-document", 2)
    assert words in result["msg"]
    assert result["round_trips"] == 0


@pytest.mark.parametrize("arguments", [{}, {"document": DOCUMENT, "chnage": "x"}, {"document": "text"}])
def test_bad_arguments_are_refused_by_name(machine: Machine, arguments: dict[str, Any]) -> None:
    with pytest.raises(AnsibleActionFail):
        on_machine(plugin("state"), machine, arguments).run(task_vars=VARS)


def test_a_dead_man_is_confirmed_over_connections_of_its_own(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.7 4711 192.0.2.1 22")
    place = answering(machine, monkeypatch, ok=True, changed=True, changes=CHANGES, deadline=60, confirmation="t0ken")
    arguments = {"document": DOCUMENT, "undo_unless_confirmed": 60}
    action = on_machine(plugin("state"), machine, arguments)
    result = action.run(task_vars=VARS)
    applied, confirmed = requests(place)
    assert applied["undo_unless_confirmed"] == 60
    assert [each["address"] for each in applied["administrators"]] == ["192.0.2.7"]
    assert {name: confirmed[name] for name in ("verb", "change", "confirmation")} == {
        "verb": "confirm",
        "change": "c1",
        "confirmation": "t0ken",
    }
    own = [options for command, options in action.asked if "base64" in command]
    assert all(options.startswith("-o ControlMaster=no -o ControlPath=none ") for options in own)
    assert len(own) == 3
    assert action._connection.get_option("ssh_args") == "-o ControlMaster=auto", "later tasks share again"
    assert "failed" not in result


def test_a_dead_man_that_nobody_confirms_makes_the_task_fail(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(machine, monkeypatch, ok=True, changed=True, changes=CHANGES, deadline=1, confirmation="t")
    action = on_machine(plugin("state"), machine, {"document": DOCUMENT, "undo_unless_confirmed": 30})
    first, asked = action.hostkit, []

    def hostkit(request: dict[str, Any]) -> transport.Reply:
        asked.append(request["verb"])
        if request["verb"] == "confirm":
            raise AnsibleConnectionFailure("Connection refused")
        return first(request)

    action.hostkit = hostkit
    result = action.run(task_vars=VARS)
    assert asked == ["apply", "confirm"]
    assert (result["failed"], result["unconfirmed"], result["code"]) == (True, True, "AW-host-unconfirmed")
    assert "Connection refused" in result["msg"]


@pytest.mark.parametrize(("seconds", "unreachable"), [(0, True), (60, False)])
def test_a_connection_lost_while_applying(machine: Machine, seconds: int, unreachable: bool) -> None:
    action = on_machine(plugin("state"), machine, {"document": DOCUMENT, "undo_unless_confirmed": seconds})

    def cut(_request: object) -> None:
        raise AnsibleConnectionFailure("cut")

    action.hostkit = cut
    if unreachable:
        with pytest.raises(AnsibleConnectionFailure):
            action.run(task_vars=VARS)
    else:
        assert action.run(task_vars=VARS)["code"] == "AW-host-unconfirmed"


def test_what_the_host_took_back_by_itself_says_so(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    failure = {"reason": "made-up", "item": "file:/etc/motd", "values": {"words": "bad line: Pl4nted-Secret"}}
    answering(machine, monkeypatch, status=4, ok=False, returned=True, failure=failure, changes=CHANGES)
    result = on_machine(plugin("state"), machine, {"document": DOCUMENT}).run(task_vars=VARS)
    assert (result["failed"], result["returned"], result["code"]) == (True, True, "AW-host-returned")
    assert "file:/etc/motd" in result["msg"]
    assert "Pl4nted" not in json.dumps(result)


def test_taking_back_fails_when_a_person_is_needed(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    conflicts = [{"item": "file:/etc/x", "field": "mode"}]
    place = answering(machine, monkeypatch, status=5, ok=False, conflicts=conflicts, changed=True, changes=CHANGES)
    result = on_machine(plugin("take_back"), machine, {"change": "c1", "over": True}).run(task_vars=VARS)
    asked = requests(place)[0]
    assert (asked["verb"], asked["change"], asked["over"]) == ("back", "c1", True)
    assert (result["failed"], result["conflicts"], result["status"]) == (True, conflicts, 5)


def test_taking_back_says_what_came_back(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(machine, monkeypatch, ok=True, changed=True, changes=CHANGES, kept=[{"item": "account:a", "field": "p"}])
    result = on_machine(plugin("take_back"), machine, {"change": "c1"}).run(task_vars=VARS)
    assert (result["changed"], result["changes"], len(result["kept"])) == (True, CHANGES, 1)


def test_kept_changes_are_listed(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [{"change": "c1", "begun": "t", "outcome": "applied", "armed": False}]
    answering(machine, monkeypatch, ok=True, kept_changes=kept)
    assert on_machine(plugin("state_info"), machine, {"what": "changes"}).run(task_vars=VARS)["changes"] == kept


def test_cleaning_says_whether_there_was_anything(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    place = answering(machine, monkeypatch, ok=True, changed=True)
    assert on_machine(plugin("host_clean"), machine, {}).run(task_vars=VARS)["changed"] is True
    assert requests(place)[0]["verb"] == "clean"


def test_a_vaulted_value_travels_as_what_it_stands_for() -> None:
    class Vault(VaultLib):
        def decrypt(self, *_: object, **__: object) -> bytes:
            return b"Pl4nted"

    sealed = AnsibleVaultEncryptedUnicode(b"$ANSIBLE_VAULT;1.1;AES256\n00")
    sealed.vault = Vault()
    assert plain({"a": [sealed, 5, True, None]}) == {"a": ["Pl4nted", 5, True, None]}
