"""A front end that others reach the reference server by: a forward proxy, with TLS or without.

Whatever host a request is for, it is the server behind that answers; so a target can have
the name of another machine.  A tunnel that a client asks for ends here, with a certificate.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def front_of(port: int, trust: ssl.SSLContext) -> Iterator[str]:
    """Serve in front of a server of this machine; yields what to set as ``http_proxy``."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_serve, args=(listener, port, trust), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def _serve(listener: socket.socket, port: int, trust: ssl.SSLContext) -> None:
    with contextlib.suppress(OSError):
        while True:
            client, _ = listener.accept()
            threading.Thread(target=_pass_on, args=(client, port, trust), daemon=True).start()


def _pass_on(client: socket.socket, port: int, trust: ssl.SSLContext) -> None:
    with contextlib.suppress(OSError), contextlib.ExitStack() as open_ones:
        open_ones.enter_context(client)
        head = client.recv(65_536)
        if head.startswith(b"CONNECT "):
            client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            client, head = open_ones.enter_context(trust.wrap_socket(client, server_side=True)), b""
        server = open_ones.enter_context(socket.create_connection(("127.0.0.1", port)))
        server.sendall(head)
        threading.Thread(target=_copy, args=(server, client), daemon=True).start()
        _copy(client, server)


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
