"""Defects of replacing with PUT, RFC 7644 section 3.5.1."""

from __future__ import annotations

from reference_server.defects import defect
from reference_server.defects.wire import Forward, Request, Response, each_resource, is_resource

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@defect("has-no-put", breaks="rfc7644-3.5-put-mandatory")
async def has_no_put(request: Request, forward: Forward) -> Response:
    """PUT is not implemented."""
    response = await forward(request)
    if request.method == "PUT" and response.status != 401:
        return Response.error(501, detail="PUT is not implemented")
    return response


@defect("answers-a-put-with-202", breaks="rfc7644-3.5.1-put-success")
async def answers_a_put_with_202(request: Request, forward: Forward) -> Response:
    """A PUT is answered 202."""
    response = await forward(request)
    if request.method == "PUT" and is_resource(request, "/Users") and response.status == 200:
        response.status = 202
    return response


@defect("merges-arrays-in-a-put", breaks="rfc7644-3.5.1-put-replaces-readwrite-values")
async def merges_arrays_in_a_put(request: Request, forward: Forward) -> Response:
    """A PUT adds its emails to those that are there."""
    sent = request.json
    if (
        request.method == "PUT"
        and is_resource(request, "/Users")
        and isinstance(sent, dict)
        and sent.get("emails")
    ):
        before = (await forward(request.get(request.path))).json or {}
        kept = [{**one, "primary": False} for one in before.get("emails", [])]
        request.json = {**sent, "emails": [*kept, *sent["emails"]]}
    return await forward(request)


@defect("keeps-what-a-put-leaves-out", breaks="rfc7644-3.5.1-put-omitted-attributes")
async def keeps_what_a_put_leaves_out(request: Request, forward: Forward) -> Response:
    """A PUT without title keeps the title."""
    sent = request.json
    if (
        request.method == "PUT"
        and is_resource(request, "/Users")
        and isinstance(sent, dict)
        and "title" not in sent
    ):
        before = (await forward(request.get(request.path))).json or {}
        if "title" in before:
            request.json = {**sent, "title": before["title"]}
    return await forward(request)


@defect("keeps-what-a-put-makes-null", breaks="rfc7643-2.5-assigning-null-unassigns")
async def keeps_what_a_put_makes_null(request: Request, forward: Forward) -> Response:
    """A PUT with a null title keeps the title."""
    sent = request.json
    if (
        request.method == "PUT"
        and is_resource(request, "/Users")
        and isinstance(sent, dict)
        and sent.get("title", "") is None
    ):
        before = (await forward(request.get(request.path))).json or {}
        request.json = {**sent, "title": before.get("title")}
    return await forward(request)


@defect("refuses-meta-in-a-put", breaks="rfc7644-3.5.1-put-readonly-ignored")
async def refuses_meta_in_a_put(request: Request, forward: Forward) -> Response:
    """A PUT that carries meta is refused."""
    sent = request.json
    if request.method == "PUT" and isinstance(sent, dict) and "meta" in sent:
        return Response.error(400, "mutability", "meta is readOnly")
    return await forward(request)


@defect("creates-anew-in-a-put", breaks="rfc7644-3.5.1-put-keeps-id-created")
async def creates_anew_in_a_put(request: Request, forward: Forward) -> Response:
    """A PUT moves meta.created to now."""
    response = await forward(request)
    if request.method == "PUT" and response.is_success:
        request.state[request.path] = response.json["meta"]["lastModified"]
    for resource in each_resource(response):
        if "meta" not in resource:
            continue
        created = request.state.get(request.path)
        if created and request.method in {"GET", "PUT"}:
            resource["meta"]["created"] = created
            resource["meta"]["lastModified"] = created
    return response


@defect("sets-last-modified-back", breaks="rfc7643-3.1-lastmodified-reflects-latest-update")
async def sets_last_modified_back(request: Request, forward: Forward) -> Response:
    """A changed resource has a lastModified before its created."""
    response = await forward(request)
    if response.is_success:
        for resource in each_resource(response):
            meta = resource.get("meta", {})
            if meta.get("created") and meta["created"] != meta.get("lastModified"):
                meta["lastModified"] = "2001-01-01T00:00:00Z"
    return response


