"""Checks that a host makes of itself: the real script, run by sh on this machine with stand-ins for its programs."""

import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from anwei.evidence import script
from anwei.evidence.script import Answer
from anwei.health import on_host
from tests.unit.health import servers
from tests.unit.health.declaring import only
from tests.unit.health.servers import listening, pages

NONCE = "5b1e"
SHELLS = ["dash", "bash"]
# What every host has. Whether it has curl, bash or a service manager is what the tests are about.
TOOLS = (
    "sh",
    "head",
    "sed",
    "wc",
    "rm",
    "mkdir",
    "sleep",
    "id",
    "cat",
    "kill",
    "base64",
    "setsid",
    "grep",
    "true",
    "ps",
)

Outcome = tuple[bool, str]
Have = Callable[..., None]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The only folder on the host's PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in TOOLS:
        (folder / name).symlink_to(shutil.which(name) or name)
    return folder


@pytest.fixture
def have(place: Path) -> Have:
    """Give the host a program: our own text, or that of this machine."""

    def give(name: str, text: str = "") -> None:
        if not text:
            (place / name).symlink_to(shutil.which(name) or name)
            return
        (place / name).write_text(f"#!/bin/sh\n{text}\n")
        (place / name).chmod(0o755)

    return give


@pytest.fixture
def ask(place: Path) -> Callable[..., Outcome]:
    """Make a check on the host."""

    def outcome(shell: str = "sh", seconds: int = 5, **written: Any) -> Outcome:
        check = only(**written)
        text = script.write([(on_host.command(check), seconds)], NONCE, path=str(place))
        environment = {"PATH": str(place), "http_proxy": "http://127.0.0.1:1"}
        done = subprocess.run(
            [shutil.which(shell) or shell], input=text.encode(), capture_output=True, timeout=30, check=False,
            env=environment,
        )  # fmt: skip
        answer = script.read(done.stdout.decode(), NONCE).answers.get(0)
        ok, said = on_host.judged(check, answer)
        assert servers.SECRET not in said
        assert answer is None or servers.SECRET.encode() not in answer.stdout + answer.stderr
        return ok, said

    return outcome


Ask = Callable[..., Outcome]

SYSTEMD = 'test "$1 $2" = "is-active --" || exit 9; echo {state}; exit {status}'


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("state", "status", "outcome"),
    [
        ("active", 0, (True, "运行中")),
        ("reloading", 0, (True, "运行中")),
        ("inactive", 3, (False, "没有运行（inactive）")),
        ("failed", 3, (False, "没有运行（failed）")),
        ("activating", 3, (False, "没有运行（activating）")),
        ("unknown", 4, (False, "没有运行（unknown）")),
    ],
)
def test_systemd_says_what_a_service_does(
    ask: Ask, have: Have, shell: str, state: str, status: int, outcome: Outcome
) -> None:
    have("systemctl", SYSTEMD.format(state=state, status=status))
    have("service", "echo must not be asked; exit 0")
    assert ask(shell, type="service", name="nginx") == outcome


WITHOUT_SYSTEMD = {
    "not installed": "",
    "installed, does not run": "echo 'System has not been booted with systemd' >&2; exit 1",
}


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("systemctl", WITHOUT_SYSTEMD)
@pytest.mark.parametrize(
    ("status", "outcome"),
    [(0, (True, "运行中")), (3, (False, "没有运行（退出码 3）")), (1, (False, "没有运行（退出码 1）"))],
)
def test_without_systemd_sysv_is_asked(
    ask: Ask, have: Have, shell: str, systemctl: str, status: int, outcome: Outcome
) -> None:
    if WITHOUT_SYSTEMD[systemctl]:
        have("systemctl", WITHOUT_SYSTEMD[systemctl])
    have("service", f'test "$*" = "nginx status" || exit 9; echo "{servers.SECRET[:3]} nginx is it"; exit {status}')
    assert ask(shell, type="service", name="nginx") == outcome


def test_a_host_without_either_says_so(ask: Ask) -> None:
    assert ask(type="service", name="nginx") == (False, "主机上没有 systemctl / service")


@pytest.mark.parametrize("name", ["a; touch MARK", "$(touch MARK)", "-h", "a b", "'"])
def test_a_name_is_a_name_and_nothing_else(ask: Ask, have: Have, tmp_path: Path, name: str) -> None:
    mark = tmp_path / "mark"
    have("touch")
    have("systemctl", f'printf "%s" "$3" >{tmp_path}/asked; echo active')
    written = name.replace("MARK", str(mark))
    assert ask(type="service", name=written)[0]
    assert (tmp_path / "asked").read_text() == written
    assert not mark.exists()


@pytest.mark.parametrize(
    ("argv", "outcome"),
    [
        (["true"], (True, "退出码 0")),
        (["sh", "-c", "echo 'session=4f1c'; exit 7"], (False, "退出码 7")),
        (["test-is-not-there"], (False, "主机上没有 test-is-not-there")),
        (["sh", "-c", 'test "$0" = "a b;c"', "a b;c"], (True, "退出码 0")),
    ],
)
def test_a_command_is_good_with_exit_status_0(ask: Ask, argv: list[str], outcome: Outcome) -> None:
    assert ask(type="command", argv=argv) == outcome


def test_a_command_that_hangs_is_ended(ask: Ask) -> None:
    assert ask(seconds=1, type="command", argv=["sleep", "324"], limit=1) == (False, "1 秒内没有完成")


def test_an_answer_that_got_lost_is_not_good() -> None:
    check = only(type="command", argv=["true"])
    lost = Answer(None, b"", b"", 0)
    assert on_host.judged(check, None) == on_host.judged(check, lost) == (False, "没有收到这项检查的结果")


