"""A sound MySQL 8.4 server in the shape of its answers, and what older servers and MariaDB say instead."""

from anwei.baseline import checking
from anwei.baseline.result import ObjectAssessment, Result
from anwei.evidence.script import Answer
from baselines.mlps.reading import commands
from tests.unit.baseline.machine import CATALOGUE, TAKEN, Said, transcript

MYSQL = commands("mysql")
STAT = "stat -c '%a %A %U %G %n' -- "

VARIABLES = {
    "audit_log_file": "/var/lib/mysql/audit.log",
    "audit_log_policy": "ALL",
    "authentication_policy": "*,*",
    "bind_address": "192.0.2.10",
    "binlog_expire_logs_seconds": "2592000",
    "connection_control_failed_connections_threshold": "3",
    "connection_control_min_connection_delay": "1000",
    "datadir": "/var/lib/mysql/",
    "default_password_lifetime": "90",
    "default_table_encryption": "OFF",
    "general_log": "OFF",
    "general_log_file": "/var/lib/mysql/db1.log",
    "interactive_timeout": "1800",
    "local_infile": "OFF",
    "log_bin": "ON",
    "log_bin_trust_function_creators": "OFF",
    "log_error": "/var/log/mysqld.log",
    "port": "3306",
    "require_secure_transport": "ON",
    "secure_file_priv": "/var/lib/mysql-files/",
    "skip_name_resolve": "ON",
    "skip_networking": "OFF",
    "tls_version": "TLSv1.2,TLSv1.3",
    "validate_password.check_user_name": "ON",
    "validate_password.dictionary_file": "",
    "validate_password.length": "8",
    "validate_password.mixed_case_count": "1",
    "validate_password.number_count": "1",
    "validate_password.policy": "MEDIUM",
    "validate_password.special_char_count": "1",
    "version": "8.4.6",
    "version_comment": "MySQL Community Server - GPL",
    "wait_timeout": "1800",
}
ACCOUNTS = """app\t192.0.2.%\tN\tN\tNULL\t30\t\tN\tcaching_sha2_password\t70
mysql.infoschema\tlocalhost\tY\tN\tNULL\t200\t\tN\tcaching_sha2_password\t70
mysql.session\tlocalhost\tY\tN\tNULL\t200\t\tN\tcaching_sha2_password\t70
mysql.sys\tlocalhost\tY\tN\tNULL\t200\t\tN\tcaching_sha2_password\t70
dbadmin\tlocalhost\tN\tN\t60\t10\t\tN\tcaching_sha2_password\t70
"""
PRIVILEGES = """app\t192.0.2.%\t
mysql.infoschema\tlocalhost\tSELECT
mysql.session\tlocalhost\tSUPER,SHUTDOWN
mysql.sys\tlocalhost\t
dbadmin\tlocalhost\tSUPER,GRANT OPTION,FILE,PROCESS,SHUTDOWN,RELOAD,CREATE USER,SELECT,INSERT,UPDATE,DELETE
"""
PLUGINS = """binlog\tACTIVE\tSTORAGE ENGINE\tFORCE
caching_sha2_password\tACTIVE\tAUTHENTICATION\tFORCE
audit_log\tACTIVE\tAUDIT\tFORCE_PLUS_PERMANENT
CONNECTION_CONTROL\tACTIVE\tAUDIT\tON
mysqlx_cache_cleaner\tACTIVE\tAUDIT\tON
keyring_file\tACTIVE\tKEYRING\tON
"""
REPLICA = """                    Source_Host: 192.0.2.20
             Replica_IO_Running: Yes
            Replica_SQL_Running: Yes
             Source_SSL_Allowed: Yes
          Seconds_Behind_Source: 0
"""
# The form of MariaDB 10.4 and later: user, host, locked, expired, lifetime, days, TLS, role, then up to four plugins.
MARIADB_ACCOUNTS = """mariadb.sys\tlocalhost\t1\t1\tNULL\tNULL\tNULL\tNULL\tmysql_native_password\t0{rest}
root\tlocalhost\tNULL\tNULL\tNULL\tNULL\tNULL\tNULL\tmysql_native_password\t7\tNULL\tNULL\tunix_socket\tNULL\tNULL\tNULL
PUBLIC\t\tNULL\tNULL\tNULL\tNULL\tNULL\t1\tNULL\tNULL{rest}
app\t192.0.2.%\tNULL\t0\t90\t12\tANY\tNULL\tmysql_native_password\t41{rest}
""".format(rest="\tNULL" * 6)


def refused(code: int, words: str) -> Answer:
    """A statement that failed, as the client of MariaDB says it: the statement again, then the error."""
    said = f"--------------\nSELECT nothing\n--------------\n\nERROR {code} (42000) at line 1: {words}\n"
    return Answer(1, b"", said.encode(), 0)


UNKNOWN_COLUMN = refused(1054, "Unknown column 'account_locked' in 'SELECT'")
NO_TABLE = refused(1146, "Table 'mysql.global_priv' doesn't exist")
SYNTAX = refused(1064, "You have an error in your SQL syntax near 'REPLICA STATUS' at line 1")
NOT_LET_IN = Answer(1, b"", b"ERROR 1045 (28000): Access denied for user 'root'@'localhost' (using password: NO)\n", 0)


