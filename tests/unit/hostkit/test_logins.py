"""What sshd says is played from its real words; accounts and key files are real files in a folder."""

import os
import pwd
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from hostkit import logins
from hostkit.host import Done, Host

OPEN = """port 22
usepam yes
permitrootlogin without-password
pubkeyauthentication yes
passwordauthentication no
kbdinteractiveauthentication no
strictmodes yes
forcecommand none
authorizedkeyscommand none
authorizedkeysfile .ssh/authorized_keys .ssh/authorized_keys2
authenticationmethods any
"""
ANY_OWNER = OPEN.replace("strictmodes yes", "strictmodes no")
ADDRESS = "192.0.2.10"


class Sshd(Host):
    """A host whose sshd answers with given words, as long as it is asked rightly."""

    def __init__(self, root: Path) -> None:
        super().__init__(str(root))
        self.settings = OPEN
        self.complaint = ""
        self.asked: list[str] = []

    def run(self, words: Sequence[str], stdin: bytes = b"", seconds: int = 90) -> Done:
        """Play sshd and id."""
        if words[0] == "id":
            return Done(0, b"ops wheel\n", b"")
        self.asked.append(words[3])
        rdomain_known = "rdomain" in words[3] or "rdomain" not in self.complaint
        old = "Invalid" in self.complaint and "laddr" not in words[3]
        if self.complaint and not old and not ("rdomain" in self.complaint and rdomain_known):
            return Done(255, b"", self.complaint.encode())
        return Done(0, self.settings.encode(), b"")


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sshd:
    made = Sshd(tmp_path)
    home = tmp_path / "home" / "ops"
    (home / ".ssh").mkdir(parents=True)
    (home / ".ssh" / "authorized_keys").write_text("# key of ops\nssh-ed25519 AAAA ops\n")
    for path in (home, home / ".ssh", home / ".ssh" / "authorized_keys"):
        path.chmod(0o700)
        os.chown(path, account("ops").pw_uid, -1)
    (tmp_path / "etc").mkdir()
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "sh").touch(0o755)
    (tmp_path / "bin" / "sh").chmod(0o755)
    shadow(made, "ops:*:20000:0:99999:7:::")
    known = {name: account(name) for name in ("ops", "root")}
    monkeypatch.setattr(pwd, "getpwnam", lambda name: known[name])
    return made


def account(name: str, shell: str = "/bin/sh") -> SimpleNamespace:
    """An account that is ours, so that its files can be."""
    uid = 0 if name == "root" else os.getuid() or 4242
    return SimpleNamespace(pw_name=name, pw_uid=uid, pw_gid=os.getgid(), pw_dir="/home/ops", pw_shell=shell)


def shadow(host: Host, line: str) -> None:
    """The one line of /etc/shadow."""
    Path(host.path("/etc/shadow")).write_text(line + "\n")


def why(host: Host, user: str = "ops", address: str = ADDRESS) -> str:
    """Why a login would be refused."""
    found = logins.admitted(host, [{"user": user, "address": address}])
    return found[0]["problem"] if found else ""


def test_a_key_in_a_safe_file_admits(host: Sshd) -> None:
    assert why(host) == ""
    assert host.asked == [f"user=ops,host={ADDRESS},addr={ADDRESS},laddr={logins._local_address(ADDRESS)},lport=22"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("denyusers ops", "login-denied-user"),
        ("denyusers o?s", "login-denied-user"),
        ("denyusers guest\ndenyusers ops@192.0.2.0/28", "login-denied-user"),
        ("denyusers ops@198.51.100.0/24", ""),
        ("allowusers root", "login-not-allowed-user"),
        ("allowusers root ops", ""),
        ("allowusers root\nallowusers ops", ""),
        ("allowusers ops@192.0.2.*", ""),
        ("allowusers ops@192.0.2.0/24", ""),
        ("allowusers ops@192.0.2.0/24,!192.0.2.10", "login-not-allowed-user"),
        ("allowusers ops@2001:db8::/32", "login-not-allowed-user"),
        ("allowusers op", "login-not-allowed-user"),
        ("denygroups wh*", "login-denied-group"),
        ("allowgroups admins", "login-not-allowed-group"),
        ("allowgroups wheel", ""),
        ("denyusers ops\nallowusers ops", "login-denied-user"),
    ],
)
def test_lists_of_users_and_groups_mean_what_they_mean_to_sshd(host: Sshd, line: str, problem: str) -> None:
    host.settings = OPEN + line + "\n"
    assert why(host) == problem


@pytest.mark.parametrize(
    ("was", "becomes", "problem"),
    [
        ("pubkeyauthentication yes", "pubkeyauthentication no", "login-no-method"),
        (".ssh/authorized_keys .ssh", "/etc/ssh/keys/%u .ssh", "login-no-method"),
        ("authorizedkeysfile .ssh", "authorizedkeysfile %h/.ssh", ""),
        ("methods any", "methods publickey,password", "login-no-method"),
        ("methods any", "methods publickey,password publickey", ""),
        ("forcecommand none", "forcecommand internal-sftp", "login-forced-command"),
        (".ssh/authorized_keys .ssh/authorized_keys2", "none", "login-no-method"),
    ],
)
def test_methods_and_commands_decide(host: Sshd, was: str, becomes: str, problem: str) -> None:
    assert was in OPEN
    host.settings = OPEN.replace(was, becomes)
    assert why(host) == problem


