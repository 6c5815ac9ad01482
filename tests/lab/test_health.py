"""Health checks of services that really run, and of the same when they are really ill."""

import json
from collections.abc import Iterator

import pytest

from tests.lab.change_site import Site
from tests.lab.conftest import Lab

DATABASE = "mariadb.socket mariadb.service"  # the socket alone would start it again for the first who asks
CHECKS = [
    {"type": "sql", "engine": "mysql", "query": "SELECT 6 * 7", "expect": "42"},
    {"type": "sql", "engine": "mysql", "query": "SELECT 'other'", "expect": "this"},
    {"type": "sql", "engine": "mysql", "query": "SELECT * FROM nowhere.nothing"},
    {"type": "service", "name": "mariadb"},
    {"type": "command", "argv": ["mariadb-admin", "ping"]},
    {"type": "tcp", "port": 3306, "from": "host", "address": "127.0.0.1"},
]
WELL = [True, False, False, True, True, True]


@pytest.fixture
def site(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site whose database host is looked at in every way that needs no network."""
    made = Site.make(tmp_path_factory.mktemp("health"), lab)
    made.variables("host_vars/db1", {"health_checks_database": [{**each, "retries": 1, "pause": 1} for each in CHECKS]})
    yield made
    lab.ssh("db1", f"sudo systemctl start {DATABASE}", "-tt")


def looked(site: Site) -> list[tuple[bool, str]]:
    """What each of our checks says: they come first, as variables go by name."""
    told = json.loads(site.anwei("health", "--limit", "db1", "--json", check=False).stdout)
    return [(each["ok"], each["said"]) for each in told["db1"][: len(CHECKS)]]


@pytest.mark.needs("db1")
def test_a_database_is_seen_well_and_ill(site: Site) -> None:
    well = looked(site)
    assert [ok for ok, _ in well] == WELL, well
    assert "ERROR 1146" in well[2][1] or "ERROR 1049" in well[2][1]
    site.lab.ssh("db1", f"sudo systemctl stop {DATABASE}", "-tt")
    ill = looked(site)
    assert [ok for ok, _ in ill] == [False] * len(CHECKS), ill
    assert "ERROR 2002" in ill[0][1]
