"""Whatever stands in an inventory: it loads or is refused as bad input, and nothing else is ever raised."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anwei.errors import BadInput
from anwei.estate import Estate, inventory_tool, load_estate
from tests.unit.estate.small import SOUND, load_by_hand, merged_by_hand, written

QUICK = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
LINES = SOUND.splitlines(keepends=True)
# What upsets YAML readers: marks of the language, aliases, tags, dates and numbers that are none, control characters.
UPSETTING = [
    "{",
    "}",
    "[",
    "]",
    ":",
    "- ",
    "? ",
    "&a ",
    "*a",
    "<<: ",
    "!!int ",
    "!x ",
    "|",
    "\t",
    "\0",
    "'",
    "\ufeff",
    "---\n",
]
UPSETTING += ["2027-02-30", "0x", "1e999", "~", "null", "关键", "\u2028", "\x85", "%"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | st.just("192.0.2.1"),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=5), below, max_size=3),
    max_leaves=6,
)
NAMES = ["address", "zone", "subnet", "owner", "criticality", "mlps_level", "system", "ha_group", "health_checks"]
NAMES += ["estate_title", "estate_zones", "estate_subnets", "estate_owners", "estate_freezes"]
NAMES += ["estate_timezone", "estate_calendar"]


def outcome(load: Callable[[Path], Estate], content: str) -> Estate | BadInput:
    """What loading comes to; any other exception goes through and fails the test."""
    with tempfile.TemporaryDirectory() as folder:
        inventory = written(Path(folder), "")
        (inventory / "hosts.yml").write_bytes(content.encode("utf-8", "surrogatepass"))
        try:
            return load(inventory)
        except BadInput as error:
            return error


def loads_or_is_refused(content: str, load: Callable[[Path], Estate] = load_by_hand) -> None:
    came = outcome(load, content)
    assert came.hosts if isinstance(came, Estate) else came.details or came.code == "AW-hosts-none"


@QUICK
@given(st.integers(0, len(SOUND)), st.integers(0, 12), st.sampled_from(UPSETTING) | st.text(max_size=6))
def test_a_damaged_inventory_loads_or_is_refused(start: int, length: int, inserted: str) -> None:
    loads_or_is_refused(SOUND[:start] + inserted + SOUND[start + length :])


@QUICK
@given(st.lists(st.sampled_from(LINES), max_size=len(LINES)))
def test_an_inventory_of_shuffled_lines_loads_or_is_refused(lines: list[str]) -> None:
    loads_or_is_refused("".join(lines))


@QUICK
@given(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6))
def test_values_of_any_type_load_or_are_refused(values: dict[str, Any]) -> None:
    def merged(directory: Path) -> dict[str, Any]:
        listing = merged_by_hand(directory)
        listing["_meta"]["hostvars"]["web-01"] |= values
        return listing

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inventory_tool, "merged", merged)
        loads_or_is_refused(SOUND, load_estate)


@pytest.mark.parametrize(
    "content", ["all: &a {children: {all: *a}}\n", "all: {children: &a {x: {children: *a}}}\n", "&a [*a]\n"]
)
def test_an_inventory_that_contains_itself_comes_to_an_end(content: str) -> None:
    loads_or_is_refused(content)
