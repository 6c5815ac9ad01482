"""The audit of a MySQL or MariaDB server: that it is on, what it holds, who can read it, who can end it."""

import re
from collections.abc import Mapping, Sequence
from posixpath import join, normpath

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_met
from anwei.errors import BadInput
from baselines.mlps.mysql.server import COMMANDS, is_on, rows, variables
from baselines.mlps.reading import listed, ran, why

PLUGINS = ("SERVER_AUDIT", "AUDIT_LOG", "AUDIT_LOG_FILTER", "AUDIT")
ACTIVE, FIXED = "ACTIVE", "FORCE_PLUS_PERMANENT"
MODE = re.compile(r"(?P<mode>[0-7]+) (?P<kind>.)\S+ (?P<user>\S+) (?P<group>\S+) /.*")
# Kinds of statements that server_audit can leave out; without any word it records everything.
WHOLE = {"CONNECT", "QUERY"}
NARROWING = (
    "server_audit_excl_users",
    "audit_log_exclude_accounts",
    "audit_log_include_accounts",
    "audit_log_filter_id",
)


def active(host: Host) -> Verdict:
    """An audit plugin is loaded and records all users and statements."""
    settings, loaded = variables(host), _loaded(host)
    quoted = _quoted(settings, loaded)
    if not loaded:
        general = is_on(settings.get("general_log", ""))
        return manual("mysql.general-log") if general else not_met("mysql.no-audit")
    off = "SERVER_AUDIT" in loaded and not is_on(settings.get("server_audit_logging", ""))
    narrow = settings.get("server_audit_incl_users") or settings.get("audit_log_policy", "").upper() == "NONE"
    if off or narrow or not is_on(settings.get("audit_json_file", "ON")):
        return not_met("seen", what="audit", rows=quoted)
    events = {each.strip().upper() for each in settings.get("server_audit_events", "").split(",") if each.strip()}
    partly = settings.get("audit_log_policy", "ALL").upper() != "ALL" or (events and not events >= WHOLE)
    if partly or any(settings.get(name, "") not in ("", "NULL") for name in NARROWING):
        return manual("mysql.narrow-audit", rows=quoted)
    return met("seen", what="audit", rows=quoted)


def contents(host: Host) -> Verdict:
    """A record has time, user, event and result, as those of the audit plugins do; the general log has no result."""
    settings, loaded = variables(host), _loaded(host)
    if loaded and is_on(settings.get("server_audit_logging", "ON")):
        return met("mysql.audit-format", names=listed(loaded))
    if is_on(settings.get("general_log", "")):
        return not_met("mysql.general-log-format")
    return manual("mysql.no-records")


def protected_files(host: Host, *, log_mode: str, directory_mode: str, owners: Sequence[str]) -> Verdict:
    """The logs and the data directory are closed to others."""
    said = {path: _stat(host, path) for path in _paths(variables(host))}
    files = {path: file for path, row in said.items() if (file := MODE.fullmatch(row))}
    allowed = {path: directory_mode if file["kind"] == "d" else log_mode for path, file in files.items()}
    quoted = {path: f"{file['mode']} {file['user']}:{file['group']} {path}" for path, file in files.items()}
    wrong = [
        path
        for path, file in files.items()
        if int(file["mode"], 8) & ~int(allowed[path], 8) or file["user"] not in owners
    ]
    if wrong:
        return not_met("mysql.open-files", owners=listed(owners), rows=listed(quoted[path] for path in wrong))
    unseen = [path for path in said if path not in files]
    if unseen:
        return manual("modes.unseen", names=listed(unseen), why=said[unseen[0]])
    return met("modes.good", rows=listed(quoted.values()))


def unstoppable(host: Host) -> Verdict:
    """The audit plugin cannot be unloaded while the server runs."""
    loaded = _loaded(host)
    if not loaded:
        return manual("mysql.no-records")
    quoted = listed(f"{name} {option}" for name, option in loaded.items())
    return (met if all(each == FIXED for each in loaded.values()) else not_met)("seen", what="LOAD_OPTION", rows=quoted)


def _loaded(host: Host) -> dict[str, str]:
    """The audit plugins that work, with how they were loaded."""
    table = rows(host, "plugins", 4)
    return {name: option for name, status, _, option in table if name.upper() in PLUGINS and status == ACTIVE}


def _quoted(settings: Mapping[str, str], loaded: Mapping[str, str]) -> str:
    """Plugins and what decides about them."""
    names = ("server_audit_logging", "server_audit_events", "server_audit_incl_users", "audit_log_policy", *NARROWING)
    return listed([*loaded, *(f"{name}={settings[name]}" for name in names if name in settings)])


def _paths(settings: Mapping[str, str]) -> list[str]:
    """The data directory and the logs that are written now, relative names within it."""
    base = settings["datadir"]
    logs = [settings.get("log_error", "")]
    if is_on(settings.get("general_log", "")):
        logs.append(settings["general_log_file"])
    if is_on(settings.get("server_audit_logging", "")) and settings.get("server_audit_output_type", "file") == "file":
        logs.append(settings["server_audit_file_path"])
    logs.append(settings.get("audit_log_file", ""))
    return [normpath(base), *(normpath(join(base, each)) for each in logs if each not in ("", "stderr"))]


def _stat(host: Host, path: str) -> str:
    """Mode, kind, owner, group and name of a file, or why they were not seen."""
    try:
        result = ran(host, COMMANDS["modes"], path)
    except BadInput as refused:
        return str(refused).splitlines()[0]
    return str(result.stdout).strip() if result.rc == 0 else why(result)
