"""Until when certificates are good, by the clock of their host."""

import re
import ssl
from collections.abc import Iterable

from testinfra.host import Host

from baselines.mlps.reading import lines
from baselines.mlps.web.files import askable
from baselines.mlps.web.learnt import ask
from baselines.mlps.web.seen import Seen

DAY = 86400


def certificates(host: Host, command: str, paths: Iterable[str], *, min_days: int) -> Seen:
    """Each certificate is good for some days more. The command prints the clock, then file and end of each."""
    clear, odd = askable(paths)
    seen = Seen(odd=list(odd))
    rows = lines(ask(host, command, " ".join(clear))) if clear else ["now 0"]
    now = int(rows[0].removeprefix("now "))
    ends = {found[1]: found[2] for row in rows if (found := re.fullmatch(r"(/\S+) notAfter=(.+)", row))}
    for path in clear:
        days = _days(ends[path], now) if path in ends else None
        if days is None:
            seen.odd.append(path)
        else:
            seen.put(f"{path} notAfter={ends[path]}", good=days >= min_days)
    return seen


def _days(end: str, now: int) -> int | None:
    """How many days are left; nothing where the date is in no known form."""
    try:
        return int(ssl.cert_time_to_seconds(end) - now) // DAY
    except ValueError:
        return None
