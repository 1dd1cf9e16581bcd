"""What status codes, keywords and message URNs stand for, in every exchange."""

from __future__ import annotations

from conformance import expect
from conformance.invariants import Seen, invariant, is_bulk, is_list

_API = "urn:ietf:params:scim:api:"
_MESSAGES = frozenset(
    f"{_API}messages:2.0:{name}"
    for name in (
        *("ListResponse", "SearchRequest", "PatchOp"),
        *("BulkRequest", "BulkResponse", "Error"),
    )
)


def _message_schemas(seen: Seen) -> list[str]:
    """The URIs that a message names, where one of them is a registered one.

    A message that does not name its own has broken the sentence on that message.
    """
    named = seen.object.get("schemas")
    is_message = seen.response.status >= 400 or is_list(seen.object) or is_bulk(seen.response)
    if not is_message or not isinstance(named, list):
        return []
    texts = [one for one in named if isinstance(one, str)]
    return texts if _MESSAGES & set(texts) else []


@invariant("rfc7644-3.1-message-schema-prefix")
def message_names_schemas_of_messages_only(seen: Seen) -> bool:
    """A URI of a maker's own is a deviation; one of SCIM's resources is none of a message."""
    found = _message_schemas(seen)
    for one in found:
        judged = expect.that if one.lower().startswith("urn:ietf:") else expect.tolerable
        judged(
            one.startswith(_API) or one.lower().startswith(_API),
            f"{seen.response.line}: a message names {expect.quoted(one)}",
        )
    return bool(found)


@invariant("rfc7644-8.2-message-urns")
def message_names_registered_urns(seen: Seen) -> bool:
    """Below the prefix of messages there are six."""
    found = [one for one in _message_schemas(seen) if one.lower().startswith(_API)]
    for one in found:
        expect.that(
            one in _MESSAGES, f"{seen.response.line}: no message is called {expect.quoted(one)}"
        )
    return bool(found)


@invariant("rfc7644-3.12-http-409")
def conflict_is_the_answer_to_a_write(seen: Seen) -> bool:
    """What two versions or two of one name can't have is a change; a read is in nobody's way."""
    if seen.response.status != 409:
        return False
    method = seen.response.method
    expect.that(
        method not in {"GET", "HEAD"} and not seen.response.path.endswith("/.search"),
        f"{seen.response.line}: 409 to a read",
    )
    return True


@invariant("rfc7644-3.12-http-413")
def too_large_is_the_answer_to_a_body(seen: Seen) -> bool:
    """A request without a body can't be too large a one."""
    if seen.response.status != 413:
        return False
    expect.that(bool(seen.response.sent), f"{seen.response.line}: 413 to a request without a body")
    return True


@invariant("rfc7644-3.12-scimtype-toomany")
def too_many_is_a_bad_request(seen: Seen) -> bool:
    """Table 9 has the keyword with 400, for queries."""
    if seen.object.get("scimType") != "tooMany" or seen.response.status < 400:
        return False
    expect.equal(seen.response.status, 400, f"{seen.response.line}: the status of tooMany")
    return True


@invariant("rfc7644-3.12-scimtype-sensitive")
def sensitive_is_what_a_url_holds(seen: Seen) -> bool:
    """Table 9 has it with 400, section 7.5.2 with 403."""
    if seen.object.get("scimType") != "sensitive" or seen.response.status < 400:
        return False
    expect.one_of(
        seen.response.status, (400, 403), f"{seen.response.line}: the status of sensitive"
    )
    return True