def variables(*changes: str) -> str:
    """The variables with some changed (`name=value`) or left out (`name`)."""
    new = dict(change.split("=", 1) for change in changes if "=" in change)
    return "".join(f"{name}\t{value}\n" for name, value in sorted({**VARIABLES, **new}.items()) if name not in changes)


SOUND: dict[str, str | bytes | Answer] = {
    "ps -e -o comm=": "systemd\nrsyslogd\nsshd\nmysqld\n",
    "ps -e -o uid= -o comm=": "    0 systemd\n  998 mysqld\n    0 sshd\n",
    MYSQL["session"]: "dbadmin@localhost\t2026-11-21\n",
    MYSQL["variables"]: variables(),
    MYSQL["plugins"]: PLUGINS,
    MYSQL["accounts_mysql"]: ACCOUNTS,
    MYSQL["accounts_mariadb"]: NO_TABLE,
    MYSQL["accounts_old"]: UNKNOWN_COLUMN,
    MYSQL["roles_old"]: UNKNOWN_COLUMN,
    MYSQL["login_limits"]: "app\t192.0.2.%\tNULL\tNULL\ndbadmin\tlocalhost\tNULL\tNULL\n",
    MYSQL["privileges"]: PRIVILEGES,
    MYSQL["dynamic_privileges"]: "dbadmin\tlocalhost\tSYSTEM_USER\nmysql.session\tlocalhost\tCONNECTION_ADMIN\n",
    MYSQL["roles_mysql"]: "",
    MYSQL["roles_mariadb"]: NO_TABLE,
    MYSQL["databases"]: "mysql\ninformation_schema\nperformance_schema\nsys\nshop\n",
    MYSQL[
        "database_privileges"
    ]: "mysql.session\tlocalhost\tperformance_schema\nmysql.sys\tlocalhost\tsys\napp\t192.0.2.%\tshop\n",
    MYSQL["replica_status"]: REPLICA,
    MYSQL["slave_status"]: SYNTAX,
    MYSQL["followers"]: "",
    MYSQL["cluster"]: "",
    MYSQL["group_members"]: "",
    f"{STAT}/var/lib/mysql": "750 drwxr-x--- mysql mysql /var/lib/mysql\n",
    f"{STAT}/var/log/mysqld.log": "640 -rw-r----- mysql mysql /var/log/mysqld.log\n",
    f"{STAT}/var/lib/mysql/audit.log": "600 -rw------- mysql mysql /var/lib/mysql/audit.log\n",
}
# MariaDB 10.11: what differs. The sound server of these answers has no finding either, but for what it cannot do.
MARIADB: dict[str, str | bytes | Answer] = {
    "ps -e -o comm=": "systemd\nmariadbd\n",
    "ps -e -o uid= -o comm=": "  998 mariadbd\n",
    MYSQL["session"]: "root@localhost\t2026-11-21\n",
    MYSQL["variables"]: """bind_address\t
datadir\t/var/lib/mysql/
default_password_lifetime\t90
expire_logs_days\t0.000000
general_log\tOFF
have_ssl\tYES
interactive_timeout\t600
local_infile\tOFF
log_bin_trust_function_creators\tOFF
log_error\t/var/log/mysqld.log
max_password_errors\t5
port\t3306
require_secure_transport\tON
secure_file_priv\t/var/lib/mysql-files/
server_audit_events\t
server_audit_excl_users\t
server_audit_file_path\taudit.log
server_audit_incl_users\t
server_audit_logging\tON
server_audit_output_type\tfile
simple_password_check_digits\t1
simple_password_check_letters_same_case\t1
simple_password_check_minimal_length\t8
simple_password_check_other_characters\t1
skip_grant_tables\tOFF
skip_networking\tOFF
tls_version\tTLSv1.2,TLSv1.3
version\t10.11.19-MariaDB-log
version_comment\tMariaDB Server
wait_timeout\t600
""",
    MYSQL["plugins"]: "SERVER_AUDIT\tACTIVE\tAUDIT\tFORCE_PLUS_PERMANENT\nunix_socket\tACTIVE\tAUTHENTICATION\tON\n",
    MYSQL["accounts_mysql"]: UNKNOWN_COLUMN,
    MYSQL["accounts_mariadb"]: MARIADB_ACCOUNTS,
    MYSQL["login_limits"]: UNKNOWN_COLUMN,
    MYSQL["privileges"]: "root\tlocalhost\tSUPER,FILE\nPUBLIC\t\t\napp\t192.0.2.%\t\n",
    MYSQL["dynamic_privileges"]: NO_TABLE,
    MYSQL["roles_mysql"]: NO_TABLE,
    MYSQL["roles_mariadb"]: "root\tlocalhost\tdba\t\n",
    MYSQL["database_privileges"]: "app\t192.0.2.%\tshop\n",
    MYSQL["replica_status"]: "",
    MYSQL["cluster"]: "wsrep_cluster_size\t3\nwsrep_local_state_comment\tSynced\n",
    MYSQL["group_members"]: NO_TABLE,
}


def assessed(said: Said = None) -> ObjectAssessment:
    """The server assessed by the level-3 catalogue, with some answers replaced."""
    hosts = {"host1": transcript({**SOUND, **(said or {})})}
    objects = checking.assess(CATALOGUE, "estate", hosts, TAKEN).objects
    return next(each for each in objects if each.type == "mysql")


def result(check: str, said: Said = None) -> Result:
    """The result of one check on the server."""
    return next(each for each in assessed(said).results if each.check.id == check)
