"""What is wrong with the accounts of a MySQL or MariaDB server by themselves."""

from collections.abc import Iterable

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_met
from baselines.mlps.mysql.accounts import BY_PASSWORD, WITHOUT_PASSWORD, Account, accounts, logins
from baselines.mlps.mysql.server import is_on, rows, variables
from baselines.mlps.reading import listed

# Who a server without grant tables takes everybody for, by version.
NOBODY = ("@", "skip-grants user@skip-grants host")


def empty_passwords(host: Host) -> Verdict:
    """No account is let in by an empty password, and the server looks at accounts at all."""
    user = rows(host, "session", 2)[0][0]
    if user in NOBODY or is_on(variables(host).get("skip_grant_tables", "")):
        return not_met("mysql.skip-grants", user=user)
    found = accounts(host)
    empty = [each for each in found if each.is_empty]
    if empty:
        return not_met("mysql.empty", accounts=listed(empty))
    unknown = [each for each in found if each.can_log_in and _is_unknown(each)]
    if unknown:
        return manual("mysql.unknown-plugin", accounts=_with_methods(unknown))
    return met("mysql.no-empty", accounts=_with_methods(each for each in found if each.can_log_in))


def anonymous(host: Host) -> Verdict:
    """There are no anonymous accounts, no database test, and no rights on databases for everybody."""
    names = [str(each) for each in logins(host) if not each.user]
    tests = [name for (name,) in rows(host, "databases", 1) if name == "test"]
    everybody = [
        f"{db} ({user or '-'})" for user, _, db in rows(host, "database_privileges", 3) if user in ("", "PUBLIC")
    ]
    if names or tests or everybody:
        return not_met("mysql.anonymous", accounts=listed(names), databases=listed(tests), rights=listed(everybody))
    return met("mysql.no-anonymous")


def default_account(host: Host) -> Verdict:
    """Root was renamed, or at least has a password; whether it is a known one nobody can read."""
    roots = [each for each in logins(host) if each.user == "root"]
    if not roots:
        return met("mysql.no-root", accounts=listed(logins(host)))
    empty = [each for each in roots if each.is_empty]
    if empty:
        return not_met("mysql.root-empty", accounts=listed(empty))
    return manual("mysql.root", accounts=_with_methods(roots))


def surplus(host: Host) -> Verdict:
    """No account whose password has expired is left open. Whether the others are needed a person must say."""
    found = accounts(host)
    expired = [each for each in found if each.can_log_in and each.expired]
    if expired:
        return not_met("mysql.expired", accounts=listed(expired))
    locked = [each for each in found if each.locked]
    return manual("mysql.accounts", accounts=listed(each for each in found if each.can_log_in), locked=listed(locked))


def _is_unknown(account: Account) -> bool:
    """Whether the account has a plugin of which we cannot say what nothing to compare with means."""
    return any(plugin not in BY_PASSWORD and plugin not in WITHOUT_PASSWORD for plugin, _ in account.methods)


def _with_methods(found: Iterable[Account]) -> str:
    """Accounts with the plugins that let them in."""
    return listed(f"{each} {'/'.join(plugin or '-' for plugin, _ in each.methods)}" for each in found)
