"""Who sshd would let in: its own answer for each declared administrator and address (`sshd -T -C`), taken to its end.

What sshd prints are settings; whether they admit somebody also depends on lists, keys, modes and the account. Asked
before a change and at its confirmation: who was admitted before must be admitted still.
"""

import os
import pwd
import re
import socket
import sys
import time

from hostkit import durable, people
from hostkit.compat import native
from hostkit.host import Host
from hostkit.refusal import Refusal

MYPY = False
if MYPY:
    from typing import Any, Dict, List, Optional

    Settings = Dict[str, List[str]]
    Problem = Dict[str, str]

DAY = 86400
SEPARATION = "/run/sshd"
NO_SHELLS = ("nologin", "false")


def admitted(host, administrators):
    # type: (Host, List[Dict[str, str]]) -> List[Problem]
    """The logins that would be refused, and why; none when all are admitted."""
    found = [(one["user"], one["address"], why_not(host, one["user"], one["address"])) for one in administrators]
    return [{"problem": why, "user": user, "address": address} for user, address, why in found if why]


def compare(before, now):
    # type: (List[Problem], List[Problem]) -> List[Problem]
    """What is refused now and was not before."""
    known = [(one["user"], one["address"]) for one in before]
    return [one for one in now if (one["user"], one["address"]) not in known]


def why_not(host, user, address):
    # type: (Host, str, str) -> str
    """The first reason why this login fails; empty when it succeeds."""
    try:
        account = pwd.getpwnam(user)
    except KeyError:
        return "login-no-account"
    try:
        settings = effective(host, user, address)
    except Refusal:
        return "login-sshd-broken"
    shadow = people.row(host, "shadow", user) or []
    return (
        _closed(host, account, shadow, settings)
        or not_listed(host, user, address, settings)
        or _without_method(host, account, shadow, settings)
    )


def effective(host, user, address):
    # type: (Host, str, str) -> Settings
    """What sshd's settings are for one login, by lower-case name; repeated ones in order.

    Up to OpenSSH 7.7 user, host and addr must come together; `Match LocalAddress` and `Match LocalPort` need laddr and
    lport; OpenSSH 5 knows neither; `rdomain` is named only where a file matches it, since others would refuse the word.
    """
    spec = "user=%s,host=%s,addr=%s" % (user, address, address)
    local = ",laddr=%s,lport=" % _local_address(address)
    done = _ask(host, spec + local + "22")
    if b"Invalid test mode specification" in done.errors:
        done = _ask(host, spec)
    elif b"rdomain" in done.errors:
        local = ",rdomain=" + local
        done = _ask(host, spec + local + "22")
    settings = _parsed(done)
    port = settings.get("port", ["22"])[0]
    return settings if port == "22" else _parsed(_ask(host, spec + local + port))


def not_listed(host, user, address, settings):
    # type: (Host, str, str, Settings) -> str
    """Why sshd's lists of users and groups refuse this login, in the order in which sshd reads them."""
    groups = native(host.run(["id", "-Gn", user]).output).split()
    if _listed(user, address, settings.get("denyusers", [])):
        return "login-denied-user"
    if settings.get("allowusers") and not _listed(user, address, settings["allowusers"]):
        return "login-not-allowed-user"
    if _any_matches(groups, settings.get("denygroups", [])):
        return "login-denied-group"
    if settings.get("allowgroups") and not _any_matches(groups, settings["allowgroups"]):
        return "login-not-allowed-group"
    return ""


def says(settings, name, value="yes"):
    # type: (Settings, str, str) -> bool
    """Whether a setting has this value."""
    return settings.get(name, [""])[0].lower() == value


def takes_passwords(settings):
    # type: (Settings) -> bool
    """Whether a password alone may be enough for sshd."""
    return bool(_password_methods(settings)) and settings.get("authenticationmethods", ["any"]) == ["any"]


def _password_methods(settings):
    # type: (Settings) -> List[str]
    """How sshd takes a password; asking in a dialogue needs PAM, and had another name up to OpenSSH 8."""
    methods = ["password"] if says(settings, "passwordauthentication") else []
    asks = says(settings, "kbdinteractiveauthentication") or says(settings, "challengeresponseauthentication")
    return methods + (["keyboard-interactive"] if asks and says(settings, "usepam") else [])


