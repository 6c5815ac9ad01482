"""The command that prints the configuration, run for real: what it shows, what it keeps to itself, what it includes."""

from pathlib import Path

import pytest

from baselines.mlps.nginx import scopes, syntax
from baselines.mlps.web.globs import matching
from baselines.mlps.web.printed import files as printed_files
from tests.unit.baseline.sound_nginx import NGINX
from tests.unit.baseline.sound_web import command, run

MAIN = """user www-data; # 注释 { "
http {
  log_format main '$remote_addr [$time_local] "$request" '
                  '$status # no comment';
  map $http_authorization $known { default 0; "Basic aHVudGVyMg==" 1; }
  env TOKEN=hunter2;
  include conf.d/*.conf;
  include "sites/*";
  include absent/*.conf;
}
"""
SITE = r"""server { listen 443 ssl; server_name www.example.gov; set $key "hunter2;}";
  location ~ "^/\d{2}/(a|b)\.php$" { return 200 "hunter2"; }
  location "~x{2}" { proxy_set_header Authorization "Basic hunter2"; autoindex on; }
  location /lua { content_by_lua_block {
      local key = "hunter2}" -- it's }
      if key then ngx.say('{') end
  } }
  if ($http_x_key = "hunter2") { return 403; }
  if ($scheme = http) { return 301 https://${host}$request_uri; }
  location /t { return 302 https://www.example.gov/?token=hunter2; }
  proxy_pass http://ops:hunter2@192.0.2.1; access_log /var/log/a.log main;
}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A configuration with includes, Windows line ends and a file in GBK."""
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "sites").mkdir()
    (tmp_path / "nginx.conf").write_text(MAIN)
    (tmp_path / "sites" / "a").write_text(SITE)
    (tmp_path / "conf.d" / "b c.conf").write_bytes("# 网站\r\nserver {\r\n\tlisten 81;\r\n}\r\n".encode("gbk"))
    return tmp_path


def printed(folder: Path) -> str:
    """What the command prints."""
    return run(command(NGINX["config"], str(folder / "nginx.conf"), str(folder)))


def test_no_value_of_a_header_a_variable_an_address_or_lua_code_is_printed(folder: Path) -> None:
    said = printed(folder)
    assert "hunter2" not in said
    assert "aHVudGVyMg" not in said
    assert "\n- ***;\n" in said


def test_all_that_is_included_is_there_and_in_its_place(folder: Path) -> None:
    found = printed_files(printed(folder))
    servers = [each for each in scopes.https(syntax.tree(found, str(folder))) if each.directive.name == "server"]
    assert [str(each) for each in servers] == ["server _(81)", "server www.example.gov(443)"]
    inner = [each.directive.text for each in servers[1].inner]
    assert {r"~ ^/\d{2}/(a|b)\.php$", "~x{2}", "/lua", "($scheme = http)"} <= set(inner)
    assert next(each.text for each in servers[1].effective("log_format")).startswith("main $remote_addr [$time_local]")
    assert len(found.modes) == 3


def test_a_file_that_is_cut_short_not_there_or_too_large_is_named(folder: Path) -> None:
    (folder / "sites" / "cut").write_text('server { server_name "a')
    with pytest.raises(ValueError, match="# cut"):
        printed_files(printed(folder))
    (folder / "sites" / "cut").write_text("# " + "x" * 400_000)
    assert "# too large" in printed(folder)
    (folder / "nginx.conf").write_text("include /nowhere/at/all.conf;")
    assert "# missing /nowhere/at/all.conf" in printed(folder)


def test_a_star_does_not_reach_into_folders() -> None:
    paths = ["/etc/nginx/conf.d/a.conf", "/etc/nginx/conf.d/old/b.conf"]
    assert matching("/etc/nginx/conf.d/*.conf", paths) == paths[:1]
    assert matching("/etc/nginx/*/*", paths) == paths[:1]
    assert matching("/etc/nginx/*", paths) == []


def test_rules_of_logrotate_come_without_their_scripts(tmp_path: Path) -> None:
    (tmp_path / "rules").write_text(
        "/var/log/x.log {\n daily\n rotate 9\n postrotate\n  /bin/x hunter2 {\n endscript\n}\n"
    )
    text = NGINX["rotation"].replace("/etc/logrotate.conf /etc/logrotate.d/*", str(tmp_path / "rules"))
    assert run(text).split() == ["/var/log/x.log", "{", "daily", "rotate", "9", "}"]


def test_modes_and_ends_of_certificates_say_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "key").touch(0o600)
    assert run(command(NGINX["modes"], f"{tmp_path}/key /nowhere")).splitlines()[1] == "- /nowhere"
    assert run(command(NGINX["modes"], f"{tmp_path}/key /nowhere")).startswith("600 ")
    assert run(command(NGINX["certificates"], "/nowhere")).startswith("now ")