@pytest.mark.parametrize(
    ("hash_field", "settings", "problem"),
    [
        ("$6$salt$hash", {"passwordauthentication": "yes"}, ""),
        ("$6$salt$hash", {"kbdinteractiveauthentication": "yes"}, ""),
        ("$6$salt$hash", {"challengeresponseauthentication": "yes"}, ""),
        ("$6$salt$hash", {"kbdinteractiveauthentication": "yes", "usepam": "no"}, "login-no-method"),
        ("$6$salt$hash", {}, "login-no-method"),
        ("*", {"passwordauthentication": "yes"}, "login-no-method"),
        ("!$6$salt$hash", {"passwordauthentication": "yes"}, "login-no-method"),
        ("!$6$salt$hash", {"pubkeyauthentication": "yes"}, ""),
        ("!$6$salt$hash", {"pubkeyauthentication": "yes", "usepam": "no"}, "login-locked"),
    ],
)
def test_a_password_counts_where_there_is_one_and_sshd_takes_it(
    host: Sshd, hash_field: str, settings: dict[str, str], problem: str
) -> None:
    shadow(host, f"ops:{hash_field}:20000:0:99999:7:::")
    values = dict(line.split(" ", 1) for line in OPEN.splitlines()) | {"pubkeyauthentication": "no"} | settings
    host.settings = "".join(f"{name} {value}\n" for name, value in values.items())
    assert why(host) == problem


@pytest.mark.parametrize(
    ("permit", "problem"),
    [
        ("yes", ""),
        ("without-password", ""),
        ("prohibit-password", ""),
        ("forced-commands-only", "login-root-not-permitted"),
        ("no", "login-root-not-permitted"),
    ],
)
def test_root_needs_a_permission_of_its_own(host: Sshd, permit: str, problem: str) -> None:
    host.settings = ANY_OWNER.replace("permitrootlogin without-password", f"permitrootlogin {permit}")
    assert why(host, "root") == problem


def test_root_may_have_a_key_and_still_no_password(host: Sshd) -> None:
    shadow(host, "root:$6$salt$hash:20000:0:99999:7:::")
    host.settings = OPEN.replace("pubkeyauthentication yes", "pubkeyauthentication no").replace(
        "passwordauthentication no", "passwordauthentication yes"
    )
    assert why(host, "root") == "login-no-method"
    host.settings = host.settings.replace("without-password", "yes")
    assert why(host, "root") == ""


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ("*:20000:0:99999:7::1:", "login-expired"),
        ("*:20000:0:99999:7::99999:", ""),
        ("*:0:0:99999:7:::", "login-password-expired"),
        ("*:10000:0:90:7:::", "login-password-expired"),
        ("*:10000:0::7:::", ""),
    ],
)
def test_dates_in_shadow_keep_out_whoever_has_a_key(host: Sshd, fields: str, problem: str) -> None:
    shadow(host, f"ops:{fields}")
    assert why(host) == problem


@pytest.mark.parametrize("place", ["home/ops", "home/ops/.ssh", "home/ops/.ssh/authorized_keys"])
def test_what_others_may_write_is_no_key_file_unless_modes_are_not_looked_at(host: Sshd, place: str) -> None:
    Path(host.root, place).chmod(0o770)
    assert why(host) == "login-no-method"
    host.settings = OPEN.replace("strictmodes yes", "strictmodes no")
    assert why(host) == ""


def test_a_key_file_without_a_key_admits_nobody(host: Sshd) -> None:
    Path(host.root, "home/ops/.ssh/authorized_keys").write_text("# nothing\n\n")
    assert why(host) == "login-no-method"


@pytest.mark.parametrize("shell", ["/usr/sbin/nologin", "/bin/false", "/bin/missing"])
def test_an_account_without_a_shell_is_not_admitted(host: Sshd, monkeypatch: pytest.MonkeyPatch, shell: str) -> None:
    for name in ("usr/sbin/nologin", "bin/false"):
        Path(host.root, name).parent.mkdir(parents=True, exist_ok=True)
        Path(host.root, name).touch()
        Path(host.root, name).chmod(0o755)
    monkeypatch.setattr(pwd, "getpwnam", lambda _name: account("ops", shell))
    assert why(host) == "login-no-shell"


def test_nologin_keeps_out_all_but_root(host: Sshd) -> None:
    Path(host.root, "etc/nologin").touch()
    assert why(host) == "login-nologin"
    host.settings = ANY_OWNER
    assert why(host, "root") == ""


def test_an_unknown_account_and_a_configuration_that_sshd_refuses(host: Sshd) -> None:
    assert why(host, "nobody-knows") == "login-no-account"
    host.complaint = "/etc/ssh/sshd_config: line 3: Bad configuration option: Nonsense"
    assert why(host) == "login-sshd-broken"


def test_old_and_new_sshd_are_asked_with_the_words_they_know(host: Sshd) -> None:
    host.complaint = f"Invalid test mode specification laddr={ADDRESS}"
    assert why(host) == ""
    assert host.asked[-1] == f"user=ops,host={ADDRESS},addr={ADDRESS}"
    host.complaint = "'Match RDomain' in configuration but 'rdomain' not in connection test specification."
    assert why(host) == ""
    assert ",rdomain=," in host.asked[-1]


def test_another_port_is_asked_for_by_its_number(host: Sshd) -> None:
    host.settings = OPEN.replace("port 22", "port 2222")
    assert why(host) == ""
    assert host.asked[-1].endswith(",lport=2222")


def test_only_what_was_admitted_before_counts() -> None:
    ops = {"problem": "login-denied-user", "user": "ops", "address": ADDRESS}
    root = {"problem": "login-root-not-permitted", "user": "root", "address": ADDRESS}
    assert logins.compare([root], [dict(root, problem="login-no-method"), ops]) == [ops]
    assert logins.compare([root], []) == []
