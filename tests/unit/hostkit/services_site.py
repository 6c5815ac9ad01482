"""Hosts in a folder whose service managers are small scripts that keep state: one with systemd, one with SysV."""

import os
import subprocess
from pathlib import Path

from hostkit.host import Host
from hostkit.kinds import service

UNDO = Path(service.__file__).parents[1]
UNITS = "/usr/lib/systemd/system"
OWN = "/etc/systemd/system"

# Keeps one file of properties per unit; `dies` in it: is dead right after its start; `flaps`: systemd restarts it again
# and again; `refuses`: its start fails; `breaks`: its reload fails.
SYSTEMCTL = """#!/bin/sh
units=%(root)s/fake
echo "$*" >> "$units/calls"
verb=$1 && shift
for word; do name=$word; done
page=$units/$name
set_to() { sed "s/^ActiveState=.*/ActiveState=$1/" "$page" > "$page.new" && mv "$page.new" "$page"; }
case $verb in
    show)
        while [ "$1" != -- ]; do shift; done; shift
        between=
        for unit; do
            printf "$between"; between='\\n'
            if [ -e "$units/$unit" ]; then grep = "$units/$unit"
            else printf 'Id=%%s\\nLoadState=not-found\\nActiveState=inactive\\nUnitFileState=\\n' "$unit"; fi
        done ;;
    start | restart)
        grep -q refuses "$page" && exit 1
        set_to active
        grep -q dies "$page" && set_to failed
        grep -q flaps "$page" && echo NRestarts=3 >> "$page"
        exit 0 ;;
    reload) grep -q breaks "$page" && exit 1; exit 0 ;;
    stop) set_to inactive ;;
    is-active) [ "$(sed -n 's/^ActiveState=//p' "$page")" = active ] ;;
    status) echo "$name: last words" ;;
esac
"""

# Keeps its state in a file. Its daemon stays with all that it was given, as daemons of old do.
SCRIPT = """#!/bin/sh
# chkconfig: 2345 55 25
state=%(root)s/fake/%(name)s
case "$1" in
    start) echo running > "$state"; sleep 30 & echo $! >> %(root)s/fake/daemons ;;
    stop) rm -f "$state" ;;
    status) if [ -e "$state" ]; then echo "%(name)s is running"; else echo "%(name)s is stopped"; exit 3; fi ;;
    restart | force-reload) echo restarted >> "$state" ;;
    %(reload)s) echo reloaded >> "$state" ;;
esac
"""


class ServiceHost(Host):
    """A host in a folder, with the folder's own programs in front."""

    def program(self, name: str) -> str | None:
        own = Path(self.root, "bin", name)
        return str(own) if own.exists() else super().program(name)

    def write(self, name: str, text: str = "") -> str:
        """A file of the host; its path on the host."""
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return name

    def link(self, name: str, target: str) -> None:
        """A link of the host."""
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)

    def unit(self, name: str, install: str = "WantedBy=multi-user.target", **more: str) -> None:
        """A unit that the distribution brought, stopped and not enabled."""
        page = name if "@" not in name else name.split("@", 1)[0] + "@." + name.rsplit(".", 1)[1]
        self.write(f"{UNITS}/{page}", f"[Unit]\nDescription=x\n[Service]\nType=simple\n\n[Install]\n{install}\n")
        self.known(name, **more)

    def known(self, name: str, tricks: str = "", **more: str) -> None:
        """What the manager says of a unit."""
        shown = {"Id": name, "LoadState": "loaded", "ActiveState": "inactive", "UnitFileState": "disabled", **more}
        self.write(f"/fake/{name}", "".join(f"{key}={value}\n" for key, value in shown.items()) + tricks + "\n")

    def script(self, name: str, reload: str = "reload") -> None:
        """A SysV service."""
        path = Path(
            self.path(self.write(f"/etc/init.d/{name}", SCRIPT % {"root": self.root, "name": name, "reload": reload}))
        )
        path.chmod(0o755)

    def calls(self) -> list[str]:
        """What was asked of the manager since the last time."""
        page = Path(self.root, "fake/calls")
        lines = page.read_text().splitlines() if page.exists() else []
        page.unlink(missing_ok=True)
        return lines

    def listing(self) -> dict[str, str]:
        """Every file, folder and link under /etc."""
        found = sorted(Path(self.root, "etc").rglob("*"))
        return {
            str(path.relative_to(self.root)): str(path.readlink())
            if path.is_symlink()
            else "folder"
            if path.is_dir()
            else "file"
            for path in found
        }

    def undo(self, lines: list[str], *words: str, booting: int = 0) -> subprocess.CompletedProcess[str]:
        """Run an undo script with these lines, whose paths are this host's."""
        text = "\n".join(
            [*(UNDO.joinpath(name).read_text() for name in ("undo.sh", "undo.d/service.sh")), *lines, "finish", ""]
        )
        for folder in ("/etc/", "/run/systemd"):
            text = text.replace(folder, self.root + folder)
        text = text.replace("PATH=/usr/sbin", f"PATH={self.root}/bin:/usr/sbin")
        page = Path(self.root, "undo")
        page.write_text(text)
        environment = {"booting": str(booting), "PATH": os.environ["PATH"]}
        return subprocess.run(["sh", str(page), *words], capture_output=True, text=True, check=False, env=environment)


def with_systemd(root: Path, **more: bool) -> ServiceHost:
    """A host that systemd runs."""
    host = ServiceHost(str(root), **more)
    host.write("/bin/systemctl", SYSTEMCTL % {"root": root})
    (root / "bin/systemctl").chmod(0o755)
    for folder in ("run/systemd/system", "fake", OWN[1:]):
        (root / folder).mkdir(parents=True)
    return host


def with_sysv(root: Path, **more: bool) -> ServiceHost:
    """A host with scripts and run levels."""
    host = ServiceHost(str(root), **more)
    for folder in ["fake", "etc/init.d"] + [f"etc/rc{level}.d" for level in "0123456S"]:
        (root / folder).mkdir(parents=True)
    return host
