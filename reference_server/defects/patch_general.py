"""PATCH as a whole, RFC 7644 section 3.5.2."""

from __future__ import annotations

from reference_server.defects import defect
from reference_server.defects.patch_messages import asked, ignored, operations, resource, rewrite
from reference_server.defects.wire import Forward, Request, Response, is_resource

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@defect("has-no-patch", breaks="rfc7644-3.5-patch-recommended")
async def has_no_patch(request: Request, forward: Forward) -> Response:
    """PATCH is not implemented, and ServiceProviderConfig says so."""
    response = await forward(request)
    if request.method == "PATCH" and response.status != 401:
        return Response.error(501)
    if request.path == "/ServiceProviderConfig" and response.is_success:
        response.json = {**response.json, "patch": {"supported": False}}
    return response


@defect("drops-a-capitalized-op", breaks="rfc7644-3.5.2-case-op")
async def drops_a_capitalized_op(request: Request, forward: Forward) -> Response:
    """An operation whose op is capitalized is answered 200 and not applied."""
    if any(one.get("op") == "Replace" for one in operations(request)):
        return await ignored(request, forward)
    return await forward(request)


@defect("takes-the-operations-of-json-patch", breaks="rfc7644-3.5.2-no-array-indexing")
async def takes_the_operations_of_json_patch(request: Request, forward: Forward) -> Response:
    """A test operation is answered 200."""
    if any(one.get("op") == "test" for one in operations(request)):
        return await ignored(request, forward)
    return await forward(request)


@defect("closes-open-brackets", breaks="rfc7644-3.5.2-path-grammar")
async def closes_open_brackets(request: Request, forward: Forward) -> Response:
    """A path with a bracket that is not closed is answered 200."""
    paths = [one.get("path") or "" for one in operations(request)]
    if any("[" in path and "]" not in path for path in paths):
        return await ignored(request, forward)
    return await forward(request)


@defect("knows-no-capitals-in-a-path", breaks="rfc7644-3.5.2-path-case-insensitive")
async def knows_no_capitals_in_a_path(request: Request, forward: Forward) -> Response:
    """A path in capitals is refused."""
    if asked(request, "replace", "DISPLAYNAME"):
        return Response.error(400, "invalidPath")
    return await forward(request)


@defect("knows-no-urn-in-a-path", breaks="rfc7644-3.5.2-path-urn")
async def knows_no_urn_in_a_path(request: Request, forward: Forward) -> Response:
    """A path that begins with the URN of the core schema is refused."""
    if asked(request, "replace", f"{CORE}:displayName"):
        return Response.error(400, "invalidPath")
    return await forward(request)


@defect("ignores-a-patch-of-meta", breaks="rfc7644-3.5.2-mutability-respected")
async def ignores_a_patch_of_meta(request: Request, forward: Forward) -> Response:
    """A replace of meta.created is answered 200."""
    if asked(request, "replace", "meta.created"):
        return await ignored(request, forward)
    return await forward(request)


@defect("ignores-an-object-for-a-string", breaks="rfc7644-3.5.2-patch-schema-violation")
async def ignores_an_object_for_a_string(request: Request, forward: Forward) -> Response:
    """A replace of displayName by an object is answered 200."""
    value = asked(request, "replace", "displayName")
    if isinstance(value, dict) and "op" not in value:
        return await ignored(request, forward)
    return await forward(request)


@defect("drops-the-extension-in-a-patch", breaks="rfc7644-3.5.2-patch-schemas-attribute-default")
async def drops_the_extension_in_a_patch(request: Request, forward: Forward) -> Response:
    """A PATCH of displayName takes the enterprise extension from the user."""
    response = await forward(request)
    if response.is_success and asked(request, "replace", "displayName"):
        found = await resource(request, forward)
        if ENTERPRISE in found:
            found.pop(ENTERPRISE)
            return await forward(request.like("PUT", json={**found, "schemas": [CORE]}))
    return response


@defect("drops-a-patch-of-schemas", breaks="rfc7644-3.5.2-patch-modifies-schemas")
async def drops_a_patch_of_schemas(request: Request, forward: Forward) -> Response:
    """A PATCH that adds to schemas is answered 200 and not applied."""
    if any(one.get("path") == "schemas" for one in operations(request)):
        return await ignored(request, forward)
    return await forward(request)


