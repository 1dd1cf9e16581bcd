"""RFC 7644, sections 3.7 and 3.7.3: Bulk Operations, Response and Error Handling."""

from __future__ import annotations

import pytest

from conformance import bulk as jobs
from conformance import expect
from conformance.bulk import Bulk
from conformance.checks import needs_attribute, requirement
from conformance.checks.conftest import Created, Read
from conformance.client import Response, ScimClient
from conformance.discovery import Features
from conformance.payloads import Payloads
from conformance.verdict import Unmet

ERROR_URN = expect.ERROR_URN

_PASSWORD = "Lagoon-64-trumpet-Rb"


@pytest.fixture
def offered(features: Features) -> tuple[int, ...]:
    """How ``/Bulk`` answers, by what the configuration says of it."""
    answer = features.applies("ServiceProviderConfig.bulk.supported")
    if answer.holds is None:
        raise Unmet(answer.blamed, answer.reason)
    return (200,) if answer.holds else (501,)


@requirement("rfc7644-3.7-bulk-optional")
def test_bulk_is_offered_where_the_configuration_says_so(
    bulk: Bulk, users: str, payloads: Payloads, offered: tuple[int, ...]
) -> None:
    """Who does not offer it says 501, which tells it from a wrong address."""
    body = jobs.message(jobs.create(users, "a", payloads.user()), failOnErrors=1)

    response = bulk.send(body)

    expect.status(response, *offered)


@requirement("rfc7644-3.7-bulkresponse-urn")
def test_answer_is_a_bulk_response(bulk: Bulk, users: str, payloads: Payloads) -> None:
    job = bulk(jobs.create(users, "a", payloads.user()))

    expect.contains(
        job.response.body.get("schemas"), jobs.RESPONSE_URN, f"{job.response.line}: schemas"
    )


@requirement("rfc7644-3.7-operations-required")
def test_results_are_an_array(bulk: Bulk, users: str, payloads: Payloads) -> None:
    """Also the result of a single operation."""
    body = jobs.message(jobs.create(users, "a", payloads.user()))

    response = bulk.send(body)

    expect.json_type(response.body.get("Operations"), "array", f"{response.line}: Operations")


@requirement("rfc7644-3.7-operations-required")
def test_job_without_operations_is_refused(scim: ScimClient) -> None:
    """That it was taken for an empty job is a deviation (AMB-37)."""
    response = scim.post("/Bulk", {"schemas": [jobs.REQUEST_URN]})

    expect.status(response, 400, tolerated=(200, 403, 422))


@requirement("rfc7644-3.7-method")
def test_results_repeat_the_method(
    bulk: Bulk, users: str, unknown_user: str, payloads: Payloads
) -> None:
    job = bulk.with_failure(
        jobs.create(users, "a", payloads.user()), jobs.delete(unknown_user), failOnErrors=10
    )

    methods = [str(one.document.get("method")) for one in job.results]
    expect.equal(sorted(methods), ["DELETE", "POST"], f"{job.response.line}: methods")


@requirement("rfc7644-3.7-bulkid-post")
def test_new_resource_needs_a_bulk_id(bulk: Bulk, users: str, payloads: Payloads) -> None:
    """Refused as a whole or in this operation; that it was made all the same is a deviation."""
    operation = {"method": "POST", "path": users, "data": payloads.user()}

    response = bulk.send(jobs.message(operation))

    expect.tolerable(
        jobs.was_refused(response), f"{response.line}: a POST without a bulkId was carried out"
    )


@requirement("rfc7644-3.7-location-response")
def test_results_say_where_the_resource_is(
    bulk: Bulk, users: str, unknown_user: str, payloads: Payloads
) -> None:
    """Only a POST that failed has no place to name (AMB-35)."""
    job = bulk.with_failure(
        jobs.create(users, "a", payloads.user()), jobs.delete(unknown_user), failOnErrors=10
    )

    silent = [one.document for one in job.results if not one.document.get("location")]
    expect.equal(silent, [], f"{job.response.line}: results without a location")


@requirement("rfc7644-3.7-response-error")
def test_failed_operation_has_its_error(bulk: Bulk, unknown_user: str) -> None:
    result = bulk.with_failure(jobs.delete(unknown_user)).one(method="DELETE")

    expect.that(result.code >= 400, f"{result.line}: the status of an unknown user's deletion")
    error = result.document.get("response")
    expect.json_type(error, "object", f"{result.line}: response of a failed operation")
    expect.contains(expect.value(error, "schemas"), ERROR_URN, f"{result.line}: its schemas")
    expect.equal(str(expect.value(error, "status")), str(result.code), f"{result.line}: its status")


@requirement("rfc7644-3.7-response-success")
def test_operation_that_succeeded_has_no_error(bulk: Bulk, users: str, payloads: Payloads) -> None:
    """The resource itself may be there, or nothing."""
    result = bulk(jobs.create(users, "a", payloads.user())).one(bulkId="a")

    shown = result.document.get("response") or {}
    expect.lacks(shown.get("schemas"), ERROR_URN, f"{result.line}: response of a success")


