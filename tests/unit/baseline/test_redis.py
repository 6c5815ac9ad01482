"""Every check of Redis, on sound servers, on bad ones, and on the odd ones that there are."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anwei.baseline import checking
from anwei.baseline.checking import Questions
from anwei.baseline.result import Outcome
from anwei.evidence.commands import Command, Declarations
from anwei.evidence.script import Answer
from tests.unit.baseline.machine import CATALOGUE, DENIED, MISSING, Said, answer, transcript
from tests.unit.baseline.sound_redis import (
    CONFIGURATION,
    FILE,
    INSTANCE,
    OPEN,
    PING_DENIED,
    REDIS,
    SOCKETS,
    SOUND,
    assessed,
    configuration,
    live,
    modes,
    result,
)

Answers = dict[str, str | bytes | Answer]

MET, NOT_MET, MANUAL = Outcome.MET, Outcome.NOT_MET, Outcome.MANUAL
CHECKS = [each.check.id for kind in CATALOGUE.types if kind.code == "redis" for each in kind.entries]
FOR_A_PERSON = {"RDS-IAa-02", "RDS-AUa-01", "RDS-IPe-01", "RDS-DCb-01", "RDS-BRa-01", "RDS-BRc-01"}
NEVER_A_FINDING = {"RDS-IAa-02"}
SS, CONF, ALL = "ss -lntup", configuration(), REDIS["instances"]
# A server of a second process, which listens for everybody.
SECOND = "902 0 host *:6380 - guess /etc/redis/6380.conf -\n"
BOTH: Answers = {
    ALL: INSTANCE + SECOND,
    live(port="6380"): OPEN.replace("6379", "6380"),
    configuration("/etc/redis/6380.conf"): "port\t6380\n",
    SS: SOCKETS + "tcp LISTEN 0 511 0.0.0.0:6380 0.0.0.0:*\n",
    modes("/etc/redis/6380.conf"): "644 -rw-r--r-- root root /etc/redis/6380.conf\n",
}
IN_CONTAINER = INSTANCE.replace(" host ", " container ")
UNKNOWN_FILE = INSTANCE.replace(FILE, "-")


def test_a_sound_server_has_no_finding_and_what_is_only_partly_read_is_for_a_person() -> None:
    outcomes = {each.check.id: each.outcome for each in assessed().results}
    assert outcomes == {check: MANUAL if check in FOR_A_PERSON else MET for check in CHECKS}


def changed(*changes: str) -> Answers:
    """The configuration with lines added at its end, where they count."""
    return {CONF: CONFIGURATION + "".join(f"{change}\n" for change in changes)}


def without(*keys: str) -> Answers:
    """The configuration without some keys."""
    return {CONF: "".join(f"{line}\n" for line in CONFIGURATION.splitlines() if not line.startswith(keys))}


CASES: list[tuple[str, Said, Outcome, str]] = [
    # authentication
    (
        "RDS-IAa-01",
        {},
        MET,
        "口令长度 24；不带口令的 PING：NOAUTH Authentication required.；依据 /etc/redis/redis.conf (unit)",
    ),
    ("RDS-IAa-01", {live(): OPEN}, NOT_MET, "PONG"),
    ("RDS-IAa-01", changed("requirepass\t6"), NOT_MET, "口令长度 6"),
    ("RDS-IAa-01", without("requirepass"), NOT_MET, "default"),
    ("RDS-IAa-01", changed("user\tdefault on # +@all", "requirepass\t0"), MANUAL, "没有读到口令长度"),
    ("RDS-IAa-01", changed("user\tapp on nopass +get"), NOT_MET, "app"),
    ("RDS-IAa-01", changed("user\tapp off nopass +get"), MET, "24"),
    ("RDS-IAa-01", changed("user\tapp ?"), MANUAL, "app"),
    (
        "RDS-IAa-01",
        {**changed("aclfile\t/etc/redis/users.acl"), configuration("/etc/redis/users.acl"): DENIED},
        MANUAL,
        "denied",
    ),
    (
        "RDS-IAa-01",
        {
            **changed("aclfile\t/etc/redis/users.acl"),
            configuration("/etc/redis/users.acl"): "user\tdefault on nopass +@all\n",
        },
        NOT_MET,
        "default",
    ),
    ("RDS-IAa-01", {live(): MISSING}, MET, "PING：-"),
    (
        "RDS-IAa-01",
        {live(): "ping\tCould not connect to Redis at 127.0.0.1:6379: Connection refused\n"},
        MET,
        "refused",
    ),
    ("RDS-IAa-01", {ALL: UNKNOWN_FILE}, MANUAL, "没有找到它的配置文件"),
    ("RDS-IAa-01", {CONF: DENIED}, MANUAL, "Permission denied"),
    ("RDS-IAa-01", {ALL: IN_CONTAINER}, MANUAL, "容器"),
    ("RDS-IAa-01", {ALL: INSTANCE.replace(FILE, "/data/my redis.conf")}, MANUAL, "/data/my redis.conf"),
    ("RDS-IAa-01", {ALL: INSTANCE.replace(FILE, "/data/$(id).conf")}, MANUAL, "$(id)"),
    ("RDS-IAa-01", BOTH, NOT_MET, "*:6380"),
    (
        "RDS-IAa-01",
        {ALL: INSTANCE + IN_CONTAINER.replace("6379", "6381")},
        MANUAL,
        "127.0.0.1:6381",
    ),
    ("RDS-IAa-02", {}, MANUAL, "口令长度 24"),
    # idle clients
    ("RDS-IAb-01", {}, MET, "timeout 为 300"),
    ("RDS-IAb-01", changed("timeout\t0"), NOT_MET, "timeout 为 0"),
    ("RDS-IAb-01", without("timeout"), NOT_MET, "timeout 为 0"),
    ("RDS-IAb-01", changed("timeout\t60\r"), MET, "timeout 为 60"),
    ("RDS-IAb-01", changed("timeout\tlong"), MANUAL, "long"),
    ("RDS-IAb-01", {CONF: CONFIGURATION.replace("\n", "\r\n")}, MET, "300"),
    ("RDS-IAb-01", {CONF: "# 配置\n".encode("gbk") + CONFIGURATION.encode()}, MET, "300"),
    (
        "RDS-IAb-01",
        {**changed("include\t/etc/redis/site.conf"), configuration("/etc/redis/site.conf"): "timeout\t0\n"},
        NOT_MET,
        "timeout 为 0",
    ),
    (
        "RDS-IAb-01",
        {
            CONF: "include\t/etc/redis/site.conf\n" + CONFIGURATION,
            configuration("/etc/redis/site.conf"): "timeout\t0\n",
        },
        MET,
        "timeout 为 300",
    ),
    ("RDS-IAb-01", changed("include\t/etc/redis/conf.d/*.conf"), MANUAL, "*.conf"),
    ("RDS-IAb-01", changed("include\tsite.conf"), MANUAL, "site.conf"),
    ("RDS-IAb-01", changed(f"include\t{FILE}"), MANUAL, "嵌套过深"),
    ("RDS-IAb-01", {live(): OPEN, configuration("/etc/redis.conf"): "timeout\t300\n"}, NOT_MET, "依据 CONFIG GET"),
    # the way of passwords
    ("RDS-IAc-01", {}, MET, "127.0.0.1:6379"),
    ("RDS-IAc-01", {SS: SOCKETS.replace("127.0.0.1:6379", "192.0.2.10:6379")}, NOT_MET, "192.0.2.10:6379"),
    (
        "RDS-IAc-01",
        {
            **changed("port\t0", "tls-port\t6379"),
            SS: SOCKETS.replace("127.0.0.1:6379", "192.0.2.10:6379"),
            live(): "ping\tError: Server closed the connection\n",
        },
        MET,
        "TLS",
    ),
    ("RDS-IAc-01", {SS: SOCKETS.replace(":6379", ":7000")}, MANUAL, "没有看到它监听的端口"),
    ("RDS-IAc-01", {SS: MISSING}, MANUAL, "netstat"),
    # commands
    ("RDS-ACd-01", {}, MET, "FLUSHDB"),
    ("RDS-ACd-01", without("rename-command\tCONFIG"), NOT_MET, "可以执行：CONFIG"),
    ("RDS-ACd-01", without("rename-command"), NOT_MET, "FLUSHALL、FLUSHDB、CONFIG、KEYS、SHUTDOWN、DEBUG、EVAL"),
    (
        "RDS-ACd-01",
        {
            CONF: "port\t6379\nuser\tdefault on > +@all -@dangerous -EVAL\nuser\tdba on > allcommands\n",
        },
        MANUAL,
        "dba (FLUSHALL/",
    ),
    ("RDS-ACd-01", {CONF: "user\tdefault on > +@all -@dangerous\n"}, NOT_MET, "可以执行：EVAL"),
    ("RDS-ACd-01", {CONF: "user\tdefault on > +@all -@dangerous -@scripting +keys\n"}, NOT_MET, "可以执行：KEYS"),
    ("RDS-ACd-01", {CONF: "user\tdefault off +@all\nuser\tapp on # -@all +get +set\n"}, MET, "-"),
    ("RDS-ACd-01", {CONF: DENIED}, MANUAL, "Permission denied"),
    # user of the process
    ("RDS-ACd-02", {}, MET, "127.0.0.1:6379 UID 112"),
    ("RDS-ACd-02", BOTH, NOT_MET, "*:6380 UID 0"),
    ("RDS-ACd-02", {ALL: IN_CONTAINER.replace(" 112 ", " 0 ")}, NOT_MET, "UID 0"),
    ("RDS-ACd-02", {ALL: ""}, MANUAL, "没有看到 redis-server"),
    ("RDS-ACd-02", {ALL: Answer(1, b"", b"ps: bad -o argument 'uid'\n", 0)}, MANUAL, "bad -o argument"),
    # log: never met, since Redis records no commands
    ("RDS-AUa-01", {}, MANUAL, "logfile=/var/log/redis/redis-server.log"),
    ("RDS-AUa-01", changed("loglevel\twarning"), NOT_MET, "warning"),
    ("RDS-AUa-01", changed('logfile\t""'), MANUAL, "redis-server.service"),
    ("RDS-AUa-01", {**changed('logfile\t""'), ALL: INSTANCE.replace("redis-server.service", "-")}, NOT_MET, "标准输出"),
    ("RDS-AUa-01", changed('logfile\t""', "syslog-enabled\tyes"), MANUAL, "syslog-enabled=yes"),
    # addresses
    ("RDS-IPb-01", {}, MET, "protected-mode 为 yes"),
    ("RDS-IPb-01", {SS: SOCKETS.replace("127.0.0.1:6379", "*:6379")}, NOT_MET, "*:6379"),
    ("RDS-IPb-01", {SS: SOCKETS.replace("[::1]:6379", "[::]:6379")}, NOT_MET, "[::]:6379"),
    ("RDS-IPb-01", changed("protected-mode\tno"), NOT_MET, "protected-mode 为 no"),
    ("RDS-IPb-01", {ALL: UNKNOWN_FILE}, MANUAL, "没有找到"),
    # version: never met, since patches are not read
    ("RDS-IPe-01", {}, MANUAL, "7.0.15"),
    ("RDS-IPe-01", {live(): OPEN, configuration("/etc/redis.conf"): ""}, NOT_MET, "5.0.14"),
    ("RDS-IPe-01", {ALL: INSTANCE.replace("7.0.15", "6.0.16")}, NOT_MET, "6.0.16"),
    ("RDS-IPe-01", {ALL: INSTANCE.replace("7.0.15", "-")}, MANUAL, "没有读到"),
    ("RDS-IPe-01", {ALL: INSTANCE.replace("7.0.15", "7.x")}, MANUAL, "x"),
    # files: never met, since what is in them is not looked at
    ("RDS-DCb-01", {}, MANUAL, "640 redis:redis /etc/redis/redis.conf"),
    ("RDS-DCb-01", {modes(FILE): f"644 -rw-r--r-- root root {FILE}\n"}, NOT_MET, "644 root:root"),
    (
        "RDS-DCb-01",
        {modes("/var/lib/redis"): "755 drwxr-xr-x redis redis /var/lib/redis\n"},
        NOT_MET,
        "660 redis:redis",
    ),
    (
        "RDS-DCb-01",
        {
            modes("/var/lib/redis"): "755 drwxr-xr-x redis redis /var/lib/redis\n",
            modes("/var/lib/redis/dump.rdb"): "600 -rw------- redis redis /var/lib/redis/dump.rdb\n",
        },
        MANUAL,
        "600 redis:redis /var/lib/redis/dump.rdb",
    ),
    ("RDS-DCb-01", changed("dir\t./"), MANUAL, "./"),
    ("RDS-DCb-01", {modes(FILE): DENIED}, MANUAL, "Permission denied"),
    # persistence: never met, since copies elsewhere are not seen
    ("RDS-BRa-01", {}, MANUAL, "save=3600 1 300 100 60 10000"),
    ("RDS-BRa-01", changed('save\t""'), NOT_MET, "save=-、appendonly=no"),
    ("RDS-BRa-01", changed('save\t""', "appendonly\tyes"), MANUAL, "appendonly=yes"),
    (
        "RDS-BRa-01",
        {live(): OPEN.replace("save\t\n", "save\t900 1\n").replace("bgsave_status\tok", "bgsave_status\terr")},
        NOT_MET,
        "rdb_last_bgsave_status=err",
    ),
    # replication
    ("RDS-BRc-01", changed("replicaof\t192.0.2.20 6379"), MANUAL, "replicaof 192.0.2.20 6379"),
    ("RDS-BRc-01", {}, MANUAL, "是否满足冗余要求"),
    (
        "RDS-BRc-01",
        {live(): OPEN + "master_link_status\tdown\n", configuration("/etc/redis.conf"): ""},
        NOT_MET,
        "master_link_status=down",
    ),
]


@pytest.mark.parametrize(("check", "said", "outcome", "quoted"), CASES)
def test_the_verdict_is_right_and_quotes_what_was_seen(check: str, said: Said, outcome: Outcome, quoted: str) -> None:
    found = result(check, said)
    assert (found.outcome, quoted in found.observed) == (outcome, True), found.observed


@pytest.mark.parametrize("check", CHECKS)
def test_every_check_is_shown_in_both_directions(check: str) -> None:
    outcomes = {outcome for id_, _, outcome, _ in CASES if id_ == check}
    assert NOT_MET in outcomes or check in NEVER_A_FINDING
    assert outcomes & {MET, MANUAL}


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize(
    "spoilt",
    [
        MISSING,
        DENIED,
        Answer(0, b"\xff\x00garbage:::\n %s {0}\n", b"", 0),
        Answer(0, b"", b"", 0),
        Answer(0, INSTANCE.encode() * 9, b"", 0, cut=True),
        Answer(None, b"", b"", 10, timed_out=True),
    ],
)
def test_what_cannot_be_read_or_understood_is_never_decided(check: str, spoilt: Answer) -> None:
    found = result(check, dict.fromkeys(SOUND.keys() - {"ps -e -o comm="}, spoilt))
    assert found.outcome is MANUAL, found.observed


def test_facts() -> None:
    assert assessed().facts == {"version": "Redis 7.0.15", "address": "127.0.0.1:6379", "account": "root"}
    assert assessed({**BOTH}).facts["version"] == "Redis 7.0.15、Redis 5.0.14"
    assert "version" not in assessed({ALL: IN_CONTAINER}).facts


def test_a_host_without_a_server_has_no_such_object() -> None:
    collected = {"host1": transcript({**SOUND, "ps -e -o comm=": "systemd\nredis-sentinel\n"})}
    objects = checking.assess(CATALOGUE, "estate", collected, transcript().taken_at).objects
    assert "redis" not in {each.type for each in objects}


def test_the_server_and_its_file_are_asked_for_as_soon_as_they_are_known() -> None:
    questions, held = Questions(CATALOGUE), transcript({**SOUND, **BOTH}, without=[live(port="6380")])
    assert live(port="6380") in {each.text for each in questions.wanted(held)}


@pytest.mark.parametrize(
    "path",
    ["/etc/shadow", "/etc/redis/../shadow", "/etc/x;id", "/etc/$(id)", "redis.conf", "/a\n/b", "/etc/tls/redis.key"],
)
def test_paths_that_could_do_harm_are_refused(path: str) -> None:
    declared = Declarations.load(Path("baselines/mlps").resolve(), ("redis",))
    assert Command(REDIS["configuration"], ("/etc/redis/redis-6379.conf",)) in declared
    assert Command(REDIS["configuration"], (path,)) not in declared
    assert Command(REDIS["modes"], (path,)) not in declared


@pytest.mark.parametrize("shell", [each for each in ("dash", "bash", "busybox") if shutil.which(each)])
def test_the_reader_of_configurations_prints_no_secret(shell: str, tmp_path: Path) -> None:
    file = tmp_path / "redis.conf"
    file.write_bytes(
        b"# \xc5\xe4\xd6\xc3\r\n\tPort   6379\r\nrequirepass \"pa ss\"\r\nMasterAuth 's3cret'\nuser default on >s3cret "
        b'#5e88 ~* &* +@all -@dangerous\nuser app on ">s3 cret" +get\nuser old on s3cret +get\n'
        b"rename-command CONFIG s3cret\nrename-command KEYS \"\"\nrename-command EVAL ''\ninclude /etc/redis/s.conf\n"
        b"sentinel auth-pass m s3cret\ntls-key-file-pass s3cret\nsave 900 1\nsave \"\"\nlogfile ''\n"
    )
    run = [shell, "sh"] if shell == "busybox" else [shell]
    said = subprocess.run([*run, "-c", REDIS["configuration"] % file], capture_output=True, check=True)
    assert said.stdout.decode().splitlines() == [
        "port\t6379",
        "requirepass\t5",
        "masterauth\t6",
        "user\tdefault on > # +@all -@dangerous",
        "user\tapp ?",
        "user\told on +get",
        "rename-command\tCONFIG *",
        "rename-command\tKEYS -",
        "rename-command\tEVAL -",
        "include\t/etc/redis/s.conf",
        "save\t900 1",
        'save\t""',
        "logfile\t''",
    ]


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(SOUND.keys() - {"ps -e -o comm="})), st.text() | st.binary(), min_size=1))
def test_no_answer_ends_in_another_exception(said: dict[str, str | bytes]) -> None:
    assert len(assessed({key: answer(each) for key, each in said.items()}).results) == len(CHECKS)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(CONFIGURATION.split("\n")) | st.text(), max_size=12))
def test_no_configuration_ends_in_another_exception(lines: list[str]) -> None:
    assert len(assessed({CONF: "\n".join(lines)}).results) == len(CHECKS)


def test_the_password_that_is_wanted_is_said_with_the_answer() -> None:
    assert PING_DENIED.strip().split("\t")[1] in result("RDS-IAa-01").observed
