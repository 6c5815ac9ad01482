"""With what the inventory's connections get into hosts: which keys, whose they are, and who else could use them."""

import os
import shlex
import stat
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from anwei.control.finding import Finding, bad, fine, unknown, warning
from anwei.control.own import OTHERS, name_of
from anwei.estate import Estate, Host
from anwei.estate.problems import listed
from anwei.health.filling import UnfilledError, filled
from anwei.home import home

BY_SSH = (None, "ssh", "smart", "paramiko", "ansible.builtin.ssh")
KEYS = ("ansible_ssh_private_key_file", "ansible_private_key_file")
OPTIONS = ("ansible_ssh_args", "ansible_ssh_common_args", "ansible_ssh_extra_args")
PASSWORDS = (
    "ansible_password", "ansible_ssh_pass", "ansible_ssh_password", "ansible_become_password", "ansible_become_pass",
)  # fmt: skip
SECONDS = 20


@dataclass(frozen=True)
class Credentials:
    """The key files that are there, hosts for which none could be told, hosts whose password is in the inventory."""

    keys: tuple[Path, ...]
    untold: tuple[str, ...]
    written: tuple[str, ...]


def of(estate: Estate | None) -> Credentials:
    """Those of an estate. Without one, the usual keys of the account that runs this."""
    if estate is None:
        return Credentials(tuple(_there(_identities((), ""))), (), ())
    asked: set[tuple[str, ...]] = set()
    keys: set[Path] = set()
    untold = []
    for host in (host for host in estate.hosts if host.variables.get("ansible_connection") in BY_SSH):
        try:
            options = _options(host, estate.path)
            if options not in asked:  # hosts with the same options are taken to have the same keys
                keys.update(_there(_identities(options, host.name)))
            asked.add(options)
        except (UnfilledError, ValueError, subprocess.TimeoutExpired):
            untold.append(host.name)
    written = [
        host.name for host in estate.hosts if any(map(_literal, (host.variables.get(name) for name in PASSWORDS)))
    ]
    return Credentials(tuple(sorted(keys)), tuple(untold), tuple(written))


def checked(estate: Estate | None) -> Iterator[Finding]:
    """Every key is the account's own, and nobody else can read it."""
    found = of(estate)
    wrong = list(wrong_with(found))
    yield from wrong
    if found.untold:
        yield unknown("credential-untold", hosts=listed(found.untold))
    if found.keys and not wrong:
        yield fine("credentials", keys=listed(map(str, found.keys)))
    elif not (found.keys or found.untold):
        yield unknown("credential-none")


def wrong_with(found: Credentials) -> Iterator[Finding]:
    """What lets others than the account into hosts."""
    owner = home().stat().st_uid if home().is_dir() else os.geteuid()
    for key in found.keys:
        status = key.stat()
        if status.st_uid != owner:
            yield warning("credential-foreign", path=key, owner=name_of(status.st_uid), wanted=name_of(owner))
        if status.st_mode & OTHERS:
            yield bad("credential-open", path=key, mode=f"{stat.S_IMODE(status.st_mode):04o}")
    if found.written:
        yield warning("credential-written", hosts=listed(found.written))


def _options(host: Host, inventory: Path) -> tuple[str, ...]:
    """What Ansible hands to ssh for a host, as far as it decides which key is used."""
    known = {**host.variables, "inventory_hostname": host.name, "inventory_dir": str(inventory)}
    values = filled({name: host.variables[name] for name in (*OPTIONS, *KEYS) if name in host.variables}, known)
    options = [word for name in OPTIONS for word in shlex.split(str(values.get(name) or ""))]
    key = next((str(values[name]) for name in KEYS if values.get(name)), "")
    return (*options, *(["-o", f"IdentityFile={Path(key).expanduser()}"] if key else []))


def _identities(options: tuple[str, ...], host: str) -> list[str]:
    """The key files that ssh would try."""
    environment = {**os.environ, "ANWEI_HOME": str(home())}
    words = ["ssh", "-G", *options, "--", host or "host"]
    ran = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)
    lines = (line.split(" ", 1) for line in ran.stdout.splitlines() if " " in line)
    found: Mapping[str, list[str]] = defaultdict(list)
    for name, value in lines:
        found[name].append(value)
    return [value.strip('"').replace("${ANWEI_HOME}", str(home())) for value in found["identityfile"]]


def _there(names: list[str]) -> Iterator[Path]:
    """Those that are files; ssh tries several that usually are not."""
    for name in names:
        path = Path(name).expanduser()
        if os.path.lexists(path):
            yield path


def _literal(value: object) -> bool:
    """Whether a password stands in the inventory itself."""
    return isinstance(value, str) and bool(value) and "{{" not in value
