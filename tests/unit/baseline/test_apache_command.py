"""The command that prints the configuration, run for real: what it shows, what it keeps to itself, what it includes."""

from pathlib import Path

from baselines.mlps.apache.syntax import Reader
from baselines.mlps.web.printed import files
from tests.unit.baseline.sound_apache import APACHE
from tests.unit.baseline.sound_nginx import NGINX
from tests.unit.baseline.sound_web import command, run

MAIN = r"""# ServerTokens hunter2
Define LOGS /var/log/site
Define TOKEN hunter2
ServerTokens \
    Prod
Include sites
IncludeOptional "extra/*.conf"
RequestHeader set Authorization "Basic hunter2"
<Location /a>
  Require expr %{HTTP:X-Key} == 'hunter2'
  <If "%{HTTP:X-Key} == 'hunter2'">
    SetEnv PASSWORD hunter2
    Options Indexes
  </If>
</Location>
"""
SITE = """<VirtualHost *:80>\r
  Redirect / https://www.example.gov/?token=hunter2\r
  RewriteRule ^/x http://ops:hunter2@192.0.2.1/ [P]\r
  ErrorLog ${LOGS}/error.log\r
</VirtualHost>\r
"""


def printed(folder: Path) -> str:
    """What the command prints of a small configuration."""
    for name in ("sites", "extra"):
        (folder / name).mkdir(exist_ok=True)
    (folder / "httpd.conf").write_text(MAIN)
    (folder / "sites" / "a.conf").write_bytes(b"# \xcd\xf8\xd5\xbe\r\n" + SITE.encode())
    (folder / "extra" / "b.conf").write_text("TraceEnable off\n")
    return run(command(APACHE["config"], str(folder / "httpd.conf"), str(folder)))


def test_no_value_of_a_header_a_rule_or_an_environment_is_printed(tmp_path: Path) -> None:
    said = printed(tmp_path)
    assert "hunter2" not in said
    assert "Require expr" in said


def test_all_that_is_included_is_there_and_in_its_place(tmp_path: Path) -> None:
    settings = list(Reader(files(printed(tmp_path)), str(tmp_path)).settings())
    known = {each.name: each for each in settings}
    assert known["servertokens"].text == "Prod"
    assert known["traceenable"].text == "off"
    assert known["errorlog"].text == "/var/log/site/error.log"
    assert str(known["redirect"]) == "<virtualhost *:80> redirect / https://***"
    assert not known["options"].sure


def test_shared_commands_are_the_same_in_both_lists() -> None:
    for name in ("modes", "certificates", "rotation"):
        assert APACHE[name] == NGINX[name]
