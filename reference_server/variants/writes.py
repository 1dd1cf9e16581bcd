"""Creates and replaces: AMB-26, AMB-27, AMB-29 to AMB-33, AMB-50, AMB-54, AMB-55."""

from __future__ import annotations

from typing import Any

from reference_server.defects.patch_messages import operations, resource
from reference_server.defects.wire import Forward, Request, Response, each_resource, is_create
from reference_server.schemas import Attribute, ResourceType, Type
from reference_server.variants import variant
from reference_server.variants.patching import attribute_at, kind_of, path_of, swap

_BOOLEANS = (
    "rfc7643-2.3.2-non-boolean-input-boolean",
    "rfc7644-3.5.2-patch-schema-violation",
    "rfc7644-3.5.2.3-replace-boolean",
)
_UNIQUE_UPDATES = (
    "rfc7644-3.5.1-put-duplicate",
    "rfc7644-3.5.2-patch-uniqueness",
    "rfc7644-3.12-scimtype-uniqueness",
    "rfc7643-7-uniqueness-rejection",
)


def written(request: Request) -> dict[str, Any] | None:
    """The resource in the body of a POST or PUT, None for any other request."""
    is_put = request.method == "PUT" and request.path.count("/") == 2
    value = request.json
    return value if (is_create(request) or is_put) and isinstance(value, dict) else None


@variant(
    "keeps-what-a-put-leaves-out",
    of="AMB-26",
    deviates=["rfc7644-3.5.1-put-omitted-attributes"],
)
async def keeps_what_a_put_leaves_out(request: Request, forward: Forward) -> Response:
    """What a PUT does not mention stays as it is."""
    sent = written(request)
    if request.method == "PUT" and sent is not None:
        now = await resource(request, forward)
        computed = {"id", "meta", "groups", "schemas"}
        kept = {name: one for name, one in now.items() if name not in computed | set(sent)}
        named = [*sent.get("schemas", []), *(name for name in kept if ":" in name)]
        request.json = {**sent, **kept, "schemas": list(dict.fromkeys(named))}
    return await forward(request)


@variant("fills-in-a-display-name", of="AMB-26")
async def fills_in_a_display_name(request: Request, forward: Forward) -> Response:
    """A user without a displayName is given its userName, visibly, on POST and PUT."""
    sent = written(request)
    has_one = sent and any(name.lower() == "displayname" and one for name, one in sent.items())
    if sent and request.path.startswith("/Users") and not has_one:
        request.json = {**sent, "displayName": sent.get("userName")}
    return await forward(request)


@variant("makes-new-users-active", of="AMB-26")
async def makes_new_users_active(request: Request, forward: Forward) -> Response:
    """A user is active unless the client says otherwise."""
    sent = written(request)
    names = {name.lower() for name in sent or ()}
    if sent and request.path.startswith("/Users") and "active" not in names:
        request.json = {**sent, "active": True}
    return await forward(request)


@variant(
    "keeps-a-required-value-that-a-put-leaves-out",
    of="AMB-27",
    deviates=["rfc7644-3.5.1-put-required-attributes"],
)
async def keeps_a_required_value_that_a_put_leaves_out(
    request: Request, forward: Forward
) -> Response:
    """A PUT without userName keeps the one there is."""
    sent = written(request)
    is_put = request.method == "PUT" and request.path.startswith("/Users/")
    if sent and is_put and "username" not in {name.lower() for name in sent}:
        now = await resource(request, forward)
        request.json = {**sent, "userName": now.get("userName")}
    return await forward(request)


@variant(
    "refuses-a-put-with-another-id",
    of="AMB-27",
    deviates=["rfc7644-3.5.1-put-id-mismatch", "rfc7643-3.1-id-readonly"],
)
async def refuses_a_put_with_another_id(request: Request, forward: Forward) -> Response:
    """A PUT with another id is refused with mutability, as section 3.12 prints it."""
    sent = written(request)
    own = request.path.rpartition("/")[2]
    if sent and request.method == "PUT" and sent.get("id", own) != own:
        return Response.error(400, "mutability")
    return await forward(request)


@variant(
    "refuses-a-create-with-an-id",
    of="AMB-29",
    deviates=["rfc7643-3.1-id-issued-server-only", "rfc7644-3.3-readonly-ignored-create"],
)
async def refuses_a_create_with_an_id(request: Request, forward: Forward) -> Response:
    """A create with an id is refused: clients must not give one."""
    if is_create(request) and "id" in request.object:
        return Response.error(400, "mutability")
    return await forward(request)


def _unknown(sent: dict[str, Any], kind: ResourceType) -> list[str]:
    found = (one for one in sent if kind.extension(one) is None and kind.find(one) is None)
    return [one for one in found if ":" not in one]


