"""What Nginx logs, and what its records say."""

from collections.abc import Collection, Mapping

from testinfra.host import Host

from anwei.baseline.verdict import Verdict
from baselines.mlps.nginx.instances import scopes
from baselines.mlps.nginx.scopes import Scope
from baselines.mlps.nginx.syntax import Directive
from baselines.mlps.web.seen import Seen

COMBINED = '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer"'
NOWHERE = ("off", "/dev/null")


def access_log(host: Host, *, levels: Collection[str]) -> Verdict:
    """Every server logs requests and errors. One location without a log is for a person: it may be of no matter."""
    seen = Seen()
    for scope in scopes(host):
        if scope.directive.name == "server":
            seen.add(_requests(scope, wide=True))
            seen.add(_errors(scope, levels))
        elif scope.directive.name != "http" and scope.own("access_log"):
            seen.add(_requests(scope, wide=False))
    return seen.verdict("access_log, error_log")


def log_format(host: Host, *, fields: Mapping[str, Collection[str]]) -> Verdict:
    """The records say when, from where, what was asked, and with what result."""
    seen = Seen()
    for scope in scopes(host):
        if scope.directive.name == "server" or scope.own("access_log"):
            for each in scope.effective("access_log") or [Directive("access_log", ("default",))]:
                if each.words and each.words[0] not in NOWHERE:
                    seen.add(_format(scope, each, fields))
    return seen.verdict("log_format")


def _requests(scope: Scope, *, wide: bool) -> Seen:
    """The log of requests of one block."""
    rows = scope.effective("access_log")
    written = [each for each in rows if each.words and each.words[0] not in NOWHERE]
    row = f"{scope} access_log {', '.join(each.text for each in rows) or '(default)'}"
    if rows and not written:
        return Seen(bad=[row]) if wide else Seen(odd=[row])
    if written and all(any(word.startswith("if=") for word in each.words) for each in written):
        return Seen(odd=[row])
    return Seen(good=[row])


def _errors(scope: Scope, levels: Collection[str]) -> Seen:
    """The log of errors of one server: at least one that takes errors. Without a level it takes errors and worse."""
    rows = scope.effective("error_log")
    good = [each for each in rows if each.words[0] not in NOWHERE and (each.words[1:2] or ("error",))[0] in levels]
    seen = Seen()
    seen.put(f"{scope} error_log {', '.join(each.text for each in rows) or '(default)'}", good=bool(good) or not rows)
    return seen


def _format(scope: Scope, log: Directive, fields: Mapping[str, Collection[str]]) -> Seen:
    """The format of one log."""
    options = ("buffer=", "flush=", "gzip", "if=")
    name = next((word for word in log.words[1:] if not word.startswith(options)), "combined")
    defined = {each.words[0]: " ".join(each.words[1:]) for each in _formats(scope) if each.words}
    format_ = defined.get(name, COMBINED if name == "combined" else "")
    if not format_:
        return Seen(odd=[f"{scope} {name}"])
    missing = [field for field, words in fields.items() if not any(word in format_ for word in words)]
    return Seen(bad=[f"{name} {format_}: - {', '.join(missing)}"]) if missing else Seen(good=[f"{name} {format_}"])


def _formats(scope: Scope) -> list[Directive]:
    """The formats that http defines."""
    return [each for one in (scope, *scope.around) for each in one.own("log_format")]
