"""Checks over the network against real servers: good, bad, slow and broken ones."""

import http.server
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from anwei.health import network
from tests.unit.health import servers
from tests.unit.health.declaring import only
from tests.unit.health.servers import listening, pages

Outcome = tuple[bool, str]


def attempt(seconds: float = 2, **written: Any) -> Outcome:
    outcome = network.attempt(only(**written), seconds)
    assert servers.SECRET not in outcome[1]
    return outcome


def get(port: int, path: str = "/", status: int = 200, **more: Any) -> Outcome:
    return attempt(type="http", url=f"http://127.0.0.1:{port}{path}", status=status, **more)


@pytest.fixture(scope="module")
def site() -> Iterator[http.server.ThreadingHTTPServer]:
    with pages() as server:
        yield server


@pytest.fixture(scope="module")
def port(site: http.server.ThreadingHTTPServer) -> int:
    return site.server_port


@pytest.fixture(scope="module")
def nobody() -> int:
    """A port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.mark.parametrize(
    ("path", "more", "outcome"),
    [
        ("/", {}, (True, "状态码 200")),
        ("/none", {"status": 204}, (True, "状态码 204")),
        ("/bad", {}, (False, "状态码 502，应为 200")),
        ("/bad", {"status": 502}, (True, "状态码 502")),
        ("/elsewhere", {}, (False, "状态码 302，应为 200")),
        ("/", {"text": "服务正常"}, (True, "状态码 200，页面中有应有的文字")),
        ("/gbk", {"text": "服务正常"}, (True, "状态码 200，页面中有应有的文字")),
        ("/", {"text": "服务异常"}, (False, "页面（前 1 MB）中没有“服务异常”")),
        ("/bad", {"text": "session"}, (False, "状态码 502，应为 200")),
        ("/long", {"text": "服务正常"}, (False, "页面（前 1 MB）中没有“服务正常”")),
        ("/long", {"text": "xxx"}, (True, "状态码 200，页面中有应有的文字")),
        ("/login?next=%2F", {}, (True, "状态码 200")),
        ("/页", {}, (True, "状态码 200")),
    ],
)
def test_a_page_is_held_against_its_status_and_text(
    port: int, path: str, more: dict[str, Any], outcome: Outcome
) -> None:
    assert get(port, path, **more) == outcome


def test_the_server_is_told_the_name_as_it_is_written(site: http.server.ThreadingHTTPServer) -> None:
    assert attempt(type="http", url=f"http://LocalHost:{site.server_port}/", status=200)[0]
    assert site.asked[-1] == f"LocalHost:{site.server_port}"  # type: ignore[attr-defined]


def test_proxies_of_whoever_runs_it_are_not_used(port: int, nobody: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{nobody}")
    assert get(port)[0]


def test_no_more_than_a_megabyte_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    original = http.client.HTTPResponse.read

    def watched(response: http.client.HTTPResponse, most: int | None = None) -> bytes:
        page = original(response, most)
        read.append(len(page))
        return page

    monkeypatch.setattr(http.client.HTTPResponse, "read", watched)
    endless = b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 5_000_000
    with listening(servers.says(endless)) as endless_port:
        assert get(endless_port, text="nowhere")[0] is False
    assert read == [network.MOST_BYTES]


BROKEN: dict[str, servers.Serve] = {
    "speaks another language": servers.says(f"SSH-2.0-OpenSSH_7.4 {servers.SECRET}\r\n".encode()),
    "ends in the page": servers.says(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nx"),
    "an endless head": servers.says(b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 20_000),
    "a status that is none": servers.says(b"HTTP/1.1 abc OK\r\n\r\n"),
}


@pytest.mark.parametrize("way", BROKEN)
def test_a_broken_server_is_told_in_our_own_words(way: str) -> None:
    with listening(BROKEN[way]) as broken:
        assert get(broken, text="x") == (False, "对方没有按 HTTP 应答")


def test_a_server_that_hangs_up_is_told_so() -> None:
    with listening(lambda _connection: None) as rude:
        assert get(rude) == (False, "连接被对方断开")


SLOW = {
    "never answers": servers.is_silent,
    "drips its head": servers.drips(b"HTTP/1.1 200 OK\r\nX: "),
    "drips its page": servers.drips(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"),
    "drips a page without length": servers.drips(b"HTTP/1.0 200 OK\r\n\r\n"),
}


@pytest.mark.parametrize("way", SLOW)
def test_a_slow_server_costs_no_more_than_the_limit(way: str) -> None:
    began = time.monotonic()
    with listening(SLOW[way]) as slow:
        outcome = attempt(0.4, type="http", url=f"http://127.0.0.1:{slow}/", status=200, text="nowhere")
    assert outcome == (False, "1 秒内没有完成")
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "written", [{"type": "tcp"}, {"type": "tls"}, {"type": "http", "status": 200}], ids=lambda w: w["type"]
)
def test_where_nothing_listens_the_connection_is_refused(nobody: int, written: dict[str, Any]) -> None:
    place = {"url": f"http://127.0.0.1:{nobody}/"} if written["type"] == "http" else {"port": nobody}
    assert attempt(**written, **place) == (False, "连接被拒绝，端口上没有服务")


def test_a_port_that_listens_is_good(port: int) -> None:
    assert attempt(type="tcp", port=port) == (True, "端口可以连接")
    assert attempt(type="tcp", port=port, address="localhost") == (True, "端口可以连接")


@pytest.mark.parametrize("name", ["nowhere.invalid", "a..b", "x" * 300])
def test_a_name_that_leads_nowhere_is_an_answer(name: str, port: int) -> None:
    ok, said = attempt(type="tcp", port=port, address=name)
    assert not ok
    assert said.startswith(("域名无法解析", "无法连接"))


# TLS


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    folder = tmp_path_factory.mktemp("certificates")
    return {days: servers.certificate(folder, days + 0.5) for days in (90, 5, -3)}


@pytest.fixture(scope="module")
def secured(certificates: dict[int, Path]) -> Iterator[dict[int, int]]:
    """The ports of servers by the days that their certificates last."""
    with (
        pages(servers.shows(certificates[90])) as good,
        pages(servers.shows(certificates[5])) as soon,
        pages(servers.shows(certificates[-3])) as over,
    ):
        yield {90: good.server_port, 5: soon.server_port, -3: over.server_port}


@pytest.fixture
def _trusted(certificates: dict[int, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """This machine trusts the certificates."""
    store = tmp_path / "trusted.pem"
    pems = [page.read_text().partition("-----BEGIN CERT")[1:] for page in certificates.values()]
    store.write_text("".join("".join(pem) for pem in pems))
    monkeypatch.setenv("SSL_CERT_FILE", str(store))


def tls(port: int, **more: Any) -> Outcome:
    return attempt(type="tls", port=port, **more)


@pytest.mark.usefixtures("_trusted")
@pytest.mark.parametrize(
    ("days", "more", "outcome"),
    [
        (90, {}, (True, "证书还有 90 天到期")),
        (90, {"days": 90}, (True, "证书还有 90 天到期")),
        (90, {"days": 91}, (False, "证书还有 90 天到期，应至少还有 91 天")),
        (90, {"name": "inner.example.gov"}, (True, "证书还有 90 天到期")),
        (5, {}, (False, "证书还有 5 天到期，应至少还有 14 天")),
        (5, {"days": 5}, (True, "证书还有 5 天到期")),
        (-3, {}, (False, "证书未通过验证（certificate has expired）")),
    ],
)
def test_a_trusted_certificate_is_held_against_its_days(
    secured: dict[int, int], days: int, more: dict[str, Any], outcome: Outcome
) -> None:
    assert tls(secured[days], **more) == outcome


@pytest.mark.usefixtures("_trusted")
def test_a_certificate_of_another_name_is_not_accepted(secured: dict[int, int]) -> None:
    ok, said = tls(secured[90], name="other.example.gov")
    assert not ok
    assert "other.example.gov" in said


def test_a_self_signed_certificate_is_accepted_only_where_it_says_so(secured: dict[int, int]) -> None:
    assert tls(secured[90]) == (False, "证书未通过验证（self-signed certificate）")
    assert tls(secured[90], verify=False) == (True, "证书还有 90 天到期")
    (ok, said) = tls(secured[-3], verify=False)
    assert not ok
    assert said.startswith("证书已于 20")


@pytest.mark.usefixtures("_trusted")
def test_a_page_comes_over_a_trusted_connection(secured: dict[int, int]) -> None:
    page = {"type": "http", "url": f"https://127.0.0.1:{secured[90]}/", "status": 200, "text": "服务正常"}
    assert attempt(**page)[0]


def test_a_page_comes_over_an_untrusted_connection_only_where_it_says_so(secured: dict[int, int]) -> None:
    page = {"type": "http", "url": f"https://127.0.0.1:{secured[90]}/", "status": 200}
    assert attempt(**page) == (False, "证书未通过验证（self-signed certificate）")
    assert attempt(**page, verify=False) == (True, "状态码 200")


def test_an_old_server_can_be_asked_only_without_verification(certificates: dict[int, Path]) -> None:
    context = servers.shows(certificates[90])
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.deprecated_call():
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pages(context) as old:
        assert tls(old.server_port, verify=False) == (True, "证书还有 90 天到期")
        ok, said = tls(old.server_port)
        assert not ok
        assert said.startswith(("TLS 握手失败", "证书未通过验证")), "which comes first is the library's choice"


def test_what_speaks_no_tls_says_so(port: int) -> None:
    ok, said = tls(port)
    assert not ok
    assert said.startswith("TLS 握手失败")


@pytest.mark.parametrize("serve", [servers.is_silent, servers.drips(b"\x16\x03\x01", b"\x00")], ids=["silent", "drips"])
def test_a_handshake_that_does_not_end_costs_no_more_than_the_limit(serve: servers.Serve) -> None:
    began = time.monotonic()
    with listening(serve) as slow:
        ok, said = attempt(0.4, type="tls", port=slow)
    assert not ok
    assert "没有完成" in said or "握手失败" in said
    assert time.monotonic() - began < 3
