"""Programs that ask for a password are real ones on a real terminal; accounts are played."""

import os
import pty
import pwd
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from hostkit import logins, probe
from hostkit.host import Done, Host
from hostkit.refusal import Refusal

OURS = SimpleNamespace(pw_name=probe.NAME, pw_uid=4242, pw_gid=65534, pw_gecos=probe.MARK)
NOBODY = SimpleNamespace(pw_name="nobody", pw_uid=65534, pw_gid=65534, pw_gecos="")
ASKING = """printf 'Password: '; stty -echo; read -r answer; stty echo; [ "$answer" = right ]"""


class Site(Host):
    """A host that remembers what it was told to run, and whose account comes and goes with it."""

    def __init__(self, root: Path) -> None:
        super().__init__(str(root))
        (root / "etc/sudoers.d").mkdir(parents=True)
        self.account: SimpleNamespace | None = None
        self.told: list[list[str]] = []
        self.secrets: list[bytes] = []

    def run(self, words: Sequence[str], stdin: bytes = b"", seconds: int = 90) -> Done:
        """Play useradd, userdel and chpasswd."""
        self.told.append(list(words))
        self.secrets.append(stdin)
        self.account = OURS if words[0] == "useradd" else None if words[0] == "userdel" else self.account
        return Done(0, b"", b"")

    def program(self, name: str) -> str | None:
        """All programs are there, but no session manager."""
        return None if name == "loginctl" else "/usr/bin/" + name

    def find(self, name: str) -> SimpleNamespace:
        """What getpwnam answers."""
        found = {"nobody": NOBODY, probe.NAME: self.account}.get(name)
        if found is None:
            raise KeyError(name)
        return found


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    made = Site(tmp_path)
    monkeypatch.setattr(pwd, "getpwnam", made.find)
    return made


def converse(script: str, answer: bytes = b"right\n") -> bool:
    """Whether a shell script on a terminal is satisfied with an answer."""
    child, terminal = pty.fork()
    if child == 0:
        os.execv("/bin/sh", ["sh", "-c", script])
    try:
        return probe._converse(child, terminal, answer)
    finally:
        os.close(terminal)


@pytest.mark.parametrize(
    ("paths", "kinds", "expected"),
    [
        (["/etc/pam.d/sshd"], ["file"], True),
        (["/etc/sudoers.d/ops"], ["file"], True),
        (["/etc/security/limits.conf"], ["file"], True),
        (["/etc/nsswitch.conf"], ["file"], True),
        (["ops"], ["account"], True),
        (["/etc/motd", "net.ipv4.ip_forward"], ["file", "sysctl"], False),
        (["/etc/ssh/sshd_config"], ["file"], False),
    ],
)
def test_only_changes_that_touch_passwords_and_sudo_concern_the_probe(
    paths: list[str], kinds: list[str], expected: bool
) -> None:
    assert probe.concerned(paths, kinds) is expected


def test_the_right_password_is_typed_when_echo_is_off() -> None:
    assert converse(ASKING) is True


def test_a_wrong_password_fails() -> None:
    assert converse(ASKING, b"wrong\n") is False


def test_a_program_that_asks_nothing_and_fails_fails() -> None:
    assert converse("exit 1") is False
    assert converse("exit 0") is True


def test_the_password_is_typed_once_and_never_into_a_visible_question() -> None:
    assert converse("read -r answer") is False
    assert converse("stty -echo; read -r first; sleep 0.3; read -r second") is False


def test_a_program_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "STEP_SECONDS", 1)
    assert converse("sleep 60") is False


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "STEP_SECONDS", 3)


def steps(monkeypatch: pytest.MonkeyPatch, **outcomes: bool | None) -> None:
    """What each step finds."""
    for name, outcome in outcomes.items():
        monkeypatch.setattr(probe, "_" + name, lambda _host, _password, outcome=outcome: outcome)


