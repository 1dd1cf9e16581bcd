"""Finds a resource by the unique name it was to have: for creates that got no answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from conformance.created import Leftover
from conformance.payloads import TAG
from conformance.wire import Answer


class LookupFailedError(Exception):
    """The target did not say whether the resource is there."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """Looks names up at the target with this base URL; ``get`` sends the request."""

    base_url: str
    get: Callable[[str], Answer]

    def address_of(self, leftover: Leftover) -> str | None:
        """The URL of the one resource with this very name, or None when there is none.

        Only names that carry the suite's tag are looked for, and only an exact
        match counts: a target that ignores filters must not make us delete
        somebody else's account.
        """
        if TAG not in leftover.value:
            return None
        text = f"{leftover.attribute} eq {json.dumps(leftover.value, ensure_ascii=False)}"
        collection = self.base_url + leftover.endpoint.partition("?")[0]
        for one in _listed(self.get(f"{collection}?filter={quote(text, safe='')}")):
            if one.get(leftover.attribute) == leftover.value and one.get("id"):
                return f"{collection}/{quote(str(one['id']), safe='')}"
        return None


def _listed(answer: Answer) -> list[dict[str, Any]]:
    try:
        document = json.loads(answer.content)
    except (ValueError, RecursionError):
        document = None
    if answer.status != HTTPStatus.OK or not isinstance(document, dict):
        raise LookupFailedError
    found = document.get("Resources") or []
    if not isinstance(found, list):
        raise LookupFailedError
    return [one for one in found if isinstance(one, dict)]
