"""The suite's own SCIM client: sends, records, paces itself, remembers what it made.

A check talks to the target through a ``ScimClient`` and gets a ``Response``
that shows the wire as it was: raw bytes, raw JSON types, header lines.  Every
exchange is shown to the recorder (evidence, redacted) and to the invariants.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

from conformance.created import Journal
from conformance.evidence import Exchange, Redactor
from conformance.patience import patiently
from conformance.settling import Tape
from conformance.target import Target
from conformance.verdict import Unmet, Withheld
from conformance.wire import Answer, NoAnswer, Wire

SCIM = "application/scim+json"
JSON = "application/json"

_READS = {"GET", "HEAD", "OPTIONS"}


class TargetStoppedError(Exception):
    """The target gave no answer several times in a row; the run cannot go on."""


@dataclass(frozen=True, slots=True)
class Response:
    """What came back, beside what was asked; nothing is interpreted yet."""

    method: str
    path: str
    url: str
    sent: bytes | None
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    content: bytes
    exchange: Exchange

    @property
    def line(self) -> str:
        """How a message names the request: ``POST /Users``."""
        return f"{self.method} {self.path}"

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    def header(self, name: str) -> str | None:
        """The value of the first header line called ``name``, whatever its case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def media_type(self) -> str:
        """The media type without parameters, in lower case; empty when there is none."""
        return (self.header("Content-Type") or "").partition(";")[0].strip().lower()

    def json(self) -> Any:
        """The body, parsed.  Raises AssertionError when it is not JSON in UTF-8."""
        try:
            return json.loads(self.content.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            shown = self.content[:80].decode("utf-8", "replace")
            raise AssertionError(
                f"{self.line}: expected a JSON body, got "
                f"{self.media_type or 'no media type'} {shown!r}"
            ) from None

    @property
    def body(self) -> dict[str, Any]:
        """The body as a JSON object.  Raises AssertionError when it is anything else."""
        document = self.json()
        if not isinstance(document, dict):
            raise AssertionError(f"{self.line}: expected a JSON object, got {shown(document)}")
        return document

    @property
    def resources(self) -> list[dict[str, Any]]:
        """The resources of a ListResponse; a missing or empty list is no resources."""
        found = self.body.get("Resources")
        if found is None:
            return []
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise AssertionError(
                f"{self.line}: expected Resources to be an array of objects, got {shown(found)}"
            )
        return found


def shown(value: Any, limit: int = 120) -> str:
    """``value`` as JSON for a message, cut to ``limit`` characters."""
    text = json.dumps(value, ensure_ascii=True, default=repr)
    return text if len(text) <= limit else text[: limit - 1] + "…"


@dataclass
class Recorder:
    """Collects the exchanges of the check that runs now, and counts all of them."""

    redactor: Redactor
    watch: Callable[[Response], None]
    limit: int | None = None
    count: int = 0
    current: list[Exchange] = field(default_factory=list)
    silent_in_a_row: int = 0
    due: float = 0.0
    #: When the last write was answered, by the monotonic clock.
    written: float = 0.0
    #: What was made and may not be seen yet, and when it was made; where the target file says so.
    fresh: dict[str, float] = field(default_factory=dict)
    #: What a check that is made again does not do again (``conformance.settling``).
    tape: Tape | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        """Forget the exchanges of the check before."""
        with self.lock:
            self.current = []

    def next_number(self) -> int:
        """The number of the next exchange; raises Withheld past ``--max-requests``."""
        with self.lock:
            if self.limit is not None and self.count >= self.limit:
                raise Withheld(f"the run may send no more than {self.limit} requests")
            self.count += 1
            return self.count

    def pace(self, rate: float | None) -> None:
        """Wait until the next request may be sent at ``rate`` requests per second."""
        if not rate:
            return
        with self.lock:
            due = max(time.monotonic(), self.due)
            self.due = due + 1 / rate
        time.sleep(max(0.0, due - time.monotonic()))

    def forget_reads(self, first: int) -> None:
        """Drop the reads among the exchanges of this check, from the ``first`` on."""
        with self.lock:
            later = self.current[first:]
            self.current[first:] = [one for one in later if not reads(one.method, one.url)]

    def keep(self, exchange: Exchange) -> Exchange:
        """Record an exchange, redacted; what comes back is safe to keep."""
        safe = self.redactor.exchange(exchange)
        with self.lock:
            self.current.append(safe)
            self.silent_in_a_row = 0 if exchange.error is None else self.silent_in_a_row + 1
        return safe


#: After so many requests in a row without an answer the run stops.
PATIENCE = 4


class ScimClient:
    """Speaks SCIM with one target on behalf of one check.

    Paths are relative to the base URL (``/Users``); an absolute URL must have
    the target's origin, so that credentials go nowhere else.
    """

    def __init__(
        self,
        target: Target,
        wire: Wire,
        recorder: Recorder,
        journal: Journal,
        *,
        read_only: bool = False,
        credentials: Iterable[tuple[str, str]] | None = None,
    ) -> None:
        self.target = target
        self.recorder = recorder
        self._wire = wire
        self._journal = journal
        self._read_only = read_only
        self._credentials = tuple(target.headers if credentials is None else credentials)
        self._made: list[str] = []
        self._lock = threading.Lock()

    def with_credentials(self, credentials: Iterable[tuple[str, str]]) -> ScimClient:
        """A client for the same target that sends other credentials, or none."""
        other = ScimClient(
            self.target,
            self._wire,
            self.recorder,
            self._journal,
            read_only=self._read_only,
            credentials=credentials,
        )
        other._made = self._made
        return other

    # The methods, shortest form first -------------------------------------------------

    def get(self, path: str, **more: Any) -> Response:
        """GET ``path``; see ``request`` for what may be added."""
        return self.request("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Response:
        """POST ``body`` as JSON to ``path``."""
        return self.request("POST", path, body, **more)

    def put(self, path: str, body: Any = None, **more: Any) -> Response:
        """PUT ``body`` as JSON to ``path``."""
        return self.request("PUT", path, body, **more)

    def patch(self, path: str, *operations: dict[str, Any], **more: Any) -> Response:
        """PATCH ``path`` with a PatchOp message that holds ``operations``."""
        message = {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": list(operations),
        }
        return self.request("PATCH", path, message, **more)

    def delete(self, path: str, **more: Any) -> Response:
        """DELETE ``path``."""
        return self.request("DELETE", path, **more)

    def find(self, path: str, filter_text: str, **params: Any) -> Response:
        """GET ``path`` with a filter, percent-encoded."""
        return self.get(path, params={"filter": filter_text, **params})

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str | None] | None = None,
        content: bytes | None = None,
    ) -> Response:
        """Send one request and return its answer.

        ``body`` is sent as JSON; ``content`` sends bytes as they are instead.
        ``headers`` replace the client's own; a value of None leaves one out.
        Raises Unmet when no answer came, and Withheld when the run may not
        write or has used up its requests.
        """
        if body is not None:
            content = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
        url = self._url(path, params)
        lines = self._headers(headers or {}, has_body=content is not None)

        def send() -> Response:
            making = self.announce(method, path, body)
            shown_path = url.removeprefix(self.target.url) or "/"
            response = self._exchange(method, shown_path, url, lines, content)
            self.account_for(response, making)
            # What lies outside the base URL is another server's matter.
            if url.startswith(self.target.url):
                self.recorder.watch(response)
            return response

        tape = self.recorder.tape
        if tape is None:
            return send()
        return tape.play((method, url, content), send, writes=not reads(method, url))

    def together(self, *calls: Callable[[], Response]) -> list[Response]:
        """Make ``calls`` at the same time, each in a thread, and return their answers in order."""
        barrier = threading.Barrier(len(calls))

        def run(call: Callable[[], Response]) -> Response:
            barrier.wait(timeout=30)
            return call()

        with ThreadPoolExecutor(max_workers=len(calls)) as pool:
            return list(pool.map(run, calls))

    # What is made ---------------------------------------------------------------------

    def announce(self, method: str, path: str, body: Any) -> str | None:
        """Write down that a request is about to make a resource; None when it makes none.

        Raises Withheld when the run may not write.  For whoever sends by other
        means than ``request``: this before it sends, ``account_for`` after it.
        """
        if self._read_only and not reads(method, path):
            raise Withheld("the run is read-only, and this check writes")
        collection = _collection(path)
        if method == "POST" and collection:
            return self._journal.intend(collection, body if isinstance(body, dict) else {})
        return None

    def account_for(self, response: Response, making: str | None) -> None:
        """Remember what a request made or deleted, so that it is cleaned up, and only once."""
        if not reads(response.method, response.url):
            self.recorder.written = time.monotonic()
        if response.ok:
            self._remember(response, making)
        elif making is not None and response.status < 500:
            self._journal.refused(making)

    # Cleaning up ----------------------------------------------------------------------

    def clean_up(self) -> list[str]:
        """Delete what this client made, newest first; returns the URLs that are left.

        A failed deletion is no verdict: the caller reports what is left.
        """
        with self._lock:
            made, self._made = self._made[::-1], []
        left = []
        for url in dict.fromkeys(made):
            try:
                answer = self._send_patiently(
                    "DELETE", url, self._headers({}, has_body=False), None
                )
            except NoAnswer:
                left.append(url)
                continue
            if 200 <= answer.status < 300 or answer.status == HTTPStatus.NOT_FOUND:
                self._journal.deleted(url)
            else:
                left.append(url)
        return left

    def forget(self, location: str) -> None:
        """The resource at ``location`` was deleted by the check itself."""
        url = self._url(location, None)
        with self._lock:
            known = url in self._made
            self._made = [made for made in self._made if made != url]
        if known:
            self._journal.deleted(url)

    # Inside ---------------------------------------------------------------------------

    def _url(self, path: str, params: Mapping[str, Any] | None) -> str:
        if urlsplit(path).scheme:
            if not self.target.same_origin(path):
                raise Withheld(
                    f"the target refers to {path!r}, which is not on {self.target.origin}; "
                    "credentials are not sent there"
                )
            url = path
        else:
            url = self.target.url + path
        if params:
            # Okta and most clients send %20, and every server must read it.
            query = urlencode({k: _text(v) for k, v in params.items()}, quote_via=quote, safe="")
            url += ("&" if "?" in url else "?") + query
        return url

    def _headers(
        self, changes: Mapping[str, str | None], *, has_body: bool
    ) -> list[tuple[str, str]]:
        lines = {"Accept": SCIM, "User-Agent": "scimproof"}
        if has_body:
            lines["Content-Type"] = SCIM
        lines.update(dict(self._credentials))
        for name, value in changes.items():
            lines = {k: v for k, v in lines.items() if k.lower() != name.lower()}
            if value is not None:
                lines[name] = value
        return list(lines.items())

    def _exchange(
        self,
        method: str,
        path: str,
        url: str,
        headers: list[tuple[str, str]],
        content: bytes | None,
    ) -> Response:
        number = self.recorder.next_number()
        text = None if content is None else content.decode("utf-8", "replace")
        asked = Exchange(
            number, method, url, tuple(headers), text, None, "", (), None, 0.0, error=""
        )
        try:
            answer = self._send_patiently(method, url, headers, content)
        except NoAnswer as silence:
            self.recorder.keep(_with(asked, error=str(silence)))
            if self.recorder.silent_in_a_row >= PATIENCE:
                raise TargetStoppedError(
                    f"the target gave no answer {PATIENCE} times in a row; last: {silence}"
                ) from None
            raise Unmet("", f"{method} {path}: no answer: {silence}") from None
        exchange = self.recorder.keep(
            _with(
                asked,
                status=answer.status,
                reason=answer.reason or _phrase(answer.status),
                response_headers=tuple(answer.headers),
                response_body=answer.content.decode("utf-8", "replace") or None,
                seconds=answer.seconds,
                error=None,
            )
        )
        return Response(
            method,
            path,
            url,
            content,
            answer.status,
            answer.reason or _phrase(answer.status),
            tuple(answer.headers),
            answer.content,
            exchange,
        )

    def _send_patiently(
        self, method: str, url: str, headers: list[tuple[str, str]], content: bytes | None
    ) -> Answer:
        """Send, and obey 429 with Retry-After as long as the target's limits allow."""

        def send() -> Answer:
            self.recorder.pace(self.target.rate_limit)
            return self._wire.send(method, url, headers, content)

        return patiently(send, self.target.retry_after_limit)

    def _remember(self, response: Response, making: str | None) -> None:
        if response.method == "DELETE":
            self.forget(response.url.partition("?")[0])
        if making is None and not response.path.startswith("/Bulk"):
            return
        for url in _made_by(response, self.target.url):
            with self._lock:
                self._made.append(url)
            self._journal.created(making or "", url)
            if self.target.settle:
                self.recorder.fresh[url] = time.monotonic()


