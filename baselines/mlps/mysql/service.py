"""A MySQL or MariaDB server as a whole: version, switches that open it, encryption of what it stores, binary log."""

import re
from collections.abc import Mapping

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_met
from baselines.mlps.mysql.server import is_mariadb, is_on, rows, variables
from baselines.mlps.reading import listed

KEYRINGS = ("KEYRING", "ENCRYPTION")


def supported(host: Host, *, support_ends: Mapping[str, str]) -> Verdict:
    """The vendor still supports the version, by the date that the server gives."""
    settings = variables(host)
    today = rows(host, "session", 2)[0][1]
    number = re.match(r"\d+\.\d+", settings["version"])
    name = f"{'MariaDB' if is_mariadb(settings) else 'MySQL'} {number[0] if number else ''}"
    version = f"{settings['version']} ({settings.get('version_comment', '')})"
    end = support_ends.get(name)
    if end is None:
        return manual("mysql.unknown-support", version=version)
    return (met if today <= end else not_met)("mysql.support", version=version, end=end)


def closed_switches(host: Host) -> Verdict:
    """Files of the host are out of reach for SQL, and functions need more than a promise to be replicated."""
    settings = variables(host)
    names = ("local_infile", "secure_file_priv", "log_bin_trust_function_creators", "skip_name_resolve")
    quoted = listed(f"{name}={settings[name]}" for name in names if name in settings)
    limit = settings.get("secure_file_priv", "")
    is_open = limit in ("", "/") or (limit == "NULL" and is_mariadb(settings))
    on = [name for name in ("local_infile", "log_bin_trust_function_creators") if is_on(settings[name])]
    return (not_met if is_open or on else met)("seen", what="variables", rows=quoted)


def encryption_at_rest(host: Host) -> Verdict:
    """What of the stored data is encrypted; whether that is what the classes of data ask for a person must say."""
    settings = variables(host)
    names = ("innodb_encrypt_tables", "default_table_encryption")
    keys = [name for name, status, kind, _ in rows(host, "plugins", 4) if kind in KEYRINGS and status == "ACTIVE"]
    quoted = [*(f"{name}={settings[name]}" for name in names if name in settings), *keys]
    return manual("mysql.encryption", rows=listed(quoted) or "-")


def binary_log(host: Host) -> Verdict:
    """Whether changes since the last backup are kept; the backups themselves nobody sees from here."""
    settings = variables(host)
    names = ("log_bin", "binlog_expire_logs_seconds", "expire_logs_days")
    return manual("mysql.binary-log", rows=listed(f"{name}={settings[name]}" for name in names if name in settings))
