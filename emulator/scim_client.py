"""Okta's SCIM client on the wire: header lines, their order, and bodies, byte for byte.

With ``transport.py`` the only one that speaks HTTP here.  What comes back is a
``Reply``; whatever stops a job is a ``RemoteError`` with the words that an
admin would read.
"""

from __future__ import annotations

import base64
import json
import time
from codecs import BOM_UTF8
from collections import deque
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, quote_plus, urljoin, urlsplit

import httpx

from emulator.addresses import Address, Addresses
from emulator.attributes import GROUP
from emulator.behaviours import Behaviours
from emulator.clock import Clock
from emulator.connection import Authentication, Connection
from emulator.header_lines import HeaderLines
from emulator.replies import Found, RemoteError, Reply, found, phrase_of, read
from emulator.transport import OktaTransport
from emulator.wirelog import Entry, Redaction, WireLog, without_passwords

__all__ = ["Found", "OktaScimClient", "RemoteError", "Reply", "found", "to_bytes"]

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
LOOKUP_PAGE = 100
BODY_LIMIT = 8 * 2**20

_TEXT_LIMIT = 200_000
_REDIRECTS = 5
_TOKENS = 20
_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class OktaScimClient:
    """Sends what Okta sends to one endpoint, and writes it to the wire log."""

    def __init__(
        self,
        connection: Connection,
        transport: httpx.AsyncBaseTransport,
        *,
        behaviours: Behaviours,
        log: WireLog,
        clock: Clock,
    ) -> None:
        self.connection = connection
        self.behaviours = behaviours
        self.log = log
        self._clock = clock
        self._transport = transport
        self._is_oauth = connection.credentials.kind is Authentication.OAUTH2
        self._has_token = not self._is_oauth
        #: Those of before too: answers to requests with them may be on their way.
        self._tokens: deque[str] = deque(maxlen=_TOKENS)
        self._authorize("" if self._is_oauth else connection.credentials.authorization)
        base = connection.base_url
        self._base = base if behaviours.double_slash else base.rstrip("/")
        # A class derived from it may look at the address of a request.
        takes_targets = type(transport) is OktaTransport
        self._addresses = Addresses(self._base, takes_targets=takes_targets)
        self._timeout = {
            "connect": float(behaviours.connect_seconds),
            "read": float(behaviours.read_seconds),
            "write": float(behaviours.read_seconds),
            "pool": None,
        }

    # Requests -------------------------------------------------------------------------

    async def probe_users(self) -> Reply:
        """Test API integration."""
        return await self._send("test API", "GET", "/Users?startIndex=1&count=2")

    async def probe_groups(self) -> Reply:
        """Asked for after saving, with Import Groups on."""
        return await self._send("test API, groups", "GET", "/Groups?startIndex=1&count=100")

    async def find_users(self, attribute: str, value: str) -> Reply:
        """The lookup that comes before every assignment."""
        return await self._send("look for user", "GET", self._filtered("/Users", attribute, value))

    async def find_groups(self, name: str) -> Reply:
        """The lookup of a group whose id is not known."""
        return await self._send(
            "look for group", "GET", self._filtered("/Groups", "displayName", name)
        )

    async def list_page(self, endpoint: str, start: int) -> Reply:
        """A page of an import."""
        return await self._send(
            "import", "GET", f"{endpoint}?startIndex={start}&count={LOOKUP_PAGE}"
        )

    async def get(self, endpoint: str, resource_id: str) -> Reply:
        """Read a resource."""
        return await self._send(f"read {_noun(endpoint)}", "GET", self._path(endpoint, resource_id))

    async def create_user(self, body: Mapping[str, Any]) -> Reply:
        """Create an account."""
        return await self._send("create user", "POST", "/Users", body)

    async def create_group(self, name: str, members: Sequence[Mapping[str, Any]] | None) -> Reply:
        """Create a group; ``members`` of None leaves the key out."""
        body: dict[str, Any] = {"schemas": [GROUP], "displayName": name}
        if members is not None:
            body["members"] = list(members)
        return await self._send("create group", "POST", "/Groups", body)

    async def put(self, endpoint: str, resource_id: str, body: Mapping[str, Any]) -> Reply:
        """Replace a resource."""
        return await self._send(
            f"replace {_noun(endpoint)}", "PUT", self._path(endpoint, resource_id), body
        )

    async def patch(self, endpoint: str, resource_id: str, *operations: Mapping[str, Any]) -> Reply:
        """Change a resource by operations."""
        return await self._send(
            f"patch {_noun(endpoint)}",
            "PATCH",
            self._path(endpoint, resource_id),
            {"schemas": [PATCH_OP], "Operations": list(operations)},
        )

    async def delete(self, endpoint: str, resource_id: str) -> Reply:
        """Delete a resource."""
        return await self._send(
            f"delete {_noun(endpoint)}", "DELETE", self._path(endpoint, resource_id)
        )

    def quoted(self, value: str) -> str:
        """``value`` as the string of a filter or a path; RFC 7644 figure 1 wants a JSON string."""
        if self.behaviours.quote_escaping == "none":
            return f'"{value}"'
        return _COMPACT.encode(value)

    def found(self, reply: Reply, count: int = LOOKUP_PAGE) -> Found:
        """A list as Okta reads it, ``count`` being how many were asked for; raises RemoteError."""
        chosen = self.behaviours
        return found(
            reply, strict=chosen.strict_numbers, count=count, overflow=chosen.count_overflow
        )

    def _filtered(self, endpoint: str, attribute: str, value: str) -> str:
        text = f"{attribute} eq {self.quoted(value)}"
        encode = quote_plus if self.behaviours.plus_encoding else quote
        encoded = encode(text, safe="", errors="replace")
        return f"{endpoint}?filter={encoded}&startIndex=1&count={LOOKUP_PAGE}"

    def _path(self, endpoint: str, resource_id: str) -> str:
        """The path of a resource: its id as received, but for what would end the path."""
        kept = "!$&'()*+,;=:@" if self.behaviours.id_encoding == "least" else ""
        segment = quote(resource_id, safe=kept, errors="replace")
        # A segment of dots alone would be taken for a step upwards.
        return f"{endpoint}/{segment.replace('.', '%2E') if not segment.strip('.') else segment}"

    # The wire -------------------------------------------------------------------------

    def _authorize(self, authorization: str) -> None:
        """Send ``authorization`` from now on, and let nothing that is written have it."""
        self._redaction = Redaction((*self.connection.secrets, *self._tokens))
        self._lines = HeaderLines(
            self.connection,
            authorization,
            self._redaction,
            types_deletes=self.behaviours.delete_content_type,
        )

    async def _send(
        self, step: str, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> Reply:
        """One request; raises RemoteError for everything but a 2xx with JSON or without a body."""
        if not self._has_token:
            await self._fetch_token()
        url, content = self._base + path, None if body is None else to_bytes(body)
        answer, text = await self._exchange(step, method, url, content)
        if answer.status_code == HTTPStatus.UNAUTHORIZED and self._is_oauth:
            self._has_token = False
            if self.behaviours.token_refresh:
                await self._fetch_token()
                answer, text = await self._exchange(step, method, url, content)
        if method == "GET" and self.behaviours.redirects == "follow":
            for _ in range(_REDIRECTS):
                onward = self._onward(url, answer)
                if onward is None:
                    break
                url = onward
                answer, text = await self._exchange(step, method, url, content)
        return read(answer, text, self._redaction)

    def _onward(self, url: str, answer: httpx.Response) -> str | None:
        """Where a redirect points, when that is the same server: no other gets credentials."""
        if answer.status_code not in {301, 302, 303, 307, 308}:
            return None
        try:
            onward = urljoin(url, answer.headers.get("Location", ""))
            same = urlsplit(onward)[:2] == urlsplit(self._base)[:2]
        except ValueError:
            return None
        return onward if same and onward != url else None

    async def _exchange(
        self, step: str, method: str, url: str, content: bytes | None
    ) -> tuple[httpx.Response, str]:
        """Send, and log what came; raises RemoteError when nothing did."""
        lines = self._lines.of(method, None if content is None else len(content))
        address = self._address(url)
        request = self._request(method, address, lines.sent, content)
        started, began = self._clock.now(), time.perf_counter()
        answer: httpx.Response | None = None
        text, error = "", ""
        try:
            answer = await self._transport.handle_async_request(request)
            raw = await _content(answer)
            text = without_passwords(raw.removeprefix(BOM_UTF8).decode("utf-8", "replace"), content)
        except (httpx.TransportError, httpx.DecodingError) as problem:
            error = self._silence(problem)
            answer = None
        hide = self._redaction
        self.log.add(
            Entry(
                self.log.count + 1,
                step,
                started,
                time.perf_counter() - began,
                method,
                hide.text(address.text),
                lines.shown,
                None if content is None else hide.text(content.decode()),
                None if answer is None else answer.status_code,
                "" if answer is None else hide.text(phrase_of(answer)),
                () if answer is None else hide.headers(answer.headers.multi_items()),
                hide.text(text)[:_TEXT_LIMIT] or None,
                error,
                str(request.extensions.get("fault", "")),
            )
        )
        if answer is None:
            raise RemoteError(error)
        return answer, text

    def _address(self, url: str) -> Address:
        try:
            return self._addresses.of(url)
        except (httpx.InvalidURL, ValueError):
            raise RemoteError("the request has characters that cannot be sent") from None

    def _request(
        self, method: str, address: Address, lines: httpx.Headers, content: bytes | None
    ) -> httpx.Request:
        """A request with these header lines and no others."""
        # To a body that is a stream, httpx adds nothing of its own.
        body = httpx.ByteStream(content or b"")
        extensions = {"timeout": self._timeout, "target": address.target}
        made = httpx.Request(method, address.url, headers=lines, stream=body, extensions=extensions)
        # A transport of somebody's own may want to look at the body.
        made.read()
        return made

    def _silence(self, problem: Exception) -> str:
        """What Okta says when no answer came."""
        said = self._redaction.text(str(problem))
        parts = urlsplit(self._base)
        where = f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"
        if isinstance(problem, httpx.ConnectTimeout):
            return f"Connect to {where} failed: Connect timed out"
        if isinstance(problem, httpx.ConnectError):
            return f"Connect to {where} failed: {said}"
        if isinstance(problem, httpx.ReadTimeout):
            return "Read timed out"
        return said or type(problem).__name__

    async def _fetch_token(self) -> None:
        """Client credentials, RFC 6749 section 4.4; the wire form of Okta's own is unknown."""
        known = self.connection.credentials
        form = {"grant_type": "client_credentials"} | (
            {"scope": known.scope} if known.scope else {}
        )
        request = httpx.Request(
            "POST",
            known.token_url,
            data=form,
            headers={
                "Accept": "application/json",
                "Authorization": "Basic " + _basic(known.name, known.secret),
            },
        )
        try:
            answer = await self._transport.handle_async_request(request)
            token = str(json.loads(await _content(answer))["access_token"])
            token.encode("ascii")
        except (httpx.TransportError, httpx.DecodingError) as problem:
            raise RemoteError(f"Error authenticating: {self._silence(problem)}") from None
        except (ValueError, KeyError, TypeError, RecursionError):
            raise RemoteError(
                f"Error authenticating: the token endpoint answered {answer.status_code} "
                "without an access_token",
                status=answer.status_code,
            ) from None
        self._tokens.append(token)
        self._authorize(f"Bearer {token}")
        self._has_token = True

    async def remove(self, resources: Sequence[tuple[str, str]]) -> int:
        """Delete what a demonstration has made, without a trace in the log; how many are left."""
        log, self.log = self.log, WireLog(keep=0)
        left = 0
        try:
            for endpoint, resource_id in resources:
                try:
                    await self.delete(endpoint, resource_id)
                except RemoteError as problem:
                    left += problem.status != HTTPStatus.NOT_FOUND
        finally:
            self.log = log
        return left

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()


def to_bytes(body: Mapping[str, Any]) -> bytes:
    """Compact JSON in UTF-8, as Okta writes it."""
    return _COMPACT.encode(body).encode("utf-8", "replace")


async def _content(answer: httpx.Response) -> bytes:
    """The body within bounds; raises httpx.TransportError and DecodingError."""
    if answer.is_stream_consumed and len(answer.content) <= BODY_LIMIT:
        return answer.content
    chunks, size = [], 0
    async for chunk in answer.aiter_bytes():
        size += len(chunk)
        if size > BODY_LIMIT:
            await answer.aclose()
            raise httpx.RemoteProtocolError(f"the answer is larger than {BODY_LIMIT // 2**20} MiB")
        chunks.append(chunk)
    return b"".join(chunks)


def _noun(endpoint: str) -> str:
    return "user" if endpoint == "/Users" else "group"


def _basic(name: str, secret: str) -> str:
    return base64.b64encode(f"{name}:{secret}".encode()).decode("ascii")
