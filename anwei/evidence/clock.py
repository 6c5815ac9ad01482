"""The host's own clock: audit records are only worth what it is."""

from datetime import UTC, datetime

LATEST = 253_402_300_799  # the last second that a date can name


def moment(clock: int | None) -> datetime | None:
    """What the host's clock said, if it was a date at all."""
    return datetime.fromtimestamp(clock, UTC) if clock is not None and clock <= LATEST else None


def skew(clock: int | None, began: float, ended: float) -> int | None:
    """How many seconds the host's clock is ahead of ours, at least: when it was read is known from and to only."""
    if clock is None:
        return None
    if clock + 1 < began:  # it tells whole seconds
        return round(clock + 1 - began)
    return max(0, round(clock - ended))
