"""Every check of Nginx, on a sound instance, on bad ones, and on the odd ones that there are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anwei.baseline import checking
from anwei.baseline.result import Outcome
from anwei.evidence.script import Answer
from baselines.mlps.nginx import scopes, syntax
from baselines.mlps.web.printed import files as printed_files
from tests.unit.baseline import sound_web
from tests.unit.baseline.machine import DENIED, MISSING
from tests.unit.baseline.sound_nginx import (
    CONFIG,
    DATES,
    FILES,
    LOGS,
    MAIN,
    NGINX,
    PROCESSES,
    SITE,
    SOUND,
    TYPES,
    assessed,
    main,
    result,
    site,
)
from tests.unit.baseline.sound_web import Said, command

MET, NOT_MET, MANUAL, NOT_APPLICABLE = Outcome.MET, Outcome.NOT_MET, Outcome.MANUAL, Outcome.NOT_APPLICABLE
NO_LOGIN = {"NGX-IAa-01", "NGX-IAb-01", "NGX-IAc-01", "NGX-IAd-01", "NGX-ACb-01", "NGX-ACc-01"}
PROCESS, ROTATION = NGINX["processes"], NGINX["rotation"]
CHECKS = [each.check.id for each in sound_web.catalogue_of("nginx").types[1].entries]
PLAIN = site("listen 443 ssl http2;", "listen 8080;")
LOGIN = "location / {\nauth_basic ***;"
OWN = PROCESSES.replace("/usr/sbin/nginx", "/usr/local/nginx/sbin/nginx").replace("1.28.0", "1.20.1")

KEY_ALONE = {command(NGINX["modes"], "/etc/ssl/private/portal.key"): "600 0 0 /etc/ssl/private/portal.key\n"}
SYSLOG = {
    **main("access_log /var/log/nginx/access.log", "access_log syslog:server=192.0.2.1"),
    command(NGINX["modes"], "/var/log/nginx /var/log/nginx/error.log"): (
        "755 0 4 /var/log/nginx\n640 33 4 /var/log/nginx/error.log\n"
    ),
}
CLOSED = {
    LOGS: "700 0 0 /var/log/nginx\n644 0 0 /var/log/nginx/access.log\n644 0 0 /var/log/nginx/error.log\n",
}


def test_a_sound_nginx_has_no_finding_and_no_login() -> None:
    outcomes = {each.check.id: each.outcome for each in assessed().results}
    assert outcomes == {check: NOT_APPLICABLE if check in NO_LOGIN else MET for check in CHECKS}


def test_the_facts_say_version_addresses_and_file() -> None:
    facts = assessed().facts
    assert facts["version"] == "nginx/1.28.0"
    assert facts["address"] == "80、[::]:80、443"
    assert facts["config"] == "/etc/nginx/nginx.conf"


CASES: list[tuple[str, Said, Outcome, str]] = [
    # a login that Nginx itself asks for
    ("NGX-IAa-01", site("location / {", LOGIN), MANUAL, "location /"),
    ("NGX-IAa-01", site("location / {", "location / {\nauth_basic off;"), NOT_APPLICABLE, "auth_basic"),
    ("NGX-IAb-01", site("location / {", LOGIN), MANUAL, "location /"),
    ("NGX-IAd-01", main("events {", "stray"), MANUAL, "}"),
    ("NGX-ACb-01", {CONFIG: DENIED}, MANUAL, "Permission denied"),
    ("NGX-ACc-01", site("location / {", LOGIN), MANUAL, "location /"),
    ("NGX-IAc-01", site("location / {", LOGIN), MET, "443"),
    (
        "NGX-IAc-01",
        {CONFIG: MAIN + SITE.replace("443 ssl http2", "8080").replace("location / {", LOGIN)},
        NOT_MET,
        "8080",
    ),
    ("NGX-IAc-01", {CONFIG: MAIN + SITE.replace("443 ssl", "127.0.0.1:81").replace("location / {", LOGIN)}, MET, "81"),
    # modes
    (
        "NGX-ACa-01",
        {CONFIG: (MAIN + SITE).replace("644 0 0 /etc/nginx/sites", "664 0 33 /etc/nginx/sites")},
        NOT_MET,
        "664",
    ),
    (
        "NGX-ACa-01",
        {CONFIG: (MAIN + SITE).replace("644 0 0 /etc/nginx/sites", "664 0 50 /etc/nginx/sites")},
        MET,
        "664",
    ),
    ("NGX-ACa-01", {CONFIG: MAIN.replace("644 0 0", "666 0 0") + SITE}, NOT_MET, "666"),
    ("NGX-ACa-01", {CONFIG: MAIN.replace("644 0 0", "- - -") + SITE}, MANUAL, "nginx.conf"),
    ("NGX-ACa-01", {FILES: "644 0 0 /etc/ssl/private/portal.key\n755 0 0 /var/www/portal\n"}, NOT_MET, "644"),
    ("NGX-ACa-01", {FILES: "600 0 0 /etc/ssl/private/portal.key\n755 33 33 /var/www/portal\n"}, NOT_MET, "755 33:33"),
    ("NGX-ACa-01", {FILES: "600 0 0 /etc/ssl/private/portal.key\n- /var/www/portal\n"}, MANUAL, "/var/www/portal"),
    # who runs it
    ("NGX-ACd-01", {PROCESS: PROCESSES.replace("813 812 33", "813 812 0")}, NOT_MET, "pid 813 uid root"),
    ("NGX-ACd-01", {PROCESS: PROCESSES.splitlines()[0]}, NOT_MET, "812"),
    ("NGX-ACd-01", {PROCESS: PROCESSES.replace(" host ", " container ")}, MET, "container"),
    ("NGX-ACd-01", {PROCESS: ""}, MANUAL, "worker"),
    # logs
    ("NGX-AUa-01", main("access.log main;", "access.log main if=$loggable;"), MANUAL, "if=$loggable"),
    ("NGX-AUa-01", main("access_log /var/log/nginx/access.log main;", "access_log off;"), NOT_MET, "access_log off"),
    ("NGX-AUa-01", site("root /var", "access_log\t/dev/null;\r\nroot /var"), NOT_MET, "/dev/null"),
    (
        "NGX-AUa-01",
        site("location / {", "location = /favicon.ico {\naccess_log off;\n}\nlocation / {"),
        MANUAL,
        "favicon",
    ),
    ("NGX-AUa-01", main("access_log /var/log/nginx/access.log main;", ""), MET, "(default)"),
    ("NGX-AUa-01", main("error.log warn", "error.log crit"), NOT_MET, "crit"),
    ("NGX-AUa-01", main("error.log warn", "error.log"), MET, "error.log"),
    ("NGX-AUa-01", main("/var/log/nginx/error.log warn", "/dev/null emerg"), NOT_MET, "/dev/null"),
    ("NGX-AUb-01", main("[$time_local]", ""), NOT_MET, "time"),
    ("NGX-AUb-01", main("$status", ""), NOT_MET, "status"),
    ("NGX-AUb-01", main("access.log main", "access.log"), MET, "combined"),
    ("NGX-AUb-01", main("access.log main", "access.log unknown buffer=32k"), MANUAL, "unknown"),
    ("NGX-AUb-01", main("access.log main", "access.log buffer=32k"), MET, "combined"),
    (
        "NGX-AUb-01",
        site("location / {", "location /a {\naccess_log /var/log/nginx/a.log main;\n}\nlocation / {"),
        MET,
        "main",
    ),
    (
        "NGX-AUc-01",
        {LOGS: "751 0 0 /var/log/nginx\n644 33 4 /var/log/nginx/access.log\n640 33 4 /var/log/nginx/error.log\n"},
        NOT_MET,
        "644",
    ),
    ("NGX-AUc-01", CLOSED, MET, "644"),
    ("NGX-AUc-01", SYSLOG, MANUAL, "syslog:server=192.0.2.1"),
    ("NGX-AUc-01", {ROTATION: "weekly\n/var/log/nginx/*.log {\n\tdaily\n\trotate 14\n}\n"}, NOT_MET, "14 d"),
    ("NGX-AUc-01", {ROTATION: "weekly\nrotate 52\n/var/log/nginx/*.log {\n}\n"}, MET, "364 d"),
    ("NGX-AUc-01", {ROTATION: "/var/log/nginx/*.log {\ndaily\nrotate 365\nmaxage 30\n}\n"}, NOT_MET, "30 d"),
    ("NGX-AUc-01", {ROTATION: "/var/log/nginx/*.log {\nrotate 365\n}\n"}, MANUAL, "logrotate -"),
    ("NGX-AUc-01", {ROTATION: ""}, MANUAL, "logrotate -"),
    (
        "NGX-AUc-01",
        {LOGS: "755 0 0 /var/log/nginx\n- /var/log/nginx/access.log\n640 33 4 /var/log/nginx/error.log\n"},
        MANUAL,
        "access.log",
    ),
    # what it shows
    ("NGX-IPb-01", site("location / {", "location / {\nautoindex on;"), NOT_MET, "location / autoindex on"),
    ("NGX-IPb-01", main("server_tokens off;", "server_tokens off;\nautoindex on;"), NOT_MET, "autoindex on"),
    ("NGX-IPb-01", {CONFIG: Answer(0, b"", b"", 0)}, MANUAL, "configuration file"),
    ("NGX-IPb-02", main("server_tokens off;", ""), NOT_MET, "server_tokens on"),
    ("NGX-IPb-02", main("server_tokens off;", "server_tokens build;"), NOT_MET, "build"),
    ("NGX-IPb-02", site("root /var", 'server_tokens "off";\nroot /var'), MET, "off"),
    ("NGX-IPb-02", {CONFIG: "# too large /etc/nginx/nginx.conf\n"}, MANUAL, "too large"),
    ("NGX-IPb-02", {PROCESS: PROCESSES.replace(" host ", " container ")}, MANUAL, "容器"),
    (
        "NGX-IPb-02",
        {CONFIG: MAIN + "# configuration file 644 0 0 /etc/nginx/conf.d/\\xd6\\xd0.conf\n" + SITE},
        MET,
        "off",
    ),
    ("NGX-IPb-03", site("location / {", "location / {\ndav_methods PUT DELETE;"), NOT_MET, "PUT DELETE"),
    ("NGX-IPb-03", {CONFIG: MISSING}, MANUAL, "没有这个命令"),
    ("NGX-IPb-04", site("location / {", "location /s {\nstub_status;\n}\nlocation / {"), NOT_MET, "location /s"),
    (
        "NGX-IPb-04",
        site("location / {", "location /s {\nstub_status on;\nallow 192.0.2.1;\ndeny all;\n}\nlocation / {"),
        MET,
        "/s",
    ),
    (
        "NGX-IPb-04",
        site("location / {", "location /s {\nstub_status;\nallow all;\ndeny all;\n}\nlocation / {"),
        NOT_MET,
        "/s",
    ),
    ("NGX-IPd-01", site("root /var", "client_max_body_size 0;\nroot /var"), NOT_MET, "client_max_body_size 0"),
    ("NGX-IPd-01", site("root /var", "client_max_body_size 2G;\nroot /var"), MANUAL, "2G"),
    ("NGX-IPd-01", site("root /var", "client_max_body_size 20m;\nroot /var"), MET, "20m"),
    ("NGX-IPd-01", site("root /var", "client_max_body_size much;\nroot /var"), MANUAL, "much"),
    ("NGX-IPe-01", {PROCESS: PROCESSES.replace("1.28.0", "1.18.0")}, MANUAL, "nginx/1.18.0"),
    ("NGX-IPe-01", {PROCESS: OWN}, NOT_MET, "1.20.1 /usr/local"),
    ("NGX-IPe-01", {PROCESS: PROCESSES.replace("nginx/1.28.0", "Tengine/2.3.2")}, MANUAL, "Tengine/2.3.2"),
    ("NGX-IPe-01", {PROCESS: PROCESSES.replace("nginx/1.28.0", "")}, MANUAL, "version"),
    # TLS
    ("NGX-DIa-01", main("TLSv1.2 TLSv1.3", "TLSv1 TLSv1.1 TLSv1.2"), NOT_MET, "TLSv1.1"),
    ("NGX-DIa-01", main("HIGH:!aNULL", "HIGH:RC4-SHA:!aNULL"), NOT_MET, "RC4-SHA"),
    ("NGX-DIa-01", main("HIGH:!aNULL", "ALL:!aNULL"), MANUAL, "ALL"),
    ("NGX-DIa-01", main("ssl_protocols TLSv1.2 TLSv1.3;", ""), MET, "TLSv1.3"),
    (
        "NGX-DIa-01",
        {**main("ssl_protocols TLSv1.2 TLSv1.3;", ""), PROCESS: PROCESSES.replace("1.28.0", "1.22.1")},
        NOT_MET,
        "TLSv1.1",
    ),
    ("NGX-DIa-01", PLAIN, MANUAL, "TLS"),
    ("NGX-DIa-01", site("listen 443 ssl http2;", "listen 443;\nssl on;"), MET, "portal.example.gov(443)"),
    (
        "NGX-DIa-02",
        {DATES: "now 1793706000\n/etc/ssl/certs/portal.pem notAfter=Nov  1 12:00:00 2026 GMT\n"},
        NOT_MET,
        "2026",
    ),
    ("NGX-DIa-02", {DATES: "now 1763706000\n/etc/ssl/certs/portal.pem \n"}, MANUAL, "portal.pem"),
    ("NGX-DIa-02", {DATES: "now 1763706000\n/etc/ssl/certs/portal.pem notAfter=soon\n"}, MANUAL, "portal.pem"),
    ("NGX-DIa-02", {DATES: MISSING}, MANUAL, "没有这个命令"),
    ("NGX-DIa-02", PLAIN, MANUAL, "TLS"),
    ("NGX-DCa-01", site("return 301 https", "return 301 http"), NOT_MET, "portal.example.gov(80,[::]:80)"),
    (
        "NGX-DCa-01",
        site("return 301 https://$host$request_uri;", "location / {\nreturn 301 https://$host/;\n}"),
        MET,
        "80",
    ),
    ("NGX-DCa-01", site("return 301 https://$host$request_uri;", "rewrite ^ https://$host/ permanent;"), MET, "80"),
    ("NGX-DCa-01", site("return 301 https://$host$request_uri;", "return 444;"), MET, "80"),
    ("NGX-DCa-01", {CONFIG: MAIN + SITE.replace("443 ssl http2", "8080")}, MANUAL, "8080"),
    ("NGX-DCa-01", site("listen 443 ssl http2;", "listen 443;\nssl on;"), MET, "443"),
]


@pytest.mark.parametrize(("check", "said", "outcome", "quoted"), CASES)
def test_the_verdict_is_right_and_quotes_what_was_seen(check: str, said: Said, outcome: Outcome, quoted: str) -> None:
    found = result(check, said)
    assert (found.outcome, quoted in found.observed) == (outcome, True), found.observed


@pytest.mark.parametrize("check", [each for each in CHECKS if each not in NO_LOGIN - {"NGX-IAc-01"}])
def test_every_check_is_shown_in_both_directions(check: str) -> None:
    assert NOT_MET in {outcome for id_, _, outcome, _ in CASES if id_ == check}


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize(
    "spoilt", [MISSING, DENIED, Answer(0, b"\xff\x00{garbage;;} %s\n", b"", 0), Answer(0, b"", b"", 0)]
)
def test_what_cannot_be_read_or_understood_is_never_met(check: str, spoilt: Answer) -> None:
    found = result(check, dict.fromkeys(result(check, {}).commands, spoilt))
    assert found.outcome is MANUAL, found.observed


def test_an_nginx_that_was_built_on_the_host_has_its_files_below_its_own_folder() -> None:
    where = command(NGINX["config"], "/usr/local/nginx/conf/nginx.conf", "/usr/local/nginx/conf")
    text = SOUND[CONFIG]
    assert isinstance(text, str)
    said = {PROCESS: OWN, CONFIG: None, where: text.replace("/etc/nginx", "/usr/local/nginx/conf")}
    assert result("NGX-IPb-02", said).outcome is MET


def test_a_configuration_named_by_the_process_is_the_one_that_is_read() -> None:
    named = PROCESSES.replace("-g daemon", "-c /data/web/nginx.conf -g daemon")
    wanted = checking.Questions(sound_web.catalogue_of("nginx")).wanted(
        sound_web.transcript(SOUND, {PROCESS: named, CONFIG: None})
    )
    assert command(NGINX["config"], "/data/web/nginx.conf", "/data/web") in [each.text for each in wanted]


@pytest.mark.parametrize(
    "path", ["/srv/配置/nginx.conf", "/a$(x)/nginx.conf", "/etc/../nginx.conf", "/proc/1/nginx.conf"]
)
def test_a_path_that_no_command_may_be_given_is_for_a_person(path: str) -> None:
    found = result("NGX-IPb-01", {PROCESS: PROCESSES.replace("-g daemon", f"-c {path} -g daemon")})
    assert (found.outcome, path in found.observed) == (MANUAL, True)


def test_a_root_or_a_log_of_such_a_path_is_for_a_person_and_the_others_are_asked() -> None:
    said = {**site("root /var/www/portal", "root /srv/shadow"), **KEY_ALONE}
    assert result("NGX-ACa-01", said).outcome is MANUAL
    assert "/srv/shadow" in result("NGX-ACa-01", said).observed


def test_three_rounds_answer_every_check() -> None:
    questions = checking.Questions(sound_web.catalogue_of("nginx"))
    known = {each: None for each in SOUND if each not in ("ps -e -o comm=", PROCESS, ROTATION)}
    wanted = {each.text for each in questions.wanted(sound_web.transcript(SOUND, known)) if each.text in SOUND}
    assert wanted == {CONFIG}
    later = questions.wanted(sound_web.transcript(SOUND, dict.fromkeys((FILES, LOGS, DATES))))
    assert {FILES, LOGS, DATES} <= {each.text for each in later}


@given(st.text())
def test_no_text_makes_the_parser_fail_in_a_way_that_is_not_foreseen(text: str) -> None:
    for printed in (text, f"# configuration file 644 0 0 /etc/nginx/nginx.conf\n{text}", "http {" * 3 + text):
        try:
            scopes.https(syntax.tree(printed_files(printed), "/etc/nginx"))
            syntax.parsed(printed)
        except (ValueError, IndexError, KeyError):
            continue


def test_an_include_that_includes_itself_and_a_block_without_end_are_refused() -> None:
    with pytest.raises(ValueError, match="include"):
        syntax.tree(printed_files("# configuration file 644 0 0 /a\ninclude /a;\n"), "/")
    with pytest.raises(ValueError, match=r"\{"):
        syntax.parsed("a {" * 60 + "}" * 60)


def test_a_very_large_configuration_is_read_in_time() -> None:
    servers = "".join(SITE.partition("\n")[2] for _ in range(400))
    assert result("NGX-IPb-01", {CONFIG: MAIN + TYPES + SITE + servers}).outcome is MET
