"""The guard around a change that can lock people out."""

from typing import Any

import pytest

from hostkit import deadman, durable, guard, logins
from hostkit.host import Host
from hostkit.store import Store
from tests.unit.hostkit.site import Site

ASKED: dict[str, Any] = {"undo_unless_confirmed": 300, "administrators": [{"user": "ops", "address": "192.0.2.10"}]}
LOST = {"problem": "login-no-method", "user": "ops", "address": "192.0.2.10"}


def test_what_worked_before_the_first_of_several_unconfirmed_runs_counts(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second run of a change that waits for its confirmation must not take the lockout for the former state."""
    host = Host(str(site.root))
    change = Store(host).change("c1")
    change.note("applying")
    refused: list[dict[str, str]] = []
    monkeypatch.setattr(logins, "admitted", lambda _host, _administrators: list(refused))
    monkeypatch.setattr(
        deadman, "arm", lambda _host, folder, _seconds, token: durable.write_json(folder + "/deadline", token)
    )
    guard.arm(host, change, [], ASKED)
    refused.append(LOST)
    guard.arm(host, change, [], ASKED)
    assert guard.problems(host, change) == [LOST]
