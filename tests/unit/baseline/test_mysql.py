"""Every check of MySQL and MariaDB, on sound servers, on bad ones, and on the odd ones that there are."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anwei.baseline import checking
from anwei.baseline.result import Outcome
from anwei.evidence.script import Answer
from baselines.mlps.reading import commands
from tests.unit.baseline.machine import CATALOGUE, DENIED, MISSING, Said, answer, transcript
from tests.unit.baseline.sound_mysql import (
    ACCOUNTS,
    MARIADB,
    MARIADB_ACCOUNTS,
    MYSQL,
    NO_TABLE,
    NOT_LET_IN,
    PLUGINS,
    PRIVILEGES,
    REPLICA,
    SOUND,
    STAT,
    SYNTAX,
    UNKNOWN_COLUMN,
    assessed,
    refused,
    result,
    variables,
)

MET, NOT_MET, MANUAL = Outcome.MET, Outcome.NOT_MET, Outcome.MANUAL
CHECKS = [each.check.id for kind in CATALOGUE.types if kind.code == "mysql" for each in kind.entries]
# Read as far as it can be; a person decides in the end.
FOR_A_PERSON = {"MYS-AUc-01", "MYS-IPe-01", "MYS-BRc-01", "MYS-ACc-01", "MYS-DCb-01", "MYS-BRa-01", "MYS-BRb-01"}
NEVER_A_FINDING = {"MYS-IAd-01", "MYS-ACf-01", "MYS-DCb-01", "MYS-BRa-01", "MYS-BRb-01"}
UID, VARIABLES, USERS = "ps -e -o uid= -o comm=", MYSQL["variables"], MYSQL["accounts_mysql"]
# MySQL 5.5 and 5.6, MariaDB up to 10.3: neither account_locked nor global_priv.
OLD = {USERS: UNKNOWN_COLUMN, MYSQL["accounts_mariadb"]: refused(1305, "FUNCTION JSON_VALUE does not exist")}
OLD_FORM = "\tN\tN\tNULL\tNULL\t\tN\t"


def test_a_sound_server_has_no_finding_and_what_is_only_partly_read_is_for_a_person() -> None:
    outcomes = {each.check.id: each.outcome for each in assessed().results}
    assert outcomes == {check: MANUAL if check in FOR_A_PERSON else MET for check in CHECKS}


def test_a_sound_mariadb_has_no_finding_either() -> None:
    outcomes = {each.check.id: each.outcome for each in assessed(MARIADB).results}
    person = {*FOR_A_PERSON, "MYS-ACb-01", "MYS-IAd-01"}
    assert outcomes == {check: MANUAL if check in person else MET for check in CHECKS}


CASES: list[tuple[str, Said, Outcome, str]] = [
    # empty passwords
    ("MYS-IAa-01", {}, MET, "'dbadmin'@'localhost' caching_sha2_password"),
    ("MYS-IAa-01", {USERS: ACCOUNTS + "old\t%\tN\tN\tNULL\t9\t\tN\tmysql_native_password\t0\n"}, NOT_MET, "'old'@'%'"),
    ("MYS-IAa-01", {USERS: ACCOUNTS + "old\t%\tY\tN\tNULL\t9\t\tN\tmysql_native_password\t0\n"}, MET, "app"),
    ("MYS-IAa-01", {USERS: ACCOUNTS + "root\tlocalhost\tN\tN\tNULL\t9\t\tN\tauth_socket\t0\n"}, MET, "auth_socket"),
    ("MYS-IAa-01", {USERS: ACCOUNTS + "crm\t%\tN\tN\tNULL\t9\tX509\tN\tmysql_native_password\t0\n"}, MET, "crm"),
    ("MYS-IAa-01", {USERS: ACCOUNTS + "sso\t%\tN\tN\tNULL\t9\t\tN\tsite_plugin\t0\n"}, MANUAL, "site_plugin"),
    ("MYS-IAa-01", {USERS: ACCOUNTS.replace("\n", "\r\n")}, MET, "dbadmin"),
    ("MYS-IAa-01", {USERS: "网管\t%\tN\tN\tNULL\t1\t\tN\tsha256_password\t0\n".encode("gbk")}, NOT_MET, "口令为空"),
    ("MYS-IAa-01", {**MARIADB}, MET, "mysql_native_password/unix_socket"),
    (
        "MYS-IAa-01",
        {**MARIADB, MYSQL["accounts_mariadb"]: MARIADB_ACCOUNTS.replace("password\t7", "password\t0")},
        NOT_MET,
        "'root'@'localhost'",
    ),
    (
        "MYS-IAa-01",
        {**MARIADB, MYSQL["accounts_mariadb"]: MARIADB_ACCOUNTS + "\tlocalhost" + "\tNULL" * 14 + "\n"},
        NOT_MET,
        "''@'localhost'",
    ),
    ("MYS-IAa-01", {**OLD, MYSQL["accounts_old"]: f"root\tlocalhost{OLD_FORM}\t41\n"}, MET, "'root'@'localhost' -"),
    ("MYS-IAa-01", {**OLD, MYSQL["accounts_old"]: f"root\tlocalhost{OLD_FORM}NULL\t0\n"}, NOT_MET, "'root'"),
    (
        "MYS-IAa-01",
        {**OLD, MYSQL["accounts_old"]: f"a\tb{OLD_FORM}\t41\ndba\t{OLD_FORM}\t0\n", MYSQL["roles_old"]: "dba\t\n"},
        MET,
        "'a'@'b'",
    ),
    ("MYS-IAa-01", {MYSQL["session"]: "dbadmin@localhost\n"}, MANUAL, "dbadmin"),
    ("MYS-IAa-01", {MYSQL["session"]: "@\t2026-11-21\n"}, NOT_MET, "skip-grant-tables"),
    ("MYS-IAa-01", {MYSQL["session"]: "skip-grants user@skip-grants host\t2026-11-21\n"}, NOT_MET, "skip-grants user"),
    ("MYS-IAa-01", {VARIABLES: variables("skip_grant_tables=ON")}, NOT_MET, "skip-grant-tables"),
    ("MYS-IAa-01", {USERS: NOT_LET_IN}, MANUAL, "Access denied for user 'root'@'localhost' (using password: NO)"),
    ("MYS-IAa-01", {USERS: refused(1142, "SELECT command denied")}, MANUAL, "ERROR 1142"),
    ("MYS-IAa-01", {**OLD, MYSQL["accounts_old"]: UNKNOWN_COLUMN}, MANUAL, "没有读到账户"),
    # strength of new passwords
    ("MYS-IAa-02", {}, MET, "validate_password.policy=MEDIUM"),
    ("MYS-IAa-02", {VARIABLES: variables("validate_password.policy=LOW")}, NOT_MET, "policy=LOW"),
    ("MYS-IAa-02", {VARIABLES: variables("validate_password.length=6")}, NOT_MET, "length=6"),
    (
        "MYS-IAa-02",
        {VARIABLES: variables("validate_password.mixed_case_count=0", "validate_password.number_count=0")},
        NOT_MET,
        "number_count=0",
    ),
    ("MYS-IAa-02", {VARIABLES: variables().replace("validate_password.", "validate_password_")}, MET, "_policy=MEDIUM"),
    ("MYS-IAa-02", {VARIABLES: re.sub("validate_password.*\n", "", variables())}, NOT_MET, "没有加载"),
    ("MYS-IAa-02", MARIADB, MET, "simple_password_check_minimal_length=8"),
    (
        "MYS-IAa-02",
        {VARIABLES: str(MARIADB[VARIABLES]).replace("length\t8", "length\t6")},
        NOT_MET,
        "minimal_length=6",
    ),
    (
        "MYS-IAa-02",
        {VARIABLES: "version\t10.6.1-MariaDB\ncracklib_password_check_dictionary\t/usr/share/cracklib/pw_dict\n"},
        MANUAL,
        "cracklib",
    ),
    # age of passwords
    ("MYS-IAa-03", {}, MET, "'dbadmin'@'localhost' 60/10"),
    ("MYS-IAa-03", {VARIABLES: variables("default_password_lifetime=0")}, NOT_MET, "'app'@'192.0.2.%' 0/30"),
    ("MYS-IAa-03", {VARIABLES: variables("default_password_lifetime=180")}, NOT_MET, "180/30"),
    ("MYS-IAa-03", {USERS: ACCOUNTS.replace("60\t10", "0\t10")}, NOT_MET, "'dbadmin'@'localhost' 0/10"),
    ("MYS-IAa-03", {USERS: ACCOUNTS.replace("60\t10", "60\t400")}, NOT_MET, "60/400"),
    ("MYS-IAa-03", {USERS: ACCOUNTS.replace("60\t10", "60\tNULL")}, MET, "60/-"),
    ("MYS-IAa-03", {VARIABLES: variables("default_password_lifetime", "version=5.6.51-log")}, NOT_MET, "5.6.51-log"),
    ("MYS-IAa-03", {VARIABLES: NOT_LET_IN}, MANUAL, "Access denied"),
    # failed logins
    ("MYS-IAb-01", {}, MET, "connection_control_failed_connections_threshold=3"),
    (
        "MYS-IAb-01",
        {VARIABLES: variables("connection_control_failed_connections_threshold=0")},
        NOT_MET,
        "threshold=0",
    ),
    ("MYS-IAb-01", {VARIABLES: variables("connection_control_failed_connections_threshold")}, NOT_MET, "app"),
    (
        "MYS-IAb-01",
        {
            VARIABLES: variables("connection_control_failed_connections_threshold"),
            MYSQL["login_limits"]: "app\t192.0.2.%\t5\t1\ndbadmin\tlocalhost\t3\t-1\n",
        },
        MET,
        "'dbadmin'@'localhost'",
    ),
    (
        "MYS-IAb-01",
        {
            VARIABLES: variables("connection_control_failed_connections_threshold"),
            MYSQL["login_limits"]: "app\t192.0.2.%\t5\t0\ndbadmin\tlocalhost\t30\t-1\n",
        },
        NOT_MET,
        "'app'@'192.0.2.%'、'dbadmin'",
    ),
    (
        "MYS-IAb-01",
        {**MARIADB, VARIABLES: "version\t10.5.1-MariaDB\nmax_password_errors\t4294967295\n"},
        NOT_MET,
        "4294",
    ),
    ("MYS-IAb-01", MARIADB, MET, "max_password_errors=5"),
    # idle sessions
    ("MYS-IAb-02", {}, MET, "wait_timeout=1800"),
    ("MYS-IAb-02", {VARIABLES: variables("wait_timeout=28800")}, NOT_MET, "wait_timeout=28800"),
    ("MYS-IAb-02", {VARIABLES: variables("interactive_timeout=28800")}, NOT_MET, "interactive_timeout=28800"),
    ("MYS-IAb-02", {VARIABLES: variables("wait_timeout")}, MANUAL, "wait_timeout"),
    # encrypted logins
    ("MYS-IAc-01", {}, MET, "require_secure_transport=ON"),
    ("MYS-IAc-01", {VARIABLES: variables("require_secure_transport=OFF")}, NOT_MET, "'app'@'192.0.2.%'"),
    ("MYS-IAc-01", {VARIABLES: variables("require_secure_transport")}, NOT_MET, "未要求 TLS"),
    (
        "MYS-IAc-01",
        {VARIABLES: variables("require_secure_transport=OFF"), USERS: ACCOUNTS.replace("30\t\t", "30\tANY\t")},
        MET,
        "OFF",
    ),
    ("MYS-IAc-01", {VARIABLES: variables("tls_version=TLSv1,TLSv1.1,TLSv1.2")}, MANUAL, "TLSv1,"),
    (
        "MYS-IAc-01",
        {VARIABLES: variables("require_secure_transport=OFF", "bind_address=127.0.0.1,192.0.2.10")},
        NOT_MET,
        "未要求 TLS",
    ),
    ("MYS-IAc-01", {VARIABLES: variables().replace("\n", "\r\n")}, MET, "必须使用 TLS"),
    ("MYS-IAc-01", {VARIABLES: variables("tls_version")}, MANUAL, "没有读到"),
    (
        "MYS-IAc-01",
        {VARIABLES: variables("require_secure_transport=OFF", "bind_address=127.0.0.1,::1")},
        MET,
        "127.0.0.1,::1",
    ),
    (
        "MYS-IAc-01",
        {VARIABLES: variables("require_secure_transport=OFF", "skip_networking=ON")},
        MET,
        "skip_networking",
    ),
    (
        "MYS-IAc-01",
        {VARIABLES: variables("require_secure_transport=OFF"), USERS: ACCOUNTS.replace("192.0.2.%", "::1")},
        MET,
        "没有远程登录",
    ),
    # second factor
    ("MYS-IAd-01", {}, MET, "*,*"),
    ("MYS-IAd-01", {VARIABLES: variables("authentication_policy=*,,")}, MANUAL, "*,,"),
    ("MYS-IAd-01", {VARIABLES: variables("authentication_policy")}, MANUAL, "堡垒机"),
    # anonymous accounts, test
    ("MYS-ACa-01", {}, MET, "没有匿名账户"),
    ("MYS-ACa-01", {USERS: ACCOUNTS + f"\tlocalhost{OLD_FORM}\t0\n"}, NOT_MET, "''@'localhost'"),
    ("MYS-ACa-01", {MYSQL["databases"]: "mysql\ntest\n"}, NOT_MET, "test 库：test"),
    ("MYS-ACa-01", {MYSQL["databases"]: "mysql\nlatest\n"}, MET, "test"),
    ("MYS-ACa-01", {MYSQL["database_privileges"]: "\t%\ttest\\\\_%\n"}, NOT_MET, "test\\\\_% (-)"),
    ("MYS-ACa-01", {MYSQL["database_privileges"]: "PUBLIC\t\ttest\n"}, NOT_MET, "test (PUBLIC)"),
    ("MYS-ACa-01", {MYSQL["databases"]: NOT_LET_IN}, MANUAL, "Access denied"),
    # default account
    ("MYS-ACb-01", {}, MET, "没有可登录的 root"),
    ("MYS-ACb-01", {USERS: ACCOUNTS.replace("dbadmin", "root")}, MANUAL, "口令不为空"),
    ("MYS-ACb-01", {USERS: ACCOUNTS.replace("dbadmin", "root").replace("\t70", "\t0")}, NOT_MET, "口令为空"),
    ("MYS-ACb-01", MARIADB, MANUAL, "unix_socket"),
    # surplus accounts
    ("MYS-ACc-01", {}, MANUAL, "已锁定：'mysql.infoschema'@'localhost'"),
    ("MYS-ACc-01", {USERS: ACCOUNTS.replace("%\tN\tN", "%\tN\tY")}, NOT_MET, "'app'@'192.0.2.%'"),
    # administrators
    ("MYS-ACd-01", {}, MET, "debian-sys-maint"),
    (
        "MYS-ACd-01",
        {MYSQL["privileges"]: PRIVILEGES.replace("%\t", "%\tSUPER,SELECT")},
        NOT_MET,
        "'app'@'192.0.2.%' SUPER",
    ),
    ("MYS-ACd-01", {MYSQL["session"]: "root@localhost\t2026-11-21\n"}, NOT_MET, "'dbadmin'@'localhost' CREATE USER"),
    ("MYS-ACd-01", {MYSQL["dynamic_privileges"]: "app\t192.0.2.%\tROLE_ADMIN\n"}, NOT_MET, "ROLE_ADMIN"),
    ("MYS-ACd-01", {MYSQL["database_privileges"]: "app\t192.0.2.%\tmysql\n"}, NOT_MET, "mysql.*"),
    (
        "MYS-ACd-01",
        {
            MYSQL["roles_mysql"]: "app\t192.0.2.%\tops\t%\nops\t%\tdba\t%\ndba\t%\tops\t%\n",
            MYSQL["privileges"]: PRIVILEGES + "dba\t%\tFILE\n",
        },
        NOT_MET,
        "'app'@'192.0.2.%' FILE",
    ),
    (
        "MYS-ACd-01",
        {
            **MARIADB,
            MYSQL["roles_mariadb"]: "app\t192.0.2.%\tdba\t\n",
            MYSQL["privileges"]: "dba\t\tSUPER\n",
        },
        NOT_MET,
        "'app'@'192.0.2.%' SUPER",
    ),
    ("MYS-ACd-01", {MYSQL["privileges"]: NOT_LET_IN}, MANUAL, "Access denied"),
    # user of the process
    ("MYS-ACd-02", {}, MET, "mysqld UID 998"),
    ("MYS-ACd-02", {UID: "    0 mysqld\n"}, NOT_MET, "mysqld UID 0"),
    ("MYS-ACd-02", {UID: "  998 mysqld\n    0 mariadbd\n"}, NOT_MET, "mariadbd UID 0"),
    ("MYS-ACd-02", {UID: "    0 mysqld_safe\n  998 mysqld\n"}, MET, "998"),
    ("MYS-ACd-02", {UID: "mysql mysqld\n"}, MANUAL, "mysql"),
    ("MYS-ACd-02", {UID: Answer(1, b"", b"ps: bad -o argument 'uid'\n", 0)}, MANUAL, "bad -o argument"),
    ("MYS-ACd-02", {UID: "    0 sshd\n"}, MANUAL, "mysqld"),
    # how far rights go
    ("MYS-ACf-01", {}, MET, "没有"),
    ("MYS-ACf-01", {MYSQL["privileges"]: PRIVILEGES.replace("%\t", "%\tSELECT")}, MANUAL, "'app'@'192.0.2.%'"),
    # audit
    ("MYS-AUa-01", {}, MET, "audit_log_policy=ALL"),
    ("MYS-AUa-01", MARIADB, MET, "server_audit_logging=ON"),
    ("MYS-AUa-01", {MYSQL["plugins"]: ""}, NOT_MET, "general_log 为 OFF"),
    (
        "MYS-AUa-01",
        {MYSQL["plugins"]: PLUGINS.replace("audit_log\tACTIVE", "audit_log\tDISABLED")},
        NOT_MET,
        "没有在运行",
    ),
    ("MYS-AUa-01", {MYSQL["plugins"]: "", VARIABLES: variables("general_log=ON")}, MANUAL, "general_log"),
    ("MYS-AUa-01", {VARIABLES: variables("audit_log_policy=NONE")}, NOT_MET, "NONE"),
    ("MYS-AUa-01", {VARIABLES: variables("audit_log_policy=LOGINS")}, MANUAL, "LOGINS"),
    ("MYS-AUa-01", {VARIABLES: variables("audit_log_exclude_accounts=app@%")}, MANUAL, "app@%"),
    ("MYS-AUa-01", {VARIABLES: variables("audit_log_exclude_accounts=NULL")}, MET, "audit_log"),
    (
        "MYS-AUa-01",
        {**MARIADB, VARIABLES: str(MARIADB[VARIABLES]).replace("logging\tON", "logging\tOFF")},
        NOT_MET,
        "logging=OFF",
    ),
    (
        "MYS-AUa-01",
        {**MARIADB, VARIABLES: str(MARIADB[VARIABLES]).replace("incl_users\t", "incl_users\troot")},
        NOT_MET,
        "incl_users=root",
    ),
    (
        "MYS-AUa-01",
        {**MARIADB, VARIABLES: str(MARIADB[VARIABLES]).replace("events\t", "events\tCONNECT")},
        MANUAL,
        "events=CONNECT",
    ),
    (
        "MYS-AUa-01",
        {**MARIADB, VARIABLES: str(MARIADB[VARIABLES]).replace("events\t", "events\tconnect,query")},
        MET,
        "connect,query",
    ),
    ("MYS-AUb-01", {}, MET, "audit_log"),
    ("MYS-AUb-01", {MYSQL["plugins"]: "", VARIABLES: variables("general_log=ON")}, NOT_MET, "general_log"),
    ("MYS-AUb-01", {MYSQL["plugins"]: ""}, MANUAL, "第三方"),
    ("MYS-AUd-01", {}, MET, "FORCE_PLUS_PERMANENT"),
    ("MYS-AUd-01", {MYSQL["plugins"]: PLUGINS.replace("FORCE_PLUS_PERMANENT", "ON")}, NOT_MET, "audit_log ON"),
    ("MYS-AUd-01", {MYSQL["plugins"]: ""}, MANUAL, "没有在运行"),
    # files: never met, since how long they are kept is not read
    ("MYS-AUc-01", {}, MANUAL, "750 mysql:mysql /var/lib/mysql、640 mysql:mysql /var/log/mysqld.log"),
    (
        "MYS-AUc-01",
        {f"{STAT}/var/log/mysqld.log": "644 -rw-r--r-- mysql mysql /var/log/mysqld.log\n"},
        NOT_MET,
        "644 mysql:mysql",
    ),
    ("MYS-AUc-01", {f"{STAT}/var/lib/mysql": "755 drwxr-xr-x mysql mysql /var/lib/mysql\n"}, NOT_MET, "755"),
    ("MYS-AUc-01", {f"{STAT}/var/lib/mysql": "750 drwxr-x--- ops ops /var/lib/mysql\n"}, NOT_MET, "ops:ops"),
    ("MYS-AUc-01", {f"{STAT}/var/log/mysqld.log": DENIED}, MANUAL, "Permission denied"),
    ("MYS-AUc-01", {VARIABLES: variables("log_error=./db1.err")}, MANUAL, "/var/lib/mysql/db1.err"),
    ("MYS-AUc-01", {VARIABLES: variables("log_error=/data/my logs/$(id)")}, MANUAL, "$(id)"),
    ("MYS-AUc-01", {VARIABLES: variables("log_error=stderr")}, MANUAL, "audit.log；尚未读取"),
    ("MYS-AUc-01", {VARIABLES: variables("general_log=ON")}, MANUAL, "/var/lib/mysql/db1.log"),
    ("MYS-AUc-01", MARIADB, MANUAL, "600 mysql:mysql /var/lib/mysql/audit.log"),
    # switches
    ("MYS-IPb-01", {}, MET, "secure_file_priv=/var/lib/mysql-files/"),
    ("MYS-IPb-01", {VARIABLES: variables("secure_file_priv=")}, NOT_MET, "secure_file_priv="),
    ("MYS-IPb-01", {VARIABLES: variables("secure_file_priv=NULL")}, MET, "NULL"),
    ("MYS-IPb-01", {VARIABLES: variables("secure_file_priv=NULL", "version=10.6.1-MariaDB")}, NOT_MET, "NULL"),
    ("MYS-IPb-01", {VARIABLES: variables("local_infile=ON")}, NOT_MET, "local_infile=ON"),
    ("MYS-IPb-01", {VARIABLES: variables("log_bin_trust_function_creators=1")}, NOT_MET, "creators=1"),
    ("MYS-IPb-01", {VARIABLES: variables("local_infile")}, MANUAL, "local_infile"),
    # addresses
    ("MYS-IPc-01", {}, MET, "192.0.2.10"),
    ("MYS-IPc-01", {USERS: ACCOUNTS.replace("192.0.2.%", "%")}, NOT_MET, "'app'@'%'"),
    ("MYS-IPc-01", {USERS: ACCOUNTS.replace("192.0.2.%", "%"), VARIABLES: variables("bind_address=::1")}, MET, "::1"),
    # support: never met, since patches are not read
    ("MYS-IPe-01", {}, MANUAL, "2032-04-30"),
    ("MYS-IPe-01", {VARIABLES: variables("version=5.7.44-log")}, NOT_MET, "2023-10-31"),
    ("MYS-IPe-01", {VARIABLES: variables("version=10.3.39-MariaDB")}, NOT_MET, "2023-05-25"),
    ("MYS-IPe-01", {VARIABLES: variables("version=9.9.0")}, MANUAL, "不在清单"),
    ("MYS-IPe-01", {VARIABLES: variables("version=unknown")}, MANUAL, "不在清单"),
    # channels
    ("MYS-DIa-01", {}, MET, "TLS"),
    ("MYS-DIa-01", {MYSQL["replica_status"]: REPLICA.replace("Allowed: Yes", "Allowed: No")}, NOT_MET, "192.0.2.20"),
    (
        "MYS-DIa-01",
        {
            MYSQL["replica_status"]: SYNTAX,
            MYSQL["slave_status"]: REPLICA.replace("Source", "Master")
            .replace("Replica", "Slave")
            .replace("Allowed: Yes", "Allowed: Ignored"),
        },
        NOT_MET,
        "TLS=False",
    ),
    ("MYS-DIa-01", {MYSQL["replica_status"]: ""}, MET, "TLS"),
    (
        "MYS-DIa-01",
        {MYSQL["replica_status"]: refused(1227, "Access denied; you need REPLICATION CLIENT")},
        MANUAL,
        "1227",
    ),
    ("MYS-DCa-01", {}, MET, "TLS"),
    ("MYS-DCa-01", {VARIABLES: variables("require_secure_transport=OFF")}, NOT_MET, "'app'"),
    ("MYS-DCb-01", {}, MANUAL, "default_table_encryption=OFF、keyring_file"),
    ("MYS-BRa-01", {}, MANUAL, "log_bin=ON、binlog_expire_logs_seconds=2592000"),
    ("MYS-BRb-01", {MYSQL["followers"]: "repl\t192.0.2.21:40112\n"}, MANUAL, "repl@192.0.2.21:40112"),
    # health: never met, since nobody sees the rehearsal
    ("MYS-BRc-01", {}, MANUAL, "running=True"),
    (
        "MYS-BRc-01",
        {MYSQL["replica_status"]: REPLICA + REPLICA.replace("SQL_Running: Yes", "SQL_Running: No")},
        NOT_MET,
        "F",
    ),
    ("MYS-BRc-01", {MYSQL["replica_status"]: ""}, MANUAL, "没有看到复制"),
    ("MYS-BRc-01", MARIADB, MANUAL, "wsrep 3 Synced"),
    ("MYS-BRc-01", {MYSQL["group_members"]: "db1.example.gov\tONLINE\n"}, MANUAL, "db1.example.gov ONLINE"),
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
        NOT_LET_IN,
        Answer(0, b"\xff\x00garbage:::\n %s {0}\n", b"", 0),
        Answer(0, b"", b"", 0),
        Answer(0, b"version\t8.4.6\n" * 9, b"", 0, cut=True),
        Answer(None, b"", b"", 10, timed_out=True),
    ],
)
def test_what_cannot_be_read_or_understood_is_never_decided(check: str, spoilt: Answer) -> None:
    found = result(check, dict.fromkeys([*MYSQL.values(), UID], spoilt))
    assert found.outcome is MANUAL, found.observed


def test_a_server_that_lets_nobody_in_is_for_a_person_and_says_why() -> None:
    of_server = assessed(dict.fromkeys(MYSQL.values(), NOT_LET_IN)).results
    assert {each.outcome for each in of_server if each.check.id != "MYS-ACd-02"} == {MANUAL}
    assert all("Access denied for user" in each.observed for each in of_server if each.check.id != "MYS-ACd-02")


def test_a_host_without_a_client_is_for_a_person_and_says_so() -> None:
    found = result("MYS-IAa-01", dict.fromkeys(MYSQL.values(), MISSING))
    assert "SELECT CURRENT_USER(), CURRENT_DATE()" in found.observed
    assert "主机上没有 mysql 或 mariadb 客户端" in found.observed


def test_ten_thousand_accounts_are_read() -> None:
    many = "".join(f"u{number}\t192.0.2.1\tN\tN\t30\t1\tANY\tN\tsha256_password\t70\n" for number in range(10_000))
    assert result("MYS-IAa-01", {USERS: many}).outcome is MET


def test_facts() -> None:
    assert assessed().facts == {"version": "MySQL 8.4.6", "address": "192.0.2.10:3306", "account": "root"}
    facts = assessed({**MARIADB, UID: "998 mariadbd\n998 mysqld\n"}).facts
    assert facts["version"] == "MariaDB 10.11.19-MariaDB-log"
    assert facts["address"] == "*:3306"
    assert "2" in facts["instances"]
    assert assessed({VARIABLES: variables("skip_networking=ON")}).facts["address"] == "不监听网络"


def test_a_host_without_a_server_has_no_such_object() -> None:
    collected = {"host1": transcript({**SOUND, "ps -e -o comm=": "systemd\nmysqld_exporter\n"})}
    objects = checking.assess(CATALOGUE, "estate", collected, transcript().taken_at).objects
    assert "mysql" not in {each.type for each in objects}


def test_statements_only_read_and_never_select_what_accounts_authenticate_by() -> None:
    start = MYSQL["session"].partition('"')[0]
    for name, command in commands("mysql").items():
        if name in ("modes", "replica_status", "slave_status"):
            continue
        statement = command.removeprefix(start).strip('"')
        assert command.startswith(start)
        assert re.match(r"(SELECT|SHOW GLOBAL) ", statement)
        assert not re.search(r";|INTO|\bSET\b|CALL", statement)
        assert not re.search(
            r"(?<!LENGTH\()(?<!IFNULL\()\b(authentication_string|Password)\b", _without_lengths(statement)
        )


def _without_lengths(statement: str) -> str:
    """The statement without the places where only a length is asked for."""
    return re.sub(r"LENGTH\((JSON_VALUE\(Priv, '[^']+'\)|IFNULL\(\w+, ''\)|\w+)\)", "", statement)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from([*MYSQL.values(), UID]), st.text() | st.binary(), min_size=1))
def test_no_answer_ends_in_another_exception(said: dict[str, str | bytes]) -> None:
    assert len(assessed({key: answer(each) for key, each in said.items()}).results) == len(CHECKS)


def test_a_version_that_lacks_a_table_costs_only_its_check() -> None:
    without = {**dict.fromkeys([MYSQL["dynamic_privileges"], MYSQL["roles_mysql"], MYSQL["login_limits"]], NO_TABLE)}
    assert {each.check.id for each in assessed(without).findings} == set()
