"""Defects of the configuration, RFC 7643 section 5."""

from __future__ import annotations

from reference_server.defects import defect
from reference_server.defects.documents import edited
from reference_server.defects.wire import Forward, Request, Response


@defect("calls-the-configuration-something-else", breaks="rfc7643-5-serviceproviderconfig-uri")
async def calls_the_configuration_something_else(request: Request, forward: Forward) -> Response:
    """The configuration names another schema."""
    return await edited(
        request,
        forward,
        "/ServiceProviderConfig",
        lambda config: config.update(schemas=["urn:ietf:params:scim:schemas:core:2.0:Config"]),
    )


@defect("documents-nothing", breaks="rfc7643-5-documentationuri")
async def documents_nothing(request: Request, forward: Forward) -> Response:
    """documentationUri is no URL."""
    return await edited(
        request,
        forward,
        "/ServiceProviderConfig",
        lambda config: config.update(documentationUri="see the manual"),
    )


@defect("says-yes-to-patch-in-words", breaks="rfc7643-5-patch-supported")
async def says_yes_to_patch_in_words(request: Request, forward: Forward) -> Response:
    """patch.supported is a string."""
    return await edited(
        request,
        forward,
        "/ServiceProviderConfig",
        lambda config: config["patch"].update(supported="true"),
    )


@defect("says-yes-to-bulk-in-words", breaks="rfc7643-5-bulk-supported")
async def says_yes_to_bulk_in_words(request: Request, forward: Forward) -> Response:
    """bulk.supported is a string."""
    return await edited(
        request,
        forward,
        "/ServiceProviderConfig",
        lambda config: config["bulk"].update(supported="true"),
    )


@defect("has-no-limit-of-operations", breaks="rfc7643-5-bulk-maxoperations")
async def has_no_limit_of_operations(request: Request, forward: Forward) -> Response:
    """bulk.maxOperations is missing."""
    return await edited(
        request,
        forward,
        "/ServiceProviderConfig",
        lambda config: config["bulk"].pop("maxOperations"),
    )


@defect("has-no-limit-of-payload", breaks="rfc7643-5-bulk-maxpayloadsize")
async def has_no_limit_of_payload(request: Request, forward: Forward) -> Response:
    """bulk.maxPayloadSize is a string."""
    return await edited(
        request,
        forward,
        "/ServiceProviderConfig",
        lambda config: config["bulk"].update(maxPayloadSize="1 MB"),
    )


@defect("says-yes-to-filters-in-words", breaks="rfc7643-5-filter-supported")
async def says_yes_to_filters_in_words(request: Request, forward: Forward) -> Response:
    """filter.supported is a string."""
    return await edited(
        request,
        forward,
        "/ServiceProviderConfig",
        lambda config: config["filter"].update(supported="true"),
    )


@defect("has-no-limit-of-results", breaks="rfc7643-5-filter-maxresults")
async def has_no_limit_of_results(request: Request, forward: Forward) -> Response:
    """filter.maxResults is missing."""
    return await edited(
        request,
        forward,
        "/ServiceProviderConfig",
        lambda config: config["filter"].pop("maxResults"),
    )


@defect("says-yes-to-passwords-in-words", breaks="rfc7643-5-changepassword-supported")
async def says_yes_to_passwords_in_words(request: Request, forward: Forward) -> Response:
    """changePassword.supported is a string."""
    return await edited(
        request,
        forward,
        "/ServiceProviderConfig",
        lambda config: config["changePassword"].update(supported="true"),
    )


@defect("forgets-to-say-whether-it-sorts", breaks="rfc7643-5-sort-supported")
async def forgets_to_say_whether_it_sorts(request: Request, forward: Forward) -> Response:
    """sort is missing."""
    return await edited(
        request, forward, "/ServiceProviderConfig", lambda config: config.pop("sort")
    )


@defect("says-yes-to-etags-in-words", breaks="rfc7643-5-etag-supported")
async def says_yes_to_etags_in_words(request: Request, forward: Forward) -> Response:
    """etag.supported is a string."""
    return await edited(
        request,
        forward,
        "/ServiceProviderConfig",
        lambda config: config["etag"].update(supported="true"),
    )


@defect("has-no-authentication-schemes", breaks="rfc7643-5-authenticationschemes-required")
async def has_no_authentication_schemes(request: Request, forward: Forward) -> Response:
    """authenticationSchemes is missing."""
    return await edited(
        request,
        forward,
        "/ServiceProviderConfig",
        lambda config: config.pop("authenticationSchemes"),
    )


@defect("has-schemes-without-a-type", breaks="rfc7643-5-scheme-type")
async def has_schemes_without_a_type(request: Request, forward: Forward) -> Response:
    """An authentication scheme has no type."""
    return await edited(
        request,
        forward,
        "/ServiceProviderConfig",
        lambda config: config["authenticationSchemes"][0].pop("type"),
    )


@defect("has-schemes-without-a-name", breaks="rfc7643-5-scheme-name")
async def has_schemes_without_a_name(request: Request, forward: Forward) -> Response:
    """An authentication scheme has no name."""
    return await edited(
        request,
        forward,
        "/ServiceProviderConfig",
        lambda config: config["authenticationSchemes"][0].pop("name"),
    )


@defect("has-schemes-without-a-description", breaks="rfc7643-5-scheme-description")
async def has_schemes_without_a_description(request: Request, forward: Forward) -> Response:
    """An authentication scheme has no description."""
    return await edited(
        request,
        forward,
        "/ServiceProviderConfig",
        lambda config: config["authenticationSchemes"][0].pop("description"),
    )


@defect("has-schemes-with-a-title-for-a-url", breaks="rfc7643-5-scheme-uris")
async def has_schemes_with_a_title_for_a_url(request: Request, forward: Forward) -> Response:
    """specUri of an authentication scheme is no URL."""
    return await edited(
        request,
        forward,
        "/ServiceProviderConfig",
        lambda config: config["authenticationSchemes"][0].update(specUri="RFC 6750"),
    )


@defect("wants-credentials-for-the-configuration", breaks="rfc7643-5-authenticationschemes-public")
async def wants_credentials_for_the_configuration(request: Request, forward: Forward) -> Response:
    """The configuration is not shown without credentials."""
    if request.path == "/ServiceProviderConfig" and "authorization" not in request.headers:
        response = Response.error(401)
        response.headers["www-authenticate"] = "Bearer"
        return response
    return await forward(request)


@defect("lets-clients-write-the-configuration", breaks="rfc7643-5-configuration-readonly")
async def lets_clients_write_the_configuration(request: Request, forward: Forward) -> Response:
    """A PUT of the configuration is answered 200."""
    if request.path == "/ServiceProviderConfig" and request.method == "PUT":
        return await forward(request.get(request.path))
    return await forward(request)
