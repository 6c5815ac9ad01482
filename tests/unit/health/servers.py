"""Real servers on loopback, good ones and broken ones, and the certificates that they show."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

PAGE = "<p>公共资源交易中心 服务正常</p>"
SECRET = "session=4f1c-not-for-anybody"  # noqa: S105  # planted, to be searched for
PATHS: dict[str, tuple[int, bytes]] = {
    "/": (200, f"{PAGE}<!-- {SECRET} -->".encode()),
    "/gbk": (200, PAGE.encode("gb18030")),
    "/bad": (502, SECRET.encode()),
    "/none": (204, b""),
    "/login?next=%2F": (200, PAGE.encode()),
    "/%E9%A1%B5": (200, b"quoted"),
    "/long": (200, b"x" * 3_000_000 + PAGE.encode()),
}
Serve = Callable[[socket.socket], None]


class Pages(BaseHTTPRequestHandler):
    """The pages above; anything else leads to the first one."""

    def do_GET(self) -> None:
        status, body = PATHS.get(self.path, (302, b""))
        self.server.asked.append(self.headers["Host"])  # type: ignore[attr-defined]
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            return

    def log_message(self, *_words: Any) -> None:
        """Say nothing."""


class Silent(ThreadingHTTPServer):
    """A server that keeps to itself what goes wrong with a client."""

    daemon_threads = True

    def handle_error(self, *_words: Any) -> None:
        """Say nothing."""


@contextmanager
def pages(context: ssl.SSLContext | None = None) -> Iterator[ThreadingHTTPServer]:
    """An HTTP server, with TLS where a context is given."""
    server = Silent(("127.0.0.1", 0), Pages)
    server.asked = []  # type: ignore[attr-defined]
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def listening(serve: Serve) -> Iterator[int]:
    """The port of a server that does `serve` with each connection."""
    listener = socket.create_server(("127.0.0.1", 0))

    def one(connection: socket.socket) -> None:
        with connection:
            try:
                serve(connection)
            except OSError:
                return

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=one, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def says(words: bytes) -> Serve:
    """Serve `words`, whatever is asked, and hang up."""

    def serve(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(words)

    return serve


def drips(first: bytes = b"", drop: bytes = b"x") -> Serve:
    """Serve one byte after the other for ever."""

    def serve(connection: socket.socket) -> None:
        connection.sendall(first)
        while True:
            connection.sendall(drop)
            time.sleep(0.05)

    return serve


def is_silent(connection: socket.socket) -> None:
    """Take the connection and never answer."""
    while connection.recv(4096):
        pass


def certificate(folder: Path, days: float, name: str = "inner.example.gov") -> Path:
    """A self-signed certificate with its key, for a name and this machine, that lasts so many days."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"{name} {days}")])
    end = datetime.now(UTC) + timedelta(days=days)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(end - timedelta(days=400))
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName(name)]), False
        )
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    page = folder / f"{days}.pem"
    page.write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    return page


def shows(page: Path) -> ssl.SSLContext:
    """A TLS server's side with that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(page)
    return context
