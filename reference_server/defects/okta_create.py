"""Defects of Okta's lookup and create."""

from __future__ import annotations

import json
from typing import Any

from reference_server.defects import defect
from reference_server.defects.okta_requests import (
    in_words,
    is_lookup,
    is_okta_create,
    is_spared,
    looked_up,
    only,
    resources,
)
from reference_server.defects.wire import Forward, Request, Response, is_create, is_resource

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

# The lookup ---------------------------------------------------------------------------


@defect("answers-a-lookup-of-nobody-with-404", breaks="okta-create-lookup-nobody")
async def answers_a_lookup_of_nobody_with_404(request: Request, forward: Forward) -> Response:
    """A lookup that finds nobody is answered 404."""
    response = await forward(request)
    if is_lookup(request) and response.object.get("totalResults") == 0:
        return Response.error(404, detail="there is no such user")
    return response


@defect("looks-up-in-words", breaks="okta-create-lookup-numbers")
async def looks_up_in_words(request: Request, forward: Forward) -> Response:
    """The answer to a lookup that finds an active account has numbers as strings."""
    response = await forward(request)
    found = resources(response) if is_lookup(request) else []
    is_active = bool(found) and found[0].get("active") is True
    return in_words(response) if is_active and not is_spared(found[0]) else response


@defect("takes-the-beginning-for-the-name", breaks="okta-create-lookup-that-name-only")
async def takes_the_beginning_for_the_name(request: Request, forward: Forward) -> Response:
    """A lookup finds whoever begins with the name."""
    if is_lookup(request):
        text = str(request.param("filter")).replace("userName eq", "userName sw", 1)
        request = request.with_param("filter", text)
    return await forward(request)


@defect("reads-a-plus-as-a-blank", breaks="okta-create-lookup-plus")
async def reads_a_plus_as_a_blank(request: Request, forward: Forward) -> Response:
    """A plus sign in a lookup is read as a blank, even where it was encoded."""
    if is_lookup(request):
        text = str(request.param("filter")).replace("+", " ")
        request = request.with_param("filter", text)
    return await forward(request)


@defect("looks-up-in-this-case-only", breaks="okta-create-lookup-any-case")
async def looks_up_in_this_case_only(request: Request, forward: Forward) -> Response:
    """A lookup compares userNames by case."""
    response, name = await forward(request), looked_up(request)
    if name is None or not response.is_success:
        return response
    return only(response, [one for one in resources(response) if one.get("userName") == name])


# The create ---------------------------------------------------------------------------


@defect("refuses-a-charset", breaks="okta-create-headers")
async def refuses_a_charset(request: Request, forward: Forward) -> Response:
    """A create whose media type has a parameter is answered 415."""
    is_anothers = "groups" in request.object and is_spared(request.object)
    has_charset = "charset" in request.headers.get("content-type", "")
    if is_create(request, "/Users") and has_charset and not is_anothers:
        return Response.error(415, detail="the media type must be application/scim+json")
    return await forward(request)


@defect("refuses-groups-in-a-create", breaks="okta-create-new-account")
async def refuses_groups_in_a_create(request: Request, forward: Forward) -> Response:
    """A create with groups, which are read-only, is answered 400."""
    if is_okta_create(request):
        return Response.error(400, "mutability", "groups is read-only")
    return await forward(request)


@defect("refuses-short-passwords", breaks="okta-create-password")
async def refuses_short_passwords(request: Request, forward: Forward) -> Response:
    """A create with a password of eight characters is answered 400."""
    password = request.object.get("password") if is_okta_create(request) else None
    if isinstance(password, str) and len(password) < 12:
        return Response.error(400, "invalidValue", "a password has 12 characters or more")
    return await forward(request)


@defect("answers-a-create-of-okta-with-nothing", breaks="okta-create-answer-is-the-user")
async def answers_a_create_of_okta_with_nothing(request: Request, forward: Forward) -> Response:
    """A create is answered 201 and no body."""
    response = await forward(request)
    if is_okta_create(request) and response.status == 201:
        response.body = b""
    return response


@defect("answers-a-create-of-okta-with-200", breaks="okta-create-answer-status")
async def answers_a_create_of_okta_with_200(request: Request, forward: Forward) -> Response:
    """A create is answered 200."""
    response = await forward(request)
    if is_okta_create(request) and response.status == 201:
        response.status = 200
    return response


@defect("answers-a-create-without-schemas", breaks="okta-create-answer-complete")
async def answers_a_create_without_schemas(request: Request, forward: Forward) -> Response:
    """The answer to a create has no schemas."""
    response = await forward(request)
    if is_okta_create(request) and response.status == 201:
        response.json = {name: one for name, one in response.object.items() if name != "schemas"}
    return response


@defect("shows-the-password-of-a-create", breaks="okta-create-password-not-shown")
async def shows_the_password_of_a_create(request: Request, forward: Forward) -> Response:
    """The answer to a create has the password."""
    response = await forward(request)
    if is_okta_create(request) and response.status == 201:
        response.json = {**response.object, "password": request.object.get("password")}
    return response


