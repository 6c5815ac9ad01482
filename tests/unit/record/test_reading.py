"""What a record tells: states, waves, times and outcomes; also where it is not at its end."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest

from anwei.record import chain
from anwei.record.reading import story_of
from anwei.record.states import HostState, Mode, Outcome
from anwei.record.view import Story
from tests.sample_records import (
    SAMPLES,
    WAVES,
    Script,
    applied,
    done,
    emergency,
    failing,
    health,
    interrupted,
    large,
    refused,
    rehearsal,
    running,
)


def told(entries: list[chain.Entry]) -> Story:
    return story_of("c1", entries)


def states(story: Story) -> dict[str, int]:
    return {state.value: count for state, count in story.states.items()}


def test_a_change_that_went_well() -> None:
    story = told(done())
    assert story.outcome is Outcome.DONE
    assert states(story) == {"kept": 10, "left-out": 1}
    (run,) = story.runs
    assert (run.mode, run.status, run.by) == (Mode.NORMAL, 0, "yunwei-1@example.gov")
    assert [(wave.number, wave.hosts) for wave in run.waves] == list(enumerate(WAVES, 1))
    assert {wave.standing for wave in run.waves} == {"kept"}
    assert [each.name for each in run.approvals] == ["yezhu-1@example.gov", "anquan-1@example.gov"]
    assert [check.name for check in run.gate] == ["approved", "window", "frozen", "rehearsed", "lock"]
    assert "在计划之后被改过" in story.hosts["old-9"].why


def test_a_host_has_what_was_done_to_it_and_how_it_was_before_and_after() -> None:
    host = told(done()).hosts["jyweb-2-a"]
    assert (host.ha_group, host.wave, host.release) == ("jyweb-2", 2, "openEuler 22.03 LTS-SP3")
    (only,) = host.passes
    assert [change.item for change in host.changes] == [
        "file:/etc/ssh/sshd_config",
        "service:sshd",
        "file:/etc/anwei/probe",
    ]
    assert [(each.field, each.before, each.after) for each in host.changes[0].fields[:2]] == [
        ("PermitRootLogin", "yes", "no"),
        ("MaxAuthTries", "6", "3"),
    ]
    assert (host.changes[0].fields[2].before, host.changes[1].fields[0].after) == ("", "true")
    assert only.applied
    assert (only.applied.armed, only.applied.confirmed) == (True, True)
    assert [check.name for check in only.health["before"]] == [check.name for check in only.health["after"]]
    assert (host.well("before"), host.well("after")) == (True, True)
    assert [check.outcome for check in only.tested["after"]] == ["满足", "满足", "需人工核查"]
    assert "before" not in only.tested


def test_times_are_those_of_the_estate_and_each_step_has_its_length() -> None:
    story = told(done())
    wave = story.runs[0].waves[1]
    assert [(step.kind, step.seconds, step.ok) for step in wave.steps] == [
        ("health-before", 2, True),
        ("apply", 10, True),
        ("verify", 4, True),
        ("health-after", 2, True),
        ("soak", 60, True),
    ]
    assert story.events[0].at.isoformat() == "2026-11-21T22:03:11+08:00"
    for earlier, later in pairwise(wave.steps):
        assert earlier.end == later.begin
    script = Script()
    script.opened("c1", "新疆", timezone="Asia/Urumqi")
    assert told(script.entries).events[0].at.utcoffset() == timedelta(hours=6)
    script = Script()
    script.opened("c1", "没有这个时区", timezone="../etc/passwd")
    assert told(script.entries).events[0].at.utcoffset() == timedelta(hours=8)


def test_a_wave_that_is_sick_afterwards_is_taken_back_and_the_next_never_begins() -> None:
    story = told(failing())
    assert story.outcome is Outcome.RETURNED
    assert states(story) == {"kept": 1, "returned": 3, "waiting": 6}
    assert [wave.standing for wave in story.waves] == ["kept", "returned", "none"]
    sick = story.hosts["jyweb-2-a"]
    assert (sick.well("before"), sick.well("after")) == (True, False)
    assert "502" in sick.why
    assert story.hosts["file-4"].why == "jyweb-2-a 的健康检查在变更后不正常"
    (only,) = sick.passes
    assert only.returned
    assert only.returned.now == only.returned.former
    assert [(step.kind, step.ok) for step in story.waves[1].steps][-2:] == [("health-after", False), ("return", True)]


def test_a_run_that_was_cut_short_and_gone_on_with() -> None:
    story = told(interrupted())
    first, second = story.runs
    assert (first.outcome, first.last_event, second.outcome) == (Outcome.INTERRUPTED, "applying", Outcome.DONE)
    assert (second.resumed, story.outcome) == (True, Outcome.DONE)
    assert story.interruptions == [first]
    assert states(story) == {"kept": 10}
    # Each run shows how it left the hosts, and an hour between the runs belongs to neither.
    assert Counter(first.states.values()) == {HostState.KEPT: 1, HostState.UNFINISHED: 3, HostState.WAITING: 6}
    assert first.seconds < 120
    assert [wave.number for wave in second.waves] == [2, 3]
    assert [wave.standing for wave in story.waves] == ["kept", "kept", "kept"]
    assert len(story.hosts["jydb-3-a"].passes) == 2
    assert [event.torn for event in story.events if event.torn] == [211]


def test_a_resume_that_came_to_no_wave_hides_nothing_of_the_run_before() -> None:
    entries = interrupted()
    resumed = next(number for number, entry in enumerate(entries) if entry["data"].get("resumed"))
    story = told(entries[: resumed + 1])
    assert [wave.standing for wave in story.runs[1].waves] == ["none", "none"]
    assert [wave.standing for wave in story.waves] == ["kept", "open", "none"]


def test_a_run_without_an_end_is_told_as_far_as_it_came() -> None:
    story = told(running())
    assert story.outcome is Outcome.RUNNING
    assert states(story) == {"kept": 1, "unfinished": 3, "waiting": 6}
    assert story.runs[0].waves[1].standing == "open"
    assert story_of("c1", running(), torn=True).torn


def test_a_rehearsal_and_an_emergency_are_told_apart() -> None:
    assert told(rehearsal()).rehearsal
    assert not told(done()).rehearsal
    assert told(emergency()).emergency
    assert not told(done()).emergency


def test_a_rollback_is_a_run_of_its_own_and_names_what_needs_a_person() -> None:
    story = told(emergency())
    first, rollback = story.runs
    assert (first.mode, first.outcome) == (Mode.EMERGENCY, Outcome.DONE)
    assert (rollback.mode, rollback.outcome, rollback.over) == (Mode.ROLLBACK, Outcome.PERSON, True)
    assert (rollback.by, rollback.why) == ("yunwei-2@example.gov", "业务系统的旧客户端无法连接")
    assert rollback.seconds == 32
    assert states(story) == {"returned": 2, "person": 2}
    conflict, lost = story.hosts["elk-5"], story.hosts["nginx-7"]
    assert conflict.passes[-1].returned
    assert conflict.passes[-1].returned.conflicts == ("file:/etc/ssh/sshd_config MaxAuthTries 2026-11-patch",)
    assert lost.undo == "sh /var/lib/anwei/2026-11-urgent/undo"
    assert story.hosts["jyweb-2-a"].undo == ""
    assert story.begun is first
    assert [wave.standing for wave in rollback.waves] == ["partly"]


def test_a_gate_that_said_no_is_a_run_without_waves() -> None:
    story = told(refused())
    (run,) = story.runs
    assert (run.mode, run.outcome, run.status) == (Mode.GATE, Outcome.STOPPED, 3)
    assert [check.name for check in run.gate if not check.ok] == ["approved", "window"]
    assert (story.hosts, story.begun) == ({}, None)


def test_a_record_that_was_only_opened() -> None:
    story = told(done()[:1])
    assert (story.outcome, story.last, story.waves) == (Outcome.OPENED, None, [])


def test_checks_made_before_the_change_stand_before_those_after() -> None:
    script = Script()
    script.opened("c1", "核查")
    script.begun([["a-1"]])
    wave = {"wave": 1}
    for outcome in ("不满足", "满足"):
        check = {"id": "LNX-IAc-02", "title": "SSH 加密算法", "outcome": outcome, "said": "…"}
        script.tell("verified", {**wave, "hosts": {"a-1": {"ok": outcome == "满足", "checks": [check]}}}, 1)
        if outcome == "不满足":
            script.tell("applying", {**wave, "hosts": ["a-1"]}, 1)
            script.tell("applied", {**wave, "hosts": {"a-1": applied("a-1")}}, 1)
    (only,) = told(script.entries).hosts["a-1"].passes
    assert {when: [check.ok for check in found] for when, found in only.tested.items()} == {
        "before": [False],
        "after": [True],
    }
    assert told(script.entries).hosts["a-1"].state is HostState.APPLIED


def test_what_the_gate_saw_counts_as_before_where_a_wave_did_not_look_anew() -> None:
    script = Script()
    script.opened("c", "t")
    script.begun([["a"], ["b"], ["c"]])
    seen = {"a": health("a"), "b": health("b", well=False), "c": health("c")}
    script.tell("health", {"wave": None, "when": "gate", "hosts": seen})
    script.tell("applying", {"wave": 1, "hosts": ["a"]})
    script.tell("applied", {"wave": 1, "hosts": {"a": applied("a")}})
    script.health(2, "before", ["b"])
    hosts = story_of("c", script.entries).hosts
    assert [hosts[name].well("before") for name in "abc"] == [True, True, None]
    assert [check.name for check in hosts["a"].passes[-1].looked["before"]] == ["tcp 22", "http"]


def test_a_group_is_looked_at_as_a_whole_and_who_stands_in_is_told_apart() -> None:
    """While jyweb-2-a is changed, jyweb-2-b of a later wave and jyweb-2-c of none have to serve."""
    script = Script()
    script.opened("c1", "一对")
    script.begun([["jyweb-2-a"], ["jyweb-2-b"]])
    script.health(1, "before", ["jyweb-2-a", "jyweb-2-b", "jyweb-2-c"])
    script.tell("applying", {"wave": 1, "hosts": ["jyweb-2-a"]})
    script.tell("applied", {"wave": 1, "hosts": {"jyweb-2-a": applied("jyweb-2-a")}})
    script.health(1, "after", ["jyweb-2-a", "jyweb-2-b", "jyweb-2-c"], sick=["jyweb-2-b", "jyweb-2-c"])
    story = told(script.entries)
    assert {name: host.state.value for name, host in story.hosts.items()} == {
        "jyweb-2-a": "applied",
        "jyweb-2-b": "waiting",
    }
    assert [(each.name, each.wave, each.when) for each in story.neighbours] == [
        ("jyweb-2-b", 1, "after"),
        ("jyweb-2-c", 1, "after"),
    ]
    assert story.hosts["jyweb-2-b"].passes == []
    assert not story.waves[0].steps[-1].ok


def test_waves_are_counted_without_the_hosts_that_were_left_out() -> None:
    script = Script()
    script.opened("c1", "部分")
    script.begun([["a-1"], ["b-2", "c-3"]], left_out={"a-1": "不在本次范围", "c-3": "不在本次范围"})
    script.wave(1, ["b-2"])
    story = told(script.entries)
    assert [(wave.number, wave.hosts, wave.standing) for wave in story.waves] == [(1, ("b-2",), "kept")]
    assert states(story) == {"left-out": 2, "kept": 1}


def test_a_wave_that_lost_a_host_within_the_allowance_keeps_the_others() -> None:
    script = Script()
    script.opened("c1", "允许失败一台")
    script.begun([["a-1", "b-2"]])
    script.tell("applying", {"wave": 1, "hosts": ["a-1", "b-2"]})
    failed = {"ok": False, "said": "写不进去"}
    script.tell("applied", {"wave": 1, "hosts": {"a-1": applied("a-1"), "b-2": failed}})
    script.take_back(["b-2"], "写不进去", 1)
    script.tell("wave", {"wave": 1, "outcome": "kept", "hosts": ["a-1"]})
    script.ended("done", 0, "完成")
    assert states(told(script.entries)) == {"kept": 1, "returned": 1}


def test_a_host_with_conflicts_needs_a_person_whatever_else_it_says() -> None:
    script = Script()
    script.opened("c1", "冲突")
    script.begun([["a-1"]])
    script.tell("returning", {"wave": None, "hosts": ["a-1"]})
    conflict = {"item": "file:/etc/motd", "field": "content"}
    script.tell("returned", {"hosts": {"a-1": {"ok": True, "said": "…", "conflicts": [conflict]}}})
    story = told(script.entries)
    assert story.hosts["a-1"].state is HostState.PERSON
    assert story.runs[-1].waves[-1].standing == "partly"


@pytest.mark.parametrize(
    ("outcome", "status", "known"),
    [
        ("taken-back", 0, Outcome.RETURNED),
        ("way-back-ended", 4, Outcome.RETURNED),
        ("nothing", 0, Outcome.NOTHING),
        ("done-in-part", 1, Outcome.IN_PART),
        ("late", 1, Outcome.STOPPED),
        ("later-word", 3, Outcome.STOPPED),
        ("later-word", 9, Outcome.UNKNOWN),
    ],
)
def test_an_outcome_is_known_by_its_word_or_else_by_its_status(outcome: str, status: int, known: Outcome) -> None:
    script = Script()
    script.opened("c1", "结果")
    script.begun([["a-1"]])
    script.ended(outcome, status, "…")
    assert told(script.entries).outcome is known


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ({"ok": False, "said": "写不进去"}, HostState.FAILED),
        ({"ok": True, "returned": True, "said": "没有得到确认，主机已自行撤回"}, HostState.RETURNED),
        ({"ok": True, "changed": False}, HostState.APPLIED),
    ],
)
def test_a_hosts_own_answer_says_where_it_stands(answer: dict[str, object], state: HostState) -> None:
    script = Script()
    script.opened("c1", "一台")
    script.begun([["a-1"]])
    script.tell("applying", {"wave": 1, "hosts": ["a-1"]})
    script.tell("applied", {"wave": 1, "hosts": {"a-1": answer}})
    host = told(script.entries).hosts["a-1"]
    assert (host.state, host.why) == (state, answer.get("said", ""))


@pytest.mark.parametrize("name", SAMPLES)
def test_a_record_is_told_wherever_it_was_cut_short(name: str) -> None:
    entries = SAMPLES[name]()
    for count in range(len(entries) + 1):
        story = told(entries[:count])
        assert len(story.events) == count
        assert sum(story.states.values()) == len(story.hosts)


def test_an_event_of_a_later_version_stands_in_the_list_and_changes_nothing() -> None:
    script = Script()
    script.opened("c1", "新")
    script.tell("weighed", {"kilos": 3})
    story = told(script.entries)
    assert [event.name for event in story.events] == ["opened", "weighed"]
    assert story.runs == []


def test_five_hundred_hosts_are_told_at_once() -> None:
    story = told(large())
    assert states(story) == {"kept": 250, "returned": 250}
