"""Values that several tests of the judge look at."""

from __future__ import annotations

from conformance.client import Response
from conformance.evidence import Exchange

EXCHANGE = Exchange(
    1,
    "POST",
    "https://scim.example/v2/Users",
    (("Authorization", "Bearer [redacted]"), ("Content-Type", "application/scim+json")),
    '{"userName":"a"}',
    201,
    "Created",
    (("Content-Type", "application/scim+json"),),
    '{"id":"1"}',
    0.01,
)


def response(
    content: bytes = b"{}",
    *,
    status: int = 200,
    method: str = "GET",
    path: str = "/Users/1",
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/scim+json"),),
    sent: bytes | None = None,
) -> Response:
    """An answer as the client makes it."""
    url = f"https://scim.example/v2{path}"
    return Response(method, path, url, sent, status, "Phrase", headers, content, EXCHANGE)
