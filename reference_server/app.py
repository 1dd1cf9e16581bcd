"""HTTP: which request goes where, who may send it, and how the answer is dressed.

An ASGI application.  The work is done by plain synchronous functions on the
event loop's own thread: the database is embedded and answers in microseconds,
and one thread means that writes cannot interleave.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.types import Receive, Scope, Send

from reference_server import bulk, discovery, errors
from reference_server.directory import ALWAYS, Directory, Precondition, version_tag
from reference_server.features import Features
from reference_server.folding import folded
from reference_server.messages import (
    Disconnected,
    Request,
    Response,
    error_response,
    send_response,
    text_header,
)
from reference_server.pagination import CursorSeal
from reference_server.profile import Policy
from reference_server.projection import Projection, written_on_request
from reference_server.queries import Lists, Query, output_hint
from reference_server.schemas import ResourceType
from reference_server.store import Record, Store
from reference_server.tenants import Tenant

_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")
_VERSION = re.compile(r"v\d+")
_CHALLENGE = {b"www-authenticate": b'Bearer realm="scim", Basic realm="scim", charset="UTF-8"'}

_log = logging.getLogger("reference_server")

Answer = Callable[[], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Site:
    """One tenant's endpoints."""

    tenant: Tenant
    directory: Directory
    lists: Lists
    endpoints: dict[str, ResourceType]
    me: str | None
    #: Another tenant at the same URL, told apart by its secret (RFC 7644 section 6.1).
    second: Site | None = None

    @classmethod
    def of(
        cls,
        tenant: Tenant,
        store: Store,
        types: tuple[ResourceType, ...],
        *,
        features: Features,
        policy: Policy,
        me: str | None = None,
    ) -> Site:
        """The site of a tenant that offers these resource types."""
        directory = Directory(store, tenant.id, policy.types(types), features, policy)
        seal = CursorSeal(tenant.cursor_key, features.cursor_timeout)
        endpoints = {one.endpoint.strip("/"): one for one in directory.types}
        return cls(tenant, directory, Lists(directory, seal), endpoints, me)


@dataclass(slots=True)
class Call:
    """A request on its way through a site: the path below the base, and who sent it."""

    request: Request
    site: Site
    path: list[str]
    base: str
    user: str = ""

    @property
    def features(self) -> Features:
        return self.site.directory.features

    def precondition(self) -> Precondition:
        """If-Match and If-None-Match, if versions are offered."""
        headers = self.request.headers
        if not self.features.etag or not (b"if-match" in headers or b"if-none-match" in headers):
            return ALWAYS
        return Precondition(self.request.header(b"if-match"), self.request.header(b"if-none-match"))


