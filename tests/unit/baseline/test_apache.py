"""Every check of Apache, on a sound instance, on bad ones, and on the odd ones that there are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anwei.baseline.result import Outcome
from anwei.evidence.script import Answer
from baselines.mlps.apache.syntax import Reader
from baselines.mlps.apache.transport import offered
from baselines.mlps.web.printed import files
from tests.unit.baseline import sound_web
from tests.unit.baseline.machine import DENIED, MISSING
from tests.unit.baseline.sound_apache import (
    APACHE,
    CONFIG,
    DATES,
    FILES,
    LOGS,
    MAIN,
    MODULES,
    PROCESSES,
    SITE,
    assessed,
    config,
    result,
)
from tests.unit.baseline.sound_web import Said, command

MET, NOT_MET, MANUAL, NOT_APPLICABLE = Outcome.MET, Outcome.NOT_MET, Outcome.MANUAL, Outcome.NOT_APPLICABLE
NO_LOGIN = {"APA-IAa-01", "APA-IAb-01", "APA-IAc-01", "APA-IAd-01", "APA-ACb-01", "APA-ACc-01"}
PROCESS, ROTATION = APACHE["processes"], APACHE["rotation"]
CHECKS = [each.check.id for each in sound_web.catalogue_of("apache").types[1].entries]
SECURE = "SSLEngine on\n"
PAGE = "<Location /info>\nSetHandler server-info\n{}</Location>\n"
ACCESS = "${APACHE_LOG_DIR}/access.log combined"
OLD = PROCESSES.replace("Apache/2.4.71", "Apache/2.2.15")
OWN = PROCESSES.replace("/usr/sbin/apache2", "/usr/local/apache2/bin/httpd").replace("2.4.71", "2.4.49")

PIPED = {
    **config("${APACHE_LOG_DIR}/error.log", '"|/usr/bin/rotatelogs /var/log/e 86400"'),
    command(
        APACHE["modes"], "/var/log/apache2 /var/log/apache2/access.log"
    ): "755 0 0 /var/log/apache2\n640 0 4 /var/log/apache2/access.log\n",
}


def asking(place: str) -> dict[str, sound_web.Text]:
    """A password asked for in the virtual host of a port."""
    return config(place, f"{place}\n<Location /admin>\nAuthType Basic\n</Location>")


CLOSED = {
    LOGS: "700 0 0 /var/log/apache2\n644 0 0 /var/log/apache2/access.log\n644 0 0 /var/log/apache2/error.log\n",
}


def test_a_sound_apache_has_no_finding_and_no_login() -> None:
    outcomes = {each.check.id: each.outcome for each in assessed().results}
    assert outcomes == {check: NOT_APPLICABLE if check in NO_LOGIN else MET for check in CHECKS}


def test_the_facts_say_version_ports_and_file() -> None:
    facts = assessed().facts
    assert (facts["version"], facts["address"], facts["config"]) == (
        "Apache/2.4.71",
        "80、443",
        "/etc/apache2/apache2.conf",
    )


CASES: list[tuple[str, Said, Outcome, str]] = [
    # a login that Apache itself asks for
    ("APA-IAa-01", asking("<VirtualHost *:443>"), MANUAL, "authtype Basic"),
    ("APA-IAb-01", config("ServerTokens Prod", "AuthType None"), NOT_APPLICABLE, "AuthType"),
    ("APA-IAd-01", config("</IfModule>", ""), MANUAL, "/etc/apache2/ports.conf"),
    ("APA-ACb-01", {CONFIG: DENIED}, MANUAL, "Permission denied"),
    ("APA-ACc-01", config("ServerTokens Prod", "Use Site portal"), MANUAL, "Use Site"),
    ("APA-IAc-01", asking("<VirtualHost *:80>"), NOT_MET, "portal.example.gov(*:80)"),
    ("APA-IAc-01", asking("<VirtualHost *:443>"), MET, "*:443"),
    ("APA-IAc-01", config("ServerTokens Prod", "AuthType Digest"), MANUAL, "Digest"),
    # modes
    ("APA-ACa-01", config("644 0 0 /etc/apache2/ports.conf", "664 0 33 /etc/apache2/ports.conf"), NOT_MET, "664"),
    ("APA-ACa-01", config("644 0 0 /etc/apache2/ports.conf", "- - - /etc/apache2/ports.conf"), MANUAL, "ports.conf"),
    ("APA-ACa-01", {FILES: "640 0 4 /etc/ssl/private/portal.key\n755 0 0 /var/www/portal\n"}, NOT_MET, "640"),
    ("APA-ACa-01", {FILES: "600 0 0 /etc/ssl/private/portal.key\n755 33 33 /var/www/portal\n"}, NOT_MET, "33:33"),
    ("APA-ACa-01", {FILES: "- /etc/ssl/private/portal.key\n755 0 0 /var/www/portal\n"}, MANUAL, "portal.key"),
    # who runs it
    ("APA-ACd-01", {PROCESS: PROCESSES.replace("903 901 33", "903 901 0")}, NOT_MET, "pid 903 uid root"),
    ("APA-ACd-01", {PROCESS: PROCESSES.splitlines()[0]}, NOT_MET, "901"),
    # logs
    ("APA-AUa-01", config(f"CustomLog {ACCESS}\n", ""), NOT_MET, "CustomLog -"),
    ("APA-AUa-01", config(f"CustomLog {ACCESS}\n", "CustomLog /dev/null combined\n"), NOT_MET, "*:80"),
    ("APA-AUa-01", config(ACCESS, f"{ACCESS} env=!dontlog"), MANUAL, "env=!dontlog"),
    ("APA-AUa-01", config(f"CustomLog {ACCESS}", "TransferLog logs/access_log"), MET, "transferlog"),
    ("APA-AUa-01", config(f"CustomLog {ACCESS}", "<If ***>\nCustomLog logs/access_log\n</If>"), MANUAL, "access_log"),
    ("APA-AUa-01", config("LogLevel warn ssl:info", "LogLevel crit"), NOT_MET, "LogLevel crit"),
    ("APA-AUa-01", config("LogLevel warn ssl:info", "LogLevel ssl:info crit"), NOT_MET, "LogLevel crit"),
    ("APA-AUa-01", config("ErrorLog ${APACHE_LOG_DIR}/error.log", "ErrorLog /dev/null"), NOT_MET, "/dev/null"),
    ("APA-AUb-01", config(f"CustomLog {ACCESS}", "CustomLog logs/a referer"), NOT_MET, "time, address, user, status"),
    ("APA-AUb-01", config(f"CustomLog {ACCESS}", 'CustomLog logs/a "%h %u %{%F}t %r %s"'), MET, "%{%F}t"),
    ("APA-AUb-01", config(f"CustomLog {ACCESS}", "CustomLog logs/a nowhere"), MANUAL, "nowhere"),
    ("APA-AUb-01", config(f"CustomLog {ACCESS}", "TransferLog logs/a"), MET, "%h %l"),
    (
        "APA-AUc-01",
        {LOGS: "751 0 0 /var/log/apache2\n644 0 4 /var/log/apache2/access.log\n640 0 4 /var/log/apache2/error.log\n"},
        NOT_MET,
        "644",
    ),
    ("APA-AUc-01", CLOSED, MET, "644"),
    ("APA-AUc-01", {ROTATION: "/var/log/apache2/*.log {\n\tdaily\n\trotate 14\n}\n"}, NOT_MET, "14 d"),
    ("APA-AUc-01", PIPED, MANUAL, "rotatelogs"),
    # what it shows
    ("APA-IPa-01", config("ServerTokens Prod", "LoadModule dav_module modules/mod_dav.so"), NOT_MET, "dav_module"),
    (
        "APA-IPa-01",
        config("LoadModule ssl_module", "LoadModule info_module x.so\nLoadModule ssl_module"),
        NOT_MET,
        "info",
    ),
    ("APA-IPb-01", config("Options -Indexes", "Options Indexes FollowSymLinks"), NOT_MET, "/var/www/portal"),
    ("APA-IPb-01", config("Options -Indexes", "options +indexes"), NOT_MET, "+indexes"),
    ("APA-IPb-01", config("Options -Indexes", "Options All"), NOT_MET, "All"),
    ("APA-IPb-01", config("Options -Indexes", "<If ***>\nOptions Indexes\n</If>"), MANUAL, "Indexes"),
    (
        "APA-IPb-01",
        config("Options -Indexes", "<IfModule !mod_ssl.c>\nOptions Indexes\n</IfModule>"),
        MET,
        "FollowSymLinks",
    ),
    (
        "APA-IPb-01",
        config("AllowOverride None\nRequire all g", "AllowOverride All\nRequire all g"),
        MANUAL,
        "allowoverride All",
    ),
    ("APA-IPb-01", {CONFIG: (MAIN + MODULES + SITE).replace("autoindex", "alias")}, MET, "autoindex_module -"),
    ("APA-IPb-02", config("ServerTokens Prod", "ServerTokens OS"), NOT_MET, "OS"),
    ("APA-IPb-02", config("ServerTokens Prod\n", ""), NOT_MET, "Full (default)"),
    ("APA-IPb-02", config("ServerTokens Prod", "ServerTokens Full\nservertokens ProductOnly"), MET, "ProductOnly"),
    ("APA-IPb-02", config("ServerSignature Off", "ServerSignature On"), NOT_MET, "On"),
    ("APA-IPb-02", config("SSLEngine on", "SSLEngine on\nServerSignature EMail"), NOT_MET, "EMail"),
    ("APA-IPb-02", {CONFIG: "# too large /etc/apache2/apache2.conf\n"}, MANUAL, "too large"),
    ("APA-IPb-02", config("ServerTokens Prod", "ServerTokens Prod\nInclude lost.conf"), MANUAL, "lost.conf"),
    (
        "APA-IPb-02",
        config("ServerTokens Prod", "ServerTokens Prod\n# missing /etc/apache2/x\nIncludeOptional x"),
        MET,
        "Prod",
    ),
    ("APA-IPb-03", config("TraceEnable Off\n", ""), NOT_MET, "on (default)"),
    ("APA-IPb-03", config("SSLEngine on", "SSLEngine on\nTraceEnable extended"), NOT_MET, "*:443"),
    ("APA-IPb-04", config("Require local\n", ""), NOT_MET, "server-status"),
    ("APA-IPb-04", config("ServerTokens Prod", PAGE.format("Require all granted\n")), NOT_MET, "server-info"),
    (
        "APA-IPb-04",
        config("ServerTokens Prod", PAGE.format("<RequireAny>\nRequire ip 192.0.2.1\n</RequireAny>\n")),
        MET,
        "info",
    ),
    (
        "APA-IPb-04",
        config("ServerTokens Prod", PAGE.format("Order deny,allow\nDeny from all\nAllow from 192.0.2.1\n")),
        MET,
        "i",
    ),
    ("APA-IPb-04", config("SetHandler server-status\n", ""), MET, "-"),
    ("APA-IPd-01", config("ServerTokens Prod", "LimitRequestBody 0"), NOT_MET, "limitrequestbody 0"),
    ("APA-IPd-01", config("ServerTokens Prod", "LimitRequestBody 4294967296"), MANUAL, "4294967296"),
    ("APA-IPd-01", config("ServerTokens Prod", "LimitRequestBody 10485760"), MET, "10485760"),
    ("APA-IPd-01", config("ServerTokens Prod", "LimitRequestBody many"), MANUAL, "many"),
    ("APA-IPd-01", {PROCESS: OLD}, NOT_MET, "(default)"),
    ("APA-IPe-01", {PROCESS: OLD}, MANUAL, "2.2.15"),
    ("APA-IPe-01", {PROCESS: OWN}, NOT_MET, "2.4.49 /usr/local"),
    ("APA-IPe-01", {PROCESS: PROCESSES.replace("Apache/2.4.71", "IBM_HTTP_Server/9.0.5")}, MANUAL, "IBM_HTTP_Server"),
    # TLS
    ("APA-DIa-01", config("-all +TLSv1.2 +TLSv1.3", "all -SSLv3"), NOT_MET, "TLSv1.1"),
    ("APA-DIa-01", config("SSLProtocol -all +TLSv1.2 +TLSv1.3\n", ""), NOT_MET, "TLSv1.1"),
    ("APA-DIa-01", config("HIGH:!aNULL", "HIGH:MEDIUM:RC4-SHA"), NOT_MET, "RC4-SHA"),
    ("APA-DIa-01", config("SSLCipherSuite HIGH:!aNULL:!MD5\n", ""), MANUAL, "SSLCipherSuite"),
    ("APA-DIa-01", config("SSLEngine on", "SSLEngine off"), MANUAL, "TLS"),
    (
        "APA-DIa-02",
        {DATES: "now 1793706000\n/etc/ssl/certs/portal.pem notAfter=Nov  1 12:00:00 2026 GMT\n"},
        NOT_MET,
        "2026",
    ),
    ("APA-DIa-02", {DATES: "now 1763706000\n/etc/ssl/certs/portal.pem \n"}, MANUAL, "portal.pem"),
    ("APA-DIa-02", config("SSLEngine on", "SSLEngine off"), MANUAL, "TLS"),
    ("APA-DCa-01", config("Redirect permanent / https://***\n", ""), NOT_MET, "portal.example.gov(*:80)"),
    ("APA-DCa-01", config("Redirect permanent / https://***", "RewriteRule ^(.*)$ https://***"), MET, "rewriterule"),
    ("APA-DCa-01", {CONFIG: (MAIN + MODULES + SITE).replace(SECURE, "").replace("Redirect", "- ***")}, MANUAL, "*:80"),
]


@pytest.mark.parametrize(("check", "said", "outcome", "quoted"), CASES)
def test_the_verdict_is_right_and_quotes_what_was_seen(check: str, said: Said, outcome: Outcome, quoted: str) -> None:
    found = result(check, said)
    assert (found.outcome, quoted in found.observed) == (outcome, True), found.observed


@pytest.mark.parametrize("check", [each for each in CHECKS if each not in NO_LOGIN - {"APA-IAc-01"}])
def test_every_check_is_shown_in_both_directions(check: str) -> None:
    assert NOT_MET in {outcome for id_, _, outcome, _ in CASES if id_ == check}


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize(
    "spoilt", [MISSING, DENIED, Answer(0, b"\xff\x00<garbage\n</x> %s\n", b"", 0), Answer(0, b"", b"", 0)]
)
def test_what_cannot_be_read_or_understood_is_never_met(check: str, spoilt: Answer) -> None:
    found = result(check, dict.fromkeys(result(check, {}).commands, spoilt))
    assert found.outcome is MANUAL, found.observed


REDHAT = r"""# configuration file 644 0 0 /etc/httpd/conf/httpd.conf
ServerRoot "/etc/httpd"
Listen 80
Include conf.modules.d/*.conf
User apache
ErrorLog "logs/error_log"
LogLevel warn
<IfModule log_config_module>
LogFormat "%h %l %u %t \"%r\" %>s %b" common
CustomLog "logs/access_log" common
</IfModule>
ServerTokens Prod
# configuration file 644 0 0 /etc/httpd/conf.modules.d/00-base.conf
LoadModule log_config_module modules/mod_log_config.so
"""


def test_a_layout_as_of_redhat_is_read_with_its_main_server() -> None:
    where = command(APACHE["config"], "/etc/httpd/conf/httpd.conf", "/etc/httpd")
    named = PROCESSES.replace("/usr/sbin/apache2", "/usr/sbin/httpd").replace("module host", "- ")
    said = {PROCESS: named, "ps -e -o comm=": "httpd\n", CONFIG: None, where: REDHAT}
    assert result("APA-AUa-01", said).outcome is MET
    assert "_(80) customlog logs/access_log common" in result("APA-AUa-01", said).observed
    assert result("APA-DCa-01", said).outcome is MANUAL
    logs = command(APACHE["modes"], "/etc/httpd/logs /etc/httpd/logs/access_log /etc/httpd/logs/error_log")
    said |= {logs: "755 0 0 /etc/httpd/logs\n644 0 0 /etc/httpd/logs/access_log\n644 0 0 /etc/httpd/logs/error_log\n"}
    assert result("APA-AUc-01", said).outcome is NOT_MET


def test_one_in_a_container_is_for_a_person() -> None:
    found = result("APA-IPb-02", {PROCESS: PROCESSES.replace(" host ", " container ")})
    assert (found.outcome, "容器" in found.observed) == (MANUAL, True)


@pytest.mark.parametrize(
    ("words", "protocols"),
    [
        ("TLSv1.2", ["TLSv1.2"]),
        ("TLSv1.2 TLSv1.3", ["TLSv1.3"]),
        ("all -SSLv3 -TLSv1 -TLSv1.1", ["TLSv1.2", "TLSv1.3"]),
        ("-ALL +tlsv1.2", ["TLSv1.2"]),
    ],
)
def test_protocols_add_up_as_in_httpd(words: str, protocols: list[str]) -> None:
    assert offered(words.split()) == protocols


@given(st.text())
def test_no_text_makes_the_parser_fail_in_a_way_that_is_not_foreseen(text: str) -> None:
    for printed in (
        text,
        f"# configuration file 644 0 0 /etc/apache2/apache2.conf\n{text}",
        f"{MAIN}<{text}\n{MODULES}",
    ):
        try:
            list(Reader(files(printed), "/etc/apache2").settings())
        except (ValueError, IndexError, KeyError):
            continue


def test_an_include_of_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="Include"):
        list(Reader(files("# configuration file 644 0 0 /a\nInclude /a\n"), "/").settings())
