"""Okta's SPEC test for SCIM 2.0: its requests as that suite sends them, and its user.

https://developer.okta.com/standards/SCIM/SCIMFiles/Okta-SCIM-20-SPEC-Test.json
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from conformance import expect
from conformance.client import Response, ScimClient
from conformance.discovery import CORE_USER, Features
from conformance.payloads import Payloads
from conformance.verdict import Unmet

CREATE_REQUIREMENT = "okta-spec-06-create-user"

_GET = {
    "Accept-Charset": "utf-8",
    "Content-Type": "application/scim+json; charset=utf-8",
    "Accept": "application/scim+json",
    "User-Agent": "OKTA SCIM Integration",
}
_POST = {
    "Content-Type": "application/json",
    "Accept": "application/scim+json; charset=utf-8",
    "User-Agent": None,
}


@dataclass(frozen=True, slots=True)
class Person:
    """The user that the SPEC test creates; the name has small and capital letters."""

    name: str
    given: str = "Runscope271"
    family: str = "Kqzxwvut482"

    @property
    def attributes(self) -> dict[str, Any]:
        """What is sent of them."""
        return {
            "userName": self.name,
            "name": {"givenName": self.given, "familyName": self.family},
            "emails": [{"primary": True, "value": self.name, "type": "work"}],
            "displayName": f"{self.given} {self.family}",
            "active": True,
        }


@dataclass(frozen=True, slots=True)
class SpecSuite:
    """Sends what the SPEC test sends."""

    scim: ScimClient
    users: str
    payloads: Payloads
    features: Features

    def person(self) -> Person:
        """Somebody who is not there."""
        return Person(self.payloads.user_name("Runscope"))

    def get(self, path: str, **params: Any) -> Response:
        """GET with the headers of the suite."""
        return self.scim.get(path, params=params, headers=_GET)

    def find(self, name: str, scim: ScimClient | None = None) -> Response:
        """Look a userName up, without paging parameters."""
        params = {"filter": f'userName eq "{name}"'}
        return (scim or self.scim).get(self.users, params=params, headers=_GET)

    def create(self, person: Person) -> Response:
        """Create a user as the suite does."""
        body = self.payloads.user(**person.attributes)
        return self.scim.post(self.users, body, headers=_POST)

    def created(self, person: Person) -> str:
        """The path of a user that is there now; blocks the check when that fails."""
        response = self.create(person)
        identifier = response.body.get("id") if response.ok else None
        if not isinstance(identifier, str) or not identifier:
            raise Unmet(CREATE_REQUIREMENT, f"{response.line}: no user was created")
        return f"{self.users}/{quote(identifier, safe='')}"

    def has_attribute(self, path: str) -> bool:
        """Whether users of the target have an attribute, as far as it publishes that."""
        published = self.features.schema(CORE_USER) is not None
        return not published or self.features.attribute(CORE_USER, path) is not None


def no_users(response: Response) -> None:
    """A list with totalResults 0, which the suite compares loosely: "0" will do."""
    __tracebackhide__ = True
    expect.status(response, 200)
    expect.contains(response.body.get("schemas"), expect.LIST_URN, "schemas of the list")
    expect.equal(str(response.body.get("totalResults")), "0", "totalResults")


def same_person(suite: SpecSuite, response: Response, person: Person) -> None:
    """The user has the names that were sent; a userName in another case is a deviation."""
    __tracebackhide__ = True
    found = str(expect.present(response, "userName"))
    expect.equal(found.casefold(), person.name.casefold(), "userName in any case")
    for path, value in (("name.familyName", person.family), ("name.givenName", person.given)):
        if suite.has_attribute(path):
            expect.attribute(response, path, value)
    expect.tolerable(found == person.name, f"{response.line}: userName came back as {found!r}")


def complete_person(suite: SpecSuite, response: Response) -> None:
    """The user shows what the suite wants every user to show."""
    __tracebackhide__ = True
    expect.present(response, "userName")
    expect.present(response, "active")
    for path in ("name.familyName", "name.givenName", "emails.value"):
        if suite.has_attribute(path):
            expect.present(response, path)


def error_body(response: Response, *, status: str = "") -> None:
    """The error says what the suite wants to read; the RFC leaves the detail open."""
    __tracebackhide__ = True
    expect.contains(response.body.get("schemas"), expect.ERROR_URN, "schemas of the error")
    if status:
        expect.equal(str(response.body.get("status")), status, "status in the error")
    expect.tolerable(bool(response.body.get("detail")), f"{response.line}: the error has no detail")