def test_what_worked_before_must_work_after(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    steps(monkeypatch, sudo=True, ssh=None, su=False)
    results = probe.before(site)
    assert results == {"sudo": True, "ssh": None, "su": False}
    steps(monkeypatch, sudo=False, ssh=False, su=False)
    assert probe.after(site, results) == [{"problem": "probe-failed", "step": "sudo"}]
    steps(monkeypatch, sudo=None, ssh=True, su=True)
    assert probe.after(site, results) == []


def test_the_account_is_gone_after_each_pass_also_when_a_step_stumbles(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps(monkeypatch, sudo=True, ssh=True)

    def stumble(_host: Host, _password: str) -> bool:
        assert site.account == OURS
        raise OSError("no terminal left")

    monkeypatch.setattr(probe, "_su", stumble)
    with pytest.raises(OSError, match="no terminal left"):
        probe.before(site)
    assert site.account is None
    assert list(Path(site.root, "etc/sudoers.d").iterdir()) == []


def test_the_password_goes_by_standard_input_and_past_pam(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    steps(monkeypatch, sudo=True, ssh=True, su=True)
    probe.before(site)
    index = next(number for number, words in enumerate(site.told) if words[0] == "chpasswd")
    password = site.secrets[index].decode().strip().split(":")[1]
    assert len(password) == 32
    assert site.told[index] == ["chpasswd", "-c", "SHA512"]
    assert password not in str(site.told)


def test_the_probe_expires_and_may_run_nothing_but_true(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    steps(monkeypatch, ssh=True, su=True)
    seen: list[str] = []
    drop_in = Path(site.root, "etc/sudoers.d", probe.NAME)
    monkeypatch.setattr(probe, "_sudo", lambda _host, _password: seen.append(drop_in.read_text()))
    probe.before(site)
    rules = [line for line in seen[0].splitlines() if not line.startswith("Defaults")]
    assert rules == [f"{probe.NAME} ALL=(root) PASSWD: /bin/true, /usr/bin/true"]
    useradd = next(words for words in site.told if words[0] == "useradd")
    assert {"-r", "-M", "-N", "-e"} <= set(useradd)


def test_what_a_kill_left_is_swept_away(site: Site) -> None:
    site.account = OURS
    drop_in = Path(site.root, "etc/sudoers.d", probe.NAME)
    drop_in.write_text("left")
    tally = Path(site.root, "run/faillock", probe.NAME)
    tally.parent.mkdir(parents=True)
    tally.touch()
    probe.sweep(site)
    assert site.account is None
    assert not drop_in.exists()
    assert not tally.exists()


def test_sweeping_a_clean_host_runs_nothing(site: Site) -> None:
    probe.sweep(site)
    assert site.told == []


def test_an_account_of_that_name_that_is_not_ours_stays(site: Site) -> None:
    site.account = SimpleNamespace(pw_name=probe.NAME, pw_uid=1001, pw_gid=1001, pw_gecos="a person")
    with pytest.raises(Refusal) as refused:
        probe.before(site)
    assert refused.value.reason == "probe-name-taken"
    assert site.told == []


@pytest.mark.parametrize(
    ("settings", "tried"),
    [
        ({"passwordauthentication": ["yes"]}, True),
        ({"kbdinteractiveauthentication": ["yes"], "usepam": ["yes"]}, True),
        ({"passwordauthentication": ["no"]}, False),
        ({"passwordauthentication": ["yes"], "allowusers": ["ops"]}, False),
        ({"passwordauthentication": ["yes"], "authenticationmethods": ["publickey,password"]}, False),
    ],
)
def test_a_password_login_is_tried_only_where_sshd_means_to_take_it(
    site: Site, monkeypatch: pytest.MonkeyPatch, settings: dict[str, list[str]], tried: bool
) -> None:
    monkeypatch.setattr(logins, "effective", lambda *_words: dict(settings, port=["2222"]))
    typed: list[list[str]] = []

    def note(_host: Host, words: list[str], _password: str, _user: str) -> bool:
        typed.append(words)
        return True

    monkeypatch.setattr(probe, "_typed", note)
    assert probe._ssh(site, "right") is (True if tried else None)
    assert [words[words.index("-p") + 1] for words in typed] == ["2222"] * tried


@pytest.mark.parametrize(
    ("listens", "expected"),
    [
        (["0.0.0.0:22", "[::]:22"], "127.0.0.1"),
        (["192.0.2.1:22"], "192.0.2.1"),
        (["[2001:db8::1]:22"], "2001:db8::1"),
        ([], "127.0.0.1"),
    ],
)
def test_the_login_goes_to_an_address_that_sshd_listens_on(listens: list[str], expected: str) -> None:
    assert probe._listens({"listenaddress": listens}) == expected
