"""`anwei trust`: who may approve changes, and how that is changed."""

import argparse
import difflib
import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from anwei.approval import trust, trust_changes
from anwei.approval.model import Trust
from anwei.approval.trust_changes import Proposal
from anwei.errors import Exit
from anwei.estate.problems import listed
from anwei.report.table import table
from anwei.telling import in_json
from anwei.texts import text

if TYPE_CHECKING:
    Nouns = argparse._SubParsersAction[argparse.ArgumentParser]


def add_parser(nouns: "Nouns") -> None:
    """The words of `anwei trust`."""
    verbs = nouns.add_parser("trust", help=text("trust.help")).add_subparsers(required=True, metavar="VERB")
    for name, run in {"show": _show, "begin": _begin, "propose": _propose, "sign": _sign, "adopt": _adopt}.items():
        verb = verbs.add_parser(name, help=text(f"trust.verb.{name}"))
        if name != "show":
            verb.add_argument("file", type=Path, metavar="FILE", help=text("trust.file"))
        if name == "sign":
            verb.add_argument("--key", type=Path, required=True, metavar="KEY", help=text("trust.key"))
        verb.add_argument("--json", action="store_true", help=text("trust.json"))
        verb.set_defaults(run=run)


def _show(arguments: argparse.Namespace) -> int:
    """Print the version in force."""
    return _answer(trust.load(real=False), as_json=arguments.json)


def _begin(arguments: argparse.Namespace) -> int:
    """Put the first version into force."""
    return _answer(trust_changes.begin(arguments.file), as_json=arguments.json)


def _adopt(arguments: argparse.Namespace) -> int:
    """Put a signed version into force."""
    return _answer(trust_changes.adopt(arguments.file), as_json=arguments.json)


def _sign(arguments: argparse.Namespace) -> int:
    """Sign a version."""
    page = trust_changes.sign(arguments.file, arguments.key)
    if arguments.json:
        print(in_json({"signature": str(page)}))
    else:
        print(text("trust.signed", page=page))
    return Exit.GOOD


def _propose(arguments: argparse.Namespace) -> int:
    """Say what a new version changes, who has signed it, and what is still needed."""
    proposal = trust_changes.propose(arguments.file)
    if arguments.json:
        print(in_json(_plain_proposal(proposal)))
        return Exit.GOOD
    print(text("trust.proposed", version=proposal.before.version + 1, digest=proposal.trust.digest))
    print(*_differences(proposal), sep="\n")
    signed = listed(approver.name for approver in proposal.signatures.good) or "-"
    print(text("trust.signatures", signed=signed, count=proposal.before.changing, missing=proposal.missing))
    for said in proposal.signatures.useless:
        print(f"  {said}")
    file = shlex.quote(str(arguments.file))
    print(text("trust.to-sign" if proposal.missing else "trust.to-adopt", file=file))
    return Exit.GOOD


def _answer(found: Trust, *, as_json: bool) -> int:
    """Print a version; a folder inside a checkout is told, as no real run will take it."""
    checkout = trust.inside(trust.folder())
    if as_json:
        print(in_json({**_plain(found), "inside": str(checkout) if checkout else None}))
        return Exit.GOOD
    print(text("trust.shown", version=found.version, digest=found.digest, folder=trust.folder()))
    rows = [[each.name, listed(each.roles), each.fingerprint] for each in found.approvers]
    print(table(rows))
    rules = trust.rules(found).items()
    print(table([[name, text("trust.count", count=rule.count), listed(rule.roles)] for name, rule in rules]))
    print(text("trust.longest", days=found.longest_days))
    for version in found.history:
        signers = listed(version.signers) or text("trust.begun")
        print(text("trust.version", number=version.number, digest=version.digest, signers=signers))
    if checkout:
        print(text("trust.inside", checkout=checkout), file=sys.stderr)
    return Exit.GOOD


def _differences(proposal: Proposal) -> list[str]:
    """The lines that differ from the version in force."""
    page = trust.folder() / f"{proposal.before.version:04}.yml"
    before, after = page.read_text(encoding="utf-8"), proposal.content.decode()
    return list(difflib.unified_diff(before.splitlines(), after.splitlines(), page.name, "", n=1, lineterm=""))


def _plain(found: Trust) -> dict[str, object]:
    """A version for a machine."""
    return {"version": found.version, **asdict(found)}


def _plain_proposal(proposal: Proposal) -> dict[str, object]:
    """A proposal for a machine."""
    return {
        "version": proposal.before.version + 1,
        "digest": proposal.trust.digest,
        "differences": _differences(proposal),
        "signed": [approver.name for approver in proposal.signatures.good],
        "useless": proposal.signatures.useless,
        "needed": proposal.before.changing,
        "missing": proposal.missing,
    }
