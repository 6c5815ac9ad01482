"""Confirming that people still get in: over new connections, until the deadline is near, and not a moment longer."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure

from anwei.errors import Failure
from anwei.state import confirming
from anwei.state.transport import Reply

GOOD = Reply("0", {"ok": True})
LATE = Reply("2", {"ok": False, "refusals": [{"reason": "too-late-x", "item": "", "values": {}}]})
BACK = Reply("4", {"ok": False, "returned": True, "failure": {"reason": "no-login-x", "item": "", "values": {}}})
CUT = AnsibleConnectionFailure("Connection timed out")
SILENT = Failure("AW-host-silent", details=["sudo: broken"])


class Action:
    """A plugin that gets one outcome after the other; the last one for ever."""

    host = "web1"

    def __init__(self, *outcomes: Reply | Exception) -> None:
        self.outcomes = itertools.chain(outcomes, itertools.repeat(outcomes[-1]))
        self.own = False
        self.tries = 0
        self.requests: list[dict[str, Any]] = []

    @contextmanager
    def own_connections(self) -> Iterator[None]:
        self.own = True
        yield
        self.own = False

    def hostkit(self, request: dict[str, Any]) -> Reply:
        assert self.own, "a kept connection proves nothing"
        self.tries += 1
        self.requests.append(request)
        outcome = next(self.outcomes)
        if isinstance(outcome, Exception):
            self.own = False
            raise outcome
        return outcome


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setenv("ANWEI_LANG", "en")
    monkeypatch.setattr(confirming.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(confirming.time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    return now


def confirm(action: Action, deadline: int = 60) -> None:
    answer = {"deadline": deadline, "confirmation": "token"}
    confirming.confirm(action, "c1", answer)  # type: ignore[arg-type]


def test_it_is_confirmed_once() -> None:
    action = Action(GOOD)
    confirm(action)
    assert action.requests == [{"verb": "confirm", "change": "c1", "confirmation": "token"}]


def test_it_is_tried_again_while_nobody_gets_in(clock: list[float]) -> None:
    action = Action(CUT, SILENT, GOOD)
    confirm(action)
    assert action.tries == 3
    assert clock[0] == 1000 + 2 + 4


@pytest.mark.parametrize(("outcome", "words"), [(CUT, "Connection timed out"), (SILENT, "sudo: broken")])
def test_nobody_gets_in_until_the_deadline_is_near(clock: list[float], outcome: Exception, words: str) -> None:
    action = Action(outcome)
    with pytest.raises(Failure) as failure:
        confirm(action)
    assert failure.value.code == "AW-host-unconfirmed"
    assert failure.value.details == [words]
    assert 1000 + 60 - confirming.MARGIN - confirming.LONGEST_PAUSE <= clock[0] <= 1000 + 60 - confirming.MARGIN
    assert action.tries > 3


def test_it_is_tried_at_least_once_however_near_the_deadline_is() -> None:
    action = Action(GOOD)
    confirm(action, deadline=1)
    assert action.tries == 1


@pytest.mark.parametrize(("reply", "code"), [(LATE, "AW-host-unconfirmed"), (BACK, "AW-host-returned")])
def test_what_the_host_says_no_to_is_not_tried_again(reply: Reply, code: str) -> None:
    action = Action(reply)
    with pytest.raises(Failure) as failure:
        confirm(action)
    assert (failure.value.code, action.tries) == (code, 1)
    assert "-x" in failure.value.details[0]


def test_the_wait_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    confirm(Action(CUT, GOOD))
    assert "55 s left" in capsys.readouterr().out
