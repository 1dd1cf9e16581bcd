"""Defects of filters, RFC 7644 section 3.4.2.2."""

from __future__ import annotations

from reference_server.defects import defect
from reference_server.defects.filter_texts import asks, rewritten
from reference_server.defects.wire import Forward, Request, Response


@defect("finds-neighbors-too", breaks="rfc7644-3.4.2.2-only-matches-returned")
async def finds_neighbors_too(request: Request, forward: Forward) -> Response:
    """A filter for one userName finds the neighbors too."""
    if asks(request, r'^userName eq "[^"]*crew-[0-9]+-a@[^"]*"$') and not request.param("count"):
        return await forward(request.with_param("filter", "userName pr"))
    return await forward(request)


@defect(
    "knows-attribute-names-in-one-case", breaks="rfc7644-3.4.2.2-attribute-names-case-insensitive"
)
async def knows_attribute_names_in_one_case(request: Request, forward: Forward) -> Response:
    """An attribute name in capitals is never found."""
    if asks(request, r"^USERNAME"):
        return await forward(request.with_param("filter", 'userName eq "nobody-at-all"'))
    return await forward(request)


@defect("knows-operators-in-one-case", breaks="rfc7644-3.4.2.2-operators-case-insensitive")
async def knows_operators_in_one_case(request: Request, forward: Forward) -> Response:
    """An operator in capitals is refused."""
    if asks(request, r" EQ "):
        return Response.error(400, "invalidFilter")
    return await forward(request)


@defect("takes-eq-for-starts-with", breaks="rfc7644-3.4.2.2-operator-eq")
async def takes_eq_for_starts_with(request: Request, forward: Forward) -> Response:
    """eq on a userName without an at sign matches the beginning."""
    return await forward(
        rewritten(request, r'^userName eq ("[^"@]*crew-[0-9]+")$', "userName sw \\1")
    )


@defect("takes-ne-for-present", breaks="rfc7644-3.4.2.2-operator-ne")
async def takes_ne_for_present(request: Request, forward: Forward) -> Response:
    """ne matches whatever has a value."""
    return await forward(rewritten(request, r' ne "[^"]*"', " pr"))


@defect("takes-co-for-starts-with", breaks="rfc7644-3.4.2.2-operator-co")
async def takes_co_for_starts_with(request: Request, forward: Forward) -> Response:
    """co matches at the beginning only."""
    return await forward(rewritten(request, r"^displayName co", "displayName sw"))


@defect("takes-sw-for-ends-with", breaks="rfc7644-3.4.2.2-operator-sw")
async def takes_sw_for_ends_with(request: Request, forward: Forward) -> Response:
    """sw alone matches at the end."""
    return await forward(rewritten(request, r'^userName sw ("[^"]*")$', "userName ew \\1"))


@defect("takes-ew-for-equal", breaks="rfc7644-3.4.2.2-operator-ew")
async def takes_ew_for_equal(request: Request, forward: Forward) -> Response:
    """ew matches the whole value only."""
    return await forward(rewritten(request, r"^displayName ew", "displayName eq"))


@defect("takes-pr-for-any", breaks="rfc7644-3.4.2.2-operator-pr")
async def takes_pr_for_any(request: Request, forward: Forward) -> Response:
    """pr matches everything."""
    return await forward(rewritten(request, r" and title pr", ""))


@defect("takes-gt-for-ge-in-strings", breaks="rfc7644-3.4.2.2-operator-gt-strings")
async def takes_gt_for_ge_in_strings(request: Request, forward: Forward) -> Response:
    """gt on strings includes the equal one."""
    return await forward(rewritten(request, r"userName gt", "userName ge"))


@defect("takes-ge-for-gt-in-strings", breaks="rfc7644-3.4.2.2-operator-ge-strings")
async def takes_ge_for_gt_in_strings(request: Request, forward: Forward) -> Response:
    """ge on strings leaves the equal one out."""
    return await forward(rewritten(request, r"userName ge", "userName gt"))


