"""The probe account tries sudo, su and a password login as a person does, before a change and at its confirmation.

It lives for seconds, with a random password that only this process knows, an expiry date, and one right: to run `true`
as root. What worked before a change must work after it; what cannot be tried on a host, or what sshd itself is set to
refuse, is not held against a change.
"""

import binascii
import errno
import grp
import os
import pty
import pwd
import select
import signal
import termios
import time

from hostkit import durable, logins
from hostkit.compat import octets
from hostkit.refusal import Refusal

MYPY = False
if MYPY:
    from typing import Any, Dict, Iterable, List, Optional

    from hostkit.host import Host

    Results = Dict[str, Optional[bool]]

NAME = "anwei-probe"
MARK = "anwei probe, here for seconds"
DROP_IN = "/etc/sudoers.d/" + NAME
RULES = "Defaults:%s !lecture, passwd_tries=1\n%s ALL=(root) PASSWD: /bin/true, /usr/bin/true\n" % (NAME, NAME)
# What login software notes about an account by its name, in memory or beside the logs.
TRACES = ("/run/faillock/", "/var/run/faillock/", "/var/lib/faillock/", "/run/sudo/ts/", "/var/db/sudo/ts/")
LOGIN_FILES = (
    "/etc/pam.d/", "/etc/pam.conf", "/etc/security/", "/etc/authselect/", "/etc/sudoers", "/etc/sudo.conf",
    "/etc/nsswitch.conf", "/etc/login.defs", "/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow", "/etc/shells",
    "/etc/environment", "/etc/sssd/", "/etc/nslcd.conf", "/etc/ldap", "/etc/krb5",
)  # fmt: skip
LOGIN_KINDS = ("account", "group", "sudo", "password", "pam")
STEP_SECONDS = 25
LEAVING_SECONDS = 5
SSH_OPTIONS = (
    "PreferredAuthentications=password,keyboard-interactive", "PubkeyAuthentication=no", "NumberOfPasswordPrompts=1",
    "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "GlobalKnownHostsFile=/dev/null", "ConnectTimeout=10",
    "LogLevel=ERROR",
)  # fmt: skip


def concerned(paths, kinds):
    # type: (Iterable[str], Iterable[str]) -> bool
    """Whether a change to these paths and kinds can keep people from sudo, su or a password login."""
    return any(path.startswith(LOGIN_FILES) for path in paths) or any(kind in LOGIN_KINDS for kind in kinds)


def before(host):
    # type: (Host) -> Results
    """What works: True or False by step; None for what cannot be tried here. The account goes whatever happens."""
    sweep(host)
    password = binascii.hexlify(os.urandom(16)).decode("ascii")
    try:
        _create(host, password)
        return {"sudo": _sudo(host, password), "ssh": _ssh(host, password), "su": _su(host, password)}
    finally:
        sweep(host)


def after(host, results):
    # type: (Host, Results) -> List[Dict[str, str]]
    """What worked before and does not now."""
    now = before(host)
    lost = [step for step in sorted(now) if results.get(step) and now[step] is False]
    return [{"problem": "probe-failed", "step": step} for step in lost]


def sweep(host):
    # type: (Host) -> None
    """Remove the probe and all that names it: also what a killed run left."""
    durable.remove(host.path(DROP_IN))
    account = _account()
    if account is None:
        return
    _end_sessions(host, account.pw_uid)
    host.demand(["userdel", "-f", NAME])
    for folder in TRACES:
        durable.remove(host.path(folder + NAME))


def _account():
    # type: () -> Any
    """The account, when it is there and ours."""
    try:
        found = pwd.getpwnam(NAME)
    except KeyError:
        return None
    if found.pw_gecos != MARK:
        raise Refusal("probe-name-taken", user=NAME)
    return found


def _create(host, password):
    # type: (Host, str) -> None
    """An account like a person's to PAM, without home, mail or group of its own.

    `-r` keeps useradd from giving it subordinate numbers and from dating its password; the hash is set past PAM, which
    would keep a copy of it in opasswd.
    """
    number, nobody = _free_number(), pwd.getpwnam("nobody")
    words = ["useradd", "-r", "-M", "-N", "-u", "%d" % number, "-g", "%d" % nobody.pw_gid]
    expiry = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 2 * logins.DAY))
    words += ["-d", "/", "-s", "/bin/sh", "-c", MARK, "-e", expiry, NAME]
    host.demand(words)
    host.demand(["chpasswd", "-c", "SHA512"], octets("%s:%s\n" % (NAME, password)))
    if host.program("sudo") and os.path.isdir(host.path(os.path.dirname(DROP_IN))):
        durable.write(host.path(DROP_IN), octets(RULES), 0o440)


