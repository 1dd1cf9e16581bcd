"""A token by OAuth 2.0 client credentials (RFC 6749 section 4.4)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

from conformance.target import Target, TargetError, basic, checked_url
from conformance.wire import NoAnswer, Wire


def client_credentials_token(table: dict[str, Any], secret: str, where: str) -> str:
    """The access token that the token endpoint gives; raises TargetError."""
    url, client = table.get("token_url"), table.get("client_id")
    if not isinstance(url, str) or not isinstance(client, str):
        raise TargetError(f"{where}: token_url and client_id must be strings")
    form = {"grant_type": "client_credentials"}
    if table.get("scope"):
        form["scope"] = str(table["scope"])
    headers = [
        ("Accept", "application/json"),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ]
    if table.get("client_auth", "client_secret_basic") == "client_secret_post":
        form |= {"client_id": client, "client_secret": secret}
    else:
        # RFC 6749 section 2.3.1: both are form-encoded before they become Basic.
        headers.append(basic(quote(client, safe=""), quote(secret, safe="")))
    wire = Wire(Target(checked_url(url)))
    try:
        answer = wire.send("POST", url, headers, urlencode(form).encode())
        token = json.loads(answer.content).get("access_token")
    except NoAnswer as silence:
        raise TargetError(f"{where}: no token: {silence}") from None
    except (ValueError, AttributeError):
        raise TargetError(
            f"{where}: {url} answered {answer.status} without a token in JSON"
        ) from None
    finally:
        wire.close()
    if answer.status != 200 or not isinstance(token, str):
        error = json.loads(answer.content).get("error")
        raise TargetError(f"{where}: {url} answered {answer.status}, error {str(error)[:80]!r}")
    return token
