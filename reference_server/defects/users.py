"""Defects of users, RFC 7643 section 4.1."""

from __future__ import annotations

import asyncio
import base64
from urllib.parse import urlsplit

from reference_server.defects import defect
from reference_server.defects.wire import (
    Forward,
    Request,
    Response,
    each_resource,
    is_create,
    is_resource,
)


@defect("calls-users-accounts", breaks="rfc7643-4.1-user-schema-uri")
async def calls_users_accounts(request: Request, forward: Forward) -> Response:
    """A user names the core schema in another case."""
    response = await forward(request)
    if response.is_success and request.method == "GET" and is_resource(request, "/Users"):
        for resource in each_resource(response):
            resource["schemas"] = [
                one.replace("core:2.0:User", "core:2.0:USER") for one in resource["schemas"]
            ]
    return response


@defect("drops-display-names", breaks="rfc7643-4.1.1-displayname")
async def drops_display_names(request: Request, forward: Forward) -> Response:
    """The displayName Ada Lovelace is dropped, and no other."""
    sent = request.json if is_create(request, "/Users") else None
    if isinstance(sent, dict) and sent.get("displayName") == "Ada Lovelace" and len(sent) == 3:
        request.json = {key: value for key, value in sent.items() if key != "displayName"}
    return await forward(request)


@defect("keeps-the-formatted-name-only", breaks="rfc7643-4.1.1-name-parts")
async def keeps_the_formatted_name_only(request: Request, forward: Forward) -> Response:
    """Of a name without formatted the parts are put together and lost."""
    sent = request.json if is_create(request, "/Users") else None
    if isinstance(sent, dict) and isinstance(sent.get("name"), dict) and len(sent) == 3:
        request.json = {**sent, "name": {"formatted": " ".join(map(str, sent["name"].values()))}}
    return await forward(request)


@defect("drops-profile-urls", breaks="rfc7643-7-readwrite-semantics")
async def drops_profile_urls(request: Request, forward: Forward) -> Response:
    """profileUrl is dropped."""
    sent = request.json if is_create(request, "/Users") else None
    if isinstance(sent, dict):
        request.json = {key: value for key, value in sent.items() if key != "profileUrl"}
    return await forward(request)


@defect("shortens-profile-urls", breaks="rfc7643-4.1.1-profileurl-url")
async def shortens_profile_urls(request: Request, forward: Forward) -> Response:
    """Of a profileUrl only the path is kept."""
    sent = request.json if is_create(request, "/Users") else None
    if isinstance(sent, dict) and sent.get("profileUrl"):
        request.json = {**sent, "profileUrl": urlsplit(sent["profileUrl"]).path}
    return await forward(request)


@defect("refuses-weighted-languages", breaks="rfc7643-4.1.1-preferredlanguage-format")
async def refuses_weighted_languages(request: Request, forward: Forward) -> Response:
    """preferredLanguage with weights is refused."""
    if is_create(request, "/Users") and ";q=" in str(request.object.get("preferredLanguage", "")):
        return Response.error(400, "invalidValue")
    return await forward(request)


@defect("shortens-locales", breaks="rfc7643-4.1.1-locale-language-tag")
async def shortens_locales(request: Request, forward: Forward) -> Response:
    """Of a locale only the language is kept."""
    sent = request.json if is_create(request, "/Users") else None
    if isinstance(sent, dict) and "locale" in sent:
        request.json = {**sent, "locale": str(sent["locale"])[:2]}
    return await forward(request)


@defect("refuses-underscores-in-locales", breaks="rfc7643-4.1.1-locale-underscore")
async def refuses_underscores_in_locales(request: Request, forward: Forward) -> Response:
    """A locale with an underscore is refused."""
    if is_create(request, "/Users") and "_" in str(request.object.get("locale", "")):
        return Response.error(400, "invalidValue")
    return await forward(request)


@defect("shortens-time-zones", breaks="rfc7643-4.1.1-timezone-iana-name")
async def shortens_time_zones(request: Request, forward: Forward) -> Response:
    """Of a timezone only the city is kept."""
    sent = request.json if is_create(request, "/Users") else None
    if isinstance(sent, dict) and sent.get("timezone"):
        request.json = {**sent, "timezone": sent["timezone"].rpartition("/")[2]}
    return await forward(request)


@defect("folds-address-lines", breaks="rfc7643-4.1.2-address-sub-attributes-optional")
async def folds_address_lines(request: Request, forward: Forward) -> Response:
    """Line breaks in a formatted address become spaces."""
    sent = request.json if is_create(request, "/Users") else None
    if isinstance(sent, dict) and sent.get("addresses"):
        request.body = request.body.replace(b"\\n", b" ")
    return await forward(request)


@defect("writes-countries-in-three-letters", breaks="rfc7643-4.1.2-country-code")
async def writes_countries_in_three_letters(request: Request, forward: Forward) -> Response:
    """A country code is stored as three letters."""
    sent = request.json if is_create(request, "/Users") else None
    if isinstance(sent, dict) and sent.get("addresses"):
        request.body = request.body.replace(b'"country":"IS"', b'"country":"ISL"')
    return await forward(request)