def reads(method: str, url: str) -> bool:
    """Whether a request changes nothing: a query by POST does not."""
    return method in _READS or url.partition("?")[0].endswith("/.search")


def _collection(path: str) -> str:
    """Where a POST to ``path`` may make a resource; empty where it makes none.

    A POST to a resource is to be refused; a target that takes it has made another one.
    """
    plain = path.partition("?")[0].rstrip("/")
    if plain.endswith(("/.search", "/Bulk", "/Me")) or plain.count("/") not in (1, 2):
        return ""
    return plain if plain.count("/") == 1 else plain.rpartition("/")[0]


def _made_by(response: Response, base: str) -> list[str]:
    """The URLs of the resources that an answer to POST says were made.

    A lying target must not make us delete what is not ours elsewhere, so an
    address counts only below the collection that was posted to, and the id
    only where the target was asked to make one there.
    """
    try:
        document = json.loads(response.content or b"null")
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        document = {}
    if response.path.startswith("/Bulk"):
        operations = document.get("Operations")
        found = [
            urljoin(f"{base}/", str(operation.get("location")))
            for operation in (operations if isinstance(operations, list) else ())
            if isinstance(operation, dict) and str(operation.get("method")).upper() == "POST"
        ]
        return [url for url in found if url.startswith(f"{base}/")]
    collection = base + _collection(response.path)
    made = document.get("id")
    asked = response.url.partition("?")[0].rstrip("/")
    if isinstance(made, str) and made and asked == collection:
        return [f"{collection}/{quote(made, safe='')}"]
    location = urljoin(f"{base}/", response.header("Location") or "")
    return [location] if location.startswith(f"{collection}/") else []


def _with(exchange: Exchange, **changes: Any) -> Exchange:
    values = {name: getattr(exchange, name) for name in Exchange.__slots__}
    return Exchange(**{**values, **changes})


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
