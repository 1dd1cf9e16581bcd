"""Defects of what Okta's own SPEC and CRUD tests send."""

from __future__ import annotations

from reference_server.defects import defect
from reference_server.defects.patch_messages import asked, ignored, resource
from reference_server.defects.wire import (
    Forward,
    Request,
    Response,
    each_resource,
    is_create,
    is_list,
    is_resource,
)

#: The phone number of the person in the CRUD test; E.164 knows no dots.
PHONE = "415.123.4567"


def _looked_up(request: Request) -> str | None:
    """The userName that is looked up without paging parameters, as no app of Okta does."""
    text = request.param("filter") or ""
    if not is_list(request, "/Users") or request.param("count") or " eq " not in text:
        return None
    return text.partition(" eq ")[2].strip('"')


def _id(request: Request) -> str:
    """The id of the user that is read; empty for any other request."""
    is_read = request.method == "GET" and is_resource(request, "/Users")
    return request.path.rpartition("/")[2] if is_read else ""


# The SPEC test ------------------------------------------------------------------------


@defect("does-not-tell-the-size-of-a-page-of-one", breaks="okta-spec-01-list-users")
async def does_not_tell_the_size_of_a_page_of_one(request: Request, forward: Forward) -> Response:
    """A page of one user has no itemsPerPage."""
    response = await forward(request)
    if is_list(request, "/Users") and request.param("count") == "1" and response.is_success:
        value = response.object
        value.pop("itemsPerPage", None)
        response.json = value
    return response


@defect("hides-the-emails-of-users-without-external-id", breaks="okta-spec-02-get-user")
async def hides_the_emails_of_users_without_external_id(
    request: Request, forward: Forward
) -> Response:
    """A user that has no externalId is read without emails."""
    response = await forward(request)
    if _id(request) and response.is_success:
        for one in each_resource(response):
            if "externalId" not in one:
                one.pop("emails", None)
    return response


@defect("refuses-a-search-in-a-foreign-domain", breaks="okta-spec-03-filter-unknown-user")
async def refuses_a_search_in_a_foreign_domain(request: Request, forward: Forward) -> Response:
    """A search for a userName in a domain that nobody has is answered 400."""
    if (_looked_up(request) or "").endswith("@atko.com"):
        return Response.error(400, "invalidValue", "this domain is not known")
    return await forward(request)


@defect("takes-ids-for-64-bit-numbers", breaks="okta-spec-04-unknown-id")
async def takes_ids_for_64_bit_numbers(request: Request, forward: Forward) -> Response:
    """An id of digits that does not fit into 64 bits is answered 500."""
    wanted = _id(request)
    if wanted.isdigit() and int(wanted) >= 2**63:
        return Response.error(500, None, "internal error")
    return await forward(request)


@defect("answers-a-search-for-a-new-name-with-404", breaks="okta-spec-05-filter-new-user")
async def answers_a_search_for_a_new_name_with_404(request: Request, forward: Forward) -> Response:
    """A search for a name of small and capital letters that nobody has is answered 404."""
    response = await forward(request)
    name = _looked_up(request) or ""
    is_mixed = name not in {name.lower(), name.upper()}
    if is_mixed and response.object.get("totalResults") == 0:
        return Response.error(404, None, "no such user")
    return response


@defect("refuses-a-charset-in-accept", breaks="okta-spec-06-create-user")
async def refuses_a_charset_in_accept(request: Request, forward: Forward) -> Response:
    """A create whose Accept names a charset is answered 406."""
    if is_create(request, "/Users") and "charset" in request.headers.get("accept", ""):
        return Response.error(406, None, "no such representation")
    return await forward(request)


@defect("mixes-the-names-of-users-up", breaks="okta-spec-07-read-created-user")
async def mixes_the_names_of_users_up(request: Request, forward: Forward) -> Response:
    """A user that has no externalId is read with given and family name interchanged."""
    response = await forward(request)
    if _id(request) and response.is_success:
        for one in each_resource(response):
            name = one.get("name", {})
            if "externalId" not in one and {"givenName", "familyName"} <= set(name):
                one["name"] = {
                    **name,
                    "givenName": name["familyName"],
                    "familyName": name["givenName"],
                }
    return response


@defect("answers-the-same-user-again-with-400", breaks="okta-spec-08-duplicate-user")
async def answers_the_same_user_again_with_400(request: Request, forward: Forward) -> Response:
    """A second create of a user without externalId is answered 400."""
    response = await forward(request)
    is_refused = is_create(request, "/Users") and response.status == 409
    if is_refused and "externalId" not in request.object and "name" in request.object:
        return Response.error(400, "uniqueness", "this user exists")
    return response