# Databases: the client's own option file is the client's business, so a stand-in says what it was asked.

CLIENT = """\
[ "$1 $2 $3" = "--batch --skip-column-names -e" ] || exit 9
[ $# = 4 ] || exit 8
case $4 in
    "SELECT 'a b'") printf 'a\\tb\\n' ;;
    "SELECT 1") echo 1 ;;
    *) echo "ERROR 1045 (28000): Access denied for user 'root'" >&2; exit 1 ;;
esac"""


@pytest.mark.parametrize("client", ["mysql", "mariadb"])
@pytest.mark.parametrize(
    ("query", "expect", "outcome"),
    [
        ("SELECT 1", None, (True, "查询成功")),
        ("SELECT 1", 1, (True, "查询成功")),
        ("SELECT 1", "1", (True, "查询成功")),
        ("SELECT 'a b'", "a\tb", (True, "查询成功")),
        ("SELECT 1", 2, (False, "查询结果与期望的不同")),
        ("SHOW STATUS", None, (False, "查询失败（ERROR 1045）")),
    ],
)
def test_a_query_is_held_against_what_is_expected(
    ask: Ask, have: Have, client: str, query: str, expect: str | int | None, outcome: Outcome
) -> None:
    have(client, CLIENT)
    more = {} if expect is None else {"expect": expect}
    assert ask(type="sql", engine="mysql", query=query, **more) == outcome


def test_a_client_that_fails_without_a_number_is_told_by_its_exit_status(ask: Ask, have: Have) -> None:
    have("mysql", f"echo {servers.SECRET[:3]} >&2; exit 5")
    assert ask(type="sql", engine="mysql", query="SELECT 1") == (False, "查询失败（退出码 5）")


def test_a_host_without_a_client_says_so(ask: Ask) -> None:
    assert ask(type="sql", engine="mysql", query="SELECT 1") == (False, "主机上没有 mysql")


# The network as the host sees it


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with pages() as server:
        yield server.server_port


@pytest.fixture(scope="module")
def nobody() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def test_bash_connects_to_a_port(ask: Ask, have: Have, port: int, nobody: int) -> None:
    assert ask(type="tcp", port=port, **{"from": "host"}) == (False, "主机上没有 bash")
    have("bash")
    assert ask(type="tcp", port=port, **{"from": "host"}) == (True, "端口可以连接")
    assert ask(type="tcp", port=nobody, **{"from": "host"}) == (False, "连接被拒绝，端口上没有服务")
    assert ask(type="tcp", port=port, address="nowhere.invalid", **{"from": "host"}) == (False, "无法连接（退出码 1）")


PAGES: dict[str, tuple[dict[str, Any], Outcome]] = {
    "/": ({}, (True, "状态码 200")),
    "/none": ({"status": 204}, (True, "状态码 204")),
    "/bad": ({}, (False, "状态码 502，应为 200")),
    "/elsewhere": ({}, (False, "状态码 302，应为 200")),
    "/#utf-8": ({"text": "服务正常"}, (True, "状态码 200，页面中有应有的文字")),
    "/gbk": ({"text": "服务正常"}, (True, "状态码 200，页面中有应有的文字")),
    "/#other": ({"text": ".*"}, (False, "页面（前 1 MB）中没有“.*”")),
    "/none#text": ({"text": "x", "status": 204}, (False, "页面（前 1 MB）中没有“x”")),
    "/long#end": ({"text": "服务正常"}, (False, "页面（前 1 MB）中没有“服务正常”")),
    "/long#begin": ({"text": "xxx"}, (True, "状态码 200，页面中有应有的文字")),
    "/login?next=%2F": ({}, (True, "状态码 200")),
}


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("path", PAGES)
def test_curl_asks_for_a_page(ask: Ask, have: Have, port: int, shell: str, path: str) -> None:
    have("curl")
    more, outcome = PAGES[path]
    page = {"type": "http", "url": f"http://127.0.0.1:{port}{path}", "status": 200, "from": "host"}
    assert ask(shell, **{**page, **more}) == outcome


def test_without_curl_or_server_it_says_so(ask: Ask, have: Have, nobody: int) -> None:
    page = {"type": "http", "url": f"http://127.0.0.1:{nobody}/", "status": 200, "from": "host"}
    assert ask(**page) == (False, "主机上没有 curl")
    have("curl")
    assert ask(**page) == (False, "连接被拒绝，端口上没有服务")
    assert ask(**{**page, "url": "http://nowhere.invalid/"}) == (False, "域名无法解析")


def test_curl_is_hung_up_on(ask: Ask, have: Have) -> None:
    have("curl")
    with listening(lambda _connection: None) as rude:
        page = {"type": "http", "url": f"http://127.0.0.1:{rude}/", "status": 200, "from": "host"}
        assert ask(**page) == (False, "连接被对方断开")


def test_a_page_that_does_not_come_is_given_up_in_time(ask: Ask, have: Have) -> None:
    have("curl")
    with listening(servers.is_silent) as slow:
        page = {"type": "http", "url": f"http://127.0.0.1:{slow}/", "status": 200, "from": "host", "limit": 1}
        assert ask(seconds=1, **page) == (False, "1 秒内没有完成")


def test_curl_verifies_certificates_unless_told_not_to(ask: Ask, have: Have, tmp_path: Path) -> None:
    have("curl")
    with pages(servers.shows(servers.certificate(tmp_path, 90))) as server:
        page = {"type": "http", "url": f"https://127.0.0.1:{server.server_port}/", "status": 200, "from": "host"}
        ok, said = ask(**page)
        assert not ok
        assert said.startswith("证书未通过验证")
        assert ask(**page, verify=False) == (True, "状态码 200")
