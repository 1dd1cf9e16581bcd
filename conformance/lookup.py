"""Finds a resource by the unique name it was to have: for creates that got no answer."""

from __future__ import annotations

import json
from urllib.parse import quote

from conformance.created import Leftover
from conformance.payloads import TAG
from conformance.target import Target
from conformance.wire import Wire


def address_of(leftover: Leftover, target: Target, wire: Wire) -> str | None:
    """The URL of the one resource with this very name, or None when there is none.

    Only names that carry the suite's tag are looked for, and only an exact
    match counts: a target that ignores filters must not make us delete
    somebody else's account.
    """
    if TAG not in leftover.value:
        return None
    text = f"{leftover.attribute} eq {json.dumps(leftover.value)}"
    collection = target.url + leftover.endpoint.partition("?")[0]
    answer = wire.send("GET", f"{collection}?filter={quote(text)}", list(target.headers), None)
    try:
        found = json.loads(answer.content).get("Resources") or []
    except (ValueError, AttributeError):
        return None
    for one in found:
        if (
            isinstance(one, dict)
            and one.get(leftover.attribute) == leftover.value
            and one.get("id")
        ):
            return f"{collection}/{quote(str(one['id']), safe='')}"
    return None