@variant("refuses-an-attribute-it-does-not-know", of="AMB-30")
async def refuses_an_attribute_it_does_not_know(request: Request, forward: Forward) -> Response:
    """An unknown attribute in a POST or PUT is refused with invalidValue."""
    sent = written(request)
    if sent and _unknown(sent, kind_of(request)):
        return Response.error(400, "invalidValue")
    return await forward(request)


@variant("calls-an-unknown-attribute-a-syntax-error", of="AMB-30")
async def calls_an_unknown_attribute_a_syntax_error(request: Request, forward: Forward) -> Response:
    """An unknown attribute in a POST or PUT is refused with invalidSyntax."""
    sent = written(request)
    if sent and _unknown(sent, kind_of(request)):
        return Response.error(400, "invalidSyntax")
    return await forward(request)


@variant(
    "keeps-an-attribute-it-does-not-know",
    of="AMB-30",
    deviates=["rfc7644-3.3-unknown-attributes-create"],
)
async def keeps_an_attribute_it_does_not_know(request: Request, forward: Forward) -> Response:
    """An unknown attribute in a create is stored and returned."""
    kept = request.state.setdefault("kept", {})
    response = await forward(request)
    if is_create(request) and response.status == 201:
        sent = request.object
        unknown = {name: sent[name] for name in _unknown(sent, kind_of(request))}
        if unknown:
            kept[response.json["id"]] = unknown
    for shown in each_resource(response):
        shown.update(kept.get(shown.get("id"), {}))
    return response


@variant("drops-a-schema-it-does-not-know", of="AMB-30")
async def drops_a_schema_it_does_not_know(request: Request, forward: Forward) -> Response:
    """An unknown URI in schemas of a create is dropped."""
    sent = written(request)
    kind = kind_of(request)
    if sent and isinstance(sent.get("schemas"), list):
        known = {kind.schema.id.lower(), *(one.schema.id.lower() for one in kind.extensions)}
        kept = [one for one in sent["schemas"] if str(one).lower() in known]
        if kind.schema.id in kept and kept != sent["schemas"]:
            request.json = {**sent, "schemas": kept}
    return await forward(request)


def _unlisted(sent: dict[str, Any] | None, kind: ResourceType) -> list[str]:
    """Extensions that a body has data for and does not list."""
    if sent is None or not isinstance(sent.get("schemas"), list):
        return []
    listed = {str(one).lower() for one in sent["schemas"]}
    return [name for name in sent if kind.extension(name) and name.lower() not in listed]


@variant("ignores-an-extension-that-is-not-listed", of="AMB-31")
async def ignores_an_extension_that_is_not_listed(request: Request, forward: Forward) -> Response:
    """Extension data whose URN is not in schemas is ignored."""
    sent = written(request)
    unlisted = _unlisted(sent, kind_of(request))
    if sent and unlisted:
        request.json = {name: one for name, one in sent.items() if name not in unlisted}
    return await forward(request)


@variant("refuses-an-extension-that-is-not-listed", of="AMB-31")
async def refuses_an_extension_that_is_not_listed(request: Request, forward: Forward) -> Response:
    """Extension data whose URN is not in schemas is refused."""
    if _unlisted(written(request), kind_of(request)):
        return Response.error(400, "invalidSyntax")
    return await forward(request)


@variant("lists-every-extension-of-the-type", of="AMB-31")
async def lists_every_extension_of_the_type(request: Request, forward: Forward) -> Response:
    """schemas lists the extensions of the type, whether or not there is data for them."""
    response = await forward(request)
    for shown in each_resource(response):
        listed = shown.get("schemas", [])
        if any(str(one).endswith("core:2.0:User") for one in listed):
            enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
            shown["schemas"] = list(dict.fromkeys([*listed, enterprise]))
    return response


@variant(
    "lists-no-extension",
    of="AMB-31",
    deviates=[
        "rfc7643-3.3-extension-uris-schemas",
        "rfc7644-3.5.2.1-add-extension-attribute-path",
        "rfc7644-3.5.2-patch-modifies-schemas",
    ],
)
async def lists_no_extension(request: Request, forward: Forward) -> Response:
    """schemas lists the core schema only, although there is extension data."""
    response = await forward(request)
    for shown in each_resource(response):
        if isinstance(shown.get("schemas"), list):
            shown["schemas"] = [one for one in shown["schemas"] if ":extension:" not in str(one)]
    return response


def _as_boolean(attribute: Attribute | None, value: Any) -> Any:
    """The value with words for booleans read as booleans."""
    if attribute is None:
        return value
    if isinstance(value, list):
        return [_as_boolean(attribute, one) for one in value]
    if isinstance(value, dict):
        return {name: _as_boolean(attribute.sub(name), one) for name, one in value.items()}
    if attribute.type is Type.BOOLEAN and str(value).lower() in {"true", "false"}:
        return str(value).lower() == "true"
    return value


