"""Servers on loopback that answer as no server should: a function per connection."""

from __future__ import annotations

import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import trustme


@dataclass
class Server:
    """A listening server; what it was asked, and how much it could send."""

    url: str
    asked: list[bytes] = field(default_factory=list)
    sent: int = 0
    closing: threading.Event = field(default_factory=threading.Event)

    def ask(self, connection: socket.socket) -> bytes:
        """The next request; empty when the client has gone."""
        request, wanted = b"", 1
        while len(request) < wanted:
            more = connection.recv(65_536)
            if not more:
                return b""
            request += more
            head, end, _ = request.partition(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: *(\d+)", head)
            body = int(length[1]) if length else 0
            wanted = len(head) + len(end) + body if end else len(request) + 1
        self.asked.append(request)
        return request


Behavior = Callable[[Server, socket.socket], None]


@contextmanager
def serving(behavior: Behavior, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Serve every connection by ``behavior``, each in a thread of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    scheme = "https" if tls else "http"
    server = Server(f"{scheme}://127.0.0.1:{listener.getsockname()[1]}/scim/v2")
    connections: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def serve(connection: socket.socket) -> None:
        # The client may go at any time, and refuse our certificate: that is the point.
        with suppress(OSError), connection:
            served = tls.wrap_socket(connection, server_side=True) if tls else connection
            connections.append(served)
            with served:
                behavior(server, served)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                connections.append(connection)
                threads.append(threading.Thread(target=serve, args=(connection,), daemon=True))
                threads[-1].start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield server
    finally:
        server.closing.set()
        for one in (listener, *connections):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in (acceptor, *threads):
            thread.join(timeout=5)
        for one in (listener, *connections):
            one.close()


# Behaviors ----------------------------------------------------------------------------


def answering(status: str, body: bytes = b"", *headers: str) -> Behavior:
    """Every request gets this answer."""

    def behave(server: Server, connection: socket.socket) -> None:
        while server.ask(connection):
            connection.sendall(_answer(status, body, *headers))

    return behave


def routing(routes: dict[str, bytes]) -> Behavior:
    """Each path (the end of it, before any query) has its answer; others get 404."""

    def behave(server: Server, connection: socket.socket) -> None:
        while head := server.ask(connection):
            path = head.split()[1].decode().partition("?")[0].removeprefix("/scim/v2")
            connection.sendall(routes.get(path, _answer("404 Not Found", b"{}")))

    return behave


def _answer(status: str, body: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def scim(status: str, body: bytes) -> bytes:
    """An answer in SCIM's media type, for ``routing``."""
    return _answer(status, body, "Content-Type: application/scim+json")


def hanging(server: Server, connection: socket.socket) -> None:
    """Reads the request and never answers."""
    server.ask(connection)
    server.closing.wait()


def hanging_up(server: Server, connection: socket.socket) -> None:
    """Reads the request and closes the connection."""
    server.ask(connection)


def resetting(server: Server, connection: socket.socket) -> None:
    """Reads the request and breaks the connection off."""
    server.ask(connection)
    # Closing with a linger of 0 sends RST.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def plain_only(server: Server, connection: socket.socket) -> None:
    """Does not know TLS, and answers its first bytes as web servers do."""
    server.asked.append(connection.recv(65_536))
    connection.sendall(_answer("400 Bad Request", b""))


def flooding(server: Server, connection: socket.socket) -> None:
    """Answers with 1 GiB."""
    server.ask(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/scim+json\r\n\r\n")
    piece = b" " * 65_536
    for _ in range(16_384):
        connection.sendall(piece)
        server.sent += len(piece)


def dripping(head: bytes, drop: bytes) -> Behavior:
    """Sends ``head``, and then ``drop`` again and again, and never comes to an end."""

    def behave(server: Server, connection: socket.socket) -> None:
        server.ask(connection)
        connection.sendall(head)
        while not server.closing.wait(0.05):
            connection.sendall(drop)

    return behave


# TLS ----------------------------------------------------------------------------------


def tls_of(certificate: trustme.LeafCert) -> ssl.SSLContext:
    """The server's side of TLS with ``certificate``."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    return context


def tls_self_signed(folder: Path) -> ssl.SSLContext:
    """The server's side of TLS with a certificate that vouches for itself."""
    ca = trustme.CA()
    certificate, key = folder / "self-signed.pem", folder / "self-signed.key"
    ca.cert_pem.write_to_path(certificate)
    ca.private_key_pem.write_to_path(key)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context
