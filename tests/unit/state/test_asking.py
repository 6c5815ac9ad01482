"""Connections of our own: nothing shared while they are wanted, everything as it was afterwards."""

from types import SimpleNamespace
from typing import Any

import pytest

from anwei.reach.asking import OWN, Asking
from tests.unit.state.machine import Connection


def asking(**options: str) -> Any:
    action = object.__new__(type("Plugin", (Asking,), {"run": None}))
    action._connection = Connection(**options)
    action._task = SimpleNamespace()
    return action


def test_ssh_shares_nothing_meanwhile() -> None:
    action = asking(ssh_args="-o ControlMaster=auto -o ControlPath=/kept")
    with action.own_connections():
        assert action._connection.get_option("ssh_args") == f"{OWN} -o ControlMaster=auto -o ControlPath=/kept"
    assert action._connection.get_option("ssh_args") == "-o ControlMaster=auto -o ControlPath=/kept"


def test_it_is_as_before_also_after_a_failure() -> None:
    action = asking(ssh_args="-o ControlMaster=auto")
    with pytest.raises(ZeroDivisionError), action.own_connections():
        raise ZeroDivisionError
    assert action._connection.get_option("ssh_args") == "-o ControlMaster=auto"


def test_other_connections_are_closed_so_that_the_next_command_makes_a_new_one() -> None:
    action = asking()
    with action.own_connections():
        assert action._connection.closed == 1
