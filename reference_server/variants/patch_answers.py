"""How a PATCH is written and answered: AMB-06, AMB-07, AMB-15, AMB-61."""

from __future__ import annotations

from reference_server.defects.patch_messages import ignored, operations, resource
from reference_server.defects.wire import Forward, Request, Response
from reference_server.variants import variant


@variant("wants-op-in-lower-case", of="AMB-06")
async def wants_op_in_lower_case(request: Request, forward: Forward) -> Response:
    """An op that is not in lower case is refused, as JSON Patch would have it."""
    if any(str(one.get("op")) != str(one.get("op")).lower() for one in operations(request)):
        return Response.error(400, "invalidSyntax")
    return await forward(request)


@variant("answers-a-patch-with-204", of="AMB-07")
async def answers_a_patch_with_204(request: Request, forward: Forward) -> Response:
    """A PATCH is answered without a body, unless attributes are asked for."""
    response = await forward(request)
    if request.method != "PATCH" or response.status != 200 or request.param("attributes"):
        return response
    return Response(
        204, {name: response.headers[name] for name in {"etag"} & set(response.headers)}
    )


@variant("answers-a-patch-without-change-with-204", of="AMB-07")
async def answers_a_patch_without_change_with_204(request: Request, forward: Forward) -> Response:
    """A PATCH that changes nothing is answered 204, any other 200."""
    if request.method != "PATCH" or request.param("attributes"):
        return await forward(request)
    before = await resource(request, forward)
    response = await forward(request)
    after = await resource(request, forward)
    return Response(204) if response.status == 200 and before == after else response


@variant("manages-schemas-itself", of="AMB-15")
async def manages_schemas_itself(request: Request, forward: Forward) -> Response:
    """Whatever a PATCH wants of schemas is refused with mutability."""
    if any(str(one.get("path")).lower() == "schemas" for one in operations(request)):
        return Response.error(400, "mutability")
    return await forward(request)


@variant("lets-schemas-be-removed", of="AMB-15")
async def lets_schemas_be_removed(request: Request, forward: Forward) -> Response:
    """A remove at schemas succeeds; the data decides what schemas lists."""
    found = operations(request)
    if len(found) == 1 and found[0].get("path") == "schemas" and found[0].get("op") == "remove":
        return await ignored(request, forward)
    return await forward(request)


def _is_malformed(request: Request) -> bool:
    value = request.json
    found = operations(request)
    whole = isinstance(value, dict) and isinstance(value.get("Operations"), list) and found
    good = {"add", "remove", "replace"}
    return not whole or any(str(one.get("op")).lower() not in good for one in found)


@variant("gives-a-malformed-patch-no-keyword", of="AMB-61")
async def gives_a_malformed_patch_no_keyword(request: Request, forward: Forward) -> Response:
    """A body that is no PATCH message is refused without a scimType: none is defined for it."""
    response = await forward(request)
    if request.method == "PATCH" and response.status == 400 and _is_malformed(request):
        return Response.error(400)
    return response


@variant("calls-a-malformed-patch-an-invalid-value", of="AMB-61")
async def calls_a_malformed_patch_an_invalid_value(request: Request, forward: Forward) -> Response:
    """A body that is no PATCH message is refused with invalidValue."""
    response = await forward(request)
    if request.method == "PATCH" and response.status == 400 and _is_malformed(request):
        return Response.error(400, "invalidValue")
    return response
