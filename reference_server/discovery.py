"""Discovery, RFC 7644 section 4: what the server is and has, for clients to read.

Paging and sorting parameters are ignored there and a filter is refused, so that
a client never mistakes a part for the whole.
"""

from __future__ import annotations

from typing import Any

from reference_server import errors
from reference_server.features import (
    DEFAULT_PAGE_SIZE,
    MAX_OPERATIONS,
    MAX_PAYLOAD,
    MAX_RESULTS,
    Features,
)
from reference_server.queries import LIST_RESPONSE
from reference_server.schemas import (
    ResourceType,
    Schema,
    resource_type_document,
    schema_document,
)

CONFIG = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
ENDPOINTS = ("/ServiceProviderConfig", "/ResourceTypes", "/Schemas")


def answer(
    path: list[str], types: tuple[ResourceType, ...], features: Features, base: str
) -> dict[str, Any]:
    """The document at a discovery path, given as its segments."""
    match path:
        case ["ServiceProviderConfig"]:
            return service_provider_config(features, base)
        case ["ResourceTypes"]:
            return _list([_type_document(one, base) for one in types])
        case ["ResourceTypes", name]:
            for one in types:
                if one.name == name:
                    return _type_document(one, base)
        case ["Schemas"]:
            return _list([_schema_document(one, base) for one in _schemas(types)])
        case ["Schemas", urn]:
            for schema in _schemas(types):
                if schema.id.lower() == urn.lower():
                    return _schema_document(schema, base)
    raise errors.not_found(f"there is no /{'/'.join(path)[:128]}")


def service_provider_config(features: Features, base: str) -> dict[str, Any]:
    """RFC 7643 section 5, with the pagination attribute of RFC 9865 section 4."""
    return {
        "schemas": [CONFIG],
        "patch": {"supported": features.patch},
        "bulk": {
            "supported": features.bulk,
            "maxOperations": MAX_OPERATIONS,
            "maxPayloadSize": MAX_PAYLOAD,
        },
        "filter": {"supported": features.filter, "maxResults": MAX_RESULTS},
        "changePassword": {"supported": features.change_password},
        "sort": {"supported": features.sort},
        "etag": {"supported": features.etag},
        **({"pagination": _pagination(features)} if features.pagination else {}),
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "Bearer token",
                "description": "The tenant's secret as a bearer token",
                "specUri": "https://www.rfc-editor.org/rfc/rfc6750",
                "primary": True,
            },
            {
                "type": "httpbasic",
                "name": "HTTP Basic",
                "description": "Any user name with the tenant's secret as the password",
                "specUri": "https://www.rfc-editor.org/rfc/rfc7617",
            },
        ],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": f"{base}/ServiceProviderConfig",
        },
    }


def _pagination(features: Features) -> dict[str, Any]:
    offered: dict[str, Any] = {
        "cursor": features.cursor_paging,
        "index": features.index_paging,
    }
    if features.index_paging or features.cursor_paging:
        offered["defaultPaginationMethod"] = "index" if features.index_paging else "cursor"
        offered["defaultPageSize"] = DEFAULT_PAGE_SIZE
        offered["maxPageSize"] = MAX_RESULTS
    if features.cursor_paging:
        offered["cursorTimeout"] = features.cursor_timeout
    return offered


def _list(resources: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "schemas": [LIST_RESPONSE],
        "totalResults": len(resources),
        "startIndex": 1,
        "itemsPerPage": len(resources),
        "Resources": resources,
    }


def _type_document(one: ResourceType, base: str) -> dict[str, Any]:
    return resource_type_document(one, f"{base}/ResourceTypes/{one.name}")


def _schema_document(schema: Schema, base: str) -> dict[str, Any]:
    return schema_document(schema, f"{base}/Schemas/{schema.id}")


def _schemas(types: tuple[ResourceType, ...]) -> list[Schema]:
    """The schemas of resources; those of messages are not discoverable (section 3.1)."""
    found = {}
    for one in types:
        for schema in (one.schema, *(extension.schema for extension in one.extensions)):
            found[schema.id] = schema
    return list(found.values())
