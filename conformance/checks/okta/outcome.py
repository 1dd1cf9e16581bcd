"""Expectations about what Okta did: in the words that its administrator would read."""

from __future__ import annotations

from http import HTTPStatus

from conformance import expect
from conformance.checks.okta.actor import Account, Okta
from conformance.client import Response
from emulator.replies import RemoteError


def done(okta: Okta) -> None:
    """Okta has done what it was to do: no task is open."""
    __tracebackhide__ = True
    last = okta.sent[-1].line if okta.sent else "Okta"
    expect.that(not okta.complaints, f"{last}: expected success; Okta would show: {okta.complaint}")


def accepted(okta: Okta, method: str) -> Response:
    """The target took the last request with this method; returns its answer."""
    __tracebackhide__ = True
    answer = okta.sent_with(method)
    expect.success(answer)
    return answer


def same(found: list[str], wanted: list[str], what: str) -> None:
    """Two lists have the same members, in any order, each once."""
    __tracebackhide__ = True
    missing = sorted(set(wanted) - set(found))
    extra = sorted(set(found) - set(wanted))
    expect.that(
        sorted(found) == sorted(wanted),
        f"{what}: expected {len(wanted)}, got {len(found)}"
        + (f"; missing {expect.quoted(missing)}" if missing else "")
        + (f"; not asked for {expect.quoted(extra)}" if extra else ""),
    )


def among(wanted: list[str], found: list[str], what: str) -> None:
    """All that are wanted are among what was found."""
    __tracebackhide__ = True
    missing = sorted(set(wanted) - set(found))
    expect.that(not missing, f"{what}: missing {expect.quoted(missing)}")


def members(response: Response) -> list[str]:
    """The ids of a group's members, as the target shows them."""
    found = response.body.get("members") or []
    return [str(one.get("value")) for one in found if isinstance(one, dict)]


def described(response: Response) -> None:
    """The answer to a PATCH has no body, or one that tells which group it is about."""
    __tracebackhide__ = True
    expect.success(response)
    if response.status != HTTPStatus.NO_CONTENT:
        expect.present(response, "id")
        expect.present(response, "displayName")


def numbers(response: Response) -> None:
    """The counts of a list are JSON numbers; only the total has to be there."""
    __tracebackhide__ = True
    expect.status(response, HTTPStatus.OK)
    expect.present(response, "totalResults")
    for name in ("totalResults", "startIndex", "itemsPerPage"):
        if name in response.body:
            expect.json_type(response.body[name], "integer", f"{response.line}: {name}")


def linked(okta: Okta, wanted: Account) -> None:
    """Okta has found the account that was there, and made no other."""
    __tracebackhide__ = True
    asked = okta.sent[0].line if okta.sent else "Okta"
    made = [one for one in okta.sent if one.method == "POST"]
    expect.that(
        not made, f"{asked}: expected to find the account {wanted.id}; Okta went on to create"
    )
    found = okta.account_of(wanted.user)
    expect.equal(found.id if found else None, wanted.id, f"{asked}: the account Okta took")


def imports(okta: Okta) -> None:
    """Okta has read all pages without an error."""
    __tracebackhide__ = True
    try:
        okta.import_now()
    except RemoteError as problem:
        last = okta.sent[-1].line if okta.sent else "Okta"
        expect.fail(f"{last}: Okta would show: {problem}")


def shows_no_password(response: Response) -> None:
    """Whatever came back, there is no password in it."""
    __tracebackhide__ = True
    if response.content:
        expect.absent(response, "password")


def gone(response: Response) -> None:
    """The resource is not there any more."""
    __tracebackhide__ = True
    expect.status(response, HTTPStatus.NOT_FOUND, tolerated={HTTPStatus.GONE})
