"""Where the journal of systemd is kept on a Linux host."""

from pathlib import PurePosixPath

from testinfra.host import Host

from baselines.mlps.reading import commands, lines, output

COMMANDS = commands("linux")
KEPT, MAIN = "/var/log/journal", "/etc/systemd/journald.conf"
STRONGER = ("/usr/lib", "/run", "/etc")


def storage(host: Host) -> str:
    """How the journal is stored, by the setting that counts: drop-ins go by name after the file itself.

    Of drop-ins with one name that of /etc counts before /run and /usr/lib. `auto` keeps it where its folder exists.
    """
    said = lines(output(host, COMMANDS["journal"]))
    rows = [line.partition(":") for line in said if line != KEPT]
    rows.sort(key=lambda row: _order(row[0]))
    files = {PurePosixPath(file).name if file != MAIN else "": setting for file, _, setting in rows}
    value = "auto"
    for name in sorted(files):
        value = files[name].partition("=")[2].strip().lower()
    return value if value != "auto" else "persistent" if KEPT in said else "volatile"


def _order(file: str) -> int:
    """How strong the folder of a file is."""
    return next((rank for rank, folder in enumerate(STRONGER) if file.startswith(folder)), -1)
