"""Queries: filter, sort, page and project, for GET and for ``.search`` alike.

RFC 7644 sections 3.4.2 and 3.4.3, RFC 9865 for cursors.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from reference_server import errors
from reference_server.directory import Directory, index_value
from reference_server.features import DEFAULT_PAGE_SIZE, MAX_RESULTS
from reference_server.filters import Compare, Filter, compile_filter, equality_lookup, parse
from reference_server.pagination import (
    CursorSeal,
    Everything,
    Few,
    Listed,
    Position,
    Results,
    window,
)
from reference_server.projection import Projection
from reference_server.schemas import ResourceType
from reference_server.sorting import is_descending, sort_key
from reference_server.store import Record

LIST_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
SEARCH_REQUEST = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")


@dataclass(slots=True)
class Query:
    """What a client asks of a list."""

    filter: str | None = None
    attributes: str | list[str] | None = None
    excluded: str | list[str] | None = None
    sort_by: str | None = None
    sort_order: str | None = None
    start_index: int | None = None
    count: int | None = None
    cursor: str | None = None

    @classmethod
    def of_parameters(cls, parameters: list[tuple[str, str]]) -> Query:
        """The query of a GET; unknown parameters are ignored, as section 3.4.2 wants."""
        given = dict(parameters)
        return cls(
            filter=given.get("filter"),
            attributes=given.get("attributes"),
            excluded=given.get("excludedAttributes"),
            sort_by=given.get("sortBy") or None,
            sort_order=given.get("sortOrder"),
            start_index=_integer("startIndex", given.get("startIndex")),
            count=_integer("count", given.get("count")),
            cursor=given.get("cursor"),
        )

    @classmethod
    def of_search_request(cls, body: Any) -> Query:
        """The query of a POST to ``.search``."""
        if not isinstance(body, dict):
            raise errors.invalid_syntax("a SearchRequest is a JSON object")
        given = {name.lower(): value for name, value in body.items()}
        schemas = given.get("schemas")
        if not isinstance(schemas, list) or SEARCH_REQUEST not in schemas:
            raise errors.invalid_syntax(f"schemas does not contain {SEARCH_REQUEST}")
        return cls(
            filter=_text("filter", given.get("filter")),
            attributes=_names("attributes", given.get("attributes")),
            excluded=_names("excludedAttributes", given.get("excludedattributes")),
            sort_by=_text("sortBy", given.get("sortby")) or None,
            sort_order=_text("sortOrder", given.get("sortorder")),
            start_index=_number("startIndex", given.get("startindex")),
            count=_number("count", given.get("count")),
            cursor=_text("cursor", given.get("cursor")),
        )

    def fingerprint(self, types: tuple[ResourceType, ...]) -> bytes:
        """What must stay the same from page to page."""
        names = [one.name for one in types]
        return json.dumps([names, self.filter, self.sort_by, self.sort_order]).encode()


@dataclass(frozen=True, slots=True)
class Lists:
    """Answers queries on one tenant's resources."""

    directory: Directory
    seal: CursorSeal
    now: Callable[[], float] = time.time

    def answer(self, types: tuple[ResourceType, ...], query: Query, base: str) -> dict[str, Any]:
        """The ListResponse to a query over these types."""
        features = self.directory.features
        projections = {
            one.name: Projection.parse(query.attributes, query.excluded, one) for one in types
        }
        hint = output_hint(query.attributes, query.excluded)
        results = self._results(types, query, base)
        if query.cursor is not None and features.cursor_paging:
            records, paging = self._cursor_page(results, query, types)
        elif features.index_paging:
            records, paging = _index_page(results, query)
        elif features.cursor_paging:
            records, paging = self._cursor_page(results, query, types)
        else:
            records, paging = _only_page(results)
        return {
            "schemas": [LIST_RESPONSE],
            **paging,
            "Resources": [
                projections[record.type].apply(self.directory.represent(record, base, hint))
                for record in records
            ],
        }

    def _results(self, types: tuple[ResourceType, ...], query: Query, base: str) -> Results:
        directory = self.directory
        store, tenant = directory.store, directory.tenant
        sort_by = query.sort_by if directory.features.sort else None
        if query.filter is None:
            names = tuple(one.name for one in types)
            if sort_by is None:
                return Everything(store, tenant, names)
            return self._sorted(types, store.scan(tenant, names), query, base)
        if not directory.features.filter:
            raise errors.not_implemented("this server does not filter")
        parsed = parse(query.filter)
        found = self._found_by_index(types, parsed)
        if found is not None and sort_by is None and isinstance(parsed, Compare):
            # The index compares as the filter does, so there is nothing left to ask.
            return Few(found)
        matches = self._matcher(types, parsed, query.filter, base)
        if found is not None and sort_by is None:
            return Few([record for record in found if matches(record)])
        names = tuple(one.name for one in types)
        records = store.scan(tenant, names) if found is None else iter(found)
        if sort_by is not None:
            return self._sorted(types, filter(matches, records), query, base)
        return Listed(store, [record.seq for record in records if matches(record)])

    def _matcher(
        self, types: tuple[ResourceType, ...], parsed: Filter, text: str, base: str
    ) -> Callable[[Record], bool]:
        """Whether a stored resource, as the client sees it, matches the filter."""
        is_strict = len(types) == 1
        matchers = {one.name: compile_filter(parsed, one, strict=is_strict) for one in types}
        represent = self.directory.represent
        wanted = text.lower()
        return lambda record: matchers[record.type](represent(record, base, wanted))

    def _found_by_index(
        self, types: tuple[ResourceType, ...], parsed: Filter
    ) -> list[Record] | None:
        """The only resources that can match, or None if an index cannot tell."""
        lookup = equality_lookup(parsed)
        if lookup is None or len(types) != 1:
            return None
        (kind,) = types
        if isinstance(parsed, Compare) and parsed.path.schema is not None:
            return None  # whether the type has that schema is for the compiler to say
        store, tenant = self.directory.store, self.directory.tenant
        name, value = lookup
        if name == "id":
            record = store.find(tenant, kind.name, value)
            return [record] if record else []
        key = index_value(kind, name, value)
        return None if key is None else store.find_by_key(tenant, kind.name, *key)

    def _sorted(
        self, types: tuple[ResourceType, ...], records: Iterable[Record], query: Query, base: str
    ) -> Results:
        """The records in the order that was asked for, equal ones in that of creation."""
        directory, sort_by = self.directory, query.sort_by or ""
        descending = is_descending(query.sort_order)
        is_strict = len(types) == 1
        wanted = sort_by.lower()
        keyed = []
        for record in records:
            resource = directory.represent(record, base, wanted)
            kind = directory.by_name[record.type]
            keyed.append((_order(resource, sort_by, kind, is_strict=is_strict), record.seq))
        keyed.sort(key=lambda pair: pair[0], reverse=descending)
        return Listed(directory.store, [seq for _, seq in keyed])

    def _cursor_page(
        self, results: Results, query: Query, types: tuple[ResourceType, ...]
    ) -> tuple[list[Record], dict[str, Any]]:
        fingerprint = query.fingerprint(types)
        now = self.now()
        wanted = None if query.count is None else max(query.count, 0)
        if wanted is not None and wanted > MAX_RESULTS:
            raise errors.invalid_count(f"count is above maxPageSize, which is {MAX_RESULTS}")
        if query.cursor:
            position = self.seal.open(query.cursor, fingerprint, now)
            if wanted is not None and wanted != position.count:
                raise errors.invalid_count("count differs from that of the first request")
            offset, limit = window(results, position)
            size = position.count
        else:
            offset, size = 0, DEFAULT_PAGE_SIZE if wanted is None else wanted
            limit = size
        records = results.page(offset, limit) if limit else []
        total = results.total()
        paging: dict[str, Any] = {"totalResults": total, "itemsPerPage": len(records)}
        if records and offset + len(records) < total:
            last = Position(records[-1].seq, offset + len(records) - 1, size)
            paging["nextCursor"] = self.seal.seal(last, fingerprint, now)
        if records and offset > 0:
            first = Position(records[0].seq, offset, size, is_backward=True)
            paging["previousCursor"] = self.seal.seal(first, fingerprint, now)
        return records, paging


