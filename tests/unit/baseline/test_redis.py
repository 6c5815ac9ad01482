"""Every check of Redis, on sound servers, on bad ones, and on the odd ones that there are."""

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anwei.baseline import checking
from anwei.baseline.result import Outcome
from anwei.evidence.script import Answer
from tests.unit.baseline.machine import CATALOGUE, DENIED, MISSING, Said, answer, transcript
from tests.unit.baseline.sound_redis import (
    CONFIGURATION,
    FILE,
    INSTANCE,
    MODES,
    OPEN,
    REDIS,
    SOCKETS,
    SOUND,
    assessed,
    result,
)

Answers = dict[str, str | bytes | Answer]

MET, NOT_MET, MANUAL = Outcome.MET, Outcome.NOT_MET, Outcome.MANUAL
CHECKS = [each.check.id for kind in CATALOGUE.types if kind.code == "redis" for each in kind.entries]
FOR_A_PERSON = {"RDS-IAa-02", "RDS-AUa-01", "RDS-IPe-01", "RDS-DCb-01", "RDS-BRa-01", "RDS-BRc-01"}
NEVER_A_FINDING = {"RDS-IAa-02"}
SS, FILES, TOLD = "ss -lntup", REDIS["servers"], REDIS["told"]


def started(old: str, new: str) -> Answers:
    """The server with something else in the line of its process."""
    return {FILES: INSTANCE.replace(old, new) + CONFIGURATION + MODES}


def changed(*changes: str) -> Answers:
    """The configuration with lines added at its end, where they count."""
    return {FILES: INSTANCE + CONFIGURATION + "".join(f"{change}\n" for change in changes) + MODES}


def without(*keys: str) -> Answers:
    """The configuration without some keys."""
    kept = [line for line in CONFIGURATION.splitlines() if not line.startswith(keys)]
    return {FILES: INSTANCE + "\n".join([*kept, MODES])}


def users(*rules: str) -> Answers:
    """A configuration of ACL users alone."""
    return {FILES: INSTANCE + "".join(f"user\t{rule}\n" for rule in rules) + MODES}


def moded(old: str, new: str) -> Answers:
    """The server with another mode of a file."""
    return {FILES: INSTANCE + CONFIGURATION + MODES.replace(old, new)}


# A server of a second process, which listens for everybody.
BOTH: Answers = {
    FILES: INSTANCE + CONFIGURATION + MODES + "server\t902 0 host *:6380 - guess /etc/redis/6380.conf -\nport\t6380\n",
    TOLD: "server\t127.0.0.1:6379\nping\tNOAUTH Authentication required.\n" + OPEN.replace("127.0.0.1:6379", "*:6380"),
    SS: SOCKETS + "tcp LISTEN 0 511 0.0.0.0:6380 0.0.0.0:*\n",
}
IN_CONTAINER = started(" host ", " container ")
UNKNOWN_FILE = {FILES: INSTANCE.replace(FILE, "-")}
CLOSED = {TOLD: "server\t127.0.0.1:6379\nping\tError: Server closed the connection\n"}


def test_a_sound_server_has_no_finding_and_what_is_only_partly_read_is_for_a_person() -> None:
    outcomes = {each.check.id: each.outcome for each in assessed().results}
    assert outcomes == {check: MANUAL if check in FOR_A_PERSON else MET for check in CHECKS}


