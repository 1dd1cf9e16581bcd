"""SCIM errors: one constructor per keyword, so that status, type and sentence cannot disagree.

RFC 7644 section 3.12, tables 8 and 9; RFC 9865 section 2.1, table 3.
"""

from __future__ import annotations

from typing import Any

ERROR_URN = "urn:ietf:params:scim:api:messages:2.0:Error"


class ScimError(Exception):
    """A refusal, with what the client is told of it."""

    def __init__(self, status: int, scim_type: str | None, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.scim_type = scim_type
        self.detail = detail

    def body(self) -> dict[str, Any]:
        """The error message as JSON; ``status`` is a string there."""
        body: dict[str, Any] = {"schemas": [ERROR_URN], "status": str(self.status)}
        if self.scim_type is not None:
            body["scimType"] = self.scim_type
        # A lone surrogate can't be sent as UTF-8.
        body["detail"] = self.detail.encode("utf-8", "replace").decode("utf-8")
        return body


def invalid_filter(detail: str) -> ScimError:
    """The filter's syntax is wrong, or it compares what can't be compared."""
    return ScimError(400, "invalidFilter", detail)


def too_many(detail: str) -> ScimError:
    """The query yields more than the server is willing to work through."""
    return ScimError(400, "tooMany", detail)


def uniqueness(attribute: str, value: str) -> ScimError:
    """A value is already in use."""
    return ScimError(409, "uniqueness", f"{attribute} {value[:200]!r} is already in use")


def mutability(detail: str) -> ScimError:
    """The change does not go with the attribute's mutability or its present state."""
    return ScimError(400, "mutability", detail)


def invalid_syntax(detail: str) -> ScimError:
    """The body is not the message it should be."""
    return ScimError(400, "invalidSyntax", detail)


def invalid_path(detail: str) -> ScimError:
    """A PATCH path is malformed or leads nowhere that the schema knows."""
    return ScimError(400, "invalidPath", detail)


def no_target(detail: str) -> ScimError:
    """A PATCH path leads to nothing that could be operated on."""
    return ScimError(400, "noTarget", detail)


def invalid_value(detail: str) -> ScimError:
    """A required value is missing, or a value does not fit its type."""
    return ScimError(400, "invalidValue", detail)


def invalid_version(detail: str) -> ScimError:
    """The protocol version in the URL is not offered."""
    return ScimError(400, "invalidVers", detail)


def sensitive(detail: str) -> ScimError:
    """The request has something in its URL that does not belong into one."""
    return ScimError(403, "sensitive", detail)


def invalid_cursor(detail: str) -> ScimError:
    """The cursor is not one of ours."""
    return ScimError(400, "invalidCursor", detail)


def expired_cursor(detail: str) -> ScimError:
    """The cursor was one of ours, too long ago."""
    return ScimError(400, "expiredCursor", detail)


def invalid_count(detail: str) -> ScimError:
    """The count does not go with the cursor, or with what the server allows."""
    return ScimError(400, "invalidCount", detail)


def unauthorized(detail: str) -> ScimError:
    """The credentials are missing or wrong."""
    return ScimError(401, None, detail)


def forbidden(detail: str) -> ScimError:
    """The operation is not permitted."""
    return ScimError(403, None, detail)


def not_found(detail: str) -> ScimError:
    """There is no such resource or endpoint."""
    return ScimError(404, None, detail)


def method_not_allowed(detail: str) -> ScimError:
    """The resource is there, but does not take this method."""
    return ScimError(405, None, detail)


def conflict(detail: str) -> ScimError:
    """The request does not go with the state of the resource."""
    return ScimError(409, None, detail)


def precondition_failed(detail: str) -> ScimError:
    """The resource has changed since the client read it."""
    return ScimError(412, None, detail)


def payload_too_large(detail: str) -> ScimError:
    """The body, or the number of operations in it, is above the limit."""
    return ScimError(413, None, detail)


def unsupported_media_type(detail: str) -> ScimError:
    """The body is in a media type that is not read."""
    return ScimError(415, None, detail)


def not_implemented(detail: str) -> ScimError:
    """The feature is not offered."""
    return ScimError(501, None, detail)
