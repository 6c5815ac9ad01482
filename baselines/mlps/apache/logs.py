"""What Apache logs, and what its records say."""

from collections.abc import Collection, Mapping

from testinfra.host import Host

from anwei.baseline.verdict import Verdict
from baselines.mlps.apache.instances import VirtualHost, instances
from baselines.mlps.apache.syntax import Setting
from baselines.mlps.web.seen import Seen

COMMON = '%h %l %u %t "%r" %>s %b'
NOWHERE = "/dev/null"


def access_log(host: Host, *, levels: Collection[str]) -> Verdict:
    """Every virtual host logs requests and errors."""
    seen = Seen()
    for one in instances(host):
        for each in one.hosts:
            seen.add(_requests(each))
            seen.add(_errors(each, levels))
    return seen.verdict("CustomLog, ErrorLog")


def log_format(host: Host, *, fields: Mapping[str, Collection[str]]) -> Verdict:
    """The records say when, from where, who, what was asked, and with what result."""
    seen = Seen()
    for one in instances(host):
        for each in one.hosts:
            for log in _logs(each):
                seen.add(_format(each, log, fields))
    return seen.verdict("LogFormat")


def _logs(host: VirtualHost) -> list[Setting]:
    """The logs of requests of a virtual host that lead somewhere."""
    rows = [*host.effective("customlog", "transferlog"), *host.instance.main("globallog")]
    return [each for each in rows if each.words and each.words[0] != NOWHERE]


def _requests(host: VirtualHost) -> Seen:
    """The log of requests of one virtual host. One with a condition may leave out what matters."""
    written = _logs(host)
    row = f"{host} {'; '.join(f'{each.name} {each.text}' for each in written) or 'CustomLog -'}"
    if not written:
        return Seen(bad=[row])
    if all(not each.sure or each.words[-1].lower().startswith(("env=", "expr=")) for each in written):
        return Seen(odd=[row])
    return Seen(good=[row])


def _errors(host: VirtualHost, levels: Collection[str]) -> Seen:
    """The log of errors of one virtual host; without LogLevel it takes warnings."""
    words = host.value("loglevel", "warn").lower().split()
    level = next((each for each in words if ":" not in each), "warn")
    file = host.value("errorlog", "(default)")
    seen = Seen()
    seen.put(f"{host} ErrorLog {file} LogLevel {level}", good=level in levels and file != NOWHERE)
    return seen


def _format(host: VirtualHost, log: Setting, fields: Mapping[str, Collection[str]]) -> Seen:
    """The format of one log: named, or written out; without one it is the common format or the last nameless one."""
    formats = [each for each in host.instance.all("logformat") if each.words]
    named = {each.words[1]: each.words[0] for each in formats if each.words[1:]}
    nameless = [each.words[0] for each in formats if not each.words[1:]]
    name = log.words[1] if log.words[1:] and log.name != "transferlog" else ""
    format_ = named.get(name, name if "%" in name else "") if name else (nameless or [COMMON])[-1]
    if not format_:
        return Seen(odd=[f"{host} {log.name} {log.text}"])
    missing = [field for field, words in fields.items() if not any(word in format_ for word in words)]
    return (
        Seen(bad=[f"{name} {format_}: - {', '.join(missing)}"]) if missing else Seen(good=[f"{name} {format_}".strip()])
    )
