"""How bytes travel: straight or through a proxy, and never past the deadline of a request.

httpcore bounds each wait but not their sum, so a target that sends one byte every
few seconds, or one interim answer after the other, would hold the suite for
hours.  Here every wait of a request ends when the request's time is up.
"""

from __future__ import annotations

import ipaddress
import ssl
import threading
import time
import urllib.request
from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx

Options = Iterable[Any]


class Deadline(threading.local):
    """When the request of this thread must be over."""

    until = float("inf")

    def start(self, seconds: float) -> None:
        """Give the next request ``seconds`` from now."""
        self.until = time.monotonic() + seconds

    def left(self, timeout: float | None, late: type[httpcore.TimeoutException]) -> float:
        """So long one wait may take; raises ``late`` when the time is up."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise late("the time is up")
        return left if timeout is None else min(left, timeout)


#: What is written is sent when there is so much of it, or when an answer is awaited.
_PACKET = 65_536


class _Stream(httpcore.NetworkStream):
    """A stream that sends the head and the body of a request in one packet.

    In two, the target would have to wake up twice for each request.
    """

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline
        self._unsent = bytearray()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        # A target that refuses a body before it has all of it may have answered nevertheless.
        with suppress(httpcore.WriteError):
            self._send(timeout)
        return self._stream.read(max_bytes, self._deadline.left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._unsent += buffer
        if len(self._unsent) >= _PACKET:
            self._send(timeout)

    def _send(self, timeout: float | None) -> None:
        if self._unsent:
            data, self._unsent = bytes(self._unsent), bytearray()
            self._stream.write(data, self._deadline.left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(timeout, httpcore.ConnectTimeout)
        return _Stream(
            self._stream.start_tls(ssl_context, server_hostname, left),
            self._deadline,
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    def __init__(self, deadline: Deadline) -> None:
        self._backend = httpcore.SyncBackend()
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Options | None = None,
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(timeout, httpcore.ConnectTimeout)
        stream = self._backend.connect_tcp(host, port, left, local_address, socket_options)
        return _Stream(stream, self._deadline)

    def sleep(self, seconds: float) -> None:
        self._backend.sleep(seconds)


def pool(
    deadline: Deadline, context: ssl.SSLContext | None, proxy: str | None
) -> httpcore.ConnectionPool:
    """Connections that are kept, each of whose waits ends when the request's time is up.

    Without ``context`` there is nothing to trust: the target is not asked over TLS.
    """
    return httpcore.ConnectionPool(
        ssl_context=context,
        proxy=None if proxy is None else _proxy(proxy),
        max_connections=32,
        max_keepalive_connections=16,
        keepalive_expiry=5.0,
        network_backend=_Backend(deadline),
    )


def proxy_for(url: str) -> str | None:
    """The proxy that the environment names for ``url``; this very machine is asked directly."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if _is_loopback(host) or urllib.request.proxy_bypass(host):
        return None
    known = urllib.request.getproxies()
    found = known.get(parts.scheme) or known.get("all")
    return f"http://{found}" if found and "://" not in found else found


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _proxy(url: str) -> httpcore.Proxy:
    read = httpx.Proxy(url)
    return httpcore.Proxy(
        url=httpcore.URL(
            scheme=read.url.raw_scheme, host=read.url.raw_host, port=read.url.port, target=b"/"
        ),
        auth=read.raw_auth,
        headers=read.headers.raw,
    )
