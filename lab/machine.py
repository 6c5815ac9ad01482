"""One lab host: an overlay over its base, an identity of its own, and systemd as its first process."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from lab import cgroups, connections
from lab.access import Access, new_key
from lab.base import Recipe
from lab.command import run
from lab.place import Place
from lab.spec import HostSpec

BOOT = Path(__file__).with_name("boot.sh")
OPS_UID = 1000
NSPAWN_SETTINGS = {
    # Joining a network namespace leaves /proc/sys/net read-only unless nspawn is told otherwise.
    "SYSTEMD_NSPAWN_API_VFS_WRITABLE": "network",
    # Its lock files are never removed; the lab has a lock of its own.
    "SYSTEMD_NSPAWN_LOCK": "0",
}
NSPAWN_RUN = Path("/run/systemd/nspawn")


def prepare(place: Place, access: Access, host: HostSpec, names: str) -> Path:
    """Mount the host's overlay and write its identity; returns its root."""
    folder = place.host(host.name)
    root = _mount(folder, Recipe.load(host.base).root)
    new_key(folder / "host_key", comment=host.name)
    _install(folder / "host_key", root / "etc/ssh/ssh_host_ed25519_key", 0o600)
    _install(folder / "host_key.pub", root / "etc/ssh/ssh_host_ed25519_key.pub", 0o644)
    _install(access.key.with_suffix(".pub"), root / "home/ops/.ssh/authorized_keys", 0o600, owner=OPS_UID)
    (root / "etc/hostname").write_text(f"{host.name}\n")
    (root / "etc/hosts").write_text(names)
    (root / "etc/machine-id").write_text(hashlib.md5(str(folder).encode(), usedforsecurity=False).hexdigest() + "\n")
    connections.style(host.connection)(root, access.become_password.read_text())
    if host.services:
        run("systemctl", f"--root={root}", "--quiet", "enable", *host.services)
    return root


def boot(place: Place, host: HostSpec) -> None:
    """Start the host; it lives on when this process ends."""
    group = cgroups.of_host(place, host.name)
    group.mkdir(exist_ok=True)
    folder = place.host(host.name)
    container = [
        "--quiet",
        "--boot",
        "--register=no",
        "--keep-unit",
        "--settings=no",
        "--link-journal=no",
        "--console=pipe",
        "--resolv-conf=off",
        "--timezone=off",
        "--capability=CAP_NET_ADMIN",
        f"--directory={folder / 'root'}",
        f"--machine={place.machine(host.name)}",
        f"--hostname={host.name}",
        f"--network-namespace-path=/run/netns/{place.machine(host.name)}",
    ]
    with (folder / "console.log").open("ab") as console:
        subprocess.Popen(
            [str(BOOT), str(group), *container],
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=console,
            start_new_session=True,
            env={**os.environ, **NSPAWN_SETTINGS},
        )


def remove(place: Place, host: str) -> None:
    """Unmount a host's overlay and delete its folder and what nspawn kept of it; its processes must be gone."""
    folder = place.host(host)
    if os.path.ismount(folder / "root"):
        run("umount", str(folder / "root"))
    shutil.rmtree(folder)
    for kept in NSPAWN_RUN.glob(f"*/{place.machine(host)}"):
        kept.rmdir()


def _mount(folder: Path, base: Path) -> Path:
    """The host's root: its own layer over the base, which stays as it is."""
    root = folder / "root"
    for part in ("root", "upper", "work"):
        (folder / part).mkdir(parents=True)
    layers = f"lowerdir={base},upperdir={folder / 'upper'},workdir={folder / 'work'}"
    run("mount", "-t", "overlay", folder.name, "-o", layers, str(root))
    return root


def _install(source: Path, target: Path, mode: int, owner: int = 0) -> None:
    """Copy a file into the host with its mode and owner."""
    shutil.copyfile(source, target)
    target.chmod(mode)
    os.chown(target, owner, owner)
