"""Is there a SCIM endpoint at all, and does it let us in?  One sentence when not.

A run against a wrong URL or with a wrong token would be hundreds of reds that
say nothing.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from urllib.parse import urlsplit

from conformance.evidence import Redactor
from conformance.patience import TOO_MANY, patiently, retry_after
from conformance.target import Target
from conformance.wire import Answer, NoAnswer, Wire

_HEADERS = [("Accept", "application/scim+json"), ("User-Agent", "scimproof")]

_CONFIG = "/ServiceProviderConfig"
_USERS = "/Users?startIndex=1&count=1"


class Unreachable(Exception):
    """The target can't be judged; the message is one sentence that says why and what to do."""


def preflight(target: Target, wire: Wire) -> None:
    """Ask for one user, and for the configuration; raises Unreachable.

    One SCIM answer is enough: what else is wrong is for the checks to say.
    The configuration may be public (RFC 7644 section 4), so only the users
    tell whether the credentials are right.
    """
    why = _why_not(target, wire)
    if why:
        raise Unreachable(f"{target.url} {why}")


def _why_not(target: Target, wire: Wire) -> str:
    """Why the target can't be judged; empty when it can."""
    try:
        users = _ask(target, wire, _USERS)
        refused = _refusal(target, users)
        if refused or _is_scim(users):
            return refused
        config = _ask(target, wire, _CONFIG)
    except NoAnswer as silence:
        return f"can't be judged: {silence}"
    refused = _refusal(target, config)
    if refused or _is_scim(config):
        return refused
    return _stranger(target, users, config)


def _ask(target: Target, wire: Wire, path: str) -> Answer:
    return patiently(
        lambda: wire.send("GET", target.url + path, [*_HEADERS, *target.headers], None),
        target.retry_after_limit,
    )


def _refusal(target: Target, answer: Answer) -> str:
    """What keeps us out, whatever is behind it."""
    match answer.status:
        case 429:
            pause = retry_after(answer.header("Retry-After"))
            return (
                f"answers {TOO_MANY} Too Many Requests and wants {pause:g} s of pause, after waits "
                f"within the {target.retry_after_limit:g} s that are allowed; try later, or raise "
                "retry_after under [limits] in a target file"
            )
        case 301 | 302 | 303 | 307 | 308:
            to = _safe(target, answer.header("Location") or "nowhere")
            return (
                f"redirects to {to!r} ({answer.status}); redirects are not followed, so that "
                "credentials go nowhere else: if that is the right address, give it as the target"
            )
        case 401 | 403 if not target.headers:
            return (
                f"wants credentials ({answer.status}), and none were given: use $SCIM_TOKEN, "
                "--token, --auth basic:USER or a target file"
            )
        case 401:
            return (
                "refuses the credentials (401 Unauthorized): is the token right, and has it "
                "not expired?"
            )
        case 403:
            return (
                "knows the credentials, but does not let them read users (403 Forbidden): "
                "give the token more rights, or use another"
            )
        case _:
            return ""


def _stranger(target: Target, users: Answer, config: Answer) -> str:
    """What is there instead of SCIM."""
    if users.status == config.status == HTTPStatus.NOT_FOUND:
        usual = "" if "/scim" in urlsplit(target.url).path else f", such as {target.url}/scim/v2"
        return f"has neither /Users nor {_CONFIG} (404 Not Found): is the base URL right{usual}?"
    if users.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"fails: /Users answers {_told(target, users)}; is the server up and set up?"
    kind = (users.header("Content-Type") or "").partition(";")[0].strip().lower()
    if kind in {"text/html", "application/xhtml+xml"}:
        return (
            f"is a web site, not SCIM: /Users answers {_told(target, users)}; is the base URL "
            "right? It often ends in /scim/v2"
        )
    return f"does not look like SCIM: /Users answers {_told(target, users)}; is the base URL right?"


def _is_scim(answer: Answer) -> bool:
    """A 200 with a JSON object that has ``schemas``, or the members of a list."""
    if answer.status != HTTPStatus.OK:
        return False
    try:
        document = json.loads(answer.content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return False
    known = {"schemas", "totalresults", "resources"}
    return isinstance(document, dict) and any(name.lower() in known for name in document)


def _told(target: Target, answer: Answer) -> str:
    status = f"{answer.status} {_safe(target, answer.reason)}".strip()
    kind = _safe(target, answer.header("Content-Type") or "no media type")
    words = _safe(target, answer.content[:4096].decode("utf-8", "replace"))[:80]
    return f"{status} with {kind!r}: {words!r}" if words else f"{status} with an empty body"


def _safe(target: Target, text: str) -> str:
    """``text`` in one line, without secrets that came back and what could paint a terminal."""
    kept = Redactor(target.secrets, target.secret_headers).text(text)
    return " ".join("".join(one if one.isprintable() else " " for one in kept).split())[:200]
