"""Passwords of Linux accounts: none empty, none hashed by a weak algorithm."""

from collections.abc import Sequence

from testinfra.host import Host

from anwei.baseline.verdict import Verdict, manual, met, not_met
from baselines.mlps.linux import pam
from baselines.mlps.linux.accounts import accounts, login_defs
from baselines.mlps.linux.shadow import passwords
from baselines.mlps.reading import listed

# What the module is told; login.defs has the same names in capitals.
METHODS = {"md5", "bigcrypt", "sha256", "sha512", "blowfish", "gost_yescrypt", "yescrypt", "sm3"}


def empty_passwords(host: Host) -> Verdict:
    """No account has an empty password. An account that is locked has none that is empty."""
    known = accounts(host)
    hidden = passwords(host)
    empty = [each.account for each in hidden if each.kind == "none" and not each.is_locked]
    empty += [each.name for each in known if not each.stored]
    if empty:
        return not_met("access.empty", names=listed(dict.fromkeys(empty)))
    unseen = {each.name for each in known if each.stored == "x"} - {each.account for each in hidden}
    if unseen or any(each.account == "?" for each in hidden):
        return manual("access.shadow-odd", names=listed(sorted(unseen)))
    usable = [each.account for each in hidden if each.is_usable]
    return met("access.no-empty", count=len(hidden), names=listed(usable) or "-")


def password_hashes(host: Host, *, prefixes: Sequence[str], methods: Sequence[str]) -> Verdict:
    """Stored passwords are hashed by a strong algorithm, and so are new ones."""
    kinds = {each.account: each.kind for each in passwords(host) if each.kind not in ("none", "odd")}
    open_hashes = [f"{each.name}(/etc/passwd)" for each in accounts(host) if each.stored == "hash"]
    weak = [f"{name}({kind})" for name, kind in kinds.items() if kind.removesuffix("short") not in prefixes]
    if weak or open_hashes:
        return not_met("access.hash-weak", rows=listed([*open_hashes, *weak]))
    method, rows = new_passwords(host), listed(f"{name}({kind})" for name, kind in kinds.items()) or "-"
    if not method:
        return manual("access.hash-unset", rows=rows)
    return (met if method.upper() in methods else not_met)("access.hash", method=method, rows=rows)


def new_passwords(host: Host) -> str:
    """The algorithm of new passwords: what PAM is told, or else login.defs; nothing if neither says."""
    told = [
        word
        for service in pam.services(host, "passwd")
        for line in pam.stack(host, service, "password")
        if line.module == "pam_unix"
        for word in line.arguments
    ]
    named = [word for word in told if word in METHODS]
    return named[-1] if named else login_defs(host).get("ENCRYPT_METHOD", "")
