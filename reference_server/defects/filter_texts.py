"""What the defects of filters share: reading and rewriting the text of a filter."""

from __future__ import annotations

import re

from reference_server.defects.wire import Request


def asks(request: Request, pattern: str) -> bool:
    """The request has a filter in which the pattern is found."""
    return request.method == "GET" and bool(re.search(pattern, request.param("filter") or ""))


def rewritten(request: Request, pattern: str, replacement: str) -> Request:
    """The request with its filter rewritten, where the pattern is found."""
    if not asks(request, pattern):
        return request
    text = re.sub(pattern, replacement, request.param("filter") or "")
    return request.with_param("filter", text)
