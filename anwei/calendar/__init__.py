"""When a change may run: its window, the estate's frozen periods, and working days in China.

Everything here is a function of its arguments; what time it is now is one of them.
"""

from anwei.calendar.freezes import frozen, touched
from anwei.calendar.reasons import Reason, reasons
from anwei.calendar.window import Window, problems, said, zone
from anwei.calendar.workdays import UnknownDayError, is_workday

__all__ = [
    "Reason",
    "UnknownDayError",
    "Window",
    "frozen",
    "is_workday",
    "problems",
    "reasons",
    "said",
    "touched",
    "zone",
]
