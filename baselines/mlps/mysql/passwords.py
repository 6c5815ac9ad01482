"""What a MySQL or MariaDB server asks of passwords: strength and age."""

from collections.abc import Mapping

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_met
from baselines.mlps.mysql.accounts import Account, logins
from baselines.mlps.mysql.server import is_on, variables
from baselines.mlps.reading import listed

WEAK_POLICIES = ("LOW", "0")
# How many of the four classes of characters a setting asks for, by the end of its name: in MySQL and in MariaDB.
CLASSES = {"mixed_case_count": 2, "number_count": 1, "special_char_count": 1}
MARIADB_CLASSES = {"letters_same_case": 2, "digits": 1, "other_characters": 1}


def strength(host: Host, *, min_length: int, min_classes: int) -> Verdict:
    """New passwords are held against a policy: validate_password of MySQL, simple_password_check of MariaDB."""
    settings = variables(host)
    mysql = _ending(settings, "validate_password")
    mariadb = _ending(settings, "simple_password_check")
    names = [name for name in settings if "password_check" in name or name.startswith("validate_")]
    quoted = listed(f"{name}={settings[name]}" for name in names)
    if mysql:
        strong = mysql["policy"].upper() not in WEAK_POLICIES and _classes(mysql, CLASSES) >= min_classes
        good = strong and int(mysql["length"]) >= min_length
        return (met if good else not_met)("seen", what="validate_password", rows=quoted)
    if mariadb:
        good = int(mariadb["minimal_length"]) >= min_length and _classes(mariadb, MARIADB_CLASSES) >= min_classes
        return (met if good else not_met)("seen", what="simple_password_check", rows=quoted)
    if quoted and is_on(settings.get("strict_password_validation", "ON")):
        return manual("mysql.cracklib", rows=quoted)
    return not_met("mysql.no-strength")


def age(host: Host, *, max_days: int) -> Verdict:
    """The password of every account that has one must be changed in time, and was."""
    settings = variables(host)
    default = settings.get("default_password_lifetime")
    if default is None:
        return not_met("mysql.no-lifetime", version=settings["version"])
    found = [each for each in logins(host) if each.has_password]
    late = [_aged(each, int(default)) for each in found if not _is_in_time(each, int(default), max_days)]
    if late:
        return not_met("mysql.old-passwords", default=default, accounts=listed(late))
    return met("mysql.passwords-in-time", default=default, accounts=listed(_aged(each, int(default)) for each in found))


def _ending(settings: Mapping[str, str], start: str) -> dict[str, str]:
    """The settings of a plugin or component by what follows its name, which an underscore or a dot separates."""
    return {name[len(start) + 1 :]: value for name, value in settings.items() if name.startswith(start)}


def _classes(settings: Mapping[str, str], classes: Mapping[str, int]) -> int:
    """How many classes of characters a password must have."""
    return sum(count for name, count in classes.items() if int(settings[name]) > 0)


def _is_in_time(account: Account, default: int, max_days: int) -> bool:
    """Whether a password has an end, and has not been in use for longer."""
    lifetime = default if account.lifetime is None else account.lifetime
    return 0 < lifetime <= max_days and (account.age is None or account.age <= max_days)


def _aged(account: Account, default: int) -> str:
    """An account with its days: lifetime and age."""
    lifetime = default if account.lifetime is None else account.lifetime
    return f"{account} {lifetime}/{'-' if account.age is None else account.age}"
