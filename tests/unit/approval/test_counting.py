"""Whether approvals are enough: people are counted, authors never count, and each role needs somebody of its own."""

import random
from collections.abc import Sequence
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anwei.approval.counting import Authors, Tally, people, tally, unfilled
from anwei.approval.model import Approver, Rule

NOBODY = Authors(frozenset(), frozenset())
ROLES = ["业主", "安全", "运维"]


def by(name: str, *roles: str, key: str = "") -> Approver:
    return Approver(f"{name}@example.gov", "", roles, key or f"SHA256:{name}")


def count(approvals: Sequence[Approver], needed: int, *roles: str, authors: Authors = NOBODY, extra: int = 0) -> Tally:
    return tally(approvals, Rule(needed, roles), authors, extra)


def test_as_many_people_as_the_rule_says_are_enough() -> None:
    assert count([by("a"), by("b")], 2).enough
    short = count([by("a")], 2)
    assert (short.enough, short.missing, short.roles) == (False, 1, ())


def test_two_approvals_by_one_key_count_once() -> None:
    assert count([by("a"), by("a")], 2).missing == 1
    assert count([by("a", key="k"), by("b", key="k")], 2).missing == 1


def test_two_keys_of_one_name_count_once_whatever_its_case() -> None:
    assert count([by("a", key="k1"), by("A", key="k2")], 2).missing == 1


def test_who_shares_a_name_with_one_and_a_key_with_another_makes_one_of_all() -> None:
    chain = [by("a", "业主", key="k1"), by("b", "安全", key="k2"), by("a", key="k2")]
    for order in permutations(chain):
        (person,) = people(order)
        assert person.roles == {"业主", "安全"}


def test_an_author_never_counts_by_address_or_by_key() -> None:
    mail = Authors(frozenset({"A@Example.GOV"}), frozenset())
    key = Authors(frozenset(), frozenset({"SHA256:a"}))
    for authors in (mail, key):
        found = count([by("a"), by("b")], 2, authors=authors)
        assert found.missing == 1
        assert [person.names for person in found.authors] == [{"a@example.gov"}]


def test_an_author_with_a_second_key_does_not_count_either() -> None:
    authors = Authors(frozenset(), frozenset({"k1"}))
    assert count([by("a", key="k1"), by("a", key="k2")], 1, authors=authors).missing == 1


def test_an_author_does_not_fill_a_role() -> None:
    found = count([by("a", "业主"), by("b")], 1, "业主", authors=Authors(frozenset({"a@example.gov"}), frozenset()))
    assert (found.missing, found.roles) == (1, ("业主",))


def test_a_person_with_two_roles_fills_one() -> None:
    found = count([by("a", "业主", "安全"), by("b")], 2, "业主", "安全")
    assert (found.missing, found.roles) == (1, ("安全",))


def test_who_holds_two_roles_makes_room_for_who_holds_one() -> None:
    both, owner = by("a", "业主", "安全"), by("b", "业主")
    assert count([both, owner], 2, "业主", "安全").enough
    assert count([both, owner], 2, "安全", "业主").enough


def test_a_change_that_was_not_rehearsed_needs_one_more() -> None:
    assert count([by("a"), by("b")], 2, extra=1).missing == 1
    assert count([by("a"), by("b"), by("c")], 2, extra=1).enough


@pytest.mark.parametrize(
    ("approvals", "said"),
    [
        ([by("a", "业主"), by("b", "安全"), by("c")], "审批已够：需要 3 人，已有 3 人"),
        ([by("a", "业主"), by("b", "安全")], "审批不够：需要 3 人，已有 2 人，还缺 1 个签名"),
        ([by("a"), by("b"), by("c")], "审批不够：需要 3 人，已有 3 人，还缺 2 个签名，其中须有：业主、安全"),
        ([], "审批不够：需要 3 人，已有 0 人，还缺 3 个签名，其中须有：业主、安全"),
    ],
    ids=["enough", "one short", "roles", "none"],
)
def test_what_is_missing_is_a_sentence(approvals: list[Approver], said: str) -> None:
    assert str(count(approvals, 3, "业主", "安全")) == said