@pytest.fixture
def single(scim: ScimClient, unknown_user: str) -> Response:
    """The answer to the deletion of nobody; blocks the check where that succeeds."""
    response = scim.delete(unknown_user)
    if response.ok:
        raise Unmet("rfc7644-3.6-delete-unknown", f"{response.line}: {response.status}")
    return response


@requirement("rfc7644-3.7-status")
def test_status_is_that_of_a_single_request(
    bulk: Bulk, user: Created, single: Response, unknown_user: str, payloads: Payloads
) -> None:
    """As a string; a number, or an object with a code, is a deviation (AMB-35)."""
    users = user.path.rpartition("/")[0]
    job = bulk.with_failure(jobs.create(users, "a", payloads.user()), jobs.delete(unknown_user))

    expect.equal(
        [jobs.code(job.one(bulkId="a")), jobs.code(job.one(method="DELETE"))],
        [user.response.status, single.status],
        f"{job.response.line}: status of a create and of a deletion of nobody",
    )
    raw = [one.document.get("status") for one in job.results]
    expect.tolerable(
        all(isinstance(one, str) for one in raw), f"{job.response.line}: status is no string"
    )


@requirement("rfc7644-3.7-200-processed-job")
def test_job_is_answered_200(bulk: Bulk, users: str, payloads: Payloads) -> None:
    operations = [jobs.create(users, name, payloads.user()) for name in ("a", "b")]

    response = bulk.send(jobs.message(*operations))

    expect.status(response, 200)


@requirement("rfc7644-3.7-200-processed-job")
def test_job_in_which_everything_fails_is_answered_200(bulk: Bulk, unknown_user: str) -> None:
    """The failures are those of the operations; 4xx for the job is a deviation (AMB-37)."""
    response = bulk.send(jobs.message(jobs.delete(unknown_user)))

    expect.status(response, 200, tolerated=range(400, 500))


@requirement("rfc7644-3.7-continue-failure")
def test_operations_after_a_failure_are_carried_out(
    scim: ScimClient, bulk: Bulk, user: Created, unknown_user: str
) -> None:
    bulk.send(jobs.message(jobs.delete(unknown_user), jobs.delete(user.path)))

    expect.status(scim.get(user.path), 404, 410)


@requirement("rfc7644-3.7-stop-failonerrors")
def test_job_stops_at_the_first_error_where_one_is_the_limit(
    scim: ScimClient, bulk: Bulk, user: Created, readable: None, unknown_user: str
) -> None:
    """With more than one it is unclear whether the last is one too many (AMB-37)."""
    body = jobs.message(jobs.delete(unknown_user), jobs.delete(user.path), failOnErrors=1)

    response = bulk.send(body)

    jobs.needs_refusal(response)
    expect.status(scim.get(user.path), 200)


@requirement("rfc7644-3.7-bulkid-returned")
def test_new_resources_come_with_their_bulk_ids(bulk: Bulk, users: str, payloads: Payloads) -> None:
    job = bulk(*(jobs.create(users, name, payloads.user()) for name in ("first", "second")))

    found = sorted(str(one.document.get("bulkId")) for one in job.results)
    expect.equal(found, ["first", "second"], f"{job.response.line}: bulkIds")


@requirement("rfc7644-3.7-intent-preserved-when-reordering")
@needs_attribute("displayName")
def test_last_of_several_changes_wins(bulk: Bulk, user: Created, read: Read) -> None:
    bodies = [
        {**user.sent, "id": user.id, "displayName": name} for name in ("First", "Second", "Third")
    ]

    bulk(*(jobs.replace(user.path, one) for one in bodies))

    expect.attribute(read(user), "displayName", "Third")


@requirement("rfc7644-3.7.3-all-results-reported")
def test_every_operation_has_a_result(
    bulk: Bulk, users: str, unknown_user: str, payloads: Payloads
) -> None:
    """The last has no userName; its password is for an eye on all exchanges."""
    job = bulk.with_failure(
        jobs.create(users, "a", payloads.user()),
        jobs.delete(unknown_user),
        jobs.create(users, "b", payloads.user(userName=None, password=_PASSWORD)),
    )

    expect.equal(len(job.results), 3, f"{job.response.line}: results of three operations")


@requirement("rfc7644-3.7.3-error-description")
def test_failed_operation_says_why(bulk: Bulk, unknown_user: str) -> None:
    """Where it says so is as a verified erratum has it; to say nothing is a deviation."""
    result = bulk.with_failure(jobs.delete(unknown_user)).one(method="DELETE")

    said = result.error.get("detail")
    expect.tolerable(isinstance(said, str) and bool(said), f"{result.line}: detail is {said!r}")
