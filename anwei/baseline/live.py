"""A pytest plugin for those who want only the checks: they run live on any host that pytest-testinfra reaches.

    pytest -p anwei.baseline.live --hosts=ssh://ops@192.0.2.10 --sudo --mlps-level 3 baselines/mlps/live.py

A finding is a failure with the sentence that quotes what was seen; what a person has to look at is skipped, with why.
No inventory is read, nothing is stored, and each command is a round trip of its own: `anwei check` is for estates.
"""

import pytest
from testinfra.host import Host

from anwei.baseline import catalogue
from anwei.baseline.catalogue import Entry, ObjectType
from anwei.baseline.checking import decided, present
from anwei.baseline.result import Outcome
from anwei.evidence.backend import mask_live

HOST_TYPE = "linux"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The level, as `anwei check mlps` has it."""
    group = parser.getgroup("anwei")
    group.addoption("--mlps-level", type=int, choices=catalogue.LEVELS, default=max(catalogue.LEVELS))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each check of the level."""
    if "mlps_check" in metafunc.fixturenames:
        checks = catalogue.load(metafunc.config.getoption("--mlps-level"))
        both = [(kind, entry) for kind in checks.on(HOST_TYPE) for entry in kind.entries]
        metafunc.parametrize("mlps_check", both, ids=[entry.check.id for _, entry in both])


def hold(host: Host, mlps_check: tuple[ObjectType, Entry]) -> None:
    """Run one check; its verdict becomes pytest's."""
    kind, entry = mlps_check
    mask_live(host)
    if not present(kind, host):
        pytest.skip(f"{kind.name}: {Outcome.NOT_APPLICABLE.value}")
    verdict = decided(entry, host)
    told = f"{entry.check.unit.clause} {entry.check.title}（{entry.check.expected}）：{verdict.observed}"
    if verdict.outcome is Outcome.NOT_MET:
        pytest.fail(told, pytrace=False)
    if verdict.outcome is not Outcome.MET:
        pytest.skip(f"{verdict.outcome.value}：{told}")
