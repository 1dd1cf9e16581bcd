"""Ways of not answering, each with one sentence that says what is wrong and what to do."""

from __future__ import annotations

import socket
import ssl
import zlib
from urllib.parse import urlsplit

import httpcore
import httpx

from conformance.target import Target

_CA_HINT = "name it as ca_bundle in a target file, or in $SSL_CERT_FILE"

#: OpenSSL's codes for what is wrong with a certificate.
_NOT_YET_VALID, _EXPIRED = 9, 10
_SELF_SIGNED = 18
_UNKNOWN_ISSUER = {2, 19, 20, 21}
_OTHER_NAME = {62, 64}


class NoAnswer(Exception):
    """The target gave no usable HTTP answer; ``kind`` says how, the message is one sentence."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def no_answer(problem: BaseException, url: str, target: Target) -> NoAnswer:
    """The sentence for a failure of httpcore or httpx."""
    host, first = _host(url), _first_cause(problem)
    said = _plain(str(first) or str(problem) or type(first).__name__)
    match problem:
        case httpcore.ProxyError():
            return NoAnswer("proxy", f"the proxy on the way to {host} failed: {said}")
        case httpx.InvalidURL() | httpx.UnsupportedProtocol() | httpcore.UnsupportedProtocol():
            return NoAnswer("url", f"{_plain(url)!r} is no URL that can be asked: {said}")
        case httpcore.ConnectTimeout():
            return NoAnswer(
                "connect timeout",
                f"{host} did not accept a connection within {target.connect_timeout:g} s",
            )
        case httpcore.TimeoutException():
            return NoAnswer("timeout", f"{host} did not answer within {target.timeout:g} s")
        case httpcore.ConnectError():
            return _not_connected(first, host, said)
        case httpcore.RemoteProtocolError() if "disconnected" in said.lower():
            return NoAnswer("reset", f"{host} closed the connection without an answer")
        case httpcore.ReadError() | httpcore.WriteError():
            return NoAnswer("reset", f"{host} broke the connection off: {said}")
        case httpcore.LocalProtocolError() | UnicodeError():
            return NoAnswer("request", f"this request cannot be sent to {host}: {said}")
        case httpcore.RemoteProtocolError() | zlib.error():
            return NoAnswer("protocol", f"{host} does not speak HTTP as it should: {said}")
        case _:
            return NoAnswer("other", f"{host} could not be asked: {said}")


def _not_connected(first: BaseException, host: str, said: str) -> NoAnswer:
    match first:
        case ssl.SSLCertVerificationError():
            return NoAnswer("tls", _distrusted(first, host))
        case ssl.SSLError():
            return NoAnswer(
                "tls",
                f"{host} does not speak TLS as it should: {said}; is it https, at this port?",
            )
        case socket.gaierror():
            return NoAnswer("dns", f"{host} has no address: {said}; is the name right?")
        case ConnectionRefusedError():
            return NoAnswer("refused", f"{host} refuses connections: nothing listens at that port")
        case ConnectionResetError() | BrokenPipeError():
            return NoAnswer("reset", f"{host} broke the connection off: {said}")
        case _:
            return NoAnswer("connect", f"{host} could not be reached: {said}")


def _distrusted(error: ssl.SSLCertVerificationError, host: str) -> str:
    why = _plain(str(error.verify_message))
    match error.verify_code:
        case code if code == _SELF_SIGNED:
            return f"the certificate of {host} is self-signed; if it is right, {_CA_HINT}"
        case code if code in _UNKNOWN_ISSUER:
            return (
                f"the certificate of {host} comes from a CA that is not trusted here ({why}); "
                f"if the CA is right, {_CA_HINT}"
            )
        case code if code == _EXPIRED:
            return f"the certificate of {host} has expired; it must be renewed"
        case code if code == _NOT_YET_VALID:
            return f"the certificate of {host} is not valid yet; is the clock right?"
        case code if code in _OTHER_NAME:
            return f"the certificate of {host} is for another host ({why}); ask for that name"
        case _:
            return f"the certificate of {host} is not trusted: {why}; if it is right, {_CA_HINT}"


def _host(url: str) -> str:
    try:
        return _plain(urlsplit(url).hostname or url)
    except ValueError:
        return _plain(url)


def _first_cause(problem: BaseException) -> BaseException:
    """What the operating system or the TLS library said."""
    found = problem
    while cause := found.__cause__ or found.__context__:
        found = cause
    return found


def _plain(text: str) -> str:
    return "".join(one if one.isprintable() else " " for one in text)[:300]
