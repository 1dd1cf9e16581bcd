"""The bodies that Okta sends for an account: of a create, a PUT over what was read, a PATCH."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from emulator.attributes import USER, Apply, AttributeMapping, Path, Selector

#: The order of keys in a body that Okta builds itself, as its samples and captures have it.
#: Where those have no key, the place is inferred.
_ORDER = [
    "schemas",
    "userName",
    "name",
    "emails",
    "title",
    "phoneNumbers",
    "addresses",
    "nickName",
    "profileUrl",
    "userType",
    "preferredLanguage",
    "timezone",
    "roles",
    "entitlements",
    "displayName",
    "locale",
    "externalId",
    "groups",
    "password",
    "active",
]
_NAME_ORDER = [
    "honorificPrefix",
    "givenName",
    "middleName",
    "familyName",
    "honorificSuffix",
    "formatted",
]
_PLACES = {name: place for place, name in enumerate(_ORDER)}
_NAME_PLACES = {name: place for place, name in enumerate(_NAME_ORDER)}
#: What is not in Okta's samples comes before displayName, URNs come at the end.
_CUSTOM, _LAST = _PLACES["displayName"] - 0.5, len(_PLACES)


def created_body(
    rows: Iterable[AttributeMapping],
    values: Mapping[str, Any],
    *,
    user_name: str,
    external_id: str,
    password: str | None,
) -> dict[str, Any]:
    """What a create sends, its keys in Okta's order."""
    body: dict[str, Any] = {"schemas": [USER], "userName": user_name}
    for row in rows:
        if row.variable in values and row.namespace:
            _put(body, row, values[row.variable])
    body |= {"externalId": external_id, "groups": []}
    if password is not None:
        body["password"] = password
    body["active"] = True
    return _in_order(body)


def _in_order(body: dict[str, Any]) -> dict[str, Any]:
    ordered = {key: body[key] for key in sorted(body, key=_place)}
    name = ordered.get("name")
    if isinstance(name, dict):
        ordered["name"] = {key: name[key] for key in sorted(name, key=_name_place)}
    return ordered


def _place(key: str) -> float:
    return _LAST if ":" in key else _PLACES.get(key, _CUSTOM)


def _name_place(key: str) -> int:
    return _NAME_PLACES.get(key, len(_NAME_PLACES))


def merged_body(
    found: Mapping[str, Any],
    rows: Iterable[AttributeMapping],
    values: Mapping[str, Any],
    *,
    user_name: str | None,
    external_id: str,
    active: bool,
    cleared: str = "keep",
    echo_non_primary: bool = True,
) -> dict[str, Any]:
    """What a PUT sends: the resource as it was read, with Okta's attributes over it.

    Keys keep their places; new ones come last.  What Okta does not map goes
    back as it came, and without ``echo_non_primary`` the elements of an array
    that it does not map do not.  ``cleared`` says what becomes of a mapped
    attribute that has no value any more.  A ``user_name`` of None leaves the
    name alone.
    """
    body = copy.deepcopy(dict(found))
    rows = tuple(rows)
    if user_name is not None:
        body["userName"] = user_name
    if not echo_non_primary:
        _drop_unmapped(body, rows)
    for row in rows:
        if row.apply is not Apply.CREATE_AND_UPDATE or not row.namespace:
            continue
        if row.variable in values:
            _put(body, row, values[row.variable])
        elif cleared != "keep":
            _clear(body, row, cleared)
    body["externalId"] = external_id
    body.setdefault("groups", [])
    body["active"] = active
    return body


#: The keys of a resource in the order of Okta's own objects, as the samples of 2018 have it.
_OBJECT_ORDER = (
    "id",
    "externalId",
    "meta",
    "schemas",
    "userName",
    "displayName",
    "locale",
    "active",
    "password",
    "emails",
    "name",
    "groups",
)


def in_object_order(body: Mapping[str, Any]) -> dict[str, Any]:
    """``body`` with its keys in the order of Okta's own objects; others keep theirs, at the end."""
    known = {key: body[key] for key in _OBJECT_ORDER if key in body}
    return known | dict(body)


def changed_values(
    rows: Iterable[AttributeMapping],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    cleared: str = "keep",
) -> dict[str, Any]:
    """The value of a PATCH without a path: what changed, nested as in the resource.

    What lost its value is in it where ``cleared`` has a value for that.
    """
    nothing = {"null": None, "empty-string": ""}
    value: dict[str, Any] = {}
    for row in rows:
        old, new = before.get(row.variable), after.get(row.variable)
        if row.apply is not Apply.CREATE_AND_UPDATE or not row.namespace or old == new:
            continue
        if new is not None:
            _put(value, row, new)
        elif cleared in nothing:
            _put(value, row, nothing[cleared])
    value.pop("schemas", None)
    return value


def _drop_unmapped(body: dict[str, Any], rows: tuple[AttributeMapping, ...]) -> None:
    """Leave of each mapped array only the elements that a row selects."""
    kept: dict[str, list[Selector]] = {}
    for row in rows:
        if row.namespace == USER and row.path.selector is not None:
            kept.setdefault(row.path.key, []).append(row.path.selector)
    for key, selectors in kept.items():
        found = body.get(key)
        if isinstance(found, list):
            body[key] = [
                one
                for one in found
                if isinstance(one, dict)
                and any(one.get(select.key) == select.value for select in selectors)
            ]


def _put(body: dict[str, Any], row: AttributeMapping, value: Any) -> None:
    place = body
    if row.namespace != USER:
        place = _object(body, row.namespace)
        schemas = body.setdefault("schemas", [USER])
        if isinstance(schemas, list) and row.namespace not in schemas:
            schemas.append(row.namespace)
    path = row.path
    if path.selector is not None:
        element = _element(place, path)
        element[path.sub or "value"] = value
    elif path.sub is not None:
        _object(place, path.key)[path.sub] = value
    else:
        place[path.key] = value


def _object(place: dict[str, Any], key: str) -> dict[str, Any]:
    """The object at ``key``, made when there is none, or something that is none."""
    found = place.get(key)
    if isinstance(found, dict):
        return found
    made: dict[str, Any] = {}
    place[key] = made
    return made


def _element(place: dict[str, Any], path: Path) -> dict[str, Any]:
    """The element of an array that a selector means, made when it is not there."""
    selector = path.selector
    assert selector is not None
    found = place.get(path.key)
    elements = found if isinstance(found, list) else []
    place[path.key] = elements
    for one in elements:
        if isinstance(one, dict) and one.get(selector.key) == selector.value:
            return one
    made = {selector.key: selector.value}
    elements.append(made)
    return made


def _clear(body: dict[str, Any], row: AttributeMapping, how: str) -> None:
    """Take a value away, as the behaviour ``cleared`` says."""
    place = body if row.namespace == USER else body.get(row.namespace)
    path = row.path
    if not isinstance(place, dict):
        return
    if path.selector is not None:
        found = place.get(path.key)
        for one in found if isinstance(found, list) else []:
            if isinstance(one, dict) and one.get(path.selector.key) == path.selector.value:
                _empty(one, path.sub or "value", how)
    elif path.sub is not None:
        if isinstance(place.get(path.key), dict):
            _empty(place[path.key], path.sub, how)
    else:
        _empty(place, path.key, how)


def _empty(place: dict[str, Any], key: str, how: str) -> None:
    if key not in place:
        return
    if how == "omit":
        del place[key]
    else:
        place[key] = None if how == "null" else ""
