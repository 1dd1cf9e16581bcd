"""From Okta's attributes to SCIM keys: mapping rows and external names.

An external name is a key (``title``), a path (``name.givenName``), or a view of
one element of an array (``emails.^[primary==true].value``), as the profile
editor of Okta has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from emulator.expressions import Context, Expression, ExpressionError, parse

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"


class MappingError(ValueError):
    """A mapping row that can't be; the message names the row."""


class Apply(StrEnum):
    """When a mapping row has its effect."""

    CREATE = "create"
    CREATE_AND_UPDATE = "create and update"
    NEVER = "do not map"


class Scope(StrEnum):
    """Where a value is edited: with a person's assignment, or with that of a group too."""

    PERSONAL = "personal"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Selector:
    """The element of an array whose ``key`` is ``value``."""

    key: str
    value: Any


@dataclass(frozen=True, slots=True)
class Path:
    """Where a value goes: ``key``, perhaps in an element, perhaps in a sub-attribute."""

    key: str
    selector: Selector | None = None
    sub: str | None = None


_NAME = r"[A-Za-z$][\w$-]*"
_EXTERNAL = re.compile(
    rf"(?P<key>{_NAME})(?:\.\^\[(?P<attr>{_NAME})==(?P<value>true|false|'[^']*')\])?"
    rf"(?:\.(?P<sub>{_NAME}))?"
)


@cache
def path_of(external_name: str) -> Path:
    """Parse an external name; raises MappingError."""
    found = _EXTERNAL.fullmatch(external_name)
    if not found or (found["attr"] and not found["sub"]):
        raise MappingError(
            f"external name {external_name!r} is neither a name, nor name.sub, "
            "nor like emails.^[primary==true].value"
        )
    selector = None
    if found["attr"]:
        raw = found["value"]
        selector = Selector(found["attr"], raw == "true" if raw[0] != "'" else raw[1:-1])
    return Path(found["key"], selector, found["sub"])


@dataclass(frozen=True, slots=True)
class AttributeMapping:
    """One row of the mapping table of an app."""

    variable: str
    external_name: str
    source: Expression
    namespace: str = USER
    apply: Apply = Apply.CREATE_AND_UPDATE
    scope: Scope = Scope.PERSONAL

    @property
    def path(self) -> Path:
        """Where its value goes."""
        return path_of(self.external_name)


def mapping(
    variable: str,
    external_name: str,
    expression: str,
    *,
    namespace: str = USER,
    apply: Apply = Apply.CREATE_AND_UPDATE,
    scope: Scope = Scope.PERSONAL,
) -> AttributeMapping:
    """A row from texts; raises MappingError, also for an expression that is wrong."""
    if variable == "groups" or external_name == "groups":
        raise MappingError("'groups' is a reserved name; choose another for a custom attribute")
    path_of(external_name)
    try:
        source = parse(expression)
    except ExpressionError as problem:
        raise MappingError(f"mapping of {variable}: {problem}") from None
    return AttributeMapping(variable, external_name, source, namespace, apply, scope)


def _rows(*rows: tuple[str, str, str], namespace: str = USER) -> tuple[AttributeMapping, ...]:
    return tuple(mapping(*row, namespace=namespace) for row in rows)


_NAME_OF_USER = 'user.displayName != null ? user.displayName : user.firstName + " " + user.lastName'

#: The rows of the SCIM 2.0 templates, without the userName, which the Sign On tab decides.
TEMPLATE_MAPPINGS: tuple[AttributeMapping, ...] = (
    *_rows(
        ("givenName", "name.givenName", "user.firstName"),
        ("familyName", "name.familyName", "user.lastName"),
        ("middleName", "name.middleName", "user.middleName"),
        ("honorificPrefix", "name.honorificPrefix", "user.honorificPrefix"),
        ("honorificSuffix", "name.honorificSuffix", "user.honorificSuffix"),
        ("email", "emails.^[primary==true].value", "user.email"),
        ("emailType", "emails.^[primary==true].type", '"work"'),
        ("title", "title", "user.title"),
        ("displayName", "displayName", _NAME_OF_USER),
        ("nickName", "nickName", "user.nickName"),
        ("profileUrl", "profileUrl", "user.profileUrl"),
        ("primaryPhone", "phoneNumbers.^[primary==true].value", "user.primaryPhone"),
        (
            "primaryPhoneType",
            "phoneNumbers.^[primary==true].type",
            'user.primaryPhone != null ? "work" : null',
        ),
        (
            "addressType",
            "addresses.^[primary==true].type",
            'user.streetAddress != null ? "work" : null',
        ),
        ("streetAddress", "addresses.^[primary==true].streetAddress", "user.streetAddress"),
        ("locality", "addresses.^[primary==true].locality", "user.city"),
        ("region", "addresses.^[primary==true].region", "user.state"),
        ("postalCode", "addresses.^[primary==true].postalCode", "user.zipCode"),
        ("country", "addresses.^[primary==true].country", "user.countryCode"),
        ("preferredLanguage", "preferredLanguage", "user.preferredLanguage"),
        ("locale", "locale", 'user.locale != null ? user.locale : "en-US"'),
        ("timezone", "timezone", "user.timezone"),
        ("userType", "userType", "user.userType"),
    ),
    *_rows(
        ("employeeNumber", "employeeNumber", "user.employeeNumber"),
        ("costCenter", "costCenter", "user.costCenter"),
        ("organization", "organization", "user.organization"),
        ("division", "division", "user.division"),
        ("department", "department", "user.department"),
        ("managerValue", "manager.value", "user.managerId"),
        ("managerDisplayName", "manager.displayName", "user.manager"),
        namespace=ENTERPRISE,
    ),
)

#: The eight attributes of Kantega SSO, of which userName comes from the Sign On tab.
KANTEGA_MAPPINGS: tuple[AttributeMapping, ...] = (
    *_rows(
        ("givenName", "name.givenName", "user.firstName"),
        ("familyName", "name.familyName", "user.lastName"),
        ("middleName", "name.middleName", "user.middleName"),
        ("email", "emails.^[primary==true].value", "user.email"),
        ("emailType", "emails.^[primary==true].type", '"work"'),
        ("displayName", "displayName", _NAME_OF_USER),
    ),
    mapping("userType", "userType", "user.userType", scope=Scope.GROUP),
)

#: The rows that no app can do without.
BASE_VARIABLES = ("userName", "givenName", "familyName")


def evaluated(
    rows: Iterable[AttributeMapping], context: Context, given: Mapping[str, Any]
) -> dict[str, Any]:
    """The app's attributes of a person: variable → value, those without a value left out.

    ``given`` has what the assignment itself decides.  Raises MappingError.
    """
    values: dict[str, Any] = {}
    profile = context.roots["user"]
    for row in rows:
        if row.apply is Apply.NEVER:
            continue
        variable, source = row.variable, row.source
        if variable in given:
            value = given[variable]
        elif source.attribute is not None:
            value = profile.get(source.attribute)
        else:
            try:
                value = source.evaluate(context)
            except ExpressionError as problem:
                raise MappingError(f"mapping of {variable}: {problem}") from None
        if value is not None and value != "":
            values[variable] = value
    return values
