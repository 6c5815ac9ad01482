"""`anwei host`: the changes that hosts keep, taking one back, and leaving nothing behind."""

import argparse
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from anwei.errors import Exit, Failure
from anwei.estate import Estate, load_estate
from anwei.evidence.reasons import Unreachable
from anwei.reach.playing import play
from anwei.telling import in_json
from anwei.texts import text

if TYPE_CHECKING:
    Nouns = argparse._SubParsersAction[argparse.ArgumentParser]

PLAYBOOKS = {"clean": "host_clean", "changes": "host_changes", "back": "rollback"}
ENDINGS = {"runner_on_ok": {}, "runner_on_failed": {"failed": True}, "runner_on_unreachable": {"unreachable": True}}

Results = dict[str, Mapping[str, Any]]


def add_parser(nouns: "Nouns") -> None:
    """The words of `anwei host`."""
    verbs = nouns.add_parser("host", help=text("host.help")).add_subparsers(required=True, metavar="VERB")
    for name in PLAYBOOKS:
        verb = verbs.add_parser(name, help=text(f"host.verb.{name}"))
        if name == "back":
            verb.add_argument("change", metavar="CHANGE", help=text("host.change"))
            verb.add_argument("--over", action="store_true", help=text("host.over"))
        verb.add_argument("--estate", default="lab", metavar="ESTATE", help=text("host.estate"))
        verb.add_argument("--limit", default="all", metavar="PATTERN", help=text("host.limit"))
        verb.add_argument("--json", action="store_true", help=text("host.json"))
        verb.set_defaults(run=_run, verb=name)


def _run(arguments: argparse.Namespace) -> int:
    """Play the verb's playbook, and say what each host answered."""
    values = {"anwei_change": arguments.change, "anwei_over": arguments.over} if arguments.verb == "back" else {}
    results = _results(PLAYBOOKS[arguments.verb], load_estate(arguments.estate), arguments.limit, values)
    if arguments.json:
        print(in_json(results))
    else:
        for host, result in results.items():
            said = _said(arguments.verb, result)
            print(text("host.row", host=host, said=said), file=sys.stderr if _bad(result) else sys.stdout)
    return Exit.NEEDS_PERSON if any(_bad(result) for result in results.values()) else Exit.GOOD


def _results(playbook: str, estate: Estate, pattern: str, values: Mapping[str, Any]) -> Results:
    """What Ansible brought from each chosen host; one that never answered has failed."""
    hosts = [host.name for host in estate.select(pattern)]
    found: Results = {}

    def note(event: str, host: str, result: Mapping[str, Any]) -> None:
        """Keep the end of a host's task."""
        if event in ENDINGS:
            kept = {name: value for name, value in result.items() if not name.startswith("_ansible")}
            # Which ending it was stands in the event: not every release repeats it in the result.
            found[host] = {**kept, **ENDINGS[event]}

    last_words = play(playbook, estate.path, hosts, values, note)
    if not found:
        raise Failure("AW-host-engine", where=str(estate.path), details=last_words)
    silent = {"failed": True, "msg": text("host.silent")}
    return {host: found.get(host, silent) for host in hosts}


def _bad(result: Mapping[str, Any]) -> bool:
    """Whether a host did not do what it was asked to."""
    return bool(result.get("failed") or result.get("unreachable"))


def _said(verb: str, result: Mapping[str, Any]) -> str:
    """A host's result in words."""
    if result.get("unreachable"):
        return str(Unreachable.because(str(result.get("msg", ""))))
    if _bad(result) or verb == "back":
        return str(result.get("msg", ""))
    if verb == "clean":
        return text("host.cleaned" if result.get("changed") else "host.was-clean")
    return "\n    ".join(_change(each) for each in result["changes"]) or text("host.no-changes")


def _change(change: Mapping[str, Any]) -> str:
    """One kept change in a line."""
    armed = text("host.armed") if change["armed"] else ""
    return text("host.one-change", **{**change, "armed": armed})
