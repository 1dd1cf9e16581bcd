"""The mapping table of an app: rows added, altered and removed, as the profile editor lets one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from emulator.attributes import (
    BASE_VARIABLES,
    Apply,
    AttributeMapping,
    MappingError,
    Scope,
    mapping,
)

Rows = tuple[AttributeMapping, ...]


def added(rows: Rows, row: AttributeMapping) -> Rows:
    """The table with one row more; raises MappingError when it says what another one says."""
    if row.variable == "userName":
        raise MappingError("userName is configured in Sign On settings, not in a mapping row")
    for one in rows:
        if one.variable == row.variable:
            raise MappingError(f"variable {row.variable!r} is mapped already; alter its row")
        if (one.namespace, one.external_name) == (row.namespace, row.external_name):
            raise MappingError(
                f"external name {row.external_name!r} of {row.variable} is that of "
                f"{one.variable} already"
            )
    return (*rows, row)


def removed(rows: Rows, variable: str) -> Rows:
    """The table without a row; raises MappingError for a base attribute."""
    if variable in BASE_VARIABLES:
        raise MappingError(f"{variable!r} is a base attribute of the app and can't be removed")
    return tuple(one for one in rows if one is not _of(rows, variable))


def altered(
    rows: Rows,
    variable: str,
    *,
    expression: str | None = None,
    apply: Apply | str | None = None,
    scope: Scope | str | None = None,
) -> Rows:
    """The table with another source, application or scope of a row; raises MappingError."""
    row = _of(rows, variable)
    if expression is not None:
        row = mapping(
            row.variable,
            row.external_name,
            expression,
            namespace=row.namespace,
            apply=row.apply,
            scope=row.scope,
        )
    if apply is not None:
        row = replace(row, apply=Apply(apply))
    if scope is not None:
        row = replace(row, scope=Scope(scope))
    return tuple(row if one.variable == variable else one for one in rows)


def _of(rows: Rows, variable: str) -> AttributeMapping:
    for one in rows:
        if one.variable == variable:
            return one
    known = ", ".join(one.variable for one in rows)
    raise MappingError(f"no attribute {variable!r} in the mapping table; it has {known}")


def pushed(rows: Iterable[AttributeMapping]) -> Rows:
    """The rows whose changes are sent: those that apply on update too, and have a namespace.

    An attribute without a namespace is never sent.
    https://support.okta.com/help/s/article/custom-scim-attribute-is-not-available-to-map-and-is-not-sent-to-scim
    """
    return tuple(one for one in rows if one.apply is Apply.CREATE_AND_UPDATE and one.namespace)
