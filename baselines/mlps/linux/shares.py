"""Shares of a Linux host that everybody may use."""

import re
from collections.abc import Iterator, Sequence

from testinfra.host import Host

from anwei.baseline.verdict import NotReadableError, Verdict, manual, met, not_met
from anwei.texts import text
from baselines.mlps.linux.processes import running
from baselines.mlps.reading import commands, lines, listed, output

COMMANDS = commands("linux")
SERVERS = ("nfsd", "ganesha.nfsd", "smbd")
EVERYBODY = ("", "*", "0.0.0.0/0", "::/0", "0.0.0.0/0.0.0.0")
YES = ("yes", "true", "1", "on")


def open_shares(host: Host, *, options: Sequence[str]) -> Verdict:
    """No NFS export is for everybody or has one of these options, and no Samba share takes guests."""
    servers = [name for name in SERVERS if name in running(host)]
    if not servers:
        return met("watch.shares.off")
    found = list(_exports(host, options)) if "nfsd" in servers else []
    found += _guests(_samba(host)) if "smbd" in servers else []
    if found:
        return not_met("watch.shares.open", rows=listed(found))
    if "ganesha.nfsd" in servers:
        return manual("watch.shares.ganesha")
    return met("watch.shares.closed", servers=listed(servers))


def _exports(host: Host, options: Sequence[str]) -> Iterator[str]:
    """The clients of exports that are everybody, or that have one of the options; a line may go on in the next."""
    whole = re.sub(r"\\\n\S+: ", " ", output(host, COMMANDS["exports"]))
    for line in lines(whole):
        words = re.sub(r"^\S+:( |$)", "", line).partition("#")[0]
        path = re.match(r'\s*("[^"]*"|\S+)\s*(.*)', words)
        if path:
            common, clients = _clients(path[2].split())
            yield from (f"{path[1]} {each}" for each in clients if _is_open(each, common, options))


def _clients(words: Sequence[str]) -> tuple[str, list[str]]:
    """Options for all clients of a line (after a dash), and the clients; an export without any is for everybody."""
    common = "".join(each for each in words if each.startswith("-"))
    clients = [each for each in words if not each.startswith("-")]
    return common, clients or ["*"]


def _is_open(client: str, common: str, options: Sequence[str]) -> bool:
    """Whether a client such as `192.0.2.0/24(rw,no_root_squash)` is everybody, or has one of the options."""
    name, _, own = client.partition("(")
    return name in EVERYBODY or bool(set(re.split(r"[-,() ]+", f"{common},{own}")) & set(options))


def _samba(host: Host) -> list[str]:
    """The configuration as Samba computes it, which has a global part at least."""
    rows = lines(output(host, COMMANDS["samba_guests"]))
    if "[global]" not in rows:
        raise NotReadableError(COMMANDS["samba_guests"], text("verdict.watch.empty"))
    return rows


def _guests(rows: Sequence[str]) -> Iterator[str]:
    """The shares of Samba that take guests."""
    share, what = "", text("verdict.watch.share")
    for row in rows:
        name, _, value = (part.strip().lower() for part in row.partition("="))
        if row.startswith("["):
            share = row
        elif name in ("guest ok", "public", "guest only") and value in YES:
            yield f"{what} {share} {row}"