@defect("takes-lt-for-le-in-strings", breaks="rfc7644-3.4.2.2-operator-lt-strings")
async def takes_lt_for_le_in_strings(request: Request, forward: Forward) -> Response:
    """lt on strings includes the equal one."""
    return await forward(rewritten(request, r"userName lt", "userName le"))


@defect("takes-le-for-lt-in-strings", breaks="rfc7644-3.4.2.2-operator-le-strings")
async def takes_le_for_lt_in_strings(request: Request, forward: Forward) -> Response:
    """le on strings leaves the equal one out."""
    return await forward(rewritten(request, r"userName le", "userName lt"))


@defect("takes-gt-for-lt-in-times", breaks="rfc7644-3.4.2.2-operator-gt-datetime")
async def takes_gt_for_lt_in_times(request: Request, forward: Forward) -> Response:
    """gt on times looks back."""
    return await forward(rewritten(request, r"created gt", "created lt"))


@defect("takes-ge-for-gt-in-times", breaks="rfc7644-3.4.2.2-operator-ge-datetime")
async def takes_ge_for_gt_in_times(request: Request, forward: Forward) -> Response:
    """ge on times leaves the equal one out."""
    return await forward(rewritten(request, r"created ge", "created gt"))


@defect("takes-lt-for-le-in-times", breaks="rfc7644-3.4.2.2-operator-lt-datetime")
async def takes_lt_for_le_in_times(request: Request, forward: Forward) -> Response:
    """lt on times includes the equal one."""
    return await forward(rewritten(request, r"created lt", "created le"))


@defect("takes-le-for-lt-in-times", breaks="rfc7644-3.4.2.2-operator-le-datetime")
async def takes_le_for_lt_in_times(request: Request, forward: Forward) -> Response:
    """le on times leaves the equal one out."""
    return await forward(rewritten(request, r"created le", "created lt"))


@defect("puts-booleans-in-order", breaks="rfc7644-3.4.2.2-ordering-boolean-binary")
async def puts_booleans_in_order(request: Request, forward: Forward) -> Response:
    """gt on a boolean finds something."""
    return await forward(rewritten(request, r"^active gt true$", "active eq true"))


@defect("takes-false-for-true", breaks="rfc7644-3.4.2.2-boolean-equality")
async def takes_false_for_true(request: Request, forward: Forward) -> Response:
    """active eq false finds the active."""
    return await forward(
        rewritten(request, r'^(userName sw "[^"]*") and active eq false$', "\\1 and active eq true")
    )


@defect("takes-and-for-or", breaks="rfc7644-3.4.2.2-operator-and")
async def takes_and_for_or(request: Request, forward: Forward) -> Response:
    """and between two userNames is read as or."""
    return await forward(
        rewritten(request, r'^(userName eq "[^"]*") and (userName eq "[^"]*")$', "\\1 or \\2")
    )


@defect("takes-or-for-and", breaks="rfc7644-3.4.2.2-operator-or")
async def takes_or_for_and(request: Request, forward: Forward) -> Response:
    """or between two userNames is read as and."""
    return await forward(
        rewritten(request, r'^(userName eq "[^"]*") or (userName eq "[^"]*")$', "\\1 and \\2")
    )


@defect("overlooks-not", breaks="rfc7644-3.4.2.2-operator-not")
async def overlooks_not(request: Request, forward: Forward) -> Response:
    """not is overlooked."""
    return await forward(rewritten(request, r" not \(", " ("))


@defect("reads-from-left-to-right", breaks="rfc7644-3.4.2.2-precedence")
async def reads_from_left_to_right(request: Request, forward: Forward) -> Response:
    """or binds as tight as and."""
    return await forward(
        rewritten(request, r'^(userName eq "[^"]*" or userName eq "[^"]*") and', "(\\1) and")
    )


