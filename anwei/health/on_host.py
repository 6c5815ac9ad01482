"""The checks that a host makes of itself: one POSIX sh text each, and what its answer means.

They need what old hosts have: `systemctl` or `service`, `curl` for http, bash for tcp, the database's own client.
Pages and answers of databases stay on the host as far as that can be; none of it gets into a result.
"""

import re
import shlex
from collections.abc import Callable

from anwei.evidence.script import Answer
from anwei.health.checks import Check
from anwei.health.network import ENCODINGS, MOST_BYTES, Outcome
from anwei.texts import text

NOT_FOUND = 127
# systemd's own word where it runs; what is installed but does not run has none, and SysV's tool is asked.
SERVICE = """\
state=$(systemctl is-active -- {name} 2>/dev/null)
status=$?
[ -n "$state" ] || exec service {name} status
printf '%s\\n' "$state"
exit $status"""
STATES = re.compile(r"[a-z-]+")
TCP = "bash -c 'exec 3<>\"/dev/tcp/$1/$2\"' bash {address} {port}"
# The page goes to descriptor 3 and is only looked through; the status and what was found go to descriptor 4.
HTTP = """\
{{
    {{
        {curl} 3>&1 >&4
        echo "exit=$?" >&4
    }} | head -c {most} | grep -qF {patterns} && echo found >&4
}} 4>&1
exit 0"""
CURL = "curl -q -gsS --noproxy '*' {verify}-o /dev/fd/3 -w 'status=%{{http_code}}\\n' {url}"
CURL_SAYS = {6: "name-unknown", 7: "refused", 52: "closed", 56: "closed"}
CURL_SAYS |= dict.fromkeys((51, 60), "not-trusted")
SQL = """\
client=$(command -v mariadb || command -v mysql) || exit 127
"$client" --batch --skip-column-names -e {query}"""
SQL_ERROR = re.compile(rb"ERROR (\d+)")


def command(check: Check) -> str:
    """What the host's shell is given."""
    return COMMANDS[check.type](check)


def judged(check: Check, answer: Answer | None) -> Outcome:
    """What the answer means; without one, or without its end, the check is not good."""
    if answer is None or (answer.status is None and not answer.timed_out):
        return False, text("health.lost")
    if answer.timed_out:
        return False, text("health.too-slow", seconds=check.limit)
    return VERDICTS[check.type](check, answer)


def _service(_check: Check, answer: Answer) -> Outcome:
    """Active, or what it is instead."""
    state = answer.stdout.decode(errors="replace").strip()
    if answer.status == 0:
        return True, text("health.active")
    if answer.status == NOT_FOUND:
        return _lacking("systemctl / service")
    known = state if STATES.fullmatch(state) else text("health.exit", status=answer.status)
    return False, text("health.inactive", state=known)


def _command(check: Check, answer: Answer) -> Outcome:
    """Exit status 0."""
    if answer.status == NOT_FOUND:
        return _lacking(check.values["argv"][0])
    return answer.status == 0, text("health.exit", status=answer.status)


def _sql(check: Check, answer: Answer) -> Outcome:
    """The query ran, and gave what is expected."""
    if answer.status == NOT_FOUND:
        return _lacking(check.values["engine"])
    if answer.status != 0:
        error = SQL_ERROR.search(answer.stderr)
        reason = f"ERROR {error[1].decode()}" if error else text("health.exit", status=answer.status)
        return False, text("health.query-failed", reason=reason)
    expected = check.values.get("expect")
    if expected is not None and answer.stdout.decode(errors="replace").strip() != str(expected).strip():
        return False, text("health.other-answer")
    return True, text("health.query-good")


def _tcp(_check: Check, answer: Answer) -> Outcome:
    """Something listens."""
    if answer.status == 0:
        return True, text("health.listens")
    if answer.status == NOT_FOUND:
        return _lacking("bash")
    if b"refused" in answer.stderr.lower():
        return False, text("health.refused")
    return False, text("health.failed", reason=text("health.exit", status=answer.status))


def _http(check: Check, answer: Answer) -> Outcome:
    """The page came with the status, and held the text."""
    said = dict(re.findall(rb"^(status|exit)=(\d+)$", answer.stdout, re.MULTILINE))
    status, ended, wanted = int(said.get(b"status", 0)), int(said.get(b"exit", 0)), check.values["status"]
    if ended == NOT_FOUND:
        return _lacking("curl")
    if not status:
        key = CURL_SAYS.get(ended, "failed")
        return False, text(f"health.{key}", reason=f"curl: {ended}")
    if status != wanted:
        return False, text("health.status-wrong", status=status, wanted=wanted)
    words = check.values.get("text")
    if words is None:
        return True, text("health.status", status=status)
    if b"found" not in answer.stdout.splitlines():
        return False, text("health.text-missing", text=words)
    return True, text("health.status-and-text", status=status)


def _lacking(program: str) -> Outcome:
    """The host has not the program that the check needs."""
    return False, text("health.lacking", program=program)


def _ask_page(check: Check) -> str:
    """The text that asks for a page, and looks for words in it in each encoding that pages here have."""
    words = check.values.get("text", "")
    verify = "" if check.values.get("verify", True) else "-k "
    curl = CURL.format(verify=verify, url=shlex.quote(check.values["url"]))
    patterns = " ".join(f"-e \"$(printf '{_octal(words.encode(encoding))}')\"" for encoding in ENCODINGS)
    return HTTP.format(curl=curl, most=MOST_BYTES, patterns=patterns)


def _octal(raw: bytes) -> str:
    """Bytes as every shell's printf takes them."""
    return "".join(f"\\{byte:03o}" for byte in raw)


COMMANDS: dict[str, Callable[[Check], str]] = {
    "reachable": lambda _check: ":",
    "service": lambda check: SERVICE.format(name=shlex.quote(check.values["name"])),
    "command": lambda check: shlex.join(check.values["argv"]),
    "sql": lambda check: SQL.format(query=shlex.quote(check.values["query"])),
    "tcp": lambda check: TCP.format(address=shlex.quote(check.values["address"]), port=check.values["port"]),
    "http": _ask_page,
}
VERDICTS: dict[str, Callable[[Check, Answer], Outcome]] = {
    "reachable": lambda _check, _answer: (True, text("health.reachable")),
    "service": _service,
    "command": _command,
    "sql": _sql,
    "tcp": _tcp,
    "http": _http,
}