def _ask(host, spec):
    # type: (Host, str) -> Any
    """Run sshd's test mode. It wants its empty folder, which is not there before the service first starts."""
    made = not os.path.isdir(host.path(SEPARATION)) and os.path.isdir(host.path(os.path.dirname(SEPARATION)))
    if made:
        os.mkdir(host.path(SEPARATION), 0o755)
    try:
        return host.run(["sshd", "-T", "-C", spec])
    finally:
        if made:
            os.rmdir(host.path(SEPARATION))


def _parsed(done):
    # type: (Any) -> Settings
    """What `sshd -T` printed; a configuration that it refuses is a refusal."""
    if done.status != 0:
        raise Refusal("sshd-broken", words=done.last_words())
    settings = {}  # type: Settings
    for line in native(done.output).splitlines():
        name, _, value = line.partition(" ")
        settings.setdefault(name.lower(), []).extend(value.split())
    return settings


def _local_address(address):
    # type: (str) -> str
    """The address of this host that faces another: asked of the routing table, nothing is sent."""
    asking = socket.socket(_family(address), socket.SOCK_DGRAM)
    try:
        asking.connect((address, 9))
        return str(asking.getsockname()[0])
    except (socket.error, OSError):
        return "::1" if ":" in address else "127.0.0.1"
    finally:
        asking.close()


def _listed(user, address, patterns):
    # type: (str, str, List[str]) -> bool
    """Whether a list of `user` and `user@host` patterns names a login."""
    pairs = [pattern.partition("@")[::2] for pattern in patterns]
    return any(_matches(user, name) and (not place or _place_matches(address, place)) for name, place in pairs)


def _place_matches(address, patterns):
    # type: (str, str) -> bool
    """Whether an address is in a comma-separated list of addresses, wildcards and networks; `!` excludes."""
    pairs = [(pattern, pattern.lstrip("!")) for pattern in patterns.lower().split(",")]
    hits = [pattern for pattern, place in pairs if _in_network(address, place) or _matches(address.lower(), place)]
    return bool(hits) and not any(pattern.startswith("!") for pattern in hits)


def _in_network(address, network):
    # type: (str, str) -> bool
    """Whether an address is in a network such as 192.0.2.0/24."""
    base, _, length = network.partition("/")
    mine, theirs = _bits(address), _bits(base)
    if not mine or not length.isdigit() or not int(length) <= len(mine) == len(theirs):
        return False
    return mine[: int(length)] == theirs[: int(length)]


def _bits(address):
    # type: (str) -> str
    """An address as ones and zeros; nothing for what is none."""
    try:
        packed = socket.inet_pton(_family(address), address)
    except (socket.error, ValueError):
        return ""
    return "".join("{0:08b}".format(byte) for byte in bytearray(packed))


def _family(address):
    # type: (str) -> socket.AddressFamily
    """Which of the two kinds of address this is."""
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def _any_matches(names, patterns):
    # type: (List[str], List[str]) -> bool
    """Whether any of the names fits any of the patterns."""
    return any(_matches(name, pattern) for name in names for pattern in patterns)


def _matches(name, pattern):
    # type: (str, str) -> bool
    """Compare as sshd's patterns do: `*` and `?`, and nothing else."""
    parts = [{"*": ".*", "?": "."}.get(one) or re.escape(one) for one in pattern]
    return re.match("(?s)" + "".join(parts) + r"\Z", name) is not None


def _closed(host, account, shadow, settings):
    # type: (Host, Any, List[str], Settings) -> str
    """Why the account itself lets nobody in."""
    shell = account.pw_shell or "/bin/sh"
    if not os.access(host.path(shell), os.X_OK) or os.path.basename(shell) in NO_SHELLS:
        return "login-no-shell"
    if not says(settings, "forcecommand", "none") and "forcecommand" in settings:
        return "login-forced-command"
    if account.pw_uid != 0 and any(host.exists(name) for name in ("/etc/nologin", "/run/nologin", "/var/run/nologin")):
        return "login-nologin"
    if shadow and shadow[1].startswith("!") and not says(settings, "usepam"):
        return "login-locked"
    return _expired(shadow)