@defect("overlooks-brackets", breaks="rfc7644-3.4.2.2-grouping")
async def overlooks_brackets(request: Request, forward: Forward) -> Response:
    """Brackets are overlooked."""
    return await forward(rewritten(request, r"^\((.*)\) and", "\\1 and"))


@defect("refuses-value-paths-of-two", breaks="rfc7644-3.4.2.2-value-path-support")
async def refuses_value_paths_of_two(request: Request, forward: Forward) -> Response:
    """A value path with sw and a type is refused."""
    if asks(request, r'^emails\[type eq "work" and value sw'):
        return Response.error(400, "invalidFilter")
    return await forward(request)


@defect("spreads-value-paths-over-elements", breaks="rfc7644-3.4.2.2-value-path-same-element")
async def spreads_value_paths_over_elements(request: Request, forward: Forward) -> Response:
    """The conditions of a value path may hold for different elements."""
    return await forward(
        rewritten(
            request,
            r'^emails\[type eq ("[^"]*") and value eq ("[^"]*")\]$',
            "emails.type eq \\1 and emails.value eq \\2",
        )
    )


@defect("looks-at-first-values-only", breaks="rfc7644-3.4.2.2-multi-valued-any-match")
async def looks_at_first_values_only(request: Request, forward: Forward) -> Response:
    """Only the first email is looked at."""
    if asks(request, r'^emails\.value eq "[^"]*-2@'):
        return await forward(request.with_param("filter", 'userName eq "nobody-at-all"'))
    return await forward(request)


@defect("knows-no-sub-attributes", breaks="rfc7644-3.4.2.2-sub-attribute-notation")
async def knows_no_sub_attributes(request: Request, forward: Forward) -> Response:
    """A sub-attribute in a filter is refused."""
    if asks(request, r"^name\.givenName"):
        return Response.error(400, "invalidFilter")
    return await forward(request)


@defect("knows-no-urns-in-filters", breaks="rfc7644-3.4.2.2-qualified-names-filters")
async def knows_no_urns_in_filters(request: Request, forward: Forward) -> Response:
    """A name with the URN of the core schema is refused."""
    if asks(request, r"^urn:.*:core:2.0:User:userName"):
        return Response.error(400, "invalidFilter")
    return await forward(request)


@defect("knows-urns-in-one-case", breaks="rfc7644-3.10-case-insensitive-notation")
async def knows_urns_in_one_case(request: Request, forward: Forward) -> Response:
    """A URN in capitals is refused."""
    if asks(request, r"^URN:"):
        return Response.error(400, "invalidFilter")
    return await forward(request)


@defect("finds-no-extension-attributes", breaks="rfc7644-3.10-urn-prefix")
async def finds_no_extension_attributes(request: Request, forward: Forward) -> Response:
    """An attribute of an extension is refused in a filter."""
    if asks(request, r"employeeNumber"):
        return Response.error(400, "invalidFilter")
    return await forward(request)


@defect("finds-nobody-by-id", breaks="rfc7644-3.4.2.2-filter-id")
async def finds_nobody_by_id(request: Request, forward: Forward) -> Response:
    """A filter of users on the id alone finds nobody."""
    if request.path == "/Users" and asks(request, r'^id eq "[^"]*"$'):
        return await forward(request.with_param("filter", 'userName eq "nobody-at-all"'))
    return await forward(request)


@defect("finds-nobody-by-external-id", breaks="rfc7644-3.4.2.2-filter-externalid")
async def finds_nobody_by_external_id(request: Request, forward: Forward) -> Response:
    """A filter on the externalId finds nobody."""
    if asks(request, r'^externalId eq "[^"]*-AbC"'):
        return await forward(request.with_param("filter", 'userName eq "nobody-at-all"'))
    return await forward(request)


