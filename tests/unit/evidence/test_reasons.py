import pytest

from anwei.evidence.reasons import CAUSES, Unreachable
from anwei.texts import LANGUAGES, catalogue


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        ("Failed to connect to the host via ssh: ssh: connect to host a port 22: Connection refused", "refused"),
        ("Failed to connect to the host via ssh: ssh: connect to host a port 22: Connection timed out", "timeout"),
        ("ops@a: Permission denied (publickey,password).", "login"),
        ("Host key verification failed.", "host-key"),
        ("Missing sudo password", "become"),
        ("Incorrect su password", "become"),
        ("exit status 1: ops is not in the sudoers file.", "become"),
        ("Timeout (22s) waiting for privilege escalation prompt: ", "become"),
        ("exit status 1: sudo: sorry, you must have a tty to run sudo", "terminal"),
        ("to use the 'ssh' connection type with passwords, you must install the sshpass program", "no-sshpass"),
        ("ssh: Could not resolve hostname nowhere: Name or service not known", "name"),
        ("The collect action failed to execute in the expected time frame (95) and was terminated", "too-slow"),
        ("something new", "other"),
    ],
)
def test_the_cause_is_told_in_our_words_and_the_hosts_own_words_follow(message: str, cause: str) -> None:
    reason = Unreachable.because(message)
    assert reason.cause == cause
    assert reason.detail in message


def test_long_and_many_lined_messages_become_one_short_line() -> None:
    detail = Unreachable.because("x" * 5000 + "\nConnection refused\n").detail
    assert len(detail) <= 300
    assert "\n" not in detail


def test_every_cause_has_a_sentence_in_each_language() -> None:
    causes = {name for name, _ in CAUSES} | {"other", "silent", "nowhere"}
    assert all(f"unreachable.{cause}" in catalogue(language) for cause in causes for language in LANGUAGES)


def test_a_hosts_last_words_cannot_steer_a_terminal() -> None:
    reason = Unreachable.because("\x1b[2J\x1b]0;owned\x07 Permission denied (publickey)\u202e\x9b31m")
    assert str(reason).isprintable()
    assert "owned" in reason.detail
