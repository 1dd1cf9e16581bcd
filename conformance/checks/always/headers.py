"""Header lines, in every exchange."""

from __future__ import annotations

import re

from conformance import expect
from conformance.client import JSON, SCIM
from conformance.invariants import Looks, Seen, invariant

# RFC 9110 section 8.8.3: entity-tag = [ "W/" ] DQUOTE *etagc DQUOTE
_ENTITY_TAG = re.compile(r'(W/)?"[\x21\x23-\x7e\x80-\xff]*"')


@invariant("rfc7644-3.4.1-content-type-responses")
def answer_is_in_the_scim_media_type(seen: Seen) -> bool:
    """Asked for ``application/scim+json``, the target answers in it; parameters are free.

    ``application/json`` is a deviation (AMB-47): the text is clear, but nearly
    every client reads it all the same.
    """
    response = seen.response
    if not response.ok or not response.content or response.exchange.status == 204:
        return False
    accepted = dict(response.exchange.request_headers).get("Accept", "")
    if accepted != SCIM:
        return False
    expect.media_type(response, SCIM, tolerated=(JSON,))
    return True


@invariant("rfc7643-3.1-weak-versions-marked-w")
def version_is_an_entity_tag(seen: Seen) -> bool:
    """Quoted, and ``W/`` in upper case before it when the tag is weak."""
    told = seen.response.header("ETag")
    meta = seen.object.get("meta")
    version = meta.get("version") if isinstance(meta, dict) else None
    for name, tag in (("ETag", told), ("meta.version", version)):
        if isinstance(tag, str):
            expect.that(
                _ENTITY_TAG.fullmatch(tag) is not None,
                f"{seen.response.line}: {name} is {expect.quoted(tag)}, which is no entity tag",
            )
    return told is not None or version is not None


@invariant("rfc7644-3.8-utf-8-accepted-produced")
def json_is_in_utf_8(seen: Seen) -> bool:
    """Every JSON body decodes as UTF-8, and no other charset is named."""
    response = seen.response
    if not response.content or "json" not in response.media_type:
        return False
    try:
        response.content.decode("utf-8")
    except UnicodeDecodeError as problem:
        expect.fail(f"{response.line}: the body is not UTF-8: {problem.reason}")
    charset = re.search(r"charset=\"?([^\s;\"]+)", response.header("Content-Type") or "")
    if charset is not None:
        expect.equal(charset[1].lower(), "utf-8", f"{response.line}: charset")
    return True


@invariant("rfc7644-3.8-accept-application-scim-json")
def scim_json_is_never_called_unacceptable(seen: Seen) -> bool:
    """Every request but a few asks for it."""
    accepted = dict(seen.response.exchange.request_headers).get("Accept", "")
    if accepted != SCIM:
        return False
    expect.that(seen.response.status != 406, f"{seen.response.line}: 406 to a request for {SCIM}")
    return True


def _redirect_leads_somewhere(status: int) -> Looks:
    def looks(seen: Seen) -> bool:
        if seen.response.status != status:
            return False
        expect.that(
            bool(seen.response.header("Location")),
            f"{seen.response.line}: {status} without a Location",
        )
        return True

    return looks


for _status in (307, 308):
    invariant(f"rfc7644-3.12-http-{_status}")(_redirect_leads_somewhere(_status))


def _cookies(seen: Seen) -> list[tuple[str, set[str]]]:
    """The name of each cookie that is set, and the names of its attributes, in lower case."""
    found = []
    for name, value in seen.response.headers:
        if name.lower() == "set-cookie":
            pair, *attributes = value.split(";")
            said = {one.partition("=")[0].strip().lower() for one in attributes}
            # A cookie that is deleted has an end in the past.
            if pair.partition("=")[2].strip(' "'):
                found.append((pair.partition("=")[0].strip(), said))
    return found


@invariant("rfc7644-7.4-tokens-over-tls")
def cookie_travels_over_tls_only(seen: Seen) -> bool:
    """A deviation, for many a cookie is that of a load balancer and opens nothing."""
    found = _cookies(seen)
    for name, attributes in found:
        expect.tolerable(
            "secure" in attributes,
            f"{seen.response.line}: the cookie {expect.quoted(name)} is not Secure",
        )
    return bool(found)


@invariant("rfc7644-7.4-cookie-lifetime")
def cookie_ends_with_the_session(seen: Seen) -> bool:
    found = _cookies(seen)
    for name, attributes in found:
        expect.that(
            not attributes & {"max-age", "expires"},
            f"{seen.response.line}: the cookie {expect.quoted(name)} outlives the session",
        )
    return bool(found)