@defect("refuses-a-search-in-capitals", breaks="okta-spec-09-filter-capitals")
async def refuses_a_search_in_capitals(request: Request, forward: Forward) -> Response:
    """A search for a userName in capital letters is answered 404."""
    name = _looked_up(request) or ""
    if name and name == name.upper():
        return Response.error(404, None, "no such user")
    return await forward(request)


@defect("wants-a-page-of-groups-to-be-named", breaks="okta-spec-10-list-groups")
async def wants_a_page_of_groups_to_be_named(request: Request, forward: Forward) -> Response:
    """A list of groups without paging parameters is answered 400."""
    if is_list(request, "/Groups") and not request.query:
        return Response.error(400, "tooMany", "say which page")
    return await forward(request)


@defect("falls-over-an-authorization-without-a-blank", breaks="okta-spec-11-wrong-token")
async def falls_over_an_authorization_without_a_blank(
    request: Request, forward: Forward
) -> Response:
    """An Authorization header of one word is answered 500."""
    if " " not in request.headers.get("authorization", " "):
        return Response.error(500, None, "internal error")
    return await forward(request)


@defect("tells-another-status-for-an-id-of-digits", breaks="okta-spec-12-not-found-status")
async def tells_another_status_for_an_id_of_digits(request: Request, forward: Forward) -> Response:
    """The error for an id of digits that fits into 64 bits says 400, and is a 404."""
    response = await forward(request)
    wanted = _id(request)
    if response.status == 404 and wanted.isdigit() and int(wanted) < 2**63:
        response.json = {**response.object, "status": "400"}
    return response


# The CRUD test ------------------------------------------------------------------------


async def _is_runner(request: Request, forward: Forward) -> bool:
    """Whether the user that is to be changed has the phone number of the CRUD test."""
    if request.method not in {"PUT", "PATCH"} or not is_resource(request, "/Users"):
        return False
    now = await resource(request, forward)
    return any(one.get("value") == PHONE for one in now.get("phoneNumbers", ()))


def _sets_active(request: Request) -> bool | None:
    """The ``active`` that the request sets, in either form of Okta; None for none."""
    value = asked(request, "replace", None)
    sent = request.object if request.method == "PUT" else value
    found = sent.get("active") if isinstance(sent, dict) else None
    return found if isinstance(found, bool) else None


@defect("finds-people-with-a-phone-without-names", breaks="okta-crud-created")
async def finds_people_with_a_phone_without_names(request: Request, forward: Forward) -> Response:
    """A search finds a user whose phone number has dots without the name."""
    response = await forward(request)
    if is_list(request, "/Users") and response.is_success:
        for one in each_resource(response):
            if any(phone.get("value") == PHONE for phone in one.get("phoneNumbers", ())):
                one.pop("name", None)
    return response


@defect("keeps-a-name-that-begins-like-the-new-one", breaks="okta-crud-updated")
async def keeps_a_name_that_begins_like_the_new_one(request: Request, forward: Forward) -> Response:
    """A PUT whose given name begins with the old one keeps the old one."""
    name = request.object.get("name") if request.method == "PUT" else None
    if isinstance(name, dict) and is_resource(request, "/Users"):
        old = (await resource(request, forward)).get("name", {}).get("givenName")
        if old and str(name.get("givenName")).startswith(f"{old}u"):
            request.json = {**request.json, "name": {**name, "givenName": old}}
    return await forward(request)


async def _ignoring(request: Request, forward: Forward, turn: int) -> Response:
    """Ignore the change of the status that is the ``turn``-th of a person of the CRUD test."""
    active = _sets_active(request)
    if active is not None and await _is_runner(request, forward):
        before, turns = request.state.get(request.path, (True, 0))
        if active is not before:
            turns += 1
            request.state[request.path] = (active, turns)
        if turns == turn and request.method == "PATCH":
            return await ignored(request, forward)
        if turns == turn:
            was = (await resource(request, forward)).get("active")
            request.json = {**request.json, "active": was}
    return await forward(request)


@defect("does-not-deactivate-people-with-a-phone", breaks="okta-crud-deactivated")
async def does_not_deactivate_people_with_a_phone(request: Request, forward: Forward) -> Response:
    """The first deactivation of a user whose phone number has dots changes nothing."""
    return await _ignoring(request, forward, 1)


@defect("does-not-reactivate-people-with-a-phone", breaks="okta-crud-reactivated")
async def does_not_reactivate_people_with_a_phone(request: Request, forward: Forward) -> Response:
    """The reactivation of a user whose phone number has dots changes nothing."""
    return await _ignoring(request, forward, 2)


@defect("does-not-deactivate-people-twice", breaks="okta-crud-unassigned")
async def does_not_deactivate_people_twice(request: Request, forward: Forward) -> Response:
    """The second deactivation of a user whose phone number has dots changes nothing."""
    return await _ignoring(request, forward, 3)
