"""Progress: what a record says so far, wherever it was cut; nothing counts as done that was not changed and kept."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from anwei.change.progress import Progress, progress

Entry = dict[str, Any]
START = datetime(2031, 3, 4, 14, tzinfo=UTC)
HOSTS = ("h1", "h2", "h3", "h4", "h5")
COMMIT = "ab" * 20


def entries(*events: tuple[str, dict[str, Any]]) -> list[Entry]:
    """Events as a record has them, a minute after each other."""
    return [
        {"event": event, "data": data, "at": f"{START + timedelta(minutes=number):%Y-%m-%dT%H:%M:%SZ}"}
        for number, (event, data) in enumerate(events)
    ]


def begun() -> tuple[str, dict[str, Any]]:
    return "begun", {"commit": COMMIT}


def applying(*hosts: str) -> tuple[str, dict[str, Any]]:
    return "applying", {"wave": 1, "hosts": list(hosts)}


def kept(*hosts: str) -> tuple[str, dict[str, Any]]:
    return "wave", {"wave": 1, "outcome": "kept", "hosts": list(hosts)}


def returning(*hosts: str) -> tuple[str, dict[str, Any]]:
    return "returning", {"wave": 1, "hosts": list(hosts)}


def returned(**hosts: bool) -> tuple[str, dict[str, Any]]:
    return "returned", {"hosts": {host: {"ok": ok} for host, ok in hosts.items()}}


ENDED = ("ended", {"outcome": "done", "status": 0, "said": ""})


def so_far(*events: tuple[str, dict[str, Any]]) -> Progress:
    return progress(entries(("opened", {}), *events))


def test_nothing_was_done_before_it_began() -> None:
    assert progress([]) == Progress()
    assert so_far() == Progress(last="opened")
    assert progress([]).last_moment is None


def test_a_wave_counts_once_it_is_kept() -> None:
    found = so_far(begun(), applying("h1", "h2"))
    assert (found.attempted, found.done, found.under_way) == ({"h1", "h2"}, set(), True)
    found = so_far(begun(), applying("h1", "h2"), kept("h1"), ENDED)
    assert (found.attempted, found.done, found.under_way) == ({"h1", "h2"}, {"h1"}, False)


def test_a_wave_that_was_not_kept_does_not_count() -> None:
    for outcome in ("returned", "failed"):
        wave = ("wave", {"wave": 1, "outcome": outcome, "hosts": ["h1"]})
        assert so_far(begun(), applying("h1"), wave).done == set()


def test_what_was_never_begun_is_not_done() -> None:
    assert so_far(begun(), applying("h1"), kept("h1", "h2"), ENDED).done == {"h1"}


def test_a_host_that_is_changed_again_is_not_done_until_that_is_kept() -> None:
    assert so_far(begun(), applying("h1"), kept("h1"), ENDED, begun(), applying("h1")).done == set()


def test_who_made_the_way_back_is_out_and_who_did_not_stays() -> None:
    found = so_far(begun(), applying("h1", "h2"), kept("h1", "h2"), returning("h1", "h2"), returned(h1=True, h2=False))
    assert (found.attempted, found.done, found.returned_ever) == ({"h2"}, {"h2"}, {"h1"})


def test_a_way_back_that_was_cut_short_has_to_go_on() -> None:
    found = so_far(begun(), applying("h1"), returning("h1"))
    assert (found.returning, found.under_way, found.last) == (("h1",), True, "returning")
    found = so_far(begun(), applying("h1"), returning("h1"), returned(h1=True), ENDED)
    assert (found.returning, found.under_way) == ((), False)


def test_what_is_cut_short_is_under_way_and_says_after_what() -> None:
    found = so_far(begun(), applying("h1"), ("interrupted", {"after": "applying"}))
    assert (found.under_way, found.last) == (True, "applying")


def test_the_commit_is_that_of_the_last_run() -> None:
    assert so_far(begun(), ENDED, ("begun", {"commit": "cd" * 20})).commit == "cd" * 20


def test_what_it_is_about_and_by_which_plan_is_known() -> None:
    found = progress(entries(("opened", {"estate": "small"}), ("begun", {"commit": COMMIT, "plan": "cd" * 32})))
    assert (found.estate, found.plan) == ("small", "cd" * 32)


def test_hosts_that_said_they_were_changed_are_known_until_they_are_back() -> None:
    said = {"h1": {"changed": True}, "h2": {"changed": False, "former": "f"}, "h3": {"changed": False}}
    applied = ("applied", {"wave": 1, "hosts": said})
    assert so_far(begun(), applying("h1", "h2", "h3"), applied).written == {"h1", "h2"}
    assert so_far(begun(), applying("h1", "h2"), applied, returned(h1=True, h2=False)).written == {"h2"}


def test_the_last_moment_is_the_last_write_of_a_run_or_the_end_of_its_wave() -> None:
    assert so_far(begun()).last_moment is None
    assert so_far(begun(), applying("h1")).last_moment == START + timedelta(minutes=2)
    applied = ("applied", {"wave": 1, "hosts": {}})
    assert so_far(begun(), applying("h1"), applied).last_moment == START + timedelta(minutes=3)
    assert so_far(begun(), applying("h1"), applied, kept("h1"), ENDED).last_moment == START + timedelta(minutes=4)
    later = (begun(), applying("h2"), kept("h2"))
    assert so_far(begun(), applying("h1"), kept("h1"), ENDED, *later).last_moment == START + timedelta(minutes=7)


def test_taking_some_back_makes_it_no_later() -> None:
    run = (begun(), applying("h1", "h2"), kept("h1", "h2"), ENDED)
    one_by_one = (returning("h1"), returned(h1=True), ENDED, returning("h2"), returned(h2=False), ENDED)
    assert so_far(*run, *one_by_one).last_moment == so_far(*run).last_moment
    cut = (begun(), applying("h1"))  # and taken back by hand: the end is that of the way back
    assert so_far(*cut, returning("h1"), returned(h1=False), ENDED).last_moment == so_far(*cut).last_moment
    assert so_far(*run, begun(), returning("h1"), returned(h1=True), ENDED).last_moment == so_far(*run).last_moment


# Any run, cut anywhere


@st.composite
def runs(draw: st.DrawFn) -> list[Entry]:
    """What runs and rollbacks write, one after the other, each of which may be cut short."""
    events: list[tuple[str, dict[str, Any]]] = [("opened", {})]
    for _ in range(draw(st.integers(1, 4))):
        one = _rollback(draw) if draw(st.booleans()) and len(events) > 1 else _run(draw)
        events += one[: draw(st.integers(1, len(one)))] if draw(st.booleans()) else one
    return entries(*events)


def _run(draw: st.DrawFn) -> list[tuple[str, dict[str, Any]]]:
    """A run in waves, of which the last may be taken back."""
    events = [begun(), ("gate", {"checks": []})]
    order = draw(st.permutations(HOSTS))
    for wave in (order[:1], order[1:3], order[3:]):
        events += [applying(*wave), ("applied", {"hosts": {}}), ("verified", {"hosts": {}})]
        bad = draw(st.sets(st.sampled_from(wave), max_size=1))
        if bad:
            back = {host: draw(st.booleans()) for host in wave}
            outcome = "returned" if all(back.values()) else "failed"
            closed = ("wave", {"wave": 1, "outcome": outcome, "hosts": list(wave)})
            return [*events, returning(*wave), returned(**back), closed, ENDED]
        events.append(kept(*wave))
    return [*events, ENDED]


def _rollback(draw: st.DrawFn) -> list[tuple[str, dict[str, Any]]]:
    """Some hosts taken back, some of which cannot be reached."""
    hosts = draw(st.lists(st.sampled_from(HOSTS), unique=True, min_size=1))
    return [returning(*hosts), returned(**{host: draw(st.booleans()) for host in hosts}), ENDED]


@given(runs())
def test_wherever_it_is_cut_the_story_holds(record: list[Entry]) -> None:
    for length in range(len(record) + 1):
        cut = record[:length]
        found = progress(cut)
        assert found.done <= found.attempted
        assert found.attempted == {host for host in HOSTS if _last(cut, host) == "applying"}
        assert found.done.isdisjoint(host for host in HOSTS if _last(cut, host) == "returned")
        assert found.under_way == (_moves(cut)[-1:] not in ([], ["ended"]))
        assert set(found.returning) <= set(HOSTS)
        assert found.last == (cut[-1]["event"] if cut else "")


def _last(record: Sequence[Entry], host: str) -> str:
    """What was last written of a host: that it is being changed, or that it is back."""
    found = [
        entry["event"]
        for entry in record
        if (entry["event"] == "applying" and host in entry["data"]["hosts"])
        or (entry["event"] == "returned" and entry["data"]["hosts"].get(host, {}).get("ok"))
    ]
    return found[-1] if found else ""


def _moves(record: Sequence[Entry]) -> list[str]:
    """The begins and ends."""
    return [entry["event"] for entry in record if entry["event"] in ("begun", "returning", "ended")]