def _order(
    resource: dict[str, Any], sort_by: str, kind: ResourceType, *, is_strict: bool
) -> tuple[bool, str, Any]:
    """A sort key that can be compared with that of any other type of resource."""
    try:
        is_missing, value = sort_key(resource, sort_by, kind)
    except errors.ScimError:
        if is_strict:
            raise
        return True, "", 0
    return is_missing, "text" if isinstance(value, str) else "number", value


def output_hint(attributes: str | list[str] | None, excluded: str | list[str] | None) -> str | None:
    """Text that names what of other resources must be looked up for the output."""
    if attributes:
        return str(attributes).lower()
    if not excluded:
        return None
    names = re.split(r"[,\s]+", excluded) if isinstance(excluded, str) else excluded
    return " ".join({"members", "groups"} - {name.lower() for name in names})


def _index_page(results: Results, query: Query) -> tuple[list[Record], dict[str, Any]]:
    """Section 3.4.2.4: startIndex below 1 counts as 1, a negative count as 0."""
    start = max(query.start_index or 1, 1)
    count = DEFAULT_PAGE_SIZE if query.count is None else max(query.count, 0)
    limit = min(count, MAX_RESULTS)
    records = results.page(start - 1, limit) if limit else []
    return records, {
        "totalResults": results.total(),
        "startIndex": start,
        "itemsPerPage": len(records),
    }


def _only_page(results: Results) -> tuple[list[Record], dict[str, Any]]:
    """A server that does not page answers with everything or not at all."""
    total = results.total()
    if total > MAX_RESULTS:
        raise errors.too_many(f"{total} resources match, and at most {MAX_RESULTS} are returned")
    return results.page(0, MAX_RESULTS), {"totalResults": total}


def _integer(name: str, text: str | None) -> int | None:
    if text is None:
        return None
    if not _INTEGER.fullmatch(text.strip()):
        raise errors.invalid_value(f"{name} is not an integer")
    return int(text)


def _number(name: str, value: Any) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 10**18:
        raise errors.invalid_value(f"{name} is not an integer")
    return value


def _text(name: str, value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise errors.invalid_value(f"{name} is not a string")


def _names(name: str, value: Any) -> list[str] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise errors.invalid_value(f"{name} is not an array of attribute names")
    return value
