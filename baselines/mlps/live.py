"""The checks as tests of a live host, for `pytest -p anwei.baseline.live`; see there."""

from testinfra.host import Host

from anwei.baseline.catalogue import Entry, ObjectType
from anwei.baseline.live import hold


def test_check(host: Host, mlps_check: tuple[ObjectType, Entry]) -> None:
    """One check of the catalogue on one host."""
    hold(host, mlps_check)