def _expired(shadow):
    # type: (List[str]) -> str
    """Why the dates in /etc/shadow keep it out: a password to be changed stops every login without a terminal."""
    changed, longest, last = [_days(shadow, index) for index in (2, 4, 7)]
    today = int(time.time() // DAY)
    if last is not None and last <= today:
        return "login-expired"
    if changed == 0 or (changed is not None and longest is not None and changed + longest < today):
        return "login-password-expired"
    return ""


def _days(shadow, index):
    # type: (List[str], int) -> Optional[int]
    """One date or span; None where it is not set."""
    field = shadow[index] if index < len(shadow) else ""
    return int(field) if field.isdigit() else None


def _without_method(host, account, shadow, settings):
    # type: (Host, Any, List[str], Settings) -> str
    """Why no method gets this account in, or not all of those that sshd wants together."""
    root = settings.get("permitrootlogin", ["yes"])[0] if account.pw_uid == 0 else "yes"
    if root in ("no", "forced-commands-only"):
        return "login-root-not-permitted"
    usable = ["publickey"] if says(settings, "pubkeyauthentication") and _has_key(host, account, settings) else []
    if root == "yes" and _has_password(shadow, settings):
        usable += _password_methods(settings)
    chains = settings.get("authenticationmethods", ["any"])
    wanted = [[method.split(":")[0] for method in chain.split(",")] for chain in chains]
    enough = chains == ["any"] or any(all(method in usable for method in chain) for chain in wanted)
    return "" if usable and enough else "login-no-method"


def _has_password(shadow, settings):
    # type: (List[str], Settings) -> bool
    """Whether there is a password to log in with. That of an account from elsewhere is PAM's affair."""
    if not shadow:
        return says(settings, "usepam")
    return shadow[1].startswith("$") or re.match(r"[./0-9A-Za-z]{13}\Z", shadow[1]) is not None


def _has_key(host, account, settings):
    # type: (Host, Any, Settings) -> bool
    """Whether sshd would find and trust a key of this account. What a key command prints cannot be known beforehand."""
    if not says(settings, "authorizedkeyscommand", "none") and "authorizedkeyscommand" in settings:
        return True
    strict = not says(settings, "strictmodes", "no")
    files = [_key_file(account, name) for name in settings.get("authorizedkeysfile", []) if name != "none"]
    return any(_holds_key(host, account, name, strict) for name in files)


def _key_file(account, name):
    # type: (Any, str) -> str
    """Where a setting such as `.ssh/authorized_keys` or `/etc/ssh/keys/%u` leads."""
    tokens = {"%u": account.pw_name, "%h": account.pw_dir, "%U": "%d" % account.pw_uid, "%%": "%"}
    return os.path.join(account.pw_dir, re.sub("%[uhU%]", lambda found: tokens[found.group()], name))


def _holds_key(host, account, name, strict):
    # type: (Host, Any, str, bool) -> bool
    """Whether a file holds a key, the account may read it, and nobody else may change or replace it."""
    path = os.path.realpath(host.path(name))
    if not os.path.isfile(path) or (strict and not _safe(path, os.path.realpath(host.path(account.pw_dir)), account)):
        return False
    about = os.stat(path)
    shift = 6 if about.st_uid == account.pw_uid else 3 if about.st_gid == account.pw_gid else 0
    if account.pw_uid != 0 and not about.st_mode >> shift & 4:
        return False
    with open(path, "rb") as page:
        return any(line.strip() and not line.strip().startswith(b"#") for line in page)


def _safe(path, home, account):
    # type: (str, str, Any) -> bool
    """What StrictModes asks for: the file and the folders above it, up to the home or the root."""
    about = os.stat(path)
    if about.st_uid not in (0, account.pw_uid) or about.st_mode & 0o022:
        return False
    return path in (home, "/") or _safe(os.path.dirname(path), home, account)


def run():
    # type: () -> int
    """For the watcher: 1 when somebody who could log in before the change in this folder cannot now."""
    before = durable.read_json(sys.argv[1] + "/before.json", None)
    if before is None:
        return 0
    return 1 if compare(before["logins"], admitted(Host(), before["administrators"])) else 0


if __name__ == "__main__":
    sys.exit(run())
