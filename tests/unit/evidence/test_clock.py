from datetime import UTC, datetime

import pytest

from anwei.evidence.clock import LATEST, moment, skew


@pytest.mark.parametrize(
    ("clock", "expected"),
    [(None, None), (100, 0), (105, 0), (110, 0), (99, 0), (111, 1), (3710, 3600), (98, -1), (40, -59), (0, -99)],
)
def test_a_clock_is_wrong_only_by_what_is_certain(clock: int | None, expected: int | None) -> None:
    assert skew(clock, 100.0, 110.0) == expected


def test_what_is_no_date_is_none() -> None:
    assert moment(0) == datetime(1970, 1, 1, tzinfo=UTC)
    assert moment(LATEST) is not None
    assert moment(LATEST + 1) is moment(None) is None
