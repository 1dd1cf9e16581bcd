"""Defects of the lists that Okta reads: its test, its import, and errors."""

from __future__ import annotations

from reference_server.defects import defect
from reference_server.defects.okta_requests import (
    LIST,
    in_words,
    is_okta_create,
    is_page,
    is_probe,
    only,
    resources,
)
from reference_server.defects.wire import Forward, Request, Response, is_resource

# Test API -----------------------------------------------------------------------------


@defect("answers-a-test-with-nothing", breaks="okta-test-api-passes")
async def answers_a_test_with_nothing(request: Request, forward: Forward) -> Response:
    """The test of the credentials is answered with an empty object."""
    response = await forward(request)
    return Response.of(200, {}) if is_probe(request) and response.is_success else response


@defect("tests-in-words", breaks="okta-test-api-numbers")
async def tests_in_words(request: Request, forward: Forward) -> Response:
    """The test of the credentials is answered with numbers as strings."""
    response = await forward(request)
    return in_words(response) if is_probe(request) and response.is_success else response


@defect("lists-everybody-in-a-test", breaks="okta-test-api-count")
async def lists_everybody_in_a_test(request: Request, forward: Forward) -> Response:
    """The test of the credentials is answered with more users than it asks for."""
    return await forward(request.with_param("count", "50") if is_probe(request) else request)


@defect("answers-a-stranger-with-an-empty-list", breaks="okta-test-api-wrong-credentials")
async def answers_a_stranger_with_an_empty_list(request: Request, forward: Forward) -> Response:
    """Wrong credentials see a directory without users."""
    response = await forward(request)
    if is_probe(request) and response.status == 401:
        return only(Response.of(200, {"schemas": [LIST]}), [])
    return response


@defect("refuses-a-list-of-groups", breaks="okta-test-api-groups")
async def refuses_a_list_of_groups(request: Request, forward: Forward) -> Response:
    """Groups are found by name only."""
    if is_page(request, "/Groups"):
        return Response.error(403, detail="groups are found by displayName only")
    return await forward(request)


# Import -------------------------------------------------------------------------------


@defect("imports-a-bare-array", breaks="okta-import-readable")
async def imports_a_bare_array(request: Request, forward: Forward) -> Response:
    """A page of users is a bare array."""
    response = await forward(request)
    if is_page(request) and response.is_success:
        response.json = resources(response)
    return response


@defect("lists-nobody-who-works", breaks="okta-import-everybody")
async def lists_nobody_who_works(request: Request, forward: Forward) -> Response:
    """Users with a title are not in the list, on whichever page."""
    if not (is_page(request) or is_page(request, count="2")):
        return await forward(request)
    response = await forward(request.with_param("count", "1000").with_param("startIndex", "1"))
    everybody = [one for one in resources(response) if "title" not in one]
    start, count = int(request.param("startIndex") or 1), int(request.param("count") or 100)
    answer = only(response, everybody[start - 1 : start - 1 + count])
    answer.json = {**answer.object, "totalResults": len(everybody), "startIndex": start}
    return answer


@defect("imports-in-words", breaks="okta-import-numbers")
async def imports_in_words(request: Request, forward: Forward) -> Response:
    """The pages of an import have numbers as strings."""
    response = await forward(request)
    return in_words(response) if is_page(request) and response.is_success else response


@defect("lists-without-a-status", breaks="okta-import-inactive-told")
async def lists_without_a_status(request: Request, forward: Forward) -> Response:
    """Users in a list have no active."""
    response = await forward(request)
    return _without(response, "active") if is_page(request) and response.is_success else response


@defect("lists-without-names", breaks="okta-import-names")
async def lists_without_names(request: Request, forward: Forward) -> Response:
    """Users in a list have no name."""
    response = await forward(request)
    return _without(response, "name") if is_page(request) and response.is_success else response


def _without(response: Response, attribute: str) -> Response:
    value = response.object
    value["Resources"] = [
        {name: part for name, part in one.items() if name != attribute}
        for one in resources(response)
    ]
    response.json = value
    return response


@defect("counts-users-from-zero", breaks="okta-import-pages")
async def counts_users_from_zero(request: Request, forward: Forward) -> Response:
    """startIndex is taken for the number of users to leave out."""
    if is_page(request, count="2"):
        start = int(request.param("startIndex") or 1)
        return await forward(request.with_param("startIndex", str(start + 1)))
    return await forward(request)


@defect("turns-the-list-round", breaks="okta-import-stable-order")
async def turns_the_list_round(request: Request, forward: Forward) -> Response:
    """Every second list has its users the other way round."""
    response = await forward(request)
    if is_page(request) and response.is_success:
        turned = request.state["turned"] = not request.state.get("turned", False)
        value = response.object
        value["Resources"] = resources(response)[:: -1 if turned else 1]
        response.json = value
    return response


@defect("lists-no-empty-groups", breaks="okta-import-groups")
async def lists_no_empty_groups(request: Request, forward: Forward) -> Response:
    """Groups without members are not in the list."""
    response = await forward(request)
    if is_page(request, "/Groups") and response.is_success:
        return only(response, [one for one in resources(response) if one.get("members")])
    return response


# Errors -------------------------------------------------------------------------------


def _is_not_found(request: Request, response: Response) -> bool:
    is_read = request.method == "GET" and is_resource(request, "/Users")
    # Ids of digits alone are those of other questions.
    return is_read and response.status == 404 and not request.path.rpartition("/")[2].isdigit()


@defect("answers-an-unknown-id-with-400", breaks="okta-errors-unknown-id")
async def answers_an_unknown_id_with_400(request: Request, forward: Forward) -> Response:
    """An unknown id is answered 400."""
    response = await forward(request)
    if _is_not_found(request, response):
        return Response.error(400, "invalidValue", "there is no such user")
    return response


@defect("answers-an-unknown-id-with-a-page", breaks="okta-errors-json")
async def answers_an_unknown_id_with_a_page(request: Request, forward: Forward) -> Response:
    """An unknown id is answered with a page for people."""
    response = await forward(request)
    if _is_not_found(request, response):
        return Response(404, {"content-type": "text/html"}, b"<h1>Not Found</h1>")
    return response


@defect("answers-an-unknown-id-without-a-word", breaks="okta-errors-detail")
async def answers_an_unknown_id_without_a_word(request: Request, forward: Forward) -> Response:
    """An unknown id is answered with an Error that has no detail."""
    response = await forward(request)
    return _speechless(response) if _is_not_found(request, response) else response


@defect("refuses-a-taken-name-without-a-word", breaks="okta-errors-conflict-detail")
async def refuses_a_taken_name_without_a_word(request: Request, forward: Forward) -> Response:
    """A taken userName is answered with an Error that has no detail."""
    response = await forward(request)
    is_conflict = is_okta_create(request) and response.status == 409
    return _speechless(response) if is_conflict else response


@defect("refuses-credentials-without-a-word", breaks="okta-errors-wrong-credentials-detail")
async def refuses_credentials_without_a_word(request: Request, forward: Forward) -> Response:
    """Wrong credentials are answered with an Error that has no detail."""
    response = await forward(request)
    return _speechless(response) if is_probe(request) and response.status == 401 else response


def _speechless(response: Response) -> Response:
    response.json = {name: part for name, part in response.object.items() if name != "detail"}
    return response
