"""The ways in that sites have: each is what an administrator once did to a host, written into its files before boot.

What Ansible must know to live with them stands in `inventories/lab/hosts.yml` beside the host.
"""

from collections.abc import Callable
from pathlib import Path

from anwei.errors import BadInput
from lab.command import run

SLOW_SHELL = """\
# The site's banner and set-up scripts, as every login there pays them.
echo '*** 本系统仅限授权人员使用，所有操作均被审计 ***'
sleep 0.08
"""


def plain(_root: Path, _password: str) -> None:
    """A key, and sudo without a password or a terminal."""


def requiretty(root: Path, _password: str) -> None:
    """Let sudo refuse whoever has no terminal."""
    _write(root / "etc/sudoers.d/requiretty", "Defaults requiretty\n", mode=0o440)


def su_password(root: Path, password: str) -> None:
    """Take sudo away: the only way to root is `su` with root's password."""
    (root / "etc/sudoers.d/ops").unlink()
    shadow = root / "etc/shadow"
    lines = shadow.read_text().splitlines(keepends=True)
    rest = [line for line in lines if not line.startswith("root:")]
    _write(shadow, "".join([f"root:{_hash(password)}:20000:0:99999:7:::\n", *rest]), mode=0o640)


def no_sftp(root: Path, _password: str) -> None:
    """Switch sshd's file transfer subsystem off."""
    config = root / "etc/ssh/sshd_config"
    kept = [line for line in config.read_text().splitlines(keepends=True) if "sftp-server" not in line]
    _write(config, "".join(kept), mode=0o644)


def slow_shell(root: Path, _password: str) -> None:
    """Make every login, also one that only runs a command, print a banner and cost 80 ms."""
    bashrc = root / "home/ops/.bashrc"
    _write(bashrc, SLOW_SHELL + bashrc.read_text(), mode=0o644)


STYLES: dict[str, Callable[[Path, str], None]] = {
    "plain": plain,
    "requiretty": requiretty,
    "su": su_password,
    "no-sftp": no_sftp,
    "slow-shell": slow_shell,
    "jump": plain,  # what makes it one is the network: see lab.network
}


def style(name: str) -> Callable[[Path, str], None]:
    """The connection style called `name`."""
    if name not in STYLES:
        raise BadInput("AW-lab-spec", error=f"lab_connection: {name} ({', '.join(STYLES)})")
    return STYLES[name]


def _write(path: Path, content: str, mode: int) -> None:
    """Write a file in place, so that its owner stays, and set its mode."""
    path.write_text(content)
    path.chmod(mode)


def _hash(password: str) -> str:
    """The password as /etc/shadow keeps it; it travels by standard input only."""
    return run("openssl", "passwd", "-6", "-stdin", stdin=password).strip()
