"""A token by OAuth 2.0 client credentials (RFC 6749 section 4.4)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from conformance.evidence import Redactor
from conformance.target import Target, TargetError, basic, shown
from conformance.wire import Answer, NoAnswer, Wire

_WAYS = ("client_secret_basic", "client_secret_post")


@dataclass(frozen=True, slots=True)
class Client:
    """A client of an authorization server, and how it shows who it is."""

    token_url: str
    client_id: str
    secret: str = field(repr=False)
    scope: str = ""
    client_auth: str = "client_secret_basic"

    def token(self, verify: bool | str = True) -> str:
        """The access token that the token endpoint gives; raises TargetError."""
        if self.client_auth not in _WAYS:
            raise TargetError(f"client_auth {self.client_auth!r} is none of {', '.join(_WAYS)}")
        if urlsplit(self.token_url).scheme not in {"http", "https"}:
            raise TargetError(f"token_url {shown(self.token_url)!r} must begin with https://")
        wire = Wire(Target(self.token_url, verify=verify))
        try:
            answer = self._ask(wire)
        except NoAnswer as silence:
            raise TargetError(f"no token: {silence}") from None
        finally:
            wire.close()
        return self._granted(answer)

    def _ask(self, wire: Wire) -> Answer:
        form = {"grant_type": "client_credentials"}
        if self.scope:
            form["scope"] = self.scope
        headers = [
            ("Accept", "application/json"),
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("User-Agent", "scimproof"),
        ]
        if self.client_auth == "client_secret_post":
            form |= {"client_id": self.client_id, "client_secret": self.secret}
        else:
            # RFC 6749 section 2.3.1: both are form-encoded before they become Basic.
            headers.append(basic(quote(self.client_id, safe=""), quote(self.secret, safe="")))
        return wire.send("POST", self.token_url, headers, urlencode(form).encode())

    def _granted(self, answer: Answer) -> str:
        where = f"{shown(self.token_url)} answered {answer.status}"
        document = _object(answer.content)
        if document is None:
            raise TargetError(f"{where} without a token in JSON; is token_url right?")
        token = document.get("access_token")
        if answer.status == 200 and isinstance(token, str) and token:
            return token
        # RFC 6749 section 5.2; whatever the server says, the secret must not be shown.
        told = [str(document.get(name) or "")[:120] for name in ("error", "error_description")]
        why = Redactor((self.secret,)).text(": ".join(one for one in told if one))
        raise TargetError(f"{where} and gave no token: {why!r}")


def _object(content: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