def test_the_sentence_names_the_authors() -> None:
    said = str(count([by("a")], 1, authors=Authors(frozenset({"a@example.gov"}), frozenset())))
    assert said == "审批不够：需要 1 人，已有 0 人，还缺 1 个签名；a@example.gov 是变更的作者，不计入"


HELD = st.lists(st.frozensets(st.sampled_from(ROLES)), max_size=5)
DEMANDED = st.lists(st.sampled_from(ROLES), max_size=4)


def can_all_be_filled(wanted: Sequence[str], held: Sequence[frozenset[str]]) -> bool:
    """By trying every way of giving the roles to different people."""
    everybody = range(len(held))
    ways = permutations(everybody, len(wanted))
    return any(all(role in held[who] for role, who in zip(wanted, way, strict=True)) for way in ways)


@settings(deadline=None)
@given(wanted=DEMANDED, held=HELD)
def test_as_many_roles_are_filled_as_can_be(wanted: list[str], held: list[frozenset[str]]) -> None:
    left = list(wanted)
    for role in unfilled(wanted, held):
        left.remove(role)
    assert can_all_be_filled(left, held)
    best = max(len(some) for some in subsets(wanted) if can_all_be_filled(some, held))
    assert len(left) == best


def subsets(wanted: Sequence[str]) -> list[list[str]]:
    if not wanted:
        return [[]]
    rest = subsets(wanted[1:])
    return [*rest, *([wanted[0], *some] for some in rest)]


APPROVALS = st.lists(
    st.builds(
        lambda name, key, roles: by(name, *sorted(roles), key=key),
        st.sampled_from("abcdABC"),
        st.sampled_from(["k1", "k2", "k3", "k4", "k5"]),
        st.frozensets(st.sampled_from(ROLES)),
    ),
    max_size=6,
)
AUTHORS = st.builds(
    lambda names, keys: Authors(frozenset(f"{name}@example.gov" for name in names), keys),
    st.frozensets(st.sampled_from("abcd"), max_size=2),
    st.frozensets(st.sampled_from(["k1", "k2"]), max_size=1),
)


@settings(deadline=None)
@given(approvals=APPROVALS, needed=st.integers(1, 4), wanted=DEMANDED, authors=AUTHORS, extra=st.integers(0, 1))
def test_exactly_what_is_missing_makes_it_enough(
    approvals: list[Approver], needed: int, wanted: list[str], authors: Authors, extra: int
) -> None:
    found = count(approvals, needed, *wanted, authors=authors, extra=extra)
    new = [by(f"new{number}", role) for number, role in enumerate(found.roles)]
    new += [by(f"more{number}") for number in range(found.missing - len(found.roles))]
    assert len(new) == found.missing
    assert count([*approvals, *new], needed, *wanted, authors=authors, extra=extra).enough
    for fewer in range(len(new)):
        some = [*approvals, *new[:fewer], *new[fewer + 1 :]]
        assert not count(some, needed, *wanted, authors=authors, extra=extra).enough


@settings(deadline=None)
@given(approvals=APPROVALS, authors=AUTHORS, order=st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_matters(
    approvals: list[Approver], authors: Authors, order: random.Random
) -> None:
    mixed = [*approvals, *approvals]
    order.shuffle(mixed)
    assert str(count(mixed, 2, "业主", authors=authors)) == str(count(approvals, 2, "业主", authors=authors))


@settings(deadline=None)
@given(approvals=APPROVALS, authors=AUTHORS)
def test_people_share_nothing_and_nobody_counted_is_an_author(approvals: list[Approver], authors: Authors) -> None:
    found = count(approvals, 1, authors=authors)
    everybody = [*found.counted, *found.authors]
    for one in everybody:
        assert all(one is other or one.names.isdisjoint(other.names) for other in everybody)
        assert all(one is other or one.fingerprints.isdisjoint(other.fingerprints) for other in everybody)
    for person in found.counted:
        assert person.names.isdisjoint(authors.emails)
        assert person.fingerprints.isdisjoint(authors.fingerprints)