@defect("compares-external-ids-without-case", breaks="rfc7643-3.1-externalid-case-exact")
async def compares_external_ids_without_case(request: Request, forward: Forward) -> Response:
    """externalId is found in any case."""
    return await forward(
        rewritten(request, r'^externalId eq ("[^"]*-)abc"', 'externalId eq \\1AbC"')
    )


@defect("compares-user-names-with-case", breaks="rfc7644-3.4.2.2-string-case-caseexact")
async def compares_user_names_with_case(request: Request, forward: Forward) -> Response:
    """A userName in capitals is not found."""
    if asks(request, r'^userName eq "[A-Z0-9@.-]*"$'):
        return await forward(request.with_param("filter", 'userName eq "nobody-at-all"'))
    return await forward(request)


@defect("compares-display-names-with-case", breaks="rfc7643-2.2-caseexact-default-applies-filters")
async def compares_display_names_with_case(request: Request, forward: Forward) -> Response:
    """A displayName in lower case is not found."""
    if asks(request, r'^displayName eq "abc '):
        return await forward(request.with_param("filter", 'userName eq "nobody-at-all"'))
    return await forward(request)


@defect("reads-values-without-escapes", breaks="rfc7644-3.4.2.2-literals-follow-json")
async def reads_values_without_escapes(request: Request, forward: Forward) -> Response:
    """Escapes in a value are dropped."""
    return await forward(rewritten(request, r'\\\\."?', ""))


@defect("ignores-operators-it-does-not-know", breaks="rfc7644-3.4.2.2-unknown-operation-refused")
async def ignores_operators_it_does_not_know(request: Request, forward: Forward) -> Response:
    """An unknown operator finds everybody."""
    if asks(request, r" regex "):
        return await forward(request.without_param("filter"))
    return await forward(request)


@defect("calls-broken-filters-bad-paths", breaks="rfc7644-3.12-scimtype-invalidfilter")
async def calls_broken_filters_bad_paths(request: Request, forward: Forward) -> Response:
    """A filter with an open bracket is refused with scimType invalidPath."""
    response = await forward(request)
    if asks(request, r'^\(userName eq "a"$') and response.status == 400:
        return Response.error(400, "invalidPath")
    return response


@defect("forgives-values-without-quotes", breaks="rfc7644-3.4.2.2-grammar-conformance")
async def forgives_values_without_quotes(request: Request, forward: Forward) -> Response:
    """A value without quotes is taken as a string."""
    if asks(request, r"^userName eq a$"):
        return await forward(request.with_param("filter", 'userName eq "nobody-at-all"'))
    return await forward(request)


@defect("finds-everybody-by-unknown-attributes", breaks="rfc7644-3.4.2.2-unknown-attribute-filter")
async def finds_everybody_by_unknown_attributes(request: Request, forward: Forward) -> Response:
    """A filter on an unknown attribute is ignored."""
    if asks(request, r"^favoriteBicycle"):
        return await forward(request.without_param("filter"))
    return await forward(request)


@defect("chokes-on-null", breaks="rfc7644-3.4.2.2-null-comparison")
async def chokes_on_null(request: Request, forward: Forward) -> Response:
    """A comparison with null is refused with 422."""
    if asks(request, r"eq null$"):
        return Response.error(422, "invalidFilter")
    return await forward(request)


@defect("ignores-numbers-for-strings", breaks="rfc7644-3.4.2.2-type-mismatch-filter")
async def ignores_numbers_for_strings(request: Request, forward: Forward) -> Response:
    """A number for a string finds everybody."""
    if asks(request, r"^userName eq 5$"):
        return await forward(request.without_param("filter"))
    return await forward(request)


@defect("finds-everybody-by-password", breaks="rfc7643-4.1.1-password-equality-filter")
async def finds_everybody_by_password(request: Request, forward: Forward) -> Response:
    """A filter on a password is ignored."""
    if asks(request, r"^password eq"):
        return await forward(request.without_param("filter"))
    return await forward(request)
