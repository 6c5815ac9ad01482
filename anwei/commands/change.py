"""`anwei change`: a change from its first line to its way back."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from anwei.approval.model import EMERGENCY, PURPOSES, RUN
from anwei.change import (
    actions,
    approved,
    approving,
    changefile,
    foretelling,
    launching,
    parameters,
    plan,
    plan_page,
    situation,
    verifying,
    writing,
)
from anwei.change.changefile import REHEARSAL
from anwei.change.order import Order
from anwei.change.progress import progress
from anwei.commands import change_formats
from anwei.control import planning, signed
from anwei.errors import BadInput, Exit, Refused
from anwei.estate import load_estate
from anwei.home import ROOT
from anwei.telling import in_json
from anwei.texts import text

if TYPE_CHECKING:
    Nouns = argparse._SubParsersAction[argparse.ArgumentParser]


def add_parser(nouns: "Nouns") -> None:
    """The words of `anwei change`."""
    verbs = nouns.add_parser("change", help=text("change.help.change")).add_subparsers(required=True, metavar="VERB")
    doers = {"new": _new, "plan": _plan, "verify": _verify, "approve": _approve, "rehearse": _rehearse}
    for name, run in {**doers, "run": _run, "rollback": _rollback, "show": _show}.items():
        verb = verbs.add_parser(name, help=text(f"change.help.{name}"))
        verb.set_defaults(run=run)
        verb.add_argument("--json", action="store_true", help=text("change.help.json"))
        WORDS[name](verb)


def _words_of_new(verb: argparse.ArgumentParser) -> None:
    """Which action, where, and under which name."""
    verb.add_argument("action", metavar="ACTION", help=text("change.help.action"))
    verb.add_argument("--estate", default="lab", metavar="ESTATE", help=text("change.help.estate"))
    verb.add_argument("--limit", required=True, metavar="PATTERN", help=text("change.help.limit"))
    verb.add_argument("--id", default="", metavar="CHANGE", help=text("change.help.id"))


def _words_of_verify(verb: argparse.ArgumentParser) -> None:
    """Which changes, and in which forms the result is wanted."""
    verb.add_argument("changes", nargs="*", metavar="CHANGE", help=text("change.help.changes"))
    verb.add_argument("--format", default="terminal", metavar="FORMS", help=text("change.help.format"))
    verb.add_argument("--out", type=Path, metavar="DIR", help=text("change.help.out"))


def _words_of_approve(verb: argparse.ArgumentParser) -> None:
    """With which key, and for what."""
    _one_change(verb)
    verb.add_argument("--key", type=Path, required=True, metavar="KEY", help=text("change.help.key"))
    verb.add_argument("--for", dest="purpose", choices=PURPOSES, default="", help=text("change.help.for"))
    verb.add_argument("--note", default="", metavar="WORDS", help=text("change.help.note"))


def _words_of_rollback(verb: argparse.ArgumentParser) -> None:
    """How much is taken back."""
    _limited(verb)
    verb.add_argument("--over", action="store_true", help=text("change.help.over"))
    verb.add_argument("--rehearsal", action="store_true", help=text("change.help.rehearsal"))


def _limited(verb: argparse.ArgumentParser) -> None:
    """One change, on some of its hosts."""
    _placed(verb)
    verb.add_argument("--limit", default="all", metavar="PATTERN", help=text("change.help.limit"))


def _placed(verb: argparse.ArgumentParser) -> None:
    """One change, which may lie in another checkout than the program."""
    _one_change(verb)
    verb.add_argument("--checkout", type=Path, metavar="DIR", help=text("control.help.checkout"))


def _one_change(verb: argparse.ArgumentParser) -> None:
    """One change."""
    verb.add_argument("change", metavar="CHANGE", help=text("change.help.id"))


WORDS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "new": _words_of_new,
    "plan": _placed,
    "verify": _words_of_verify,
    "approve": _words_of_approve,
    "rehearse": _limited,
    "run": _limited,
    "rollback": _words_of_rollback,
    "show": _placed,
}


def _new(arguments: argparse.Namespace) -> int:
    """Write a change file."""
    page = writing.new(arguments.action, arguments.estate, arguments.limit, arguments.id)
    _say(arguments, "written", {"change": page.parent.name, "page": str(page)})
    return Exit.GOOD


def _plan(arguments: argparse.Namespace) -> int:
    """Ask the hosts what would be done, and write it down."""
    if arguments.checkout:
        return planning.plan(arguments.change, _checkout(arguments), as_json=arguments.json)
    change = changefile.load(arguments.change)
    estate, action = load_estate(change["estate"]), actions.named(change["action"])
    wrong = parameters.problems(action, change.parameters)
    if wrong:
        raise BadInput("AW-change-parameters", where=str(change.page), details=wrong, count=len(wrong))
    names = [host.name for host in estate.select(change["hosts"])]
    made = plan.made(change, estate, foretelling.foretell(change, estate.path, names))
    plan.save(made, change)
    page = plan_page.write(change, action, estate, made)
    _say(
        arguments,
        "planned",
        {"hosts": len(made.hosts), "left_out": len(made.left_out), "page": str(page), "digest": made.digest},
    )
    return Exit.FINDINGS if made.left_out else Exit.GOOD


def _verify(arguments: argparse.Namespace) -> int:
    """Check changes as a pull-request pipeline does."""
    names = arguments.changes or [page.parent.name for page in sorted(changefile.CHANGES.glob(f"*/{changefile.PAGE}"))]
    found = {name: verifying.verify(name) for name in names}
    forms = ["json"] if arguments.json else arguments.format.split(",")
    change_formats.show(found, forms, arguments.out)
    return Exit.GOOD if all(each.ok for findings in found.values() for each in findings) else Exit.BAD_INPUT


def _approve(arguments: argparse.Namespace) -> int:
    """Sign the statement about the plan."""
    draft = approving.draft(arguments.change, arguments.purpose, arguments.note)
    said = draft.statement
    if not arguments.json:
        print(text("change.to-sign", None, **{**said.as_dict(), "hosts": draft.hosts}))
    _confirm(draft.hosts)
    _say(arguments, "approved", {"page": str(draft.sign(arguments.key)), **said.as_dict()})
    return Exit.GOOD


def _confirm(count: int) -> None:
    """Have a person type how many hosts it is about. Nothing is asked where nobody sits."""
    if sys.stdin.isatty() and sys.stdout.isatty() and input(text("change.type-count")).strip() != str(count):
        raise Refused("AW-approval-not-given")


def _rehearse(arguments: argparse.Namespace) -> int:
    """Run the change on the rehearsal group, from the commit that at least one approver signed."""
    return _launch(arguments, "rehearse", _signed(arguments), rehearsal=True)


def _run(arguments: argparse.Namespace) -> int:
    """Run an approved change from the commit that was signed."""
    return _launch(arguments, "run", _signed(arguments))


def _rollback(arguments: argparse.Namespace) -> int:
    """Take back what a run did, with the code that did it."""
    name = changefile.demand_name(arguments.change) + REHEARSAL * arguments.rehearsal
    commit = progress(situation.entries(name)).commit
    if not commit:
        raise BadInput("AW-rollback-nothing", change=name)
    return _launch(arguments, "rollback", commit, over=arguments.over, rehearsal=arguments.rehearsal)


def _launch(arguments: argparse.Namespace, verb: str, commit: str, **options: bool) -> int:
    """Hand the order to the runner, once it is signed: the gate of a commit is itself part of what it judges."""
    order = Order(
        verb=verb,
        change=arguments.change,
        by=launching.asking_account(),
        checkout=str(_checkout(arguments)),
        commit=commit,
        limit=arguments.limit,
        json=arguments.json,
        **options,
    )
    signed.demand(order)
    return launching.launch(order)


def _signed(arguments: argparse.Namespace) -> str:
    """The commit that the statements beside a change name."""
    change = changefile.load(arguments.change, _checkout(arguments) / "changes")
    commit = approved.commit_of(change.folder, (RUN, EMERGENCY))
    if not commit:
        raise Refused("AW-gate-unsigned", where=str(change.folder), change=change.id)
    return commit


def _checkout(arguments: argparse.Namespace) -> Path:
    """Where the changes lie: beside the program, or where it is told."""
    return Path(arguments.checkout).resolve() if arguments.checkout else ROOT


def _show(arguments: argparse.Namespace) -> int:
    """Say how far a change is."""
    about = change_formats.state_of(changefile.load(arguments.change, _checkout(arguments) / "changes"))
    print(in_json(asdict(about)) if arguments.json else change_formats.state_text(about))
    return Exit.GOOD


def _say(arguments: argparse.Namespace, key: str, about: dict[str, object]) -> None:
    """The result, for a person or a machine."""
    print(in_json(about) if arguments.json else text(f"change.said.{key}", None, **about))
