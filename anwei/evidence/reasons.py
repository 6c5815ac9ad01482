"""Why a host gave no evidence, in plain words."""

import re
from dataclasses import dataclass

from anwei.texts import text

# First match wins: what Ansible, ssh, sudo and su say, and the key of our own sentence.
CAUSES = (
    ("host-key", r"host key verification failed|host identification has changed|add this host's fingerprint"),
    ("become", r"incorrect \w+ password|missing \w+ password|not in the sudoers|password is required|escalation"),
    ("become", r"authentication failure|may not run sudo|not allowed to (execute|run)"),
    ("terminal", r"must have a tty|terminal is required"),
    ("no-sshpass", r"sshpass"),
    ("login", r"permission denied \(|permission denied, please try again|invalid/incorrect password"),
    ("refused", r"connection refused"),
    ("name", r"could not resolve|name or service not known|nodename nor servname"),
    ("no-route", r"no route to host|network is unreachable"),
    ("too-slow", r"expected time frame"),
    ("timeout", r"timed out|timeout"),
    ("closed", r"connection (reset|closed)|broken pipe"),
)
# What Ansible puts before the words that matter.
PREAMBLE = re.compile(r"(Data could not be sent to remote host .*?over ssh|Failed to connect to the host via ssh): ")
LONGEST_DETAIL = 300


@dataclass(frozen=True)
class Unreachable:
    """A host that gave no evidence: the cause in our words, and the last thing that was said."""

    cause: str
    detail: str = ""

    @classmethod
    def because(cls, message: str) -> "Unreachable":
        """The cause behind a message of Ansible or of the host, which must not be able to steer a terminal."""
        cause = next((name for name, words in CAUSES if re.search(words, message, re.IGNORECASE)), "other")
        words = PREAMBLE.sub("", " ".join(message.split()))[-LONGEST_DETAIL:]
        return cls(cause, "".join(each if each.isprintable() else "\ufffd" for each in words))

    def __str__(self) -> str:
        """The sentence for a person."""
        cause = text(f"unreachable.{self.cause}")
        return text("unreachable.sentence", cause=cause, detail=self.detail) if self.detail else cause