CASES: list[tuple[str, Said, Outcome, str]] = [
    # authentication
    (
        "RDS-IAa-01",
        {},
        MET,
        "口令长度 24；不带口令的 PING：NOAUTH Authentication required.；依据 /etc/redis/redis.conf (unit)",
    ),
    ("RDS-IAa-01", {TOLD: OPEN}, NOT_MET, "PONG（127.0.0.1:6379）"),
    ("RDS-IAa-01", {TOLD: OPEN, **UNKNOWN_FILE}, NOT_MET, "PONG"),
    ("RDS-IAa-01", changed("requirepass\t6"), NOT_MET, "口令长度 6"),
    ("RDS-IAa-01", changed('requirepass\t"16"'), MET, "口令长度 16"),
    ("RDS-IAa-01", without("requirepass"), MANUAL, "没有读到口令长度"),
    ("RDS-IAa-01", {**without("requirepass"), TOLD: MISSING}, NOT_MET, "没有口令的用户：default"),
    ("RDS-IAa-01", changed("user\tdefault on # +@all", "requirepass\t0"), MANUAL, "没有读到口令长度"),
    ("RDS-IAa-01", changed("user\tapp on nopass +get"), NOT_MET, "app"),
    ("RDS-IAa-01", changed("user\tapp off nopass +get"), MET, "24"),
    ("RDS-IAa-01", changed("user\tapp ?"), MANUAL, "app"),
    ("RDS-IAa-01", changed("unread\t/etc/redis/users.acl"), MANUAL, "没有读到 /etc/redis/users.acl"),
    ("RDS-IAa-01", {TOLD: MISSING}, MET, "PING：-"),
    ("RDS-IAa-01", CLOSED, MET, "closed the connection"),
    ("RDS-IAa-01", UNKNOWN_FILE, MANUAL, "没有找到它的配置文件"),
    ("RDS-IAa-01", {FILES: f"{INSTANCE}unread\t{FILE}\n"}, MANUAL, f"没有读到 {FILE}"),
    ("RDS-IAa-01", {FILES: DENIED}, MANUAL, "Permission denied"),
    ("RDS-IAa-01", IN_CONTAINER, MANUAL, "容器"),
    ("RDS-IAa-01", {**IN_CONTAINER, TOLD: OPEN}, MANUAL, "容器"),
    ("RDS-IAa-01", started(FILE, "/data/my redis.conf"), MANUAL, "/data/my redis.conf"),
    ("RDS-IAa-01", BOTH, NOT_MET, "*:6380"),
    ("RDS-IAa-01", {FILES: f"{SOUND[FILES]!s}server\t9 9 container *:1 - title - -\n"}, MANUAL, "*:1: 无法读取"),
    ("RDS-IAa-02", {}, MANUAL, "口令长度 24"),
    # idle clients
    ("RDS-IAb-01", {}, MET, "timeout 为 300"),
    ("RDS-IAb-01", changed("timeout\t0"), NOT_MET, "timeout 为 0"),
    ("RDS-IAb-01", without("timeout"), NOT_MET, "timeout 为 0"),
    ("RDS-IAb-01", changed("timeout\t60\r"), MET, "timeout 为 60"),
    ("RDS-IAb-01", changed("timeout\tlong"), MANUAL, "long"),
    ("RDS-IAb-01", {FILES: str(SOUND[FILES]).replace("\n", "\r\n")}, MET, "300"),
    ("RDS-IAb-01", {FILES: str(SOUND[FILES]).encode() + "logfile\t/日志\n".encode("gbk")}, MET, "300"),
    ("RDS-IAb-01", changed("unread\t/etc/redis/conf.d/*.conf"), MANUAL, "*.conf"),
    ("RDS-IAb-01", {TOLD: OPEN}, NOT_MET, "依据 CONFIG GET"),
    ("RDS-IAb-01", {TOLD: OPEN.partition("port")[0]}, MET, "依据 /etc/redis/redis.conf"),
    # the way of passwords
    ("RDS-IAc-01", {}, MET, "127.0.0.1:6379"),
    ("RDS-IAc-01", {SS: SOCKETS.replace("127.0.0.1:6379", "192.0.2.10:6379")}, NOT_MET, "192.0.2.10:6379"),
    (
        "RDS-IAc-01",
        {
            **changed("port\t0", "tls-port\t6379"),
            **CLOSED,
            SS: SOCKETS.replace("127.0.0.1:6379", "192.0.2.10:6379"),
        },
        MET,
        "TLS",
    ),
    ("RDS-IAc-01", {**CLOSED, SS: SOCKETS.replace("127.0.0.1:6379", "192.0.2.10:6379")}, NOT_MET, "明文"),
    (
        "RDS-IAc-01",
        {**UNKNOWN_FILE, **CLOSED, SS: SOCKETS.replace("127.0.0.1:6379", "192.0.2.10:6379")},
        MANUAL,
        "没有找到",
    ),
    ("RDS-IAc-01", {SS: SOCKETS.replace(":6379", ":7000")}, MANUAL, "没有看到它监听的端口"),
    ("RDS-IAc-01", started("127.0.0.1:6379", "-"), MET, "PID 801"),
    ("RDS-IAc-01", IN_CONTAINER, MANUAL, "容器"),
    ("RDS-IAc-01", {SS: MISSING}, MANUAL, "netstat"),
    # commands
    ("RDS-ACd-01", {}, MET, "FLUSHDB"),
    ("RDS-ACd-01", without("rename-command\tCONFIG"), NOT_MET, "可以执行：CONFIG"),
    ("RDS-ACd-01", without("rename-command"), NOT_MET, "FLUSHALL、FLUSHDB、CONFIG、KEYS、SHUTDOWN、DEBUG、EVAL"),
    (
        "RDS-ACd-01",
        users("default on > +@all -@dangerous -EVAL", "dba on > allcommands"),
        MANUAL,
        "dba (FLUSHALL/",
    ),
    ("RDS-ACd-01", users("default on > +@all -@dangerous"), NOT_MET, "可以执行：EVAL"),
    ("RDS-ACd-01", users("default on > +@all -@dangerous -@scripting +keys"), NOT_MET, "可以执行：KEYS"),
    ("RDS-ACd-01", users("default on > +@all -@dangerous -@scripting +config|get"), MET, "-"),
    ("RDS-ACd-01", users("default off +@all", "app on # -@all +get +set"), MET, "-"),
    ("RDS-ACd-01", {FILES: DENIED}, MANUAL, "Permission denied"),
    # user of the process
    ("RDS-ACd-02", {}, MET, "127.0.0.1:6379 UID 112"),
    ("RDS-ACd-02", BOTH, NOT_MET, "*:6380 UID 0"),
    (
        "RDS-ACd-02",
        {FILES: str(IN_CONTAINER[FILES]).replace(" 112 ", "112 0 ").replace("801112", "801")},
        NOT_MET,
        "UID 0",
    ),
    ("RDS-ACd-02", {FILES: ""}, MANUAL, "没有看到 redis-server"),
    ("RDS-ACd-02", {FILES: Answer(1, b"", b"ps: bad -o argument 'uid'\n", 0)}, MANUAL, "bad -o argument"),
    # log: never met, since Redis records no commands
    ("RDS-AUa-01", {}, MANUAL, "logfile=/var/log/redis/redis-server.log"),
    ("RDS-AUa-01", changed("loglevel\twarning"), NOT_MET, "warning"),
    ("RDS-AUa-01", changed('logfile\t""'), MANUAL, "redis-server.service"),
    (
        "RDS-AUa-01",
        {FILES: str(changed('logfile\t""')[FILES]).replace("redis-server.service", "-")},
        NOT_MET,
        "标准输出",
    ),
    ("RDS-AUa-01", changed('logfile\t""', "syslog-enabled\tyes"), MANUAL, "syslog-enabled=yes"),
    # addresses
    ("RDS-IPb-01", {}, MET, "protected-mode 为 yes"),
    ("RDS-IPb-01", {SS: SOCKETS.replace("127.0.0.1:6379", "*:6379")}, NOT_MET, "*:6379"),
    ("RDS-IPb-01", {SS: SOCKETS.replace("[::1]:6379", "[::]:6379")}, NOT_MET, "[::]:6379"),
    ("RDS-IPb-01", changed("protected-mode\tno"), NOT_MET, "protected-mode 为 no"),
    ("RDS-IPb-01", IN_CONTAINER, MANUAL, "容器"),
    ("RDS-IPb-01", UNKNOWN_FILE, MANUAL, "没有找到"),
    # version: never met, since patches are not read
    ("RDS-IPe-01", {}, MANUAL, "7.0.15"),
    ("RDS-IPe-01", {TOLD: OPEN}, NOT_MET, "5.0.14"),
    ("RDS-IPe-01", started("7.0.15", "6.0.16"), NOT_MET, "6.0.16"),
    ("RDS-IPe-01", started("7.0.15", "-"), MANUAL, "没有读到"),
    ("RDS-IPe-01", started("7.0.15", "7.x"), MANUAL, "x"),
    # files: never met, since what is in them is not looked at
    ("RDS-DCb-01", {}, MANUAL, "640 redis:redis /etc/redis/redis.conf"),
    ("RDS-DCb-01", moded("640 -rw-r-----", "644 -rw-r--r--"), NOT_MET, "644 redis:redis"),
    ("RDS-DCb-01", moded("750 drwxr-x---", "755 drwxr-xr-x"), NOT_MET, "660 redis:redis"),
    ("RDS-DCb-01", {FILES: str(moded("750", "755")[FILES]).replace("660", "600")}, MANUAL, "600 redis:redis"),
    ("RDS-DCb-01", {FILES: INSTANCE + CONFIGURATION}, MANUAL, "stat"),
    # persistence: never met, since copies elsewhere are not seen
    ("RDS-BRa-01", {}, MANUAL, "save=3600 1 300 100 60 10000"),
    ("RDS-BRa-01", changed('save\t""'), NOT_MET, "save=-、appendonly=no"),
    ("RDS-BRa-01", changed('save\t""', "appendonly\tyes"), MANUAL, "appendonly=yes"),
    (
        "RDS-BRa-01",
        {TOLD: OPEN.replace("save\t\n", "save\t900 1\n").replace("bgsave_status\tok", "bgsave_status\terr")},
        NOT_MET,
        "rdb_last_bgsave_status=err",
    ),
    # replication
    ("RDS-BRc-01", changed("replicaof\t192.0.2.20 6379"), MANUAL, "replicaof 192.0.2.20 6379"),
    ("RDS-BRc-01", {}, MANUAL, "是否满足冗余要求"),
    ("RDS-BRc-01", {TOLD: OPEN}, MANUAL, "connected_slaves=1"),
    ("RDS-BRc-01", {TOLD: OPEN + "master_link_status\tdown\n"}, NOT_MET, "master_link_status=down"),
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
    assert assessed(BOTH).facts["version"] == "Redis 7.0.15、Redis 5.0.14"
    assert "version" not in assessed({**IN_CONTAINER, **started("7.0.15", "-")}).facts


def test_a_host_without_a_server_has_no_such_object() -> None:
    collected = {"host1": transcript({**SOUND, "ps -e -o comm=": "systemd\nredis-sentinel\n"})}
    objects = checking.assess(CATALOGUE, "estate", collected, transcript().taken_at).objects
    assert "redis" not in {each.type for each in objects}


SHELLS = ["dash", "bash", "busybox"]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_reader_of_configurations_follows_includes_and_prints_no_secret(shell: str, tmp_path: Path) -> None:
    own, site, acl = (tmp_path / name for name in ("redis.conf", "site.conf", "users.acl"))
    own.write_bytes(
        b"# \xc5\xe4\xd6\xc3\r\n\tPort   6379\r\nrequirepass \"pa ss\"\r\nMasterAuth 's3cret'\n\n"
        b"rename-command CONFIG s3cret\nrename-command KEYS \"\"\nrename-command EVAL ''\n"
        b"sentinel auth-pass m s3cret\ntls-key-file-pass s3cret\nsave 900 1\nsave \"\"\nlogfile ''\n"
        b'include "%s"\naclfile %s\ninclude /nowhere.conf\ninclude *.conf\nappendonly yes'
        % (str(site).encode(), str(acl).encode())
    )
    site.write_text(f"timeout\t60\ninclude {own}.not\n", encoding="utf-8")
    acl.write_text(
        'user default on >s3cret #5e88 ~* &* +@all -@dangerous\nuser app on ">s3 cret" +get\nuser old on s3cret +get\n',
        encoding="utf-8",
    )
    program = re.search(r"awk -v file=\"\$file\" '(.*?)';", REDIS["servers"])
    assert program
    run = [shell, "sh"] if shell == "busybox" else [shell]
    said = subprocess.run([*run, "-c", f"awk -v file={own} '{program[1]}'"], capture_output=True, check=True)
    assert said.stdout.decode().splitlines() == [
        "port\t6379",
        "requirepass\t5",
        "masterauth\t6",
        "rename-command\tCONFIG *",
        "rename-command\tKEYS -",
        "rename-command\tEVAL -",
        "save\t900 1",
        'save\t""',
        "logfile\t''",
        "timeout\t60",
        f"unread\t{own}.not",
        "user\tdefault on > # +@all -@dangerous",
        "user\tapp ?",
        "user\told on +get",
        "unread\t/nowhere.conf",
        "unread\t*.conf",
        "appendonly\tyes",
    ]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("name", ["servers", "told"])
def test_every_shell_knows_how_to_read_the_commands(shell: str, name: str) -> None:
    run = [shell, "sh"] if shell == "busybox" else [shell]
    said = subprocess.run([*run, "-n", "-c", REDIS[name]], capture_output=True, check=False)
    assert (said.returncode, said.stderr) == (0, b"")


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(SOUND.keys() - {"ps -e -o comm="})), st.text() | st.binary(), min_size=1))
def test_no_answer_ends_in_another_exception(said: dict[str, str | bytes]) -> None:
    assert len(assessed({key: answer(each) for key, each in said.items()}).results) == len(CHECKS)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(str(SOUND[FILES]).split("\n")) | st.text(), max_size=12))
def test_no_configuration_ends_in_another_exception(lines: list[str]) -> None:
    assert len(assessed({FILES: "\n".join([INSTANCE.strip(), *lines])}).results) == len(CHECKS)
