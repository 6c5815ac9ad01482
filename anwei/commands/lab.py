"""`anwei lab`: the embedded estate."""

import argparse
import os
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from anwei.errors import Exit
from anwei.report.table import table
from anwei.telling import in_json
from anwei.texts import text
from lab import lifecycle
from lab.place import Place

if TYPE_CHECKING:
    Nouns = argparse._SubParsersAction[argparse.ArgumentParser]


def add_parser(nouns: "Nouns") -> None:
    """Add the words of `anwei lab`."""
    verbs = nouns.add_parser("lab", help=text("lab.help.lab")).add_subparsers(required=True, metavar="VERB")

    up = verbs.add_parser("up", help=text("lab.help.up"))
    up.add_argument("names", nargs="*", metavar="HOST", help=text("lab.help.names"))
    up.add_argument("--hosts", type=int, metavar="N", help=text("lab.help.hosts"))
    up.set_defaults(run=_up)

    down = verbs.add_parser("down", help=text("lab.help.down"))
    down.set_defaults(run=_down)

    status = verbs.add_parser("status", help=text("lab.help.status"))
    status.set_defaults(run=_status)

    ssh = verbs.add_parser("ssh", help=text("lab.help.ssh"))
    ssh.add_argument("host", metavar="HOST")
    ssh.add_argument("command", nargs=argparse.REMAINDER, metavar="COMMAND")
    ssh.set_defaults(run=_ssh)

    for verb in (up, down, status):
        verb.add_argument("--json", action="store_true", help=text("lab.help.json"))


def _up(arguments: argparse.Namespace) -> int:
    """Start the lab."""
    result = lifecycle.up(Place.of_checkout(), arguments.names, arguments.hosts, _progress)
    for error in result.failed.values():
        print(error, file=sys.stderr)
    for base, hosts in result.left_out.items():
        print(text("lab.left_out", base=base, hosts=", ".join(hosts)), file=sys.stderr)
    if arguments.json:
        hosts_up = [asdict(host) for host in result.hosts]
        print(in_json({"hosts": hosts_up, "left_out": result.left_out, "seconds": round(result.seconds, 2)}))
    else:
        print(text("lab.up", count=len(result.hosts), seconds=result.seconds))
    return Exit.NEEDS_PERSON if result.failed else Exit.GOOD


def _down(arguments: argparse.Namespace) -> int:
    """Take the lab away."""
    lifecycle.down(Place.of_checkout())
    if arguments.json:
        print(in_json({"hosts": []}))
    else:
        print(text("lab.down"))
    return Exit.GOOD


def _status(arguments: argparse.Namespace) -> int:
    """Say how the lab is."""
    hosts = lifecycle.status(Place.of_checkout())
    if arguments.json:
        print(in_json({"hosts": hosts}))
    elif hosts:
        columns = ("name", "base", "address", "connection")
        rows = [[*(str(host[column]) for column in columns), text(f"lab.{host['state']}")] for host in hosts]
        print(table([[text(f"lab.{column}") for column in (*columns, "state")], *rows]))
    else:
        print(text("lab.none"))
    return Exit.GOOD if all(host["state"] == "running" for host in hosts) else Exit.FINDINGS


def _ssh(arguments: argparse.Namespace) -> int:
    """Become ssh."""
    words = lifecycle.ssh_words(Place.of_checkout(), arguments.host, arguments.command)
    os.execvp(words[0], words)


def _progress(line: str) -> None:
    """Show what long work is doing, away from the answer."""
    print(line, file=sys.stderr, flush=True)