@variant("reads-words-as-booleans", of="AMB-32", deviates=_BOOLEANS)
async def reads_words_as_booleans(request: Request, forward: Forward) -> Response:
    """The strings "True" and "False" are read as the booleans they name."""
    kind, sent = kind_of(request), written(request)
    if sent is not None:
        request.json = {name: _as_boolean(kind.find(name), one) for name, one in sent.items()}
    for one in operations(request):
        path, attribute = path_of(one), attribute_at(one, kind)
        if attribute is not None and path is not None and path.sub:
            attribute = attribute.sub(path.sub)
        value = one.get("value")
        if path is not None:
            read = _as_boolean(attribute, value)
        elif isinstance(value, dict):
            read = {name: _as_boolean(kind.find(name), held) for name, held in value.items()}
        else:
            continue
        if read is not value:
            swap(request, one, {**one, "value": read})
    return await forward(request)


@variant("answers-a-taken-name-in-an-update-with-400", of="AMB-33")
async def answers_a_taken_name_in_an_update_with_400(
    request: Request, forward: Forward
) -> Response:
    """A PUT or PATCH to a name that is taken is answered 400, as table 9 has it."""
    response = await forward(request)
    if request.method in {"PUT", "PATCH"} and response.status == 409:
        return Response.error(400, "uniqueness")
    return response


@variant("gives-a-taken-name-in-an-update-no-keyword", of="AMB-33", deviates=_UNIQUE_UPDATES)
async def gives_a_taken_name_in_an_update_no_keyword(
    request: Request, forward: Forward
) -> Response:
    """A PUT or PATCH to a name that is taken is answered 409 without a scimType."""
    response = await forward(request)
    if request.method in {"PUT", "PATCH"} and response.status == 409:
        return Response.error(409)
    return response


def _in_another_case(sent: dict[str, Any], kind: ResourceType) -> list[str]:
    names = {one.name for one in kind.top_level}
    return [
        one for one in sent if ":" not in one and one not in names and kind.find(one) is not None
    ]


@variant(
    "knows-keys-in-their-own-case-only",
    of="AMB-50",
    deviates=["rfc7643-2.1-attribute-names-case-insensitive"],
)
async def knows_keys_in_their_own_case_only(request: Request, forward: Forward) -> Response:
    """A key of a body in another case is dropped."""
    sent = written(request)
    other = _in_another_case(sent, kind_of(request)) if sent else []
    if sent and other:
        request.json = {name: one for name, one in sent.items() if name not in other}
    return await forward(request)


@variant(
    "refuses-keys-in-another-case",
    of="AMB-50",
    deviates=["rfc7643-2.1-attribute-names-case-insensitive"],
)
async def refuses_keys_in_another_case(request: Request, forward: Forward) -> Response:
    """A key of a body in another case is refused."""
    sent = written(request)
    if sent and _in_another_case(sent, kind_of(request)):
        return Response.error(400, "invalidSyntax")
    return await forward(request)


@variant("keeps-no-empty-string", of="AMB-54")
async def keeps_no_empty_string(request: Request, forward: Forward) -> Response:
    """An empty string is no value, as in some databases."""
    sent = written(request)
    if sent and "" in [one for one in sent.values() if isinstance(one, str)]:
        request.json = {name: None if one == "" else one for name, one in sent.items()}
    return await forward(request)


@variant(
    "takes-blanks-for-a-name",
    of="AMB-54",
    deviates=["rfc7643-4.1.1-username-required-non-empty"],
)
async def takes_blanks_for_a_name(request: Request, forward: Forward) -> Response:
    """A userName of blanks is accepted, and kept as a space that is visible."""
    sent = written(request)
    name = sent.get("userName") if sent else None
    if sent and isinstance(name, str) and name and not name.strip():
        request.json = {**sent, "userName": "\u2423" * len(name)}
    return await forward(request)


@variant(
    "keeps-external-ids-unique",
    of="AMB-55",
    deviates=["rfc7643-3.1-externalid-uniqueness-not-enforced"],
)
async def keeps_external_ids_unique(request: Request, forward: Forward) -> Response:
    """A second create with the same externalId is answered 409."""
    wanted = request.object.get("externalId") if is_create(request) else None
    if isinstance(wanted, str):
        text = wanted.replace("\\", "\\\\").replace('"', '\\"')
        query = [("filter", f'externalId eq "{text}"'), ("count", "0")]
        if (await forward(request.get(request.path, query))).object.get("totalResults"):
            return Response.error(409, "uniqueness")
    return await forward(request)
