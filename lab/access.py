"""How people and Ansible get into the lab: a throw-away key, strict host keys, one ssh configuration.

These files are the user's half of a lab (`.lab/`): they belong to whoever called sudo, not to root.
"""

import os
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path

from lab.command import run
from lab.place import Place
from lab.spec import JUMP, HostSpec

USER = "ops"


class Access:
    """The files in `.lab/` that let one in."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.directory = place.directory
        self.key = self.directory / "id_ed25519"
        self.config = self.directory / "ssh_config"
        self.known_hosts = self.directory / "known_hosts"
        self.become_password = self.directory / "become_password"

    def prepare(self) -> None:
        """Make the folder, the key and the password for `su`; each lab gets new ones."""
        self.directory.mkdir(mode=0o700, exist_ok=True)
        if not self.key.exists():
            new_key(self.key, comment=f"lab {self.place.id}")
        if not self.become_password.exists():
            write_private(self.become_password, secrets.token_urlsafe(12))

    def write(self, hosts: Sequence[HostSpec]) -> None:
        """Write ssh_config and known_hosts for these hosts, and hand everything to the calling user."""
        write_private(self.known_hosts, "".join(self._known_host(host) for host in hosts))
        write_private(self.config, "\n".join([*(self._host_block(host, hosts) for host in hosts), self._common()]))
        for path in [self.directory, *self.directory.iterdir()]:
            hand_over(path)

    def remove(self) -> None:
        """Take the folder away."""
        shutil.rmtree(self.directory, ignore_errors=True)

    def _known_host(self, host: HostSpec) -> str:
        """The line that ties a host's name and address to its key."""
        public = (self.place.host(host.name) / "host_key.pub").read_text().rsplit(" ", 1)[0]
        return f"{host.name},{host.address} {public}\n"

    def _host_block(self, host: HostSpec, hosts: Sequence[HostSpec]) -> str:
        """How to reach one host; the ones behind the jump host go through it."""
        lines = [f"Host {host.name}", f"    HostName {host.address}", f"    HostKeyAlias {host.name}"]
        if host.connection == JUMP:
            lines.append(f"    ProxyJump {next(other.name for other in hosts if other.inner_address)}")
        return "\n".join([*lines, ""])

    def _common(self) -> str:
        """What holds for all hosts: the key, and no host key that the lab did not write."""
        return "\n".join(
            [
                "Host *",
                f"    User {USER}",
                f'    IdentityFile "{self.key}"',
                "    IdentitiesOnly yes",
                f'    UserKnownHostsFile "{self.known_hosts}"',
                "    GlobalKnownHostsFile none",
                "    StrictHostKeyChecking yes",
                "    LogLevel ERROR",
                "",
            ]
        )


def new_key(path: Path, comment: str) -> None:
    """A new ed25519 key pair at `path`."""
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(path))


def write_private(path: Path, content: str) -> None:
    """Write a file that only its owner can read, from its first byte on."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(content)


def hand_over(path: Path) -> None:
    """Give a file to the user who called sudo."""
    if "SUDO_UID" in os.environ:
        os.chown(path, int(os.environ["SUDO_UID"]), int(os.environ["SUDO_GID"]))