class ScimServer:
    """The ASGI application: the sites of all tenants."""

    def __init__(self, sites: list[Site]) -> None:
        self._sites = {site.tenant.name: site for site in sites}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; nothing that goes wrong in here reaches the client as it is."""
        request = Request.of(scope, receive)
        try:
            response = await self._answer(request, scope)
        except errors.ScimError as error:
            response = error_response(error)
        except Disconnected:
            return
        except Exception as error:  # noqa: BLE001  the last line of defense
            response = _internal_error(request, error)
        await send_response(response, request, send)

    async def _answer(self, request: Request, scope: Scope) -> Response:
        site, path = self._find_site(request.path)
        base = f"{request.scheme}://{_host(request, scope)}{site.tenant.base}"
        call = Call(request, site, path, base)
        if path[:1] != ["ServiceProviderConfig"]:
            sent = request.headers.get(b"authorization", b"")
            user = site.tenant.user_of(sent)
            if user is None and site.second is not None:
                user = site.second.tenant.user_of(sent)
                call.site = site if user is None else site.second
            if user is None and not _is_open(call, sent):
                refused = errors.unauthorized(
                    "send the tenant's secret as bearer token or password"
                )
                return error_response(refused, _CHALLENGE)
            call.user = user or ""
        methods = _methods(call)
        if request.method == "OPTIONS":
            return Response(204, None, _allow(methods))
        answer = methods.get("GET" if request.method == "HEAD" else request.method)
        if answer is None:
            refused = errors.method_not_allowed(f"{request.method[:16]} is not for this path")
            return error_response(refused, _allow(methods))
        return await answer()

    def _find_site(self, path: str) -> tuple[Site, list[str]]:
        """The site and the path below its base.

        Without a version the one that is supported is meant (RFC 7644 section 3.13).
        """
        _, *segments = path.rstrip("/").split("/")
        if segments[:1] != ["scim"]:
            raise errors.not_found("SCIM is at /scim/v2 or, with tenants, at /scim/TENANT/v2")
        rest = segments[1:]
        site = self._sites.get("")
        if rest and rest[0] in self._sites:
            site, rest = self._sites[rest[0]], rest[1:]
        if site is None:
            raise errors.not_found("there is no such tenant")
        if rest and _VERSION.fullmatch(rest[0]):
            if rest[0] != "v2":
                raise errors.invalid_version("the version supported is v2")
            rest = rest[1:]
        return site, rest


def _is_open(call: Call, credentials: bytes) -> bool:
    """Whether the request needs no credentials: self-registration (RFC 7644 section 2.2)."""
    offered = call.features.anonymous_creates and not credentials
    return offered and call.request.method == "POST" and call.path == ["Users"]


def _methods(call: Call) -> dict[str, Answer]:
    """What can be done at a path; 404 if nothing can."""
    endpoints = call.site.endpoints
    match call.path:
        case [name, identifier] if name in endpoints and identifier != ".search":
            # RFC 7644 section 3.8: the suffix chooses the format, and there is but one.
            return _resource_methods(call, endpoints[name], identifier.removesuffix(".scim"))
        case [name] if name in endpoints:
            kind = endpoints[name]
            return {
                "GET": lambda: _list(call, (kind,)),
                "POST": lambda: _create(call, kind),
            }
        case [] | [""]:
            offered = call.features.root_query
            return {"GET": lambda: _list_all(call) if offered else _unsupported("root queries")}
        case [".search"]:
            return {"POST": lambda: _search(call, call.site.directory.types)}
        case [name, ".search"] if name in endpoints:
            kind = endpoints[name]
            return {"POST": lambda: _search(call, (kind,))}
        case ["Bulk"]:
            return {"POST": lambda: _bulk(call)}
        case ["Me"]:
            return _me_methods(call)
        case ["ServiceProviderConfig" | "ResourceTypes" | "Schemas", *_]:
            return {"GET": lambda: _discover(call)}
    raise errors.not_found("there is no such endpoint")


def _resource_methods(call: Call, kind: ResourceType, identifier: str) -> dict[str, Answer]:
    return {
        "GET": lambda: _read(call, kind, identifier),
        "PUT": lambda: _replace(call, kind, identifier),
        "PATCH": lambda: _patch(call, kind, identifier),
        "DELETE": lambda: _delete(call, kind, identifier),
    }


def _me_methods(call: Call) -> dict[str, Answer]:
    """RFC 7644 section 3.11: /Me is the user who sent the request, if that is known."""
    kind = call.site.endpoints.get("Users")
    name = call.user or call.site.me
    if not call.features.me or kind is None or name is None:
        methods = ("GET", "POST", "PUT", "PATCH", "DELETE")
        return dict.fromkeys(methods, lambda: _unsupported("/Me without a user"))
    directory = call.site.directory
    found = directory.store.find_by_key(directory.tenant, kind.name, "unique", folded(name))
    if not found:
        raise errors.not_found("the authenticated user has no resource")
    return {
        **_resource_methods(call, kind, found[0].id),
        "POST": lambda: _unsupported("self-registration"),
    }


# Operations


async def _read(call: Call, kind: ResourceType, identifier: str) -> Response:
    record = call.site.directory.find(kind, identifier)
    if call.precondition().is_unmodified(version_tag(record)):
        return Response(304, None, {b"etag": version_tag(record).encode()})
    return _resource_response(call, 200, record)


async def _create(call: Call, kind: ResourceType) -> Response:
    body = await call.request.json()
    record = call.site.directory.create(kind, body)
    return _resource_response(call, 201, record, body)


async def _replace(call: Call, kind: ResourceType, identifier: str) -> Response:
    body = await call.request.json()
    record = call.site.directory.replace(kind, identifier, body, call.precondition())
    return _resource_response(call, 200, record, body)


async def _patch(call: Call, kind: ResourceType, identifier: str) -> Response:
    if not call.features.patch:
        return await _unsupported("PATCH")
    body = await call.request.json()
    record = call.site.directory.patch(kind, identifier, body, call.precondition())
    # RFC 7644 section 3.5.2: who asks for attributes gets them.
    if call.features.patch_status == 204 and "attributes" not in dict(call.request.query()):
        return Response(204, None, _version_header(call, record))
    return _resource_response(call, 200, record, body)


async def _delete(call: Call, kind: ResourceType, identifier: str) -> Response:
    call.site.directory.delete(kind, identifier, call.precondition())
    return Response(204)


async def _list(call: Call, types: tuple[ResourceType, ...]) -> Response:
    query = Query.of_parameters(call.request.query())
    return Response(200, call.site.lists.answer(types, query, call.base))


def _list_all(call: Call) -> Awaitable[Response]:
    return _list(call, call.site.directory.types)


async def _search(call: Call, types: tuple[ResourceType, ...]) -> Response:
    if not call.features.search:
        return await _unsupported(".search")
    query = Query.of_search_request(await call.request.json())
    return Response(200, call.site.lists.answer(types, query, call.base))


async def _bulk(call: Call) -> Response:
    if not call.features.bulk:
        return await _unsupported("bulk")
    body = await call.request.json()
    return Response(200, bulk.answer(body, call.site.directory, call.site.endpoints, call.base))


async def _discover(call: Call) -> Response:
    if "filter" in dict(call.request.query()):
        raise errors.forbidden("discovery endpoints cannot be filtered")
    directory = call.site.directory
    return Response(
        200, discovery.answer(call.path, directory.types, directory.features, call.base)
    )


async def _unsupported(what: str) -> Response:
    raise errors.not_implemented(f"this server does not offer {what}")


# Dressing the answer


def _resource_response(call: Call, status: int, record: Record, written: Any = None) -> Response:
    """The resource; after a write, with what is returned on request and was ``written``."""
    directory = call.site.directory
    kind = directory.by_name[record.type]
    attributes = excluded = hint = None
    if call.request.query_string:
        parameters = dict(call.request.query())
        attributes = parameters.get("attributes")
        excluded = parameters.get("excludedAttributes")
        hint = output_hint(attributes, excluded)
    projection = Projection.parse(attributes, excluded, kind)
    resource = directory.represent(record, call.base, hint)
    headers = _version_header(call, record)
    headers[b"location"] = text_header(resource["meta"]["location"])
    shown = projection.apply(resource)
    if written is not None and attributes is None:
        shown |= written_on_request(resource, written, kind)
    return Response(status, shown, headers)


def _version_header(call: Call, record: Record) -> dict[bytes, bytes]:
    return {b"etag": version_tag(record).encode()} if call.features.etag else {}


def _allow(methods: dict[str, Any]) -> dict[bytes, bytes]:
    named = [*methods, "OPTIONS"]
    if "GET" in methods:
        named.append("HEAD")
    return {b"allow": ", ".join(sorted(named)).encode()}


def _host(request: Request, scope: Scope) -> str:
    """The host that the client used, so that the URLs it gets lead back here."""
    named = request.header(b"host") or ""
    if _HOST.fullmatch(named):
        return named
    server = scope.get("server") or ("127.0.0.1", 80)
    return f"{server[0]}:{server[1]}"


def _internal_error(request: Request, error: Exception) -> Response:
    """A bug of ours: its place is logged, its message (which may hold data) is not."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    name = type(error).__name__
    _log.error("%s: %s in %s line %s", request.method, name, place.filename, place.lineno)
    return error_response(errors.ScimError(500, None, "internal error"))
