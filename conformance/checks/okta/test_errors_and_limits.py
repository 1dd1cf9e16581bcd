"""Okta, errors: what an administrator reads when a job fails is what the target said."""

from __future__ import annotations

import pytest

from conformance import expect
from conformance.checks import requirement
from conformance.checks.conftest import Created
from conformance.checks.okta.actor import Okta
from conformance.checks.okta.conftest import StartOkta
from conformance.client import Response, ScimClient
from conformance.payloads import Payloads
from conformance.verdict import Unmet


@pytest.fixture
def not_found(scim: ScimClient, users: str, user: Created, payloads: Payloads) -> Response:
    """The answer to a read of an id that nobody has."""
    return scim.get(f"{users}/{payloads.unknown_id(user.id)}")


@pytest.fixture
def refusal(not_found: Response) -> Response:
    """The same; blocks the check when it is no error in JSON."""
    if not_found.ok:
        raise Unmet("okta-errors-unknown-id", f"{not_found.line}: {not_found.status}")
    try:
        not_found.body.get("detail")
    except AssertionError as problem:
        raise Unmet("okta-errors-json", str(problem)) from None
    return not_found


@pytest.fixture
def conflict(any_okta: Okta, create: Response) -> Response:
    """The answer to Okta's create, sent once more; blocks the check unless it was refused."""
    response = any_okta.again(create)
    if response.status != 409:
        raise Unmet("okta-create-taken-name", f"{response.line}: {response.status}")
    return response


@pytest.fixture
def unauthorized(connect: StartOkta) -> Response:
    """The answer to wrong credentials; blocks the check unless they were refused."""
    okta = connect(wrong_credentials=True)
    okta.test_api()
    response = okta.sent_with("GET")
    if response.status not in {401, 403}:
        raise Unmet("okta-test-api-wrong-credentials", f"{response.line}: {response.status}")
    return response


@requirement("okta-errors-unknown-id")
def test_unknown_id_is_answered_404(not_found: Response) -> None:
    expect.status(not_found, 404)


@requirement("okta-errors-json")
def test_error_is_a_scim_error(not_found: Response) -> None:
    expect.contains(
        not_found.body.get("schemas"), expect.ERROR_URN, f"{not_found.line}: schemas of the error"
    )


@requirement("okta-errors-detail")
def test_error_says_why(refusal: Response) -> None:
    expect.present(refusal, "detail")


@requirement("okta-errors-conflict-detail")
def test_conflict_says_why(conflict: Response) -> None:
    expect.present(conflict, "detail")


@requirement("okta-errors-wrong-credentials-detail")
def test_refused_credentials_are_a_scim_error(unauthorized: Response) -> None:
    expect.contains(
        unauthorized.body.get("schemas"), expect.ERROR_URN, f"{unauthorized.line}: schemas"
    )
    expect.present(unauthorized, "detail")
