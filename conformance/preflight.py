"""Is there a SCIM endpoint at all, and does it let us in?  One sentence when not.

A run against a wrong URL or with a wrong token would be hundreds of reds that
say nothing.
"""

from __future__ import annotations

import json
import time

from conformance.target import Target
from conformance.wire import Answer, NoAnswer, Wire

_SCIM = ("Accept", "application/scim+json")


class Unreachable(Exception):
    """The target can't be judged; the message is one sentence that says why and what to do."""


def preflight(target: Target, wire: Wire) -> None:
    """Ask for the configuration and for one user; raises Unreachable."""
    config = _ask(target, wire, "/ServiceProviderConfig")
    users = _ask(target, wire, "/Users?startIndex=1&count=1")
    for answer in (users, config):
        _refuse_entry(target, answer)
    if _is_scim(users) or _is_scim(config):
        return
    if users.status == config.status == 404:
        raise Unreachable(
            f"{target.url} has neither /Users nor /ServiceProviderConfig (404); is the base URL "
            "right? It often ends in /scim/v2"
        )
    raise Unreachable(f"{target.url} does not look like SCIM: {_told(users)}")


def _ask(target: Target, wire: Wire, path: str) -> Answer:
    waited = 0.0
    while True:
        try:
            answer = wire.send("GET", target.url + path, [_SCIM, *target.headers], None)
        except NoAnswer as silence:
            raise Unreachable(f"{target.url} can't be judged: {silence}") from None
        if answer.status != 429:
            return answer
        pause = _pause(answer)
        if waited + pause > target.retry_after_limit:
            raise Unreachable(
                f"{target.url} answers 429 Too Many Requests, and still did after {waited:g} s; "
                "try later, or raise retry_after under [limits] in a target file"
            )
        time.sleep(pause)
        waited += pause


def _pause(answer: Answer) -> float:
    from conformance.client import retry_after  # noqa: PLC0415  the client needs the wire first

    told = {name.lower(): value for name, value in answer.headers}.get("retry-after")
    return max(0.5, retry_after(told))


def _refuse_entry(target: Target, answer: Answer) -> None:
    if answer.status in {301, 302, 303, 307, 308}:
        to = {name.lower(): value for name, value in answer.headers}.get("location", "")
        raise Unreachable(
            f"{target.url} redirects to {_plain(to)!r}; redirects are not followed, so that "
            "credentials go nowhere else: give the address it leads to"
        )
    if answer.status in {401, 403} and not target.headers:
        raise Unreachable(
            f"{target.url} wants credentials ({answer.status}): give --token, $SCIM_TOKEN, "
            "--auth basic:USER or a target file"
        )
    if answer.status == 401:
        raise Unreachable(
            f"{target.url} refuses the credentials (401 Unauthorized): is the token right, "
            "and has it not expired?"
        )
    if answer.status == 403:
        raise Unreachable(
            f"{target.url} lets these credentials in, but not to the users (403 Forbidden)"
        )


def _is_scim(answer: Answer) -> bool:
    """A 200 with a JSON object that has ``schemas``, or the members of a list."""
    if answer.status != 200:
        return False
    try:
        document = json.loads(answer.content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return False
    known = {"schemas", "totalresults", "resources"}
    return isinstance(document, dict) and any(name.lower() in known for name in document)


def _told(answer: Answer) -> str:
    kind = {name.lower(): value for name, value in answer.headers}.get("content-type", "no type")
    words = _plain(answer.content[:200].decode("utf-8", "replace")).strip()[:80]
    return f"/Users answers {answer.status} with {_plain(kind)!r}: {words!r}"


def _plain(text: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:200]
