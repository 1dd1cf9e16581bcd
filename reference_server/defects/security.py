"""Defects of authentication, cookies and confidentiality, RFC 7644 sections 2 and 7."""

from __future__ import annotations

from reference_server.defects import defect
from reference_server.defects.wire import (
    Forward,
    Request,
    Response,
    each_resource,
    is_create,
    is_list,
    is_resource,
)

SECOND = "Bearer scimproof-second-token"
ANONYMOUS = ("--anonymous-creates",)


async def _as_the_first(request: Request, forward: Forward) -> Response:
    """The same request with the credential of whoever else was let in before."""
    twin = request.like()
    twin.headers["authorization"] = request.state.get("first", SECOND)
    return await forward(twin)


async def _answered(request: Request, forward: Forward) -> Response:
    """The right answer; remembers the first credential."""
    response = await forward(request)
    sent = request.headers.get("authorization", "")
    if response.is_success and sent and sent != SECOND:
        request.state["first"] = sent
    return response


@defect("lets-strangers-search", breaks="rfc7644-2-invalid-credentials")
async def lets_strangers_search(request: Request, forward: Forward) -> Response:
    """POST to .search needs no credentials."""
    response = await _answered(request, forward)
    if response.status == 401 and request.path.endswith("/.search"):
        return await _as_the_first(request, forward)
    return response


@defect("tells-strangers-who-is-there", breaks="rfc7644-2-invalid-credentials")
async def tells_strangers_who_is_there(request: Request, forward: Forward) -> Response:
    """Without credentials a user that exists can be read."""
    response = await _answered(request, forward)
    is_read = request.method == "GET" and is_resource(request, "/Users")
    if response.status == 401 and is_read and "authorization" not in request.headers:
        return await _as_the_first(request, forward)
    return response


@defect("lets-everybody-delete", breaks="rfc7644-2-client-maps-access-policy")
async def lets_everybody_delete(request: Request, forward: Forward) -> Response:
    """A second credential deletes what the first one made."""
    response = await _answered(request, forward)
    is_second = request.headers.get("authorization") == SECOND
    if is_second and request.method == "DELETE" and response.status == 404:
        return await _as_the_first(request, forward)
    return response


@defect("lists-the-users-of-all-tenants", breaks="rfc7644-2-subject-considered")
async def lists_the_users_of_all_tenants(request: Request, forward: Forward) -> Response:
    """A filter of a second credential finds what others have."""
    response = await _answered(request, forward)
    if request.headers.get("authorization") == SECOND and is_list(request, "/Users"):
        return await _as_the_first(request, forward)
    return response


@defect("calls-the-forbidden-unauthenticated", breaks="rfc7644-3.12-http-403")
async def calls_the_forbidden_unauthenticated(request: Request, forward: Forward) -> Response:
    """A PATCH that the credential does not permit is answered 401."""
    response = await forward(request)
    is_second = request.headers.get("authorization") == SECOND
    if is_second and request.method == "PATCH" and response.status == 404:
        return Response.error(401)
    return response


@defect(
    "wants-credentials-of-newcomers", breaks="rfc7644-2.2-anonymous-requests", options=ANONYMOUS
)
async def wants_credentials_of_newcomers(request: Request, forward: Forward) -> Response:
    """A create without credentials is refused."""
    if is_create(request, "/Users") and "authorization" not in request.headers:
        return Response.error(401)
    return await forward(request)


@defect("sets-a-cookie-for-plain-http", breaks="rfc7644-7.4-tokens-over-tls")
async def sets_a_cookie_for_plain_http(request: Request, forward: Forward) -> Response:
    """A session cookie is not Secure."""
    response = await forward(request)
    response.headers["set-cookie"] = "session=1f0c; HttpOnly; Path=/"
    return response


@defect("sets-a-cookie-for-a-year", breaks="rfc7644-7.4-cookie-lifetime")
async def sets_a_cookie_for_a_year(request: Request, forward: Forward) -> Response:
    """A session cookie is kept for a year."""
    response = await forward(request)
    response.headers["set-cookie"] = "session=1f0c; Secure; HttpOnly; Max-Age=31536000"
    return response


@defect("takes-telephone-numbers-nowhere", breaks="rfc7644-7.5.2-sensitive-filter-get")
async def takes_telephone_numbers_nowhere(request: Request, forward: Forward) -> Response:
    """A filter on telephone numbers is refused with 403 in a URL and in a body."""
    asked = request.param("filter") or str(request.object.get("filter"))
    if is_list(request) and "phoneNumbers.value" in asked:
        return Response.error(403, "sensitive")
    return await forward(request)


@defect("doubles-quotation-marks", breaks="rfc7644-7.7-storage-credentials")
async def doubles_quotation_marks(request: Request, forward: Forward) -> Response:
    """A display name with an apostrophe is stored with two."""
    body = request.object
    name = body.get("displayName")
    if is_create(request, "/Users") and isinstance(name, str) and "'" in name:
        return await forward(request.like(json={**body, "displayName": name.replace("'", "''")}))
    return await forward(request)


@defect("repeats-a-password-in-an-error", breaks="rfc7643-4.1.1-password-never-returned")
async def repeats_a_password_in_an_error(request: Request, forward: Forward) -> Response:
    """The refusal of a create repeats what was sent, the password too."""
    response = await forward(request)
    if is_create(request, "/Users") and response.status == 400 and "password" in request.object:
        detail = f"{response.object.get('detail')}: {request.body.decode('utf-8', 'replace')}"
        response.json = {**response.object, "detail": detail}
    return response


@defect("repeats-a-password-in-a-bulk-answer", breaks="rfc7643-4.1.1-password-never-returned")
async def repeats_a_password_in_a_bulk_answer(request: Request, forward: Forward) -> Response:
    """The result of a failed operation repeats what was sent, the password too."""
    response = await forward(request)
    if request.path != "/Bulk" or not response.is_success:
        return response
    answer = response.object
    for sent, result in zip(request.object["Operations"], answer["Operations"], strict=False):
        error = result.get("response")
        if isinstance(error, dict) and "password" in (sent.get("data") or {}):
            error["detail"] = f"{error.get('detail')}: {sent['data']}"
    response.json = answer
    return response


@defect("makes-up-a-default", breaks="rfc7644-3.3-defaults-assigned")
async def makes_up_a_default(request: Request, forward: Forward) -> Response:
    """The answer to a create names a userType that nobody gave and nobody stored."""
    response = await forward(request)
    if is_create(request, "/Users") and response.is_success:
        for one in each_resource(response):
            one.setdefault("userType", "Guest")
    return response
