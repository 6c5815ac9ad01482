"""Who may do what on a MySQL or MariaDB server, and what rights the server itself has on the host."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_met
from baselines.mlps.mysql.accounts import Account, logins
from baselines.mlps.mysql.server import processes, rows, rows_if_known
from baselines.mlps.reading import listed

Who = tuple[str, str]
DATA = {"SELECT", "INSERT", "UPDATE", "DELETE"}
SYSTEM_DATABASE = "mysql"


def administrators_only(host: Host, *, administrators: Sequence[str], privileges: Sequence[str]) -> Verdict:
    """Rights over the whole server, and over its own database, belong to administrators alone.

    Those are the named accounts, and the one that root of the host is taken for.
    """
    held = _held(host)
    own = {(user, where) for user, where, db in rows(host, "database_privileges", 3) if db in (SYSTEM_DATABASE, "%")}
    others = {
        str(each): sorted(held[_who(each)] & set(privileges)) + ["mysql.*"] * (_who(each) in own)
        for each in _ordinary(host, administrators)
    }
    found = [f"{name} {'/'.join(rights)}" for name, rights in others.items() if rights]
    if found:
        return not_met("mysql.privileged", accounts=listed(found))
    return met("mysql.administrators-only", names=listed(administrators))


def narrow_grants(host: Host, *, administrators: Sequence[str]) -> Verdict:
    """Accounts that are no administrators have rights on databases, tables or columns, not on all data."""
    held = _held(host)
    wide = [each for each in _ordinary(host, administrators) if held[_who(each)] & DATA]
    if wide:
        return manual("mysql.wide-grants", accounts=listed(wide))
    return met("mysql.narrow-grants")


def process_user(host: Host) -> Verdict:
    """No server process has the rights of root."""
    found = processes(host)
    quoted = listed(f"{each.name} UID {each.uid}" for each in found)
    return (met if all(each.uid for each in found) else not_met)("seen", what="UID", rows=quoted)


def _ordinary(host: Host, administrators: Sequence[str]) -> list[Account]:
    """The accounts in use that are neither named nor the one that asks."""
    asking = rows(host, "session", 2)[0][0]
    found = logins(host)
    return [each for each in found if each.user not in administrators and f"{each.user}@{each.host}" != asking]


def _held(host: Host) -> Mapping[Who, set[str]]:
    """What each account may do everywhere, by itself and by its roles."""
    own: defaultdict[Who, set[str]] = defaultdict(set)
    for user, where, names in rows(host, "privileges", 3):
        own[user, where].update(each for each in names.split(",") if each)
    for user, where, name in rows_if_known(host, "dynamic_privileges", 3) or []:
        own[user, where].add(name)
    table = rows_if_known(host, "roles_mysql", 4) or rows_if_known(host, "roles_mariadb", 4) or []
    roles: defaultdict[Who, set[Who]] = defaultdict(set)
    for user, where, role, role_host in table:
        roles[user, where].add((role, role_host))
    return defaultdict(set, {who: _with_roles(who, own, roles, ()) for who in {*own, *roles}})


def _with_roles(
    who: Who, own: Mapping[Who, set[str]], roles: Mapping[Who, Collection[Who]], seen: tuple[Who, ...]
) -> set[str]:
    """The rights of an account or role with those of its roles, and of theirs."""
    others = [each for each in roles.get(who, ()) if each not in seen]
    return own.get(who, set()).union(*(_with_roles(each, own, roles, (*seen, who)) for each in others))


def _who(account: Account) -> Who:
    """How the tables of rights name an account."""
    return account.user, account.host
