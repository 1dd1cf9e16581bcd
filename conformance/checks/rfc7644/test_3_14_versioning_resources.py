"""RFC 7644, section 3.14: Versioning Resources."""

from __future__ import annotations

import time

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.checks.conftest import Created, Read, Replace
from conformance.client import Response, ScimClient
from conformance.verdict import Unmet

ETAG = "rfc7644-3.14-etag-header"
#: A little more than the second of a clock that counts seconds.
_TICK = 1.05


@pytest.fixture
def tag(user: Created, read: Read) -> str:
    """The entity tag of ``user`` as it is now."""
    found = read(user).header("ETag")
    if not found:
        raise Unmet(ETAG, f"GET {user.path}: no ETag in the answer")
    return found


@pytest.fixture
def changed(replace: Replace, user: Created, tag: str, read: Read) -> Response:
    """``user`` as it is read after a change.

    A weak tag may be made of a clock that ticks once a second (RFC 7232 section 2.1), so where
    it is the same, the change is made once more in the next second.
    """
    replace(user, displayName="Changed")
    response = read(user)
    if response.header("ETag") != tag or not tag.upper().startswith("W/"):
        return response
    time.sleep(_TICK)
    replace(user)
    replace(user, displayName="Changed")
    return read(user)


@pytest.fixture
def stale(changed: Response, tag: str) -> str:
    """An entity tag that ``user`` had before it was changed."""
    if changed.header("ETag") == tag:
        raise Unmet("rfc7644-3.14-etag-changes-resource", "the tag did not change with the user")
    return tag


@requirement("rfc7644-3.14-etag-header")
def test_read_carries_an_entity_tag(user: Created, read: Read) -> None:
    expect.header(read(user), "ETag")


@requirement("rfc7644-3.14-etag-meta-version")
def test_entity_tag_is_in_meta_too(user: Created, tag: str, read: Read) -> None:
    expect.present(read(user), "meta.version")


@requirement("rfc7644-3.14-weak-etags-allowed")
def test_entity_tag_is_weak(tag: str) -> None:
    expect.that(tag.upper().startswith("W/"), f"the tag {tag[:100]!r} is strong")


@requirement("rfc7644-3.14-etag-changes-resource")
def test_change_gives_a_new_entity_tag(changed: Response, tag: str) -> None:
    expect.that(changed.header("ETag") != tag, f"{changed.line}: the tag is still {tag[:100]!r}")


@requirement("rfc7644-3.14-if-none-match")
def test_unchanged_resource_is_not_sent_again(scim: ScimClient, user: Created, tag: str) -> None:
    response = scim.get(user.path, headers={"If-None-Match": tag})

    expect.status(response, 304)
    expect.equal(len(response.content), 0, f"{response.line}: bytes in the body")


@requirement("rfc7644-3.14-if-match-put")
def test_put_with_a_stale_tag_is_refused(
    scim: ScimClient, user: Created, stale: str, read: Read
) -> None:
    """409 is a deviation: Table 8 names it for a version mismatch as well (AMB-40)."""
    response = scim.put(
        user.path, {**user.sent, "displayName": "Lost"}, headers={"If-Match": stale}
    )

    expect.status(response, 412, tolerated=(409,))
    expect.attribute(read(user), "displayName", "Changed")


@requirement("rfc7644-3.14-if-match-put")
def test_one_of_two_writers_with_one_tag_is_refused(
    scim: ScimClient, user: Created, stale: str, read: Read
) -> None:
    """Two at once are a deviation only: between look and write there is a moment."""
    now = str(read(user).header("ETag"))
    bodies = [{**user.sent, "displayName": name} for name in ("One", "Other")]

    answers = scim.together(
        lambda: scim.put(user.path, bodies[0], headers={"If-Match": now}),
        lambda: scim.put(user.path, bodies[1], headers={"If-Match": now}),
    )

    expect.tolerable(
        sum(one.ok for one in answers) < 2, f"{answers[0].line}: both writers had the same tag"
    )


@requirement("rfc7644-3.14-if-match-patch")
def test_patch_with_the_current_tag_succeeds(
    scim: ScimClient, user: Created, tag: str, patchable: None
) -> None:
    """The tag is weak as a rule, and must match all the same (AMB-40)."""
    operation = {"op": "replace", "path": "displayName", "value": "Patched"}

    response = scim.patch(user.path, operation, headers={"If-Match": tag})

    expect.success(response)


@requirement("rfc7644-3.12-http-412")
def test_patch_with_a_stale_tag_is_refused(
    scim: ScimClient, user: Created, stale: str, patchable: None
) -> None:
    operation = {"op": "replace", "path": "displayName", "value": "Lost"}

    response = scim.patch(user.path, operation, headers={"If-Match": stale})

    expect.status(response, 412, tolerated=(409,))


@requirement("rfc7644-3.14-if-match-delete")
def test_delete_with_a_stale_tag_is_refused(scim: ScimClient, user: Created, stale: str) -> None:
    response = scim.delete(user.path, headers={"If-Match": stale})

    expect.status(response, 412, tolerated=(409, 200, 204))
