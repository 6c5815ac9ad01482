"""One request in, one answer out: `python /var/lib/anwei/hostkit/<digest>` reads JSON and prints JSON.

For the dead-man and the engineer at the console there is also `back CHANGE [--over] [--booting]`.
"""

import sys

from hostkit import document, verbs
from hostkit.compat import canonical, native, octets
from hostkit.host import Host
from hostkit.refusal import Refusal, Refusals, told
from hostkit.store import Store

MYPY = False
if MYPY:
    from typing import Any, Dict, Tuple

# As the control node's command has them.
GOOD, REFUSED, RETURNED, NEEDS_PERSON = 0, 2, 4, 5


def main(request, root="/"):
    # type: (bytes, str) -> Tuple[str, int]
    """Answer one request; the answer as JSON, and the exit status."""
    try:
        asked = document.loads(request)
        document.check(asked)
    except Refusals as refusals:
        return canonical(_answer(refusals=[one.as_dict() for one in refusals.refusals])), REFUSED
    return perform(asked, Host(root))


def perform(asked, host):
    # type: (Dict[str, Any], Host) -> Tuple[str, int]
    """Carry out a request that was checked. What is refused here was refused before anything was written."""
    try:
        answer = _answer(**verbs.VERBS[asked["verb"]](host, Store(host), asked))
    except Refusals as refusals:
        answer = _answer(refusals=[one.as_dict() for one in refusals.refusals])
    except Refusal as refusal:
        answer = _answer(refusals=[refusal.as_dict()])
    except EnvironmentError as error:  # of the store itself: a disk that fails, say
        answer = _answer(failure=told(error).as_dict())
    answer["limits"] = host.limits
    return canonical(answer), _status(answer)


def _answer(**given):
    # type: (**Any) -> Dict[str, Any]
    """A whole answer: every field is there, so that nobody has to ask."""
    answer = {
        "changed": False, "changes": [], "limits": [], "kept": [], "conflicts": [], "refusals": [], "failure": None,
        "failures": [], "returned": False, "change": "", "undo": "", "deadline": 0, "confirmation": "",
        "fingerprint": "", "document": {}, "kept_changes": [], "plan": "", "release": "", "former": "", "now": "",
    }  # type: Dict[str, Any]  # fmt: skip
    answer.update(given)
    answer["ok"] = not (answer["refusals"] or answer["failure"] or answer["conflicts"])
    return answer


def _status(answer):
    # type: (Dict[str, Any]) -> int
    """The exit status that an answer means."""
    if answer["refusals"]:
        return REFUSED
    if answer["failure"]:
        return RETURNED if answer["returned"] else NEEDS_PERSON
    return NEEDS_PERSON if answer["conflicts"] else GOOD


def run():
    # type: () -> int
    """As a program; the short form `back CHANGE [--over] [--booting]` is for a person."""
    words = sys.argv[1:]
    if words[:1] == ["back"] and words[1:]:
        asked = {"verb": "back", "change": words[1], "over": "--over" in words, "key": ""}
        answer, status = perform(asked, Host(booting="--booting" in words))
    elif words:
        sys.stderr.write("back CHANGE [--over] [--booting]\n")
        return REFUSED
    else:
        answer, status = main(octets(getattr(sys.stdin, "buffer", sys.stdin).read()))
    sys.stdout.write(native(answer) + "\n")
    return status


if __name__ == "__main__":
    sys.exit(run())