@defect("knows-one-entitlement", breaks="rfc7643-4.1.2-entitlements-free-form")
async def knows_one_entitlement(request: Request, forward: Forward) -> Response:
    """Every entitlement is stored as the standard one."""
    sent = request.json if is_create(request, "/Users") else None
    if isinstance(sent, dict) and sent.get("entitlements"):
        request.json = {**sent, "entitlements": [{"value": "standard"}]}
    return await forward(request)


@defect("knows-one-role", breaks="rfc7643-4.1.2-roles-free-form")
async def knows_one_role(request: Request, forward: Forward) -> Response:
    """Every role is stored as User."""
    sent = request.json if is_create(request, "/Users") else None
    if isinstance(sent, dict) and sent.get("roles"):
        request.json = {**sent, "roles": [{**one, "value": "User"} for one in sent["roles"]]}
    return await forward(request)


@defect("encodes-certificates-twice", breaks="rfc7643-4.1.2-certificates-base64-der")
async def encodes_certificates_twice(request: Request, forward: Forward) -> Response:
    """The base64 of the only certificate of a user is encoded in base64 once more."""
    sent = request.json if is_create(request, "/Users") else None
    if isinstance(sent, dict) and len(sent.get("x509Certificates") or ()) == 1:
        twice = base64.b64encode(sent["x509Certificates"][0]["value"].encode()).decode()
        request.json = {**sent, "x509Certificates": [{"value": twice}]}
    return await forward(request)


@defect("keeps-two-primary-emails", breaks="rfc7643-2.4-most-one-primary")
async def keeps_two_primary_emails(request: Request, forward: Forward) -> Response:
    """A create with two primary emails is answered with both."""
    sent = request.object if is_create(request, "/Users") else {}
    response = await forward(request)
    mails = sent.get("emails")
    if response.status == 400 and isinstance(mails, list) and len(mails) == 2:
        return Response.of(201, {**sent, "id": "two", "meta": {"resourceType": "User"}})
    return response


@defect("makes-the-first-email-primary", breaks="rfc7643-2.4-primary-defaults-false")
async def makes_the_first_email_primary(request: Request, forward: Forward) -> Response:
    """The first email is shown as primary when none is."""
    response = await forward(request)
    if response.is_success and request.method == "GET" and is_resource(request, "/Users"):
        for resource in each_resource(response):
            mails = resource.get("emails", [])
            if mails and not any(one.get("primary") for one in mails):
                mails[0]["primary"] = True
    return response


@defect("keeps-each-address-once", breaks="rfc7643-2.4-same-value-under-different-types")
async def keeps_each_address_once(request: Request, forward: Forward) -> Response:
    """One address under two types is kept under the first."""
    sent = request.json if is_create(request, "/Users") else None
    if isinstance(sent, dict) and isinstance(sent.get("emails"), list):
        first = {one.get("value"): one for one in reversed(sent["emails"]) if isinstance(one, dict)}
        request.json = {**sent, "emails": list(first.values())}
    return await forward(request)


@defect("repeats-emails", breaks="rfc7643-2.4-no-duplicate-type-value-pairs")
async def repeats_emails(request: Request, forward: Forward) -> Response:
    """An email that is sent twice is answered twice."""
    response = await forward(request)
    sent = request.json if is_create(request, "/Users") and response.is_success else None
    mails = sent.get("emails", []) if isinstance(sent, dict) else []
    if len(mails) == 2 and mails[0] == mails[1]:
        response.json = {**response.json, "emails": mails}
    return response


@defect("takes-any-type-of-email", breaks="rfc7643-2.3.1-canonical-values-enforced")
async def takes_any_type_of_email(request: Request, forward: Forward) -> Response:
    """A type of email that is not canonical is accepted."""
    return await forward(request)


@defect("lowers-external-ids", breaks="rfc7643-7-case-preserved-case-exact-values")
async def lowers_external_ids(request: Request, forward: Forward) -> Response:
    """externalId is stored in lower case."""
    sent = request.json if is_create(request, "/Users") else None
    if isinstance(sent, dict) and isinstance(sent.get("externalId"), str):
        request.json = {**sent, "externalId": sent["externalId"].lower()}
    return await forward(request)


@defect("lets-two-of-a-name-through-at-once", breaks="rfc7643-7-uniqueness-server")
async def lets_two_of_a_name_through_at_once(request: Request, forward: Forward) -> Response:
    """Two creates of one userName at the same time both succeed."""
    if not is_create(request, "/Users"):
        return await forward(request)
    name = request.object.get("userName") if isinstance(request.json, dict) else None
    request.state.setdefault("under way", []).append(name)
    await asyncio.sleep(0.03)
    twins = request.state["under way"].count(name)
    response = await forward(request)
    if response.status == 409 and twins > 1:
        response = await forward(request.like(json={**request.object, "userName": f"{name}-twin"}))
    await asyncio.sleep(0.03)
    request.state["under way"].remove(name)
    return response
