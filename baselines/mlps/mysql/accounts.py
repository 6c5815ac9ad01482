"""The accounts of a MySQL or MariaDB server, read in the three forms that versions have."""

from dataclasses import dataclass

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError
from anwei.texts import text
from baselines.mlps.mysql.server import rows_if_known, statement

# Forms of the account list: the statement, and how many columns it gives. The first that the version knows is taken.
FORMS = (("accounts_mysql", 10), ("accounts_mariadb", 16), ("accounts_old", 10))
BY_PASSWORD = {
    "",
    "mysql_native_password",
    "mysql_old_password",
    "sha256_password",
    "caching_sha2_password",
    "ed25519",
    "parsec",
}
WITHOUT_PASSWORD = (
    *("auth_socket", "unix_socket", "named_pipe", "gssapi", "pam", "auth_pam", "auth_pam_compat", "mysql_no_login"),
    *("authentication_pam", "authentication_windows", "authentication_ldap_simple", "authentication_ldap_sasl"),
    *("authentication_kerberos", "authentication_fido", "authentication_webauthn", "authentication_openid_connect"),
)
# What an account can demand of TLS that only the owner of a certificate can give.
CERTIFIED = ("X509", "SPECIFIED")
LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Account:
    """One account or role. `methods` are the plugins that let it in, each with the length of what it compares to."""

    user: str
    host: str
    locked: bool
    expired: bool
    lifetime: int | None
    age: int | None
    tls: str
    is_role: bool
    methods: tuple[tuple[str, int], ...]

    def __str__(self) -> str:
        """The account as a sentence quotes it."""
        return f"'{self.user}'@'{self.host}'"

    @property
    def can_log_in(self) -> bool:
        """Whether anybody can use it."""
        return not (self.locked or self.is_role)

    @property
    def is_remote(self) -> bool:
        """Whether it can be used from elsewhere."""
        return self.can_log_in and self.host not in LOCAL

    @property
    def has_password(self) -> bool:
        """Whether the server compares a password of its own to let it in."""
        return any(plugin in BY_PASSWORD for plugin, _ in self.methods)

    @property
    def is_empty(self) -> bool:
        """Whether an empty password lets it in, without the client's certificate either."""
        empty = any(plugin in BY_PASSWORD and not length for plugin, length in self.methods)
        return self.can_log_in and empty and self.tls not in CERTIFIED


def accounts(host: Host) -> list[Account]:
    """All accounts and roles."""
    for name, width in FORMS:
        if table := rows_if_known(host, name, width):
            roles = rows_if_known(host, "roles_old", 2) or [] if name == "accounts_old" else []
            return [_account(row, is_role=row[:2] in roles) for row in table]
    raise NotReadableError(statement(FORMS[0][0]), text("verdict.mysql.no-accounts"))


def logins(host: Host) -> list[Account]:
    """The accounts that somebody can use."""
    return [each for each in accounts(host) if each.can_log_in]


def _account(row: list[str], *, is_role: bool = False) -> Account:
    """One row of any of the forms."""
    user, host, locked, expired, lifetime, age, tls, role, *methods = ("" if each == "NULL" else each for each in row)
    pairs = list(zip(methods[::2], methods[1::2], strict=True))
    return Account(
        user=user,
        host=host,
        locked=_yes(locked),
        expired=_yes(expired),
        lifetime=int(lifetime) if lifetime not in ("", "-1") else None,
        age=int(age) if age else None,
        tls=tls,
        is_role=is_role or _yes(role),
        methods=tuple(
            (plugin, int(length or 0)) for plugin, length in [pairs[0], *(each for each in pairs[1:] if each[0])]
        ),
    )


def _yes(value: str) -> bool:
    """Whether a column says so, in the ways that versions write it."""
    return value in ("Y", "1", "true")
