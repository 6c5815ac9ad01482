"""How work ends for who asked for it: one message and one exit status, whatever went wrong."""

import json
import sys
import traceback
from collections.abc import Callable

from anwei.errors import AnweiError, Exit, Failure


def told(work: Callable[[], int], *, as_json: bool) -> int:
    """Do the work; errors become one message and the exit status of their kind."""
    try:
        return int(work())
    except AnweiError as error:
        show(error, as_json=as_json)
        return int(error.exit_status)
    except KeyboardInterrupt:
        return int(Exit.NEEDS_PERSON)
    except Exception as error:  # a defect: the traceback is for the maintainers, the message for who met it
        traceback.print_exc()
        show(Failure("AW-internal", error=repr(error)), as_json=as_json)
        return int(Exit.NEEDS_PERSON)


def in_json(answer: object) -> str:
    """An answer for a machine."""
    return json.dumps(answer, ensure_ascii=False, indent=2)


def show(error: AnweiError, *, as_json: bool) -> None:
    """Print an error for a person, or for a machine."""
    if as_json:
        print(in_json({"error": error.as_dict()}))
    else:
        print(error, file=sys.stderr)
