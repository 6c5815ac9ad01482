"""The checks that the control node makes over the network: http, tcp and tls.

A try ends at its time limit whatever the other side does; nothing of what it sends gets into a result.
"""

import http.client
import socket
import ssl
import string
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from math import ceil
from urllib.parse import SplitResult, quote, urlsplit

from cryptography import x509

from anwei.health.checks import Check
from anwei.texts import text

Outcome = tuple[bool, str]

MOST_BYTES = 1_000_000
PORTS = {"http": 80, "https": 443}
ENCODINGS = ("utf-8", "gb18030")
SOON = 14
# First match wins: the special before the general.
CAUSES: tuple[tuple[type[Exception], str], ...] = (
    (TimeoutError, "too-slow"),
    (ConnectionRefusedError, "refused"),
    (ConnectionError, "closed"),
    (socket.gaierror, "name-unknown"),
    (ssl.SSLCertVerificationError, "not-trusted"),
    (ssl.SSLError, "no-tls"),
    (http.client.HTTPException, "no-answer"),
    (Exception, "failed"),
)


def attempt(check: Check, seconds: float) -> Outcome:
    """Make a check once, within so many seconds: whether it is good, and a sentence that says how it went."""
    try:
        return KINDS[check.type](check, seconds)
    except (OSError, http.client.HTTPException, ValueError) as error:  # ValueError: a name or certificate unreadable
        return False, _why(error, seconds)


def _why(error: Exception, seconds: float) -> str:
    """What went wrong, in our words; the other side's own are not repeated."""
    key = next(key for kind, key in CAUSES if isinstance(error, kind))
    words = (getattr(error, name, None) for name in ("verify_message", "reason", "strerror"))
    return text(f"health.{key}", seconds=ceil(seconds), reason=next(filter(None, words), type(error).__name__))


def _tcp(check: Check, seconds: float) -> Outcome:
    """Something listens."""
    with _connected(check.values["address"], check.values["port"], seconds):
        return True, text("health.listens")


def _tls(check: Check, seconds: float) -> Outcome:
    """The certificate is good, and lasts."""
    values = check.values
    with _connected(values["address"], values["port"], seconds) as raw:
        context = _context(verify=values.get("verify", True))
        with context.wrap_socket(raw, server_hostname=values.get("name", values["address"])) as secured:
            certificate = x509.load_der_x509_certificate(secured.getpeercert(binary_form=True) or b"")
    left = (certificate.not_valid_after_utc - datetime.now(UTC)).days
    if left < 0:
        return False, text("health.expired", date=f"{certificate.not_valid_after_utc:%Y-%m-%d}")
    wanted = values.get("days", SOON)
    return left >= wanted, text("health.lasts" if left >= wanted else "health.ends-soon", left=left, wanted=wanted)


def _http(check: Check, seconds: float) -> Outcome:
    """The page comes with the status, and holds the text. Redirects are answers like any other."""
    url = urlsplit(check.values["url"])
    host, port = url.hostname or "", url.port or PORTS[url.scheme]
    with _connected(host, port, seconds) as raw:
        connection = http.client.HTTPConnection(host, port)
        connection.sock = raw
        if url.scheme == "https":
            context = _context(verify=check.values.get("verify", True))
            connection.sock = context.wrap_socket(raw, server_hostname=host)
        try:
            connection.request("GET", _target(url), headers={"Host": url.netloc, "Connection": "close"})
            return _judged(check, connection.getresponse())
        finally:
            connection.close()


def _judged(check: Check, response: http.client.HTTPResponse) -> Outcome:
    """Whether a response is as declared. The page may be in an old Chinese encoding."""
    wanted, words = check.values["status"], check.values.get("text")
    if response.status != wanted:
        return False, text("health.status-wrong", status=response.status, wanted=wanted)
    if words is None:
        return True, text("health.status", status=response.status)
    page = response.read(MOST_BYTES)
    if response.length and len(page) < MOST_BYTES:
        raise http.client.IncompleteRead(page)
    if any(words.encode(encoding) in page for encoding in ENCODINGS):
        return True, text("health.status-and-text", status=response.status)
    return False, text("health.text-missing", text=words)


@contextmanager
def _connected(address: str, port: int, seconds: float) -> Iterator[socket.socket]:
    """A connection that is cut when the time is up, also where the other side sends a byte a second for ever."""
    up = threading.Event()
    end = time.monotonic() + seconds
    with socket.create_connection((address, port), timeout=seconds) as raw, raw.dup() as handle:
        watchdog = threading.Timer(end - time.monotonic(), partial(_cut, handle, up))
        watchdog.daemon = True
        watchdog.start()
        try:
            yield raw
        except (OSError, http.client.HTTPException) as error:
            if up.is_set():
                raise TimeoutError from error
            raise
        finally:
            watchdog.cancel()
            watchdog.join()
        if up.is_set():
            raise TimeoutError


def _cut(handle: socket.socket, up: threading.Event) -> None:
    """End a connection under whoever reads from it."""
    up.set()
    try:
        handle.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _context(*, verify: bool) -> ssl.SSLContext:
    """What the other side must show. Without verification also what old inner servers can do will do."""
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
    return context


def _target(url: SplitResult) -> str:
    """What is asked for, in letters that HTTP has."""
    return quote((url.path or "/") + (f"?{url.query}" if url.query else ""), safe=string.punctuation)


KINDS: dict[str, Callable[[Check, float], Outcome]] = {"http": _http, "tcp": _tcp, "tls": _tls}
