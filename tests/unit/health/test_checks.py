"""What is declared: defaults, titles, variables filled in, and what is refused before any host is asked."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from anwei.errors import BadInput
from anwei.health.checks import declared
from anwei.home import ROOT
from tests.unit.health.declaring import host, only

HTTP = {"type": "http", "url": "http://{{ address }}/", "status": 200}


def refusal(*checks: dict[str, Any], **variables: Any) -> list[str]:
    with pytest.raises(BadInput) as refused:
        declared([host(*checks, **variables)])
    assert refused.value.code == "AW-health-check"
    return refused.value.details


def url(written: str, **variables: Any) -> str:
    (found,) = declared([host({**HTTP, "url": written}, **variables)])["web1"]
    return str(found.values["url"])


def test_a_host_without_checks_must_still_be_reachable() -> None:
    (check,) = declared([host()])["web1"]
    assert (check.title, check.on_host) == ("reachable", True)


def test_what_is_not_said_has_its_default() -> None:
    (check,) = declared([host({"type": "tcp", "port": 22})])["web1"]
    assert (check.tries, check.pause, check.limit, check.on_host) == (4, 2, 10, False)
    (check,) = declared([host({"type": "tcp", "port": 22, "retries": 0, "pause": 0, "limit": 1, "from": "host"})])[
        "web1"
    ]
    assert (check.tries, check.pause, check.limit, check.on_host) == (1, 0, 1, True)


def test_checks_of_services_come_after_the_hosts_own_by_name() -> None:
    services = {
        "health_checks_b": [{"type": "service", "name": "b"}],
        "health_checks_a": [{"type": "service", "name": "a"}],
    }
    checks = declared([host({"type": "tcp", "port": 22}, **services)])["web1"]
    assert [check.title for check in checks] == ["tcp 127.0.0.1:22", "service a", "service b"]


@pytest.mark.parametrize(
    ("written", "title"),
    [
        (
            {"type": "http", "url": "http://192.0.2.1:8080/app?token=abc", "status": 200},
            "http http://192.0.2.1:8080/app?…",
        ),
        ({"type": "http", "url": "http://192.0.2.1/", "status": 200, "from": "host"}, "http http://192.0.2.1/ @host"),
        ({"type": "tcp", "port": 22, "address": "2001:db8::1"}, "tcp [2001:db8::1]:22"),
        ({"type": "tls", "port": 443}, "tls 127.0.0.1:443"),
        ({"type": "command", "argv": ["test", "-f", "/a b"]}, "command test -f '/a b'"),
        ({"type": "command", "argv": ["x" * 100]}, f"command {'x' * 59}…"),
        ({"type": "sql", "engine": "mysql", "query": "SELECT 1"}, "sql mysql SELECT 1"),
    ],
)
def test_a_title_is_short_and_holds_no_query(written: dict[str, Any], title: str) -> None:
    assert only(**written).title == title


def test_variables_are_filled_in_also_through_others() -> None:
    known = {"ansible_host": "{{ address }}", "web": {"port": 8080}}
    assert (
        url("http://{{ ansible_host }}:{{ web.port }}/{{ inventory_hostname }}", **known)
        == "http://127.0.0.1:8080/web1"
    )
    assert url("http://{{ group_names[0] }}.example.gov/{{ 'a' | upper }}") == "http://web.example.gov/A"


@pytest.mark.parametrize("function", ["lookup", "query", "q"])
@pytest.mark.parametrize("way", ["straight", "through another variable"])
def test_lookup_plugins_are_refused(function: str, way: str, tmp_path: Any) -> None:
    mark = tmp_path / "mark"
    runs = f"{{{{ {function}('pipe', 'touch {mark}') }}}}"
    shown = "http://{{ inner }}/" if way != "straight" else f"http://{runs}/"
    (detail,) = refusal({**HTTP, "url": shown}, inner=runs)
    assert "lookup plugins are not available" in detail
    assert not mark.exists()


@pytest.mark.parametrize(
    "written", ["http://{{ nowhere }}/", "http://{{ address", "http://{{ 1 // 0 }}/", "http://{{ loop }}/", "{% x %}"]
)
def test_what_cannot_be_filled_in_is_refused_with_host_and_line(written: str) -> None:
    (detail,) = refusal({**HTTP, "url": written}, loop="{{ loop }}")
    assert detail.startswith("hosts.yml:3: web1: 健康检查中的 {{ … }} 无法替换：")


@pytest.mark.parametrize(
    "written",
    [
        *("http:///", "http://:80/", "http://a:0/", "http://a:65536/", "http://a:x/", "http://a b/", "http://a/\nb"),
        *("http://[::1/", "http://user:word@a/"),
    ],
    ids=repr,
)
def test_an_address_that_nobody_can_ask_is_refused(written: str) -> None:
    (detail,) = refusal({**HTTP, "url": "{{ written }}"}, written=written)
    assert detail.startswith("hosts.yml:3: web1: health_checks[0].url: ")


def test_what_a_variable_brings_must_keep_the_schema_too() -> None:
    (detail,) = refusal({"type": "service", "name": "{{ unit }}"}, unit=["a"])
    assert detail == "hosts.yml:3: web1: health_checks[0].name: ['a'] 的类型不对，应为文字"


def test_every_bad_declaration_is_told_at_once() -> None:
    bad = {"health_checks_nginx": [{**HTTP, "url": "{{ nowhere }}"}]}
    with pytest.raises(BadInput) as refused:
        declared([host(name="web1", **bad), host(name="web2"), host({"type": "tcp", "port": 0}, name="web3")])
    assert [detail.split(": ")[1] for detail in refused.value.details] == ["web1", "web3"]


def test_without_templates_ansible_is_not_even_loaded() -> None:
    code = "import sys; from tests.unit.health.declaring import only; only(type='tcp', port=22); "
    words = [sys.executable, "-c", code + "print('ansible' in sys.modules)"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "False\n", done.stderr


def test_no_command_minds_a_broken_configuration_of_ansible_before_it_is_needed(tmp_path: Path) -> None:
    (tmp_path / "ansible.cfg").write_text("no section\n")
    words = [sys.executable, "-c", "import anwei.cli"]
    environment = {**os.environ, "ANSIBLE_CONFIG": str(tmp_path / "ansible.cfg")}
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
