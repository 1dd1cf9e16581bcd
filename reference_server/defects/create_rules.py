"""Defects of what a create accepts and ignores, RFC 7644 section 3.3."""

from __future__ import annotations

from reference_server.defects import defect
from reference_server.defects.wire import (
    Forward,
    Request,
    Response,
    each_resource,
    is_create,
    is_resource,
)


@defect("refuses-to-create-users", breaks="rfc7644-3.3-create-post")
async def refuses_to_create_users(request: Request, forward: Forward) -> Response:
    """No user can be created."""
    response = await forward(request)
    if is_create(request, "/Users") and response.status != 401:
        return Response.error(403, detail="users are read-only here")
    return response


@defect("answers-a-create-with-200", breaks="rfc7644-3.3-201-created")
async def answers_a_create_with_200(request: Request, forward: Forward) -> Response:
    """A create is answered 200 instead of 201, in a bulk job too."""
    response = await forward(request)
    if is_create(request) and response.status == 201:
        response.status = 200
    if request.path == "/Bulk":
        response.body = response.body.replace(b'"status":"201"', b'"status":"200"')
    return response


@defect("answers-a-create-without-a-body", breaks="rfc7644-3.3-body-create")
async def answers_a_create_without_a_body(request: Request, forward: Forward) -> Response:
    """A create is answered without the new resource."""
    response = await forward(request)
    if is_create(request) and response.status == 201:
        response.body = b""
        response.headers.pop("content-type", None)
    return response


@defect("location-differs-from-meta-location", breaks="rfc7644-3.3-meta-location-body")
async def location_differs_from_meta_location(request: Request, forward: Forward) -> Response:
    """The Location of a new resource is written differently from its meta.location."""
    response = await forward(request)
    if is_create(request) and response.status == 201:
        response.headers["location"] = response.headers["location"] + "?new"
    return response


@defect("adopts-the-id-of-the-client", breaks="rfc7644-3.3-readonly-ignored-create")
async def adopts_the_id_of_the_client(request: Request, forward: Forward) -> Response:
    """A create with an id is answered as if that id had been taken."""
    response = await forward(request)
    if is_create(request) and response.is_success and "id" in (request.json or {}):
        response.json = {**response.json, "id": request.json["id"]}
    return response


@defect("keeps-the-created-of-the-client", breaks="rfc7643-3.1-meta-ignored-input")
async def keeps_the_created_of_the_client(request: Request, forward: Forward) -> Response:
    """A create with meta.created keeps the time that the client sent."""
    response = await forward(request)
    sent = request.json if is_create(request) else None
    if isinstance(sent, dict) and response.is_success and "created" in sent.get("meta", {}):
        request.state[response.json["id"]] = sent["meta"]["created"]
    for resource in each_resource(response):
        if "meta" not in resource:
            continue
        if resource.get("id") in request.state:
            resource["meta"]["created"] = request.state[resource["id"]]
            resource["meta"]["lastModified"] = request.state[resource["id"]]
    return response


@defect("accepts-half-a-document", breaks="rfc7644-3.3-malformed-json-create")
async def accepts_half_a_document(request: Request, forward: Forward) -> Response:
    """A create whose JSON ends in the middle is answered 422."""
    response = await forward(request)
    if is_create(request) and response.status == 400 and request.json is None:
        return Response.error(422, "invalidSyntax")
    return response


@defect("answers-a-missing-name-with-422", breaks="rfc7644-3.3-missing-required-attribute-create")
async def answers_a_missing_name_with_422(request: Request, forward: Forward) -> Response:
    """A user without a userName is refused with 422."""
    response = await forward(request)
    if (
        is_create(request, "/Users")
        and response.status == 400
        and isinstance(request.json, dict)
        and "userName" not in request.json
    ):
        return Response.error(422, "invalidValue")
    return response


@defect("ignores-values-of-the-wrong-type", breaks="rfc7644-3.3-wrong-type-create")
async def ignores_values_of_the_wrong_type(request: Request, forward: Forward) -> Response:
    """A string where an object or array belongs is dropped instead of refused."""
    sent = request.json
    if is_create(request, "/Users") and isinstance(sent, dict):
        request.json = {
            name: value
            for name, value in sent.items()
            if name not in {"name", "emails"} or not isinstance(value, str)
        }
    return await forward(request)


@defect("echoes-unknown-attributes", breaks="rfc7644-3.3-unknown-attributes-create")
async def echoes_unknown_attributes(request: Request, forward: Forward) -> Response:
    """An attribute of no schema comes back in the answer to a create."""
    response = await forward(request)
    if is_create(request) and response.is_success and "favoriteBicycle" in (request.json or {}):
        response.json = {**response.json, "favoriteBicycle": request.json["favoriteBicycle"]}
    return response


@defect("echoes-unknown-schemas", breaks="rfc7644-3.3-unknown-schema-uri-create")
async def echoes_unknown_schemas(request: Request, forward: Forward) -> Response:
    """A create with a schema of nobody is accepted, and the answer names it."""
    sent = request.json
    unknown = (
        [one for one in (sent or {}).get("schemas", []) if ":unknown:" in str(one)]
        if (is_create(request) and isinstance(sent, dict))
        else []
    )
    if not unknown:
        return await forward(request)
    request.json = {**sent, "schemas": [one for one in sent["schemas"] if one not in unknown]}
    response = await forward(request)
    response.json = {**response.json, "schemas": [*response.json["schemas"], *unknown]}
    return response


