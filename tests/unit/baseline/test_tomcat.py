"""Every check of Tomcat, on a sound instance, on bad ones, and on the odd ones that there are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anwei.baseline import checking
from anwei.baseline.result import Outcome
from anwei.evidence.script import Answer
from baselines.mlps.tomcat.xml import element
from baselines.mlps.web.printed import files
from tests.unit.baseline import sound_web
from tests.unit.baseline.machine import DENIED, MISSING
from tests.unit.baseline.sound_tomcat import (
    BASE,
    DATES,
    HEAD,
    INSTANCE,
    PROCESSES,
    SERVER,
    SOUND,
    TOMCAT,
    USERS,
    XML,
    assessed,
    config,
    managed,
    result,
)
from tests.unit.baseline.sound_web import Said, command

MET, NOT_MET, MANUAL, NOT_APPLICABLE = Outcome.MET, Outcome.NOT_MET, Outcome.MANUAL, Outcome.NOT_APPLICABLE
LOGINS = {"TOM-IAa-03", "TOM-IAd-01", "TOM-ACc-01"}
NO_MANAGER = {"TOM-IAc-01", "TOM-IPc-01"}
PROCESS = TOMCAT["processes"]
CHECKS = [each.check.id for each in sound_web.catalogue_of("tomcat").types[1].entries]
TLS = 'SSLEnabled="true" maxThreads'
LOCK = '<Realm className="org.apache.catalina.realm.LockOutRealm">'
LOGIN = f'<Realm className="org.apache.catalina.realm.JNDIRealm"/>{LOCK}'
NOBODY = HEAD + XML.replace(USERS, "")
LDAP = {INSTANCE: NOBODY.replace(LOCK, LOGIN)}
AJP = '<Connector port="8009" protocol="AJP/1.3"{}/>\n<Engine'
OWN = PROCESSES.replace("home=/usr/share/tomcat10", "home=/opt/tomcat")
PLAIN = config(f" {TLS}", " maxThreads")
EVERYBODY = "127.0.0.0/8, 192.0.2.0/28"
LISTED = "<param-name>\nlistings</param-name>\n<param-value>\nfalse"
CONFIDENTIAL = """<security-constraint><web-resource-collection><url-pattern>
/*</url-pattern></web-resource-collection><user-data-constraint><transport-guarantee>
CONFIDENTIAL</transport-guarantee></user-data-constraint></security-constraint>
<session-config>"""
META = f"""# configuration file 644 0 0 {BASE}/webapps/manager/META-INF/context.xml
<Context><Valve className="org.apache.catalina.valves.RemoteAddrValve" allow="127\\.\\d+\\.\\d+\\.\\d+"/></Context>
# configuration file 644 0 0 {BASE}/webapps/manager/WEB-INF/web.xml
<web-app><session-config><session-timeout>
60</session-timeout></session-config></web-app>
"""


def test_a_sound_tomcat_has_no_finding_and_no_manager() -> None:
    outcomes = {each.check.id: each.outcome for each in assessed().results}
    assert {check for check, outcome in outcomes.items() if outcome is NOT_APPLICABLE} == NO_MANAGER
    assert {check for check, outcome in outcomes.items() if outcome is MANUAL} == LOGINS
    assert NOT_MET not in outcomes.values()


def test_the_facts_say_version_ports_and_folder() -> None:
    facts = assessed().facts
    assert (facts["version"], facts["address"], facts["config"]) == ("10.1.60.0", "8443、8080", BASE)


CASES: list[tuple[str, Said, Outcome, str]] = [
    # users
    ("TOM-IAa-01", config('yunwei-1" password="*digest"', 'yunwei-1" password="*sample"'), NOT_MET, "yunwei-1 *sample"),
    ("TOM-IAa-01", config('yunwei-1" password="*digest"', 'yunwei-1" password="*12"'), NOT_MET, "yunwei-1 *12"),
    ("TOM-IAa-01", config('yunwei-1" password="*digest"', 'yunwei-1"'), NOT_MET, "yunwei-1 *empty"),
    ("TOM-IAa-01", {INSTANCE: NOBODY}, NOT_APPLICABLE, "tomcat-users.xml"),
    ("TOM-IAa-01", LDAP, MANUAL, "JNDIRealm"),
    ("TOM-IAa-01", config("<role rolename", "<!ENTITY>\n<role rolename"), MANUAL, "<!"),
    ("TOM-IAa-02", config("jiankong-1", "yunwei-1"), NOT_MET, "yunwei-1"),
    ("TOM-IAa-02", {INSTANCE: NOBODY}, NOT_APPLICABLE, "tomcat-users.xml"),
    (
        "TOM-IAb-01",
        config("org.apache.catalina.realm.LockOutRealm", "org.apache.catalina.realm.CombinedRealm"),
        NOT_MET,
        "-",
    ),
    ("TOM-IAb-01", config('LockOutRealm">', 'LockOutRealm" failureCount="0">'), NOT_MET, "failureCount 0"),
    ("TOM-IAb-01", config('LockOutRealm">', 'LockOutRealm" lockOutTime="60">'), NOT_MET, "lockOutTime 60"),
    ("TOM-IAb-01", config('LockOutRealm">', 'LockOutRealm" lockOutTime="${lock}">'), MANUAL, "${lock}"),
    ("TOM-IAb-01", LDAP, MET, "failureCount 5"),
    ("TOM-IAb-01", {INSTANCE: NOBODY}, NOT_APPLICABLE, "tomcat-users.xml"),
    ("TOM-IAb-02", config("30</session-timeout>", "-1</session-timeout>"), NOT_MET, "-1"),
    ("TOM-IAb-02", config("30</session-timeout>", "120</session-timeout>"), NOT_MET, "120"),
    ("TOM-IAb-02", config("<session-timeout>\n30</session-timeout>", ""), MET, "30"),
    (
        "TOM-IAb-02",
        {INSTANCE: f"{HEAD}# webapp manager\n{XML}{META}"},
        NOT_MET,
        "manager/WEB-INF/web.xml session-timeout 60",
    ),
    ("TOM-IAc-01", {}, NOT_APPLICABLE, "manager"),
    ("TOM-IAc-01", managed(), MET, "manager"),
    ("TOM-IAc-01", managed(' address="127.0.0.1"', ""), NOT_MET, 'port="8080"'),
    ("TOM-IAc-01", config("# webapp portal\n", "# webapp host-manager\n"), MET, "host-manager"),
    ("TOM-IAa-03", {}, MANUAL, "yunwei-1"),
    ("TOM-IAd-01", {INSTANCE: NOBODY}, NOT_APPLICABLE, "tomcat-users.xml"),
    ("TOM-ACc-01", LDAP, MANUAL, "JNDIRealm"),
    ("TOM-ACb-01", config("jiankong-1", "tomcat"), NOT_MET, "tomcat"),
    ("TOM-ACb-01", {INSTANCE: NOBODY}, NOT_APPLICABLE, "tomcat-users.xml"),
    ("TOM-ACb-02", config('yunwei-1" password="*digest"', 'yunwei-1" password="*sample"'), NOT_MET, "*sample"),
    ("TOM-ACb-02", config('yunwei-1" password="*digest"', 'yunwei-1" password="*9"'), MET, "*9"),
    ("TOM-IAb-02", {INSTANCE: NOBODY}, NOT_APPLICABLE, "tomcat-users.xml"),
    ("TOM-IAb-02", {INSTANCE: NOBODY.replace("30</session", "0</session")}, NOT_MET, "session-timeout 0"),
    # modes
    ("TOM-ACa-01", config(f"750 0 52 {BASE}/conf", f"755 0 52 {BASE}/conf"), MET, "640"),
    (
        "TOM-ACa-01",
        {INSTANCE: (HEAD + XML).replace("750 0 52", "755 0 52").replace("640 0 52", "644 0 52")},
        NOT_MET,
        f"644 0:52 {BASE}/conf/server.xml",
    ),
    ("TOM-ACa-01", config("755 52 52", "777 52 52"), NOT_MET, "777"),
    ("TOM-ACa-01", config(f"640 0 52 {BASE}/conf/server", f"- - - {BASE}/conf/server"), MANUAL, "server.xml"),
    # who runs it
    (
        "TOM-ACd-01",
        config("manager-jmx,manager-status", "manager-jmx, manager-gui"),
        NOT_MET,
        "manager-jmx, manager-gui",
    ),
    ("TOM-ACd-01", {INSTANCE: NOBODY}, NOT_APPLICABLE, "tomcat-users.xml"),
    ("TOM-ACd-02", {PROCESS: PROCESSES.replace("950 1 52 52", "950 1 0 0")}, NOT_MET, "uid root"),
    ("TOM-ACd-02", {PROCESS: PROCESSES.replace(" host ", " container ")}, MET, "container"),
    # logs
    ("TOM-AUa-01", config("AccessLogValve", "RemoteIpValve"), NOT_MET, "<Host localhost>"),
    ("TOM-AUa-01", config('directory="logs"', 'enabled="false"'), NOT_MET, "AccessLogValve -"),
    ("TOM-AUa-01", config('directory="logs"', 'conditionIf="log"'), MANUAL, "condition"),
    ("TOM-AUb-01", config(" %u %t", " %u"), NOT_MET, "time"),
    ("TOM-AUb-01", config("%h %l %u %t &quot;%r&quot; %s %b", "combined"), MET, "combined"),
    ("TOM-AUb-01", config("AccessLogValve", "ExtendedAccessLogValve"), MANUAL, "%h"),
    ("TOM-AUb-01", config("AccessLogValve", "RemoteIpValve"), MANUAL, "pattern"),
    ("TOM-AUc-01", config("maxDays 190", "maxDays 90"), NOT_MET, "maxDays 90"),
    ("TOM-AUc-01", config('maxDays="200"', 'maxDays="30"'), NOT_MET, "30"),
    ("TOM-AUc-01", config('maxDays="200"', ""), MET, "AccessLogValve"),
    (
        "TOM-AUc-01",
        {INSTANCE: (HEAD + XML).replace("750 52 4", "755 52 4").replace("640 52", "644 52")},
        NOT_MET,
        "644",
    ),
    ("TOM-AUc-01", config("640 52 4", "644 52 4"), MET, "750"),
    ("TOM-AUc-01", config(f"# folder 750 52 4 {BASE}/logs\n", ""), MANUAL, "/logs"),
    # what it shows
    ("TOM-IPa-01", config("# webapp portal\n", "# webapp examples\n"), NOT_MET, "examples"),
    ("TOM-IPa-01", managed(), NOT_MET, "manager"),
    ("TOM-IPa-01", config("# webapp portal\n", "# default page\n"), NOT_MET, "ROOT (default)"),
    ("TOM-IPa-01", config('appBase="webapps"', 'appBase="/data/apps"'), MANUAL, "/data/apps"),
    ("TOM-IPb-01", config('Server port="-1"', 'Server port="8005"'), NOT_MET, "8005"),
    ("TOM-IPb-01", config('port="-1" shutdown="SHUTDOWN"', 'port="8005" shutdown="*16"'), MET, "*16"),
    ("TOM-IPb-01", config('Server port="-1" shutdown="SHUTDOWN"', "Server"), NOT_MET, "8005"),
    ("TOM-IPb-02", config("<Engine", AJP.format(' address="0.0.0.0"')), NOT_MET, "8009"),
    ("TOM-IPb-02", config("<Engine", AJP.format(' address="0.0.0.0" secret="*20"')), MET, "*20"),
    ("TOM-IPb-02", config("<Engine", AJP.format(' address="0.0.0.0" secret="*sample"')), NOT_MET, "*sample"),
    ("TOM-IPb-02", config("<Engine", AJP.format("")), MET, "8009"),
    (
        "TOM-IPb-02",
        {INSTANCE: (HEAD + XML).replace("10.1.60", "9.0.30").replace("<Engine", AJP.format(""))},
        NOT_MET,
        "8009",
    ),
    (
        "TOM-IPb-02",
        {INSTANCE: (HEAD + XML).replace("10.1.60", "9.0.31").replace("<Engine", AJP.format(""))},
        MET,
        "8009",
    ),
    ("TOM-IPb-03", config(LISTED, LISTED.replace("false", "true")), NOT_MET, "listings true"),
    ("TOM-IPb-03", config(LISTED, LISTED.replace("listings", "readonly")), NOT_MET, "readonly false"),
    ("TOM-IPb-03", config(TLS, f'allowTrace="true" {TLS}'), NOT_MET, "allowTrace"),
    ("TOM-IPb-03", config(f"{BASE}/conf/web.xml", f"{BASE}/conf/web.old"), MANUAL, "web.xml"),
    ("TOM-IPb-04", config('showServerInfo="false"', ""), NOT_MET, "showServerInfo true"),
    ("TOM-IPb-04", config("ErrorReportValve", "RemoteIpValve"), NOT_MET, "(default)"),
    ("TOM-IPb-05", config('autoDeploy="false"', ""), NOT_MET, "autoDeploy true"),
    ("TOM-IPb-05", config("</Server>", "</Serve>"), MANUAL, "mismatched"),
    ("TOM-IPc-01", managed(), MET, "192.0.2.0/28"),
    ("TOM-IPc-01", managed(EVERYBODY, "0.0.0.0/0"), NOT_MET, "0.0.0.0/0"),
    ("TOM-IPc-01", managed("RemoteCIDRValve", "RemoteIpValve"), NOT_MET, "manager allow -"),
    ("TOM-IPc-01", {INSTANCE: f"{HEAD}# webapp manager\n{XML}{META}"}, MET, "127"),
    ("TOM-IPc-01", managed("</Context>\n", "</Context>\n" + META), MET, "192.0.2.0/28"),
    ("TOM-IPe-01", config("10.1.60.0", "10.1.20.0"), MANUAL, "10.1.20.0"),
    ("TOM-IPe-01", config("# version 10.1.60.0", "# version "), MANUAL, "-"),
    (
        "TOM-IPe-01",
        {PROCESS: OWN, command(TOMCAT["instance"], BASE, "/opt/tomcat"): (HEAD + XML).replace("10.1.60", "8.5.100")},
        NOT_MET,
        "8.5.100.0",
    ),
    # TLS
    ("TOM-DIa-01", config("TLSv1.2,TLSv1.3", "TLSv1+TLSv1.2"), NOT_MET, "TLSv1 TLSv1.2"),
    ("TOM-DIa-01", config("TLSv1.2,TLSv1.3", "all"), MANUAL, "all"),
    ("TOM-DIa-01", config(' protocols="TLSv1.2,TLSv1.3"', ""), MANUAL, "(default)"),
    ("TOM-DIa-01", config("AES_128_GCM_SHA256", "3DES_EDE_CBC_SHA"), NOT_MET, "3DES"),
    ("TOM-DIa-01", PLAIN, MANUAL, "TLS"),
    (
        "TOM-DIa-02",
        {DATES: f"now 1793706000\n{BASE}/conf/portal.pem notAfter=Nov  1 12:00:00 2026 GMT\n"},
        NOT_MET,
        "2026",
    ),
    ("TOM-DIa-02", config("certificateFile=", "certificateKeystoreFile="), MANUAL, "8443"),
    ("TOM-DIa-02", PLAIN, MANUAL, "TLS"),
    ("TOM-DCa-01", config(' address="127.0.0.1"', ""), NOT_MET, 'port="8080"'),
    ("TOM-DCa-01", PLAIN, MANUAL, 'port="8443"'),
    (
        "TOM-DCa-01",
        {INSTANCE: (HEAD + XML).replace(' address="127.0.0.1"', "").replace("<session-config>", CONFIDENTIAL)},
        MET,
        "8080",
    ),
    # stored passwords
    ("TOM-DCb-01", config('password="*encrypted"', 'password="*9"'), NOT_MET, "jdbc/portal> password *9"),
    ("TOM-DCb-01", config('url="*41"', 'url="*password"'), NOT_MET, "url *password"),
    ("TOM-DCb-01", config(' password="*encrypted"', ""), MET, "没有"),
]


@pytest.mark.parametrize(("check", "said", "outcome", "quoted"), CASES)
def test_the_verdict_is_right_and_quotes_what_was_seen(check: str, said: Said, outcome: Outcome, quoted: str) -> None:
    found = result(check, said)
    assert (found.outcome, quoted in found.observed) == (outcome, True), found.observed


@pytest.mark.parametrize("check", [each for each in CHECKS if each not in LOGINS])
def test_every_check_is_shown_in_both_directions(check: str) -> None:
    outcomes = {outcome for id_, _, outcome, _ in CASES if id_ == check}
    assert NOT_MET in outcomes
    assert check not in NO_MANAGER or MET in outcomes


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize(
    "spoilt", [MISSING, DENIED, Answer(0, b"\xff\x00<garbage> %s\n", b"", 0), Answer(0, b"", b"", 0)]
)
def test_what_cannot_be_read_or_understood_is_never_met(check: str, spoilt: Answer) -> None:
    found = result(check, {INSTANCE: spoilt} if check != "TOM-ACd-02" else {})
    assert found.outcome is (MANUAL if check != "TOM-ACd-02" else MET), found.observed


@pytest.mark.parametrize(
    "processes", [MISSING, DENIED, Answer(0, b"", b"", 0), PROCESSES.replace(" host ", " container ")]
)
def test_a_tomcat_that_is_not_there_has_no_results_and_one_in_a_container_is_for_a_person(
    processes: sound_web.Text,
) -> None:
    said = sound_web.transcript(SOUND, {PROCESS: processes})
    objects = checking.assess(sound_web.catalogue_of("tomcat"), "e", {"host1": said}, said.taken_at).objects
    found = [each for each in objects if each.name == "host1/tomcat"]
    assert len(found) == isinstance(processes, str)
    assert {each.outcome for one in found for each in one.results if each.check.id != "TOM-ACd-02"} <= {MANUAL}


def test_the_bad_one_of_several_instances_is_named() -> None:
    two = PROCESSES + PROCESSES.replace("950", "951").replace(BASE, "/data/tomcat-b")
    other = command(TOMCAT["instance"], "/data/tomcat-b", "/usr/share/tomcat10")
    said: Said = {PROCESS: two, other: (HEAD + XML).replace(BASE, "/data/tomcat-b").replace('port="-1"', 'port="8005"')}
    found = result("TOM-IPb-01", said)
    assert (found.outcome, "/data/tomcat-b" in found.observed, BASE in found.observed) == (NOT_MET, True, False)
    assert result("TOM-IPb-05", said).outcome is MET


def test_a_document_type_is_refused_before_anything_is_expanded() -> None:
    with pytest.raises(ValueError, match="<!"):
        element('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>')


@given(st.text())
def test_no_text_makes_the_parser_fail_in_a_way_that_is_not_foreseen(text: str) -> None:
    for printed in (f"<a>{text}</a>", text, f'<Server port="{text}"/>'):
        try:
            element(printed)
            files(SERVER + text)
        except (ValueError, IndexError, KeyError):
            continue


def test_namespaces_do_not_hide_what_is_named() -> None:
    assert [each.tag for each in element('<a xmlns="x"><b/></a>').iter()] == ["a", "b"]