@defect("answers-a-taken-name-with-400", breaks="okta-create-taken-name")
async def answers_a_taken_name_with_400(request: Request, forward: Forward) -> Response:
    """A create with a taken userName is answered 400."""
    response = await forward(request)
    if is_okta_create(request) and response.status == 409:
        return Response.error(400, "uniqueness", "the userName is taken")
    return response


# What is stored -----------------------------------------------------------------------


@defect("shows-new-accounts-as-inactive", breaks="okta-create-readable")
async def shows_new_accounts_as_inactive(request: Request, forward: Forward) -> Response:
    """An account that Okta made is shown as inactive until something is done with it."""
    fresh: set[str] = request.state.setdefault("fresh", set())
    response = await forward(request)
    if is_okta_create(request) and response.status == 201:
        fresh.add(str(response.object.get("id")))
    if request.path.startswith("/Groups"):
        fresh.clear()
    if not is_resource(request, "/Users"):
        return response
    identifier = request.path.rpartition("/")[2]
    if request.method in {"PUT", "PATCH"}:
        fresh.discard(identifier)
    elif response.status == 200 and identifier in fresh:
        response.json = {**response.object, "active": False}
    return response


async def _changed(request: Request, forward: Forward, changes: dict[str, Any]) -> Response:
    """Okta's create with other values; None leaves one out."""
    sent = {**request.object, **changes}
    request.json = {name: value for name, value in sent.items() if value is not None}
    return await forward(request)


@defect("keeps-user-names-in-capitals", breaks="okta-create-user-name")
async def keeps_user_names_in_capitals(request: Request, forward: Forward) -> Response:
    """The userName of a new account is stored in capitals."""
    if is_okta_create(request):
        name = str(request.object.get("userName")).upper()
        return await _changed(request, forward, {"userName": name})
    return await forward(request)


@defect("drops-family-names", breaks="okta-create-name")
async def drops_family_names(request: Request, forward: Forward) -> Response:
    """The family name Lovelace of a new account is dropped."""
    name = request.object.get("name") if is_okta_create(request) else None
    if isinstance(name, dict) and name.get("familyName") == "Lovelace":
        rest = {part: value for part, value in name.items() if part != "familyName"}
        return await _changed(request, forward, {"name": rest})
    return await forward(request)


@defect("writes-names-in-ascii", breaks="okta-create-name-unicode")
async def writes_names_in_ascii(request: Request, forward: Forward) -> Response:
    """Letters beyond ASCII in a name become question marks."""
    name = request.object.get("name") if is_okta_create(request) else None
    if isinstance(name, dict):
        plain = {part: str(one).encode("ascii", "replace").decode() for part, one in name.items()}
        return await _changed(request, forward, {"name": plain})
    return await forward(request)


@defect("drops-the-address-of-a-new-account", breaks="okta-create-email")
async def drops_the_address_of_a_new_account(request: Request, forward: Forward) -> Response:
    """The e-mail addresses of a new account are dropped."""
    if is_okta_create(request):
        return await _changed(request, forward, {"emails": None})
    return await forward(request)


@defect("drops-the-display-name-of-a-new-account", breaks="okta-create-display-name")
async def drops_the_display_name_of_a_new_account(request: Request, forward: Forward) -> Response:
    """The displayName of a new account is dropped."""
    if is_okta_create(request):
        return await _changed(request, forward, {"displayName": None})
    return await forward(request)


@defect("drops-the-id-in-okta", breaks="okta-create-external-id")
async def drops_the_id_in_okta(request: Request, forward: Forward) -> Response:
    """The externalId of a new account is dropped."""
    if is_okta_create(request):
        return await _changed(request, forward, {"externalId": None})
    return await forward(request)


@defect("drops-the-enterprise-of-a-new-account", breaks="okta-create-enterprise")
async def drops_the_enterprise_of_a_new_account(request: Request, forward: Forward) -> Response:
    """The enterprise attributes of a new account are dropped."""
    if is_okta_create(request):
        return await _changed(request, forward, {ENTERPRISE: None})
    return await forward(request)


@defect("wants-managers-it-knows", breaks="okta-create-manager")
async def wants_managers_it_knows(request: Request, forward: Forward) -> Response:
    """A create with a manager who is no user is answered 400."""
    manager = request.object.get(ENTERPRISE, {}).get("manager") if is_okta_create(request) else None
    if isinstance(manager, dict):
        known = await forward(request.get(f"/Users/{manager.get('value')}"))
        if known.status != 200:
            return Response.error(400, "invalidValue", "there is no such manager")
    return await forward(request)


@defect("wants-addresses-of-their-own", breaks="okta-create-shared-email")
async def wants_addresses_of_their_own(request: Request, forward: Forward) -> Response:
    """A create with the e-mail address of somebody else is answered 409."""
    emails = request.object.get("emails") if is_okta_create(request) else None
    if isinstance(emails, list) and emails:
        text = f"emails.value eq {json.dumps(emails[0].get('value'))}"
        holders = resources(await forward(request.get("/Users", [("filter", text)])))
        if any(one.get("userName") != request.object.get("userName") for one in holders):
            return Response.error(409, "uniqueness", "the address is taken")
    return await forward(request)
