"""How hostkit says no: one class, a stable reason, and the values that explain it.

The sentences stand on the control node (`anwei/texts`, `hostkit.<reason>`): here are only words that never change.
"""

import os
import sys

MYPY = False
if MYPY:
    from typing import Any, Dict


class Refusal(Exception):
    """Something will not be done, or failed: which item, for what reason, with which values.

    Values must hold no secret: they leave the host.
    """

    def __init__(self, reason, item="", **values):
        # type: (str, str, **Any) -> None
        Exception.__init__(self, reason)
        self.reason = reason
        self.item = item
        self.values = values

    def __str__(self):
        # type: () -> str
        words = ["%s=%s" % pair for pair in sorted(self.values.items())]
        return " ".join(word for word in [self.item + ":" if self.item else "", self.reason] + words if word)

    def as_dict(self):
        # type: () -> Dict[str, Any]
        """For the answer to the control node."""
        return {"reason": self.reason, "item": self.item, "values": self.values}


def told(error, item=""):
    # type: (Exception, str) -> Refusal
    """Any error as the refusal of an item. Of one that nobody thought of the place is told: it may quote secrets."""
    if isinstance(error, Refusal):
        error.item = error.item or item
        return error
    trace = sys.exc_info()[2]
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = "%s:%d" % (os.path.basename(trace.tb_frame.f_code.co_filename), trace.tb_lineno) if trace else "?"
    words = getattr(error, "strerror", None) or "%s (%s)" % (error.__class__.__name__, place)
    return Refusal("system-error", item, words=words)


class Refusals(Exception):
    """Several refusals at once: everything that is wrong with a document, so that it is mended once."""

    def __init__(self, refusals):
        # type: (list[Refusal]) -> None
        Exception.__init__(self, "; ".join(str(one) for one in refusals))
        self.refusals = refusals
