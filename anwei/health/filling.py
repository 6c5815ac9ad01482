"""Filling in what stands in the inventory as a template. Ansible is loaded for it only where there is one to fill in.

Loading it takes a tenth of a second, and fails where its own configuration is broken: other commands need not care.
"""

from collections.abc import Mapping
from typing import TypeVar

Filled = TypeVar("Filled")


class UnfilledError(Exception):
    """A template cannot be filled in; in one line why."""


def filled(value: Filled, variables: Mapping[str, object]) -> Filled:
    """`value` with each `{{ … }}` filled in by Ansible's own templating, which is given no lookup plugins."""
    if "{{" not in str(value) and "{%" not in str(value):
        return value
    from anwei.health import templates  # noqa: PLC0415 - see above

    try:
        return templates.filled(value, variables)
    except Exception as error:  # a template can raise anything
        raise UnfilledError(" ".join(str(error).split())) from error
