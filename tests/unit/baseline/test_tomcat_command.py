"""The command that prints an instance, run for real: what it shows, and what it keeps to itself."""

from pathlib import Path

import pytest

from baselines.mlps.tomcat.xml import element
from baselines.mlps.web.printed import files
from tests.unit.baseline.sound_nginx import NGINX
from tests.unit.baseline.sound_tomcat import TOMCAT
from tests.unit.baseline.sound_web import command, run

SERVER = """<?xml version="1.0" encoding="GBK"?>
<!-- <Server port="8005" shutdown="hunter2"> > -- >
-->
<Server port="8005" shutdown="hunter2">
  <Resource name="jdbc/a"
            url="jdbc:mysql://192.0.2.1/a?user=a&amp;password=hunter2" password = 'hunter2"' username="a"/>
  <Resource name="jdbc/b" password="${db.password}" url="jdbc:mysql://192.0.2.1/hunter2"/>
  <Connector port="8009" protocol="AJP/1.3" secret="hunter2" keystorePass="hunter2" pattern="%h -> %s"/>
  <![CDATA[ hunter2 > ]]> hunter2
</Server>
"""
USERS = """<tomcat-users xmlns="http://tomcat.apache.org/xml" xmlns:xsi="y">
<user username="tomcat" password="S3cret" roles="manager-gui"/>
<user username="ops" password="ops" roles="a"/>
<user username="b" password="5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8" roles="a"/>
<user username="c" password="ab12$1$cd34" roles="a"/>
<user username="d" password="" roles="a"/>
<user username="e" password="hunter2" roles="a"/>
</tomcat-users>
"""
WEB = """<web-app><context-param><param-name>key</param-name><param-value>hunter2</param-value></context-param>
<init-param><param-name>listings</param-name><param-value> true </param-value></init-param>
<mime-mapping><extension>a</extension></mime-mapping>
<session-config><session-timeout>
  20 </session-timeout></session-config></web-app>
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small instance."""
    for name in ("conf/Catalina/localhost", "logs", "webapps/ROOT", "lib"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "conf" / "server.xml").write_bytes(SERVER.encode() + "<!-- 口令 -->".encode("gbk"))
    (tmp_path / "conf" / "tomcat-users.xml").write_text(USERS)
    (tmp_path / "conf" / "web.xml").write_bytes(WEB.replace("\n", "\r\n").encode())
    (tmp_path / "conf" / "logging.properties").write_text("#x.maxDays = 1\n 1a.FileHandler.maxDays = 90\n")
    (tmp_path / "webapps" / "ROOT" / "index.jsp").write_text("Apache Tomcat")
    (tmp_path / "RELEASE-NOTES").write_text("\n  Apache Tomcat Version 9.0.54\n")
    (tmp_path / "logs" / "catalina.out").touch(0o640)
    return tmp_path


def printed(folder: Path) -> str:
    """What the command prints."""
    return run(command(TOMCAT["instance"], str(folder), str(folder)))


def test_no_password_is_printed_but_what_kind_it_is_of(folder: Path) -> None:
    said = printed(folder)
    assert "hunter2" not in said
    users = element(files(said).texts[f"{folder}/conf/tomcat-users.xml"])
    kinds = ["*sample", "*sample", "*digest", "*digest", "*empty", "*7"]
    assert [each.get("password") for each in users.iter("user")] == kinds
    server = element(files(said).texts[f"{folder}/conf/server.xml"])
    assert [each.get("url") for each in server.iter("Resource")] == ["*password", "*30"]
    assert [each.get("password") for each in server.iter("Resource")] == ["*8", "*reference"]
    assert [each.get("pattern") for each in server.iter("Connector")] == ["%h -> %s"]


def test_the_rest_is_there(folder: Path) -> None:
    said = printed(folder)
    assert said.startswith("# version 9.0.54\n# webapp ROOT\n# default page\n# folder ")
    assert f"# log 640 {(folder / 'logs').stat().st_uid} " in said
    assert "# setting 1a.FileHandler.maxDays 90\n" in said
    assert "#x" not in said
    web = element(files(said).texts[f"{folder}/conf/web.xml"])
    assert [each.text for each in web.iter("session-timeout")] == ["\n20"]
    assert [(each.text or "").strip() for each in web.iter("param-value")] == ["", "true"]
    assert not list(web.iter("extension"))


def test_an_entity_is_refused_and_what_is_cut_is_named(folder: Path) -> None:
    (folder / "conf" / "context.xml").write_text('<!DOCTYPE a [<!ENTITY b "hunter2">]>\n<a>&b;</a>')
    said = printed(folder)
    assert "hunter2" not in said
    with pytest.raises(ValueError, match="<!"):
        element(files(said).texts[f"{folder}/conf/context.xml"])
    (folder / "conf" / "context.xml").write_text('<!DOCTYPE web-app PUBLIC "-//a//b" "http://example.gov/a.dtd">\n<a/>')
    assert element(files(printed(folder)).texts[f"{folder}/conf/context.xml"]).tag == "a"
    (folder / "conf" / "context.xml").write_text('<Context docBase="')
    with pytest.raises(ValueError, match="cut"):
        files(printed(folder))


def test_shared_commands_are_the_same_in_all_lists() -> None:
    assert TOMCAT["certificates"] == NGINX["certificates"]