@defect("moves-the-resource-in-a-put", breaks="rfc7643-3.1-id-readonly")
async def moves_the_resource_in_a_put(request: Request, forward: Forward) -> Response:
    """A PUT with another id makes the resource unreachable at the old one."""
    sent = request.json
    moved = request.state.setdefault("moved", set())
    if request.path in moved and request.method == "GET":
        return Response.error(404)
    response = await forward(request)
    other = (
        isinstance(sent, dict) and sent.get("id") and sent["id"] != request.path.rpartition("/")[2]
    )
    if request.method == "PUT" and is_resource(request, "/Users") and other and response.is_success:
        moved.add(request.path)
    return response


@defect("refuses-another-id-in-a-put", breaks="rfc7644-3.5.1-put-id-mismatch")
async def refuses_another_id_in_a_put(request: Request, forward: Forward) -> Response:
    """A PUT with another id is refused with 409."""
    sent = request.json
    if (
        request.method == "PUT"
        and isinstance(sent, dict)
        and sent.get("id", "") not in ("", request.path.rpartition("/")[2])
    ):
        response = await forward(request)
        return Response.error(409) if response.is_success else response
    return await forward(request)


@defect("drops-a-taken-name-in-a-put", breaks="rfc7644-3.5.1-put-duplicate")
async def drops_a_taken_name_in_a_put(request: Request, forward: Forward) -> Response:
    """A PUT of a taken userName is answered 200 and changes nothing."""
    response = await forward(request)
    if (
        request.method == "PUT"
        and is_resource(request, "/Users")
        and response.status in {400, 409}
        and "uniqueness" in str(response.json)
    ):
        return await forward(request.get(request.path))
    return response


@defect("calls-a-taken-name-a-bad-value", breaks="rfc7644-3.12-scimtype-uniqueness")
async def calls_a_taken_name_a_bad_value(request: Request, forward: Forward) -> Response:
    """A PUT of a taken userName is refused with scimType invalidValue."""
    response = await forward(request)
    if request.method == "PUT" and response.status == 409:
        return Response.error(409, "invalidValue")
    return response


@defect("freezes-external-ids", breaks="rfc7643-3.1-externalid-readwrite")
async def freezes_external_ids(request: Request, forward: Forward) -> Response:
    """externalId is kept as it was in a PUT."""
    sent = request.json
    if (
        request.method == "PUT"
        and is_resource(request, "/Users")
        and isinstance(sent, dict)
        and "externalId" in sent
    ):
        request.json = {name: sent[name] for name in sent if name != "externalId"}
    return await forward(request)


@defect("ignores-extensions-in-a-put", breaks="rfc7644-3.5.1-put-extension-data")
async def ignores_extensions_in_a_put(request: Request, forward: Forward) -> Response:
    """A PUT leaves the enterprise extension as it was."""
    sent = request.json
    if request.method == "PUT" and isinstance(sent, dict) and ENTERPRISE in sent:
        before = (await forward(request.get(request.path))).json or {}
        request.json = {**sent, ENTERPRISE: before.get(ENTERPRISE)}
    return await forward(request)


@defect("adds-members-in-a-put", breaks="rfc7644-3.5.1-put-group-members")
async def adds_members_in_a_put(request: Request, forward: Forward) -> Response:
    """A PUT adds its members to those that are there."""
    sent = request.json
    if (
        request.method == "PUT"
        and is_resource(request, "/Groups")
        and isinstance(sent, dict)
        and sent.get("members")
    ):
        before = (await forward(request.get(request.path))).json or {}
        request.json = {**sent, "members": [*before.get("members", []), *sent["members"]]}
    return await forward(request)


@defect("creates-with-put", breaks="rfc7644-3.2-put-never-creates")
async def creates_with_put(request: Request, forward: Forward) -> Response:
    """A PUT to an unknown id creates a user."""
    response = await forward(request)
    if (
        request.method == "PUT"
        and is_resource(request, "/Users")
        and response.status == 404
        and "deleted" not in request.state
    ):
        made = await forward(request.like("POST", "/Users", json=request.json))
        return Response.of(200, {**made.json, "id": request.path.rpartition("/")[2]})
    return response
