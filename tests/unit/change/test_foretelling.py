"""Foretelling: what hosts say in check mode becomes what a plan holds, without a secret and without what passes."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from anwei.change import actions, foretelling, plan, plan_page
from anwei.errors import Failure
from anwei.reach.playing import Note
from anwei.state import asked, shown
from tests.unit.change.site import RELEASE, TASK, Site, change_of
from tests.unit.hostkit.site import KEY
from tests.unit.hostkit.site import Site as HostSite

OK, FAILED, UNREACHABLE, SKIPPED = (f"runner_on_{end}" for end in ("ok", "failed", "unreachable", "skipped"))
STATE = {"task": TASK, "plan": "0" * 64, "release": RELEASE, "changes": [change_of()], "asked": ["a1"], "dead_man": 300}
Events = list[tuple[str, str, Mapping[str, Any]]]


class Played:
    """Takes the place of Ansible: tells the given events, and keeps what it was asked to play."""

    def __init__(self) -> None:
        self.events: Events = []
        self.asked: dict[str, Any] = {}

    def __call__(
        self, playbook: str, inventory: Path, hosts: Sequence[str], values: Mapping[str, Any], note: Note, **how: bool
    ) -> list[str]:
        self.asked = {"playbook": playbook, "hosts": list(hosts), "values": values, **how}
        for event in self.events:
            note(*event)
        return ["last words"]


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Played:
    stand_in = Played()
    monkeypatch.setattr(foretelling, "play", stand_in)
    return stand_in


def foretold(site: Site, *hosts: str) -> dict[str, foretelling.Foretold]:
    return foretelling.foretell(site.change, Path("inventory"), hosts or ["web-01"])


def test_nothing_but_check_mode_is_asked_for(site: Site, played: Played) -> None:
    played.events = [(OK, "web-01", STATE)]
    foretold(site)
    values = {"harden_sshd_max_auth_tries": 5, "anwei_change": site.change.id}
    assert played.asked == {"playbook": "harden_sshd", "hosts": ["web-01"], "values": values, "foretell": True}


def test_what_passes_is_not_kept(site: Site, played: Played) -> None:
    passing = {"round_trips": 2, "msg": "would change 1 items", "diff": [], "change": "c1", "invocation": {}}
    played.events = [(OK, "web-01", {**STATE, **passing, "limits": ["b", "a"]})]
    assert foretold(site)["web-01"] == foretelling.Foretold(
        RELEASE,
        [
            {
                "task": TASK,
                "plan": "0" * 64,
                "changes": [change_of()],
                "asked": ["a1"],
                "limits": ["a", "b"],
                "dead_man": True,
            }
        ],
    )


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ((UNREACHABLE, {"msg": "ssh: connect to host: Connection refused"}), "connection refused"),
        ((FAILED, {"msg": "AW-host-refused: no"}), "AW-host-refused: no"),
        ((FAILED, {"censored": "the output has been hidden"}), "hidden"),
        ((FAILED, {}), "did not answer"),
    ],
    ids=["unreachable", "failed", "hidden", "wordless"],
)
def test_a_host_that_cannot_say_it_says_why(
    site: Site, played: Played, event: tuple[str, dict[str, Any]], words: str
) -> None:
    played.events = [(OK, "web-01", STATE), (event[0], "web-02", {"task": TASK, **event[1]}), (OK, "app-01", STATE)]
    found = foretold(site, "web-01", "web-02", "app-01")
    assert words in found["web-02"].trouble
    assert (found["web-01"].trouble, found["app-01"].trouble) == ("", "")


def test_a_host_that_said_nothing_is_not_as_wished(site: Site, played: Played) -> None:
    played.events = [
        ("runner_on_start", "web-02", {"task": TASK}),
        (OK, "web-02", {"task": "x"}),
        (OK, "web-01", STATE),
    ]
    found = foretold(site, "web-01", "web-02")
    assert (found["web-01"].trouble, found["web-02"].trouble) == ("", "did not answer")


def test_where_no_host_said_anything_ansible_is_quoted(site: Site, played: Played) -> None:
    with pytest.raises(Failure, match="AW-host-engine") as failed:
        foretold(site)
    assert failed.value.details == ["last words"]


def test_tasks_whose_changes_are_not_known_are_named(site: Site, played: Played) -> None:
    played.events = [
        (OK, "web-01", STATE),
        (OK, "web-01", {"task": "Reboot", "changed": True}),
        (OK, "web-01", {"task": "Look", "changed": False}),
        (SKIPPED, "web-01", {"task": "Run a script", "msg": "remote module does not support check mode"}),
        (SKIPPED, "web-01", {"task": "Not here", "skip_reason": "Conditional result was False"}),
        (FAILED, "web-01", {"task": "Never mind", "msg": "x", "ignore_errors": True}),
        (OK, "another", {"task": "Reboot", "changed": True}),
    ]
    found = foretold(site)
    assert (found["web-01"].others, found["web-01"].trouble, set(found)) == (["Reboot", "Run a script"], "", {"web-01"})


# Secrets


def said_by_hostkit(root: Path, items: dict[str, Any]) -> dict[str, Any]:
    """What the module says of a host where hostkit really looked."""
    host, document = HostSite(root), {"file": items}
    host.put("/etc/app.conf", b"user = app\npassword = Pl4nted-old-1\nport = 1\n", 0o600)
    host.put("/etc/plain.conf", b"password = Pl4nted-old-2\nport = 1\n")
    answer = host.diff(items)
    clean = shown.without_secrets(answer, document)
    result = shown.result(clean, with_diff=True) | {"task": TASK, "asked": asked.leaves(document, KEY), "dead_man": 300}
    return {**result, "msg": shown.summary(clean, "c1", foretold=True)}


def test_no_secret_is_in_a_plan_nor_anything_to_guess_one_by(site: Site, played: Played, tmp_path: Path) -> None:
    items = {
        "/etc/app.conf": {"dialect": "equals", "settings": {"password": "Pl4nted-new-1", "port": "2"}, "secret": True},
        "/etc/plain.conf": {"dialect": "equals", "settings": {"password": "Pl4nted-new-2", "port": "2"}},
    }
    played.events = [(OK, "web-01", said_by_hostkit(tmp_path / "host", items))]
    made = plan.made(site.change, site.estate, foretold(site))
    page = plan_page.write(site.change, actions.named("harden_sshd"), site.estate, made)
    written = plan.save(made, site.change).read_text(encoding="utf-8")
    assert len(made.hosts["web-01"]["tasks"][0]["changes"]) == 2
    for content in (page.read_text(encoding="utf-8"), written, json.dumps(made.written)):
        assert "file:/etc/app.conf" in content
        assert "Pl4nted" not in content
        for secret in [f"Pl4nted-{age}-{number}" for age in ("old", "new") for number in (1, 2)]:
            assert hashlib.sha256(secret.encode()).hexdigest()[:16] not in content
    assert "goes: `port = 1`" in page.read_text(encoding="utf-8")
    assert "comes: `port = 2`" in page.read_text(encoding="utf-8")
    assert "the file also holds what is hidden" in page.read_text(encoding="utf-8"), "its password changes unseen"
    assert "mode: `0" not in page.read_text(encoding="utf-8")


def test_another_secret_is_another_plan_though_it_looks_the_same(site: Site, played: Played, tmp_path: Path) -> None:
    plans = []
    for number in (1, 2):
        item = {"dialect": "equals", "settings": {"password": f"Pl4nted-new-{number}"}, "secret": True}
        played.events = [(OK, "web-01", said_by_hostkit(tmp_path / str(number), {"/etc/app.conf": item}))]
        plans.append(plan.made(site.change, site.estate, foretold(site)))
    first, second = (made.hosts["web-01"]["tasks"][0] for made in plans)
    assert [change["fields"] for change in first["changes"]] == [change["fields"] for change in second["changes"]]
    assert (plans[0].digest == plans[1].digest, first["asked"] == second["asked"]) == (False, False)
