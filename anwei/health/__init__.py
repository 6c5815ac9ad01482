"""Whether hosts do their work: what the inventory declares as healthy, asked in parallel and within a time limit."""

from anwei.health.result import Result
from anwei.health.run import check

__all__ = ["Result", "check"]
