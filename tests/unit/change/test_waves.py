"""Waves: every host once, no two of a group together, sizes kept where the groups allow."""

import time
from collections import Counter
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anwei.change.waves import USUAL, Member, split
from anwei.errors import BadInput

MEMBERS = st.lists(st.tuples(st.sampled_from(["", "", "a", "b", "c"]), st.booleans()), min_size=0, max_size=40).map(
    lambda pairs: [Member(f"h{number}", group, canary) for number, (group, canary) in enumerate(pairs)]
)
PERCENTAGES = st.sets(st.integers(1, 100), min_size=1, max_size=4).map(lambda found: [f"{n}%" for n in sorted(found)])
COUNTS = st.lists(st.integers(1, 20), min_size=1, max_size=4)
SIZES = st.one_of(PERCENTAGES, COUNTS, PERCENTAGES.map(lambda sizes: ["canary", *sizes]))


@given(MEMBERS, SIZES)
def test_every_host_is_in_exactly_one_wave(members: list[Member], sizes: list[str | int]) -> None:
    waves = split(members, sizes)
    assert Counter(name for wave in waves for name in wave) == Counter(member.name for member in members)
    assert all(waves), "no wave is empty"


@given(MEMBERS, SIZES)
def test_no_two_of_a_group_are_in_a_wave(members: list[Member], sizes: list[str | int]) -> None:
    groups = {member.name: member.group for member in members}
    for wave in split(members, sizes):
        together = Counter(groups[name] for name in wave if groups[name])
        assert all(count == 1 for count in together.values())


@given(MEMBERS, PERCENTAGES)
def test_no_more_is_done_than_the_share_says(members: list[Member], sizes: list[str]) -> None:
    limits = sorted({ceil(int(size[:-1]) * len(members) / 100) for size in sizes})
    done = 0
    for wave, limit in zip(split(members, sizes), limits, strict=False):
        done += len(wave)
        assert done <= limit


@given(MEMBERS, COUNTS)
def test_a_wave_is_smaller_than_asked_only_where_groups_or_hosts_run_out(
    members: list[Member], sizes: list[int]
) -> None:
    waiting = {member.name: member for member in members}
    for number, wave in enumerate(split(members, sizes)):
        size = sizes[min(number, len(sizes) - 1)]
        taken = {waiting.pop(name).group for name in wave} - {""}
        assert len(wave) <= size
        if len(wave) < size:
            assert all(member.group in taken for member in waiting.values())


@given(MEMBERS)
def test_there_are_no_more_waves_than_the_largest_group_needs(members: list[Member]) -> None:
    largest = max(Counter(member.group for member in members if member.group).values(), default=1)
    assert len(split(members, ["100%"])) == (largest if members else 0)


@given(MEMBERS)
def test_canary_hosts_come_first(members: list[Member]) -> None:
    waves = split(members, ["canary", "100%"])
    canaries = [member for member in members if member.canary]
    if canaries:
        assert all(member.canary for member in members if member.name in waves[0])
        groups = {member.group for member in canaries if member.group}
        assert len(waves[0]) == len(groups) + sum(not member.group for member in canaries)


def test_the_usual_waves() -> None:
    members = [Member("web1", "web", canary=True), Member("web2", "web"), *(Member(f"app{n}") for n in range(8))]
    assert [len(wave) for wave in split(members, USUAL)] == [1, 4, 5]
    assert split(members, USUAL)[0] == ("web1",)
    assert split(members[:5], [3]) == (("web1", "app0", "app1"), ("web2", "app2"))


@pytest.mark.parametrize(
    "sizes",
    [[], ["0"], ["0%"], ["101%"], ["50%", "10%"], ["10%", "10%"], ["10%", "canary"], ["half"], ["-1"], ["1.5"], [True]],
    ids=str,
)
def test_sizes_that_are_none_are_refused(sizes: list[str | int]) -> None:
    with pytest.raises(BadInput, match="AW-waves-unsound"):
        split([Member("web1")], sizes)


def test_five_thousand_hosts_take_no_time() -> None:
    members = [Member(f"h{number}", f"pair{number // 2}" if number < 4000 else "") for number in range(5000)]
    began = time.process_time()
    waves = split(members, USUAL)
    assert time.process_time() - began < 1
    assert sum(map(len, waves)) == 5000
