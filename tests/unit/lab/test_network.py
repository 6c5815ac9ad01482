"""A lab takes no network that the machine already reaches in its own way."""

import pytest

from lab import network
from lab.network import _numbers_in


def test_numbers_of_networks_with_a_route_are_taken() -> None:
    destinations = [
        "default",
        "10.213.3.0/24",
        "10.214.5.9",
        "10.213.200.128/25",
        "10.21.7.0/24",
        "192.0.2.0/24",
        "ff00::/8",
    ]
    assert _numbers_in(destinations) == {3, 5, 200}


def test_the_machines_own_routes_can_be_read() -> None:
    assert "127.0.0.1" in network._destinations()


@pytest.mark.parametrize("destination", ["default", "10.0.0.0/8", "::1", "unreachable"])
def test_wider_routes_take_no_number(destination: str) -> None:
    assert _numbers_in([destination]) == set()