@defect("applies-operations-backwards", breaks="rfc7644-3.5.2-sequential-application")
async def applies_operations_backwards(request: Request, forward: Forward) -> Response:
    """Operations on one and the same attribute are applied from the last to the first."""
    found = operations(request)
    if len(found) > 1 and len({one.get("path") for one in found}) == 1:
        request.json = {**request.json, "Operations": found[::-1]}
    return await forward(request)


@defect("keeps-the-old-primary", breaks="rfc7644-3.5.2-automatic-primary-reset")
async def keeps_the_old_primary(request: Request, forward: Forward) -> Response:
    """An added primary email does not become primary."""
    value = asked(request, "add", "emails")
    if isinstance(value, list) and any(one.get("primary") for one in value):
        plain = [{**one, "primary": False} for one in value]
        rewrite(request, lambda one: [{**one, "value": plain}])
    return await forward(request)


@defect("applies-half-of-a-patch", breaks="rfc7644-3.5.2-atomicity")
async def applies_half_of_a_patch(request: Request, forward: Forward) -> Response:
    """What comes before the operation that fails is applied."""
    response = await forward(request)
    found = operations(request)
    if response.status == 409 and len(found) > 1:
        request.json = {**request.json, "Operations": found[:1]}
        await forward(request)
    return response


@defect("hides-a-failed-patch", breaks="rfc7644-3.5.2-failure-status")
async def hides_a_failed_patch(request: Request, forward: Forward) -> Response:
    """A PATCH of active by an object fails, and is answered 204."""
    value = asked(request, "replace", "active")
    if isinstance(value, dict) and "op" not in value:
        return Response.of(204)
    return await forward(request)


@defect("answers-a-patch-with-half-a-resource", breaks="rfc7644-3.5.2-patch-success")
async def answers_a_patch_with_half_a_resource(request: Request, forward: Forward) -> Response:
    """The resource in the answer to a PATCH is without its name."""
    response = await forward(request)
    if request.method == "PATCH" and response.status == 200:
        response.json = {name: one for name, one in response.json.items() if name != "name"}
    return response


@defect(
    "answers-204-when-attributes-are-asked-for", breaks="rfc7644-3.5.2-200-when-attributes-given"
)
async def answers_204_when_attributes_are_asked_for(request: Request, forward: Forward) -> Response:
    """A PATCH with the parameter attributes is answered 204."""
    response = await forward(request)
    if request.method == "PATCH" and request.param("attributes") and response.is_success:
        return Response.of(204)
    return response


@defect("answers-400-to-a-patch-of-nobody", breaks="rfc7644-3.5.2-patch-unknown-resource")
async def answers_400_to_a_patch_of_nobody(request: Request, forward: Forward) -> Response:
    """A PATCH of an unknown id is answered 400."""
    response = await forward(request)
    if request.method == "PATCH" and is_resource(request, "/Users") and response.status == 404:
        return Response.error(400)
    return response


@defect("ignores-a-path-it-does-not-know", breaks="rfc7644-3.5.2-unknown-attribute-path")
async def ignores_a_path_it_does_not_know(request: Request, forward: Forward) -> Response:
    """A replace of an unknown attribute is answered 200."""
    if asked(request, "replace", "favoriteBicycle"):
        return await ignored(request, forward)
    return await forward(request)


@defect("drops-a-taken-name-in-a-patch", breaks="rfc7644-3.5.2-patch-uniqueness")
async def drops_a_taken_name_in_a_patch(request: Request, forward: Forward) -> Response:
    """A replace of userName by a taken one is answered 200 and not applied."""
    response = await forward(request)
    if response.status == 409 and asked(request, "replace", "userName"):
        return await ignored(request, forward)
    return response


@defect("gives-no-reason-for-a-missing-target", breaks="rfc7644-3.12-scimtype-notarget")
async def gives_no_reason_for_a_missing_target(request: Request, forward: Forward) -> Response:
    """A replace in emails of type fax is refused with invalidValue instead of noTarget."""
    if asked(request, "replace", 'emails[type eq "fax"].value'):
        return Response.error(400, "invalidValue")
    return await forward(request)
