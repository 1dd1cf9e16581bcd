"""What Okta's requests look like, for the defects of what it does with users."""

from __future__ import annotations

import json
from typing import Any

from reference_server.defects.wire import Request, Response, is_create, is_list, is_resource

#: What Okta asks for by Test API, and by an import.
PROBE = [("startIndex", "1"), ("count", "2")]
PAGE = "100"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
COUNTS = ("totalResults", "startIndex", "itemsPerPage")


def is_lookup(request: Request) -> bool:
    """Okta looks for a userName."""
    return looked_up(request) is not None


def looked_up(request: Request) -> str | None:
    """The userName that Okta looks for."""
    text = request.param("filter") or ""
    if not is_list(request, "/Users") or request.param("count") != PAGE:
        return None
    attribute, _, value = text.partition(" eq ")
    try:
        name = json.loads(value)
    except ValueError:
        return None
    return name if attribute == "userName" and isinstance(name, str) else None


def is_probe(request: Request, endpoint: str = "/Users") -> bool:
    """Okta tests the credentials."""
    return request.method == "GET" and request.path == endpoint and request.query == PROBE


def is_page(request: Request, endpoint: str = "/Users", count: str = PAGE) -> bool:
    """Okta imports: a page without a filter."""
    is_plain = {name for name, _ in request.query} == {"startIndex", "count"}
    return (
        request.method == "GET"
        and request.path == endpoint
        and is_plain
        and (request.param("count") == count)
    )


def is_okta_create(request: Request) -> bool:
    """Okta creates an account: nobody else sends groups, which are read-only."""
    return (
        is_create(request, "/Users")
        and "groups" in request.object
        and not is_spared(request.object)
    )


def is_okta_put(request: Request) -> bool:
    """Okta sends a profile: it adds groups to what it read."""
    sent = request.object if request.method == "PUT" and is_resource(request, "/Users") else {}
    return "groups" in sent and "password" not in sent and "locale" in sent


def is_runner(account: dict[str, Any]) -> bool:
    """The person of Okta's CRUD test, who has sentences of their own."""
    name = account.get("name")
    return isinstance(name, dict) and str(name.get("givenName", "")).startswith("Runscope")


def is_spared(account: dict[str, Any]) -> bool:
    """An account that other sentences are about: of the CRUD test, or of an app with no locale."""
    return is_runner(account) or "locale" not in account


def patched(request: Request) -> dict[str, Any]:
    """The value of a PATCH of a user that has one operation and no path; empty for others."""
    operations = request.object.get("Operations") if request.method == "PATCH" else None
    if not is_resource(request, "/Users") or not isinstance(operations, list):
        return {}
    value = operations[0].get("value") if len(operations) == 1 else None
    return value if isinstance(value, dict) and "path" not in operations[0] else {}


def sets_active(request: Request) -> bool | None:
    """What a request makes of active, by PATCH without a path or by PUT; None if nothing."""
    if request.method == "PUT" and is_resource(request, "/Users"):
        found = request.object.get("active")
    else:
        found = patched(request).get("active")
    return found if isinstance(found, bool) else None


def only(response: Response, kept: list[dict[str, Any]]) -> Response:
    """The list with no other resources than these."""
    value = response.object
    value |= {"Resources": kept, "totalResults": len(kept), "itemsPerPage": len(kept)}
    response.json = value
    return response


def resources(response: Response) -> list[dict[str, Any]]:
    """The resources of a list."""
    return [one for one in response.object.get("Resources", []) if isinstance(one, dict)]


def in_words(response: Response) -> Response:
    """The list with its counts as strings."""
    response.json = {
        name: str(value) if name in COUNTS else value for name, value in response.object.items()
    }
    return response