def _free_number():
    # type: () -> int
    """A number as people have them, so that PAM treats the probe as it treats them.

    No higher than it must be: `lastlog` is as long as the highest number that ever logged in.
    """
    number = 9999
    while _known(pwd.getpwuid, number):
        number -= 1
    return number


def _sudo(host, password):
    # type: (Host, str) -> Optional[bool]
    """Whether the password gets `true` run as root."""
    if host.program("sudo") is None or not host.exists(DROP_IN):
        return None
    return _typed(host, ["sudo", "-k", "-S", "true"], password, NAME)


def _su(host, password):
    # type: (Host, str) -> Optional[bool]
    """Whether an unprivileged account becomes another by password; where su is kept for `wheel`, a member asks."""
    if host.program("su") is None:
        return None
    return _typed(host, ["su", "-", NAME, "-c", "true"], password, _asker())


def _asker():
    # type: () -> str
    """The first real member of the group that PAM may keep su for; else nobody."""
    try:
        members = grp.getgrnam("wheel").gr_mem
    except KeyError:
        members = []
    return next((name for name in members if name != "root" and _known(pwd.getpwnam, name)), "nobody")


def _known(find, name):
    # type: (Any, Any) -> bool
    """Whether there is such an account or number."""
    try:
        find(name)
    except KeyError:
        return False
    return True


def _ssh(host, password):
    # type: (Host, str) -> Optional[bool]
    """Whether the password logs in over a new connection; where sshd's settings refuse it, there is nothing to try."""
    if host.program("ssh") is None or host.program("sshd") is None:
        return None
    try:
        settings = logins.effective(host, NAME, "127.0.0.1")
    except Refusal:
        return False
    if not logins.takes_passwords(settings) or logins.not_listed(host, NAME, "127.0.0.1", settings):
        return None
    words = ["ssh", "-F", "/dev/null", "-p", settings.get("port", ["22"])[0]] + [
        "-o" + option for option in SSH_OPTIONS
    ]
    return _typed(host, words + [NAME + "@" + _listens(settings), "true"], password, "root")


def _listens(settings):
    # type: (logins.Settings) -> str
    """An address that sshd listens on."""
    for place in settings.get("listenaddress", []):
        address = place.rpartition(":")[0].strip("[]")
        if address.strip("0.:"):  # the others mean every address
            return address
    return "127.0.0.1"


def _typed(host, words, password, user):
    # type: (Host, List[str], str, str) -> bool
    """Run a program on a terminal as a user, type the password when it is asked for; whether it ended well."""
    program, account = host.demand_program(words[0]), pwd.getpwnam(user)
    child, terminal = pty.fork()
    if child == 0:
        _become_and_run(program, words, account)
    try:
        return _converse(child, terminal, octets(password + "\n"))
    finally:
        os.close(terminal)


def _become_and_run(program, words, account):
    # type: (str, List[str], Any) -> None
    """In the child: leave root behind, and become the program."""
    try:
        os.chdir("/")
        os.setgroups([account.pw_gid])
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)
        os.execve(program, words, {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "HOME": "/", "TERM": "dumb"})
    finally:
        os._exit(127)


def _converse(child, terminal, answer):
    # type: (int, int, bytes) -> bool
    """Answer the one question that is asked without echo; end what takes too long."""
    typed = False
    for _ in range(STEP_SECONDS * 10):
        if not _drained(terminal):
            break
        if not typed and not termios.tcgetattr(terminal)[3] & termios.ECHO:
            os.write(terminal, answer)
            typed = True
    else:
        os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1] == 0


def _drained(terminal):
    # type: (int) -> bool
    """Read what was printed within a tenth of a second; False once the other side is closed."""
    try:
        if select.select([terminal], [], [], 0.1)[0]:
            return bool(os.read(terminal, 4096))
    except (OSError, IOError, select.error) as error:
        if error.args[0] != errno.EINTR:
            return False
    return True


def _end_sessions(host, number):
    # type: (Host, int) -> None
    """Let the session manager close what the logins opened; what is left then is killed."""
    if host.program("loginctl") and host.exists("/run/systemd/system"):
        host.run(["loginctl", "terminate-user", "%d" % number])
    for _ in range(LEAVING_SECONDS * 10):
        if not _processes(number):
            return
        time.sleep(0.1)
    for process in _processes(number):
        os.kill(process, signal.SIGKILL)


def _processes(number):
    # type: (int) -> List[int]
    """The processes of an account."""
    found = []
    for name in os.listdir("/proc"):
        try:
            if name.isdigit() and os.stat("/proc/" + name).st_uid == number:
                found.append(int(name))
        except OSError:
            pass  # it has ended meanwhile
    return found
