"""All of it at once: real Ansible on hosts that are this machine, real servers, and hosts that are gone or stuck."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from anwei.errors import BadInput
from anwei.health import asking, check
from tests.unit.health import servers
from tests.unit.health.declaring import host
from tests.unit.health.servers import listening, pages

ONCE = {"retries": 0, "limit": 5}
TRUE = {"type": "command", "argv": ["true"], **ONCE}
INVENTORY = """
all:
  hosts:
    good: {ansible_connection: local}
    bare: {ansible_connection: local}
    gone: {ansible_connection: ssh, ansible_host: 127.0.0.1, ansible_port: 1}
    bad: {ansible_connection: local}
    stuck: {ansible_connection: local, ansible_become_exe: FOLDER/stuck, ansible_become: true}
    no-root: {ansible_connection: local, ansible_become_exe: FOLDER/no-root, ansible_become: true}
  vars: {ansible_become_user: nobody, ansible_pipelining: true}
"""


@pytest.fixture(scope="module")
def inventory(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("health")
    (folder / "inventory").mkdir()
    (folder / "inventory" / "hosts.yml").write_text(INVENTORY.replace("FOLDER", str(folder)))
    sudo = {"stuck": "exec sleep 60", "no-root": "echo 'ops is not in the sudoers file.' >&2; exit 1"}
    for name, does in sudo.items():
        (folder / name).write_text(f"#!/bin/sh\n{does}\n")
        (folder / name).chmod(0o755)
    return SimpleNamespace(path=folder / "inventory")


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with pages() as server:
        yield server.server_port


def test_every_check_of_every_host_has_its_result_in_order(inventory: Any, port: int) -> None:
    page = {"type": "http", "url": "http://{{ address }}:{{ port }}/", "status": 200, **ONCE}
    hosts = [
        host(page, TRUE, {"type": "tcp", "port": port, **ONCE}, name="good", port=port),
        host(name="bare"),
        host({**TRUE, "argv": ["false"]}, {**page, "url": f"http://127.0.0.1:{port}/bad"}, name="bad"),
        host(TRUE, {"type": "tcp", "port": port, **ONCE}, name="gone"),
        host(TRUE, {"type": "tcp", "port": port, **ONCE}, name="door", system="windows"),
    ]  # fmt: skip
    results = check(inventory, hosts)
    assert {name: [(each.name.split()[0], each.ok, each.reached) for each in own] for name, own in results.items()} == {
        "good": [("http", True, True), ("command", True, True), ("tcp", True, True)],
        "bare": [("reachable", True, True)],
        "bad": [("command", False, True), ("http", False, True)],
        "gone": [("command", False, False), ("tcp", True, True)],
        "door": [("command", False, True), ("tcp", True, True)],
    }
    assert [each.said for each in results["bad"]] == ["退出码 1", "状态码 502，应为 200"]
    assert results["gone"][0].said.startswith("连接被拒绝")
    assert "不能登录" in results["door"][0].said
    assert {each.tries for own in results.values() for each in own} == {0, 1}
    assert servers.SECRET not in str(results)


def test_network_checks_go_on_side_by_side(inventory: Any) -> None:
    began = time.monotonic()
    with listening(servers.is_silent) as slow:
        silent = {"type": "http", "url": f"http://127.0.0.1:{slow}/", "status": 200, "retries": 0, "limit": 1}
        results = check(inventory, [host(*[silent] * 10, name=f"web{n}") for n in range(3)])
    assert time.monotonic() - began < 8
    assert {each.said for own in results.values() for each in own} == {"1 秒内没有完成"}


def test_a_service_that_comes_back_is_good_after_some_tries(inventory: Any, tmp_path: Path) -> None:
    counts = f'echo >>{tmp_path}/count; test "$(wc -l <{tmp_path}/count)" -ge "$0"'
    again = {"type": "command", "argv": ["sh", "-c", counts, "3"], "pause": 0, "limit": 5}
    answers = iter([b"HTTP/1.0 503 x\r\n\r\n", b"HTTP/1.0 200 x\r\n\r\n", b"HTTP/1.0 500 x\r\n\r\n"])

    def serve(connection: socket.socket) -> None:
        servers.says(next(answers))(connection)

    with listening(serve) as port:
        page = {"type": "http", "url": f"http://127.0.0.1:{port}/", "status": 200, "pause": 0}
        results = check(inventory, [host({**again, "retries": 2}, page, TRUE, name="good")])
    assert [(each.ok, each.tries) for each in results["good"]] == [(True, 3), (True, 2), (True, 1)]


def test_tries_come_to_an_end_with_a_pause_between_them(inventory: Any) -> None:
    with listening(servers.says(b"HTTP/1.0 500 x\r\n\r\n")) as port:
        page = {"type": "http", "url": f"http://127.0.0.1:{port}/", "status": 200, "pause": 1, "retries": 1}
        (result,) = check(inventory, [host(page)])["web1"]
    assert (result.ok, result.tries) == (False, 2)
    assert result.seconds >= 1


def test_the_limit_holds_over_all(inventory: Any) -> None:
    began = time.monotonic()
    with listening(servers.is_silent) as slow:
        silent = {"type": "http", "url": f"http://127.0.0.1:{slow}/", "status": 200, "retries": 20, "limit": 60}
        waits = {"type": "tcp", "port": 1, "retries": 20, "pause": 300}
        stuck = {**TRUE, "retries": 20, "limit": 60}
        results = check(inventory, [host(silent, waits, *[silent] * 99), host(stuck, name="stuck")], limit=4)
    assert time.monotonic() - began < 9
    assert not any(each.ok for own in results.values() for each in own)
    assert [len(own) for own in results.values()] == [101, 1]
    assert results["web1"][1].said == "连接被拒绝，端口上没有服务"
    assert results["web1"][-1].said == "在总时限内没有结果"


def test_a_name_server_that_hangs_does_not_hold_the_others_up(
    inventory: Any, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = socket.getaddrinfo

    def hangs(name: str, *more: Any) -> Any:
        if name == "hangs.example.gov":
            time.sleep(5)
        return original(name, *more)

    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    began = time.monotonic()
    connects = {"type": "tcp", "port": port, **ONCE}
    results = check(
        inventory, [host(connects), host({**connects, "address": "hangs.example.gov"}, name="web2")], limit=0.5
    )
    assert time.monotonic() - began < 4
    assert [own[0].said for own in results.values()] == ["端口可以连接", "在总时限内没有结果"]


def test_an_ansible_that_does_not_start_is_a_reason_and_no_error(tmp_path: Path) -> None:
    (tmp_path / "hosts.yml").write_text("all: {hosts: {other: {ansible_connection: local}}}")
    (result,) = check(SimpleNamespace(path=tmp_path), [host(name="missing")])["missing"]
    assert (result.ok, result.reached) == (False, False)


def test_a_bad_declaration_is_refused_before_any_host_is_asked(inventory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "fetch_timed", lambda *_: pytest.fail("asked"))
    with pytest.raises(BadInput):
        check(inventory, [host(TRUE, name="good"), host({"type": "service", "name": "{{ nowhere }}"}, name="bad")])


def test_nobody_is_asked_twice_why_a_login_fails(inventory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[list[str]] = []
    original = asking.fetch_timed

    def counted(path: Path, wanted: Any, *more: Any) -> Any:
        rounds.append(sorted(wanted))
        return original(path, wanted, *more)

    monkeypatch.setattr(asking, "fetch_timed", counted)
    again: dict[str, Any] = {"type": "command", "argv": ["true"], "retries": 1, "pause": 0}
    results = check(inventory, [host(again, name="gone"), host(again, name="good"), host(again, name="no-root")])
    assert rounds[0] == ["gone", "good", "no-root"]
    assert rounds[1:] == [["gone"]]
    assert results["gone"][0].tries == 2