@defect(
    "believes-the-resource-type-of-the-client", breaks="rfc7644-3.3.1-resourcetype-set-endpoint"
)
async def believes_the_resource_type_of_the_client(request: Request, forward: Forward) -> Response:
    """meta.resourceType of a new resource is what the client sent."""
    response = await forward(request)
    sent = request.json if is_create(request) else None
    told = sent.get("meta", {}).get("resourceType") if isinstance(sent, dict) else None
    if told == "Group" and response.is_success:
        made = response.json
        made["meta"]["resourceType"] = told
        response.json = made
    return response


@defect("stores-null-as-a-word", breaks="rfc7643-2.5-null-absence-equivalent")
async def stores_null_as_a_word(request: Request, forward: Forward) -> Response:
    """null in a create is stored as the string null."""
    sent = request.json
    if is_create(request, "/Users") and isinstance(sent, dict) and sent.get("nickName", "") is None:
        request.json = {**sent, "nickName": "null"}
    return await forward(request)


@defect("forgets-when-a-resource-was-created", breaks="rfc7643-3.1-server-assigns-id-meta")
async def forgets_when_a_resource_was_created(request: Request, forward: Forward) -> Response:
    """meta has no created."""
    response = await forward(request)
    if response.is_success and is_resource(request, "/Users"):
        for resource in each_resource(response):
            resource.get("meta", {}).pop("created", None)
    return response


@defect("invents-external-ids", breaks="rfc7643-3.1-externalid-not-set-server")
async def invents_external_ids(request: Request, forward: Forward) -> Response:
    """A user without an externalId is shown with one."""
    response = await forward(request)
    shows = request.method in {"GET", "PATCH"} and is_resource(request, "/Users")
    if response.is_success and shows:
        for resource in each_resource(response):
            resource.setdefault("externalId", f"made-up-{resource['id']}")
    return response


@defect("wants-external-ids-unique", breaks="rfc7643-3.1-externalid-uniqueness-not-enforced")
async def wants_external_ids_unique(request: Request, forward: Forward) -> Response:
    """A second resource with an externalId is refused."""
    sent = request.json if is_create(request) else None
    mine = sent.get("externalId") if isinstance(sent, dict) else None
    if mine and mine in request.state:
        return Response.error(409, "uniqueness", "externalId is already in use")
    response = await forward(request)
    if mine and response.is_success:
        request.state[mine] = True
    return response


@defect("drops-external-ids-of-core-users", breaks="rfc7643-3-common-attributes-always-scope")
async def drops_external_ids_of_core_users(request: Request, forward: Forward) -> Response:
    """externalId is dropped in a create that names only the core schema."""
    sent = request.json if is_create(request, "/Users") else None
    if isinstance(sent, dict) and "-external-" in sent.get("externalId", ""):
        request.json = {name: sent[name] for name in sent if name != "externalId"}
    return await forward(request)


@defect("wants-schemas-first", breaks="rfc7643-2.3.8-member-order-irrelevant")
async def wants_schemas_first(request: Request, forward: Forward) -> Response:
    """A create whose first member is not schemas is refused."""
    sent = request.json if is_create(request, "/Users") else None
    if isinstance(sent, dict) and sent.get("schemas") and list(sent)[-1] == "schemas":
        return Response.error(400, "invalidSyntax", "schemas must come first")
    return await forward(request)


@defect("reads-attribute-names-exactly", breaks="rfc7643-2.1-attribute-names-case-insensitive")
async def reads_attribute_names_exactly(request: Request, forward: Forward) -> Response:
    """An attribute whose name is not in its usual case is dropped from a create."""
    sent = request.json if is_create(request) else None
    if isinstance(sent, dict):
        request.json = {name: value for name, value in sent.items() if not name.isupper()}
    return await forward(request)


@defect("reads-any-string-as-true", breaks="rfc7643-2.3.2-non-boolean-input-boolean")
async def reads_any_string_as_true(request: Request, forward: Forward) -> Response:
    """A string for a boolean counts as true."""
    sent = request.json if is_create(request) else None
    if isinstance(sent, dict) and isinstance(sent.get("active"), str):
        request.json = {**sent, "active": True}
    return await forward(request)


@defect("takes-any-user-name", breaks="rfc7643-4.1.1-username-required-non-empty")
async def takes_any_user_name(request: Request, forward: Forward) -> Response:
    """An empty userName is accepted."""
    sent = request.json if is_create(request, "/Users") else None
    if isinstance(sent, dict) and sent.get("userName") == "":
        request.json = {**sent, "userName": f"empty-{id(request)}"}
    return await forward(request)


@defect("makes-room-for-a-taken-name", breaks="rfc7643-4.1.1-username-unique")
async def makes_room_for_a_taken_name(request: Request, forward: Forward) -> Response:
    """A create with a taken userName makes a second user."""
    response = await forward(request)
    if is_create(request, "/Users") and response.status == 409:
        sent = request.json
        first = request.state.setdefault("names", set())
        plain = sent["userName"].isascii() and sent["userName"] == sent["userName"].lower()
        if plain and "-twin-" not in sent["userName"]:
            first.add(sent["userName"])
            return await forward(request.like(json={**sent, "userName": sent["userName"] + "x"}))
    return response


@defect("tells-names-apart-by-case", breaks="rfc7643-4.1.1-username-case-insensitive")
async def tells_names_apart_by_case(request: Request, forward: Forward) -> Response:
    """A taken userName in capitals is accepted."""
    response = await forward(request)
    if is_create(request, "/Users") and response.status == 409:
        sent = request.json
        if sent["userName"].isupper():
            return await forward(request.like(json={**sent, "userName": sent["userName"] + "X"}))
    return response
