"""What checks stand on.  A failure here is "blocked", never "violates".

A fixture asks for as little as it can: a create that answers 200 instead of
201 has broken its own requirement, and still made a user for the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest

from conformance import expect
from conformance.bulk import Bulk
from conformance.client import Response, ScimClient, shown
from conformance.discovery import CORE_GROUP, CORE_USER, ENTERPRISE_USER, Features
from conformance.payloads import Payloads
from conformance.plugin import RUN
from conformance.run import Run
from conformance.verdict import Unmet

CREATE_REQUIREMENT = "rfc7644-3.3-201-created"
ID_REQUIREMENT = "rfc7643-3.1-id-present-non-empty"
REPLACE_REQUIREMENT = "rfc7644-3.5-put-mandatory"
PATCH_REQUIREMENT = "rfc7644-3.5-patch-discoverable"
READ_REQUIREMENT = "rfc7644-3.4.1-get-known-resource"


@dataclass(frozen=True, slots=True)
class Created:
    """A resource that the target has made: as it was sent, and as the answer was."""

    sent: dict[str, Any]
    id: str
    path: str
    response: Response

    @property
    def member(self) -> dict[str, str]:
        """The resource as a value of a group's ``members``."""
        return {"value": self.id}


Read = Callable[[Created], Response]
Replace = Callable[..., Response]
Patch = Callable[..., Response]
Seek = Callable[..., Response]
Outcome = Callable[[Response], Response]


class Maker:
    """Creates resources of one type, and blocks the check when that fails."""

    def __init__(
        self,
        scim: ScimClient,
        endpoint: str,
        build: Callable[..., dict[str, Any]],
        fit: Callable[[dict[str, Any]], dict[str, Any]],
    ) -> None:
        self.endpoint = endpoint
        self._scim = scim
        self._build = build
        self._fit = fit

    def __call__(self, body: dict[str, Any] | None = None, **attributes: Any) -> Created:
        """Create a resource from ``body``, or the least one with ``attributes`` added."""
        sent = self._fit(self._build(**attributes) if body is None else body)
        return created(self._scim.post(self.endpoint, sent), sent, self.endpoint)


def created(response: Response, sent: dict[str, Any], endpoint: str) -> Created:
    """What a create made; raises Unmet when the answer does not tell."""
    if not response.ok:
        raise Unmet(
            CREATE_REQUIREMENT,
            f"{response.line}: expected a resource to be created, got "
            f"{response.status} {response.reason} for {shown(sent)}",
        )
    identifier = _id_in(response)
    if identifier is None:
        location = (response.header("Location") or "").rstrip("/")
        identifier = location.rpartition("/")[2]
    if not identifier:
        raise Unmet(ID_REQUIREMENT, f"{response.line}: the answer does not tell the new id")
    return Created(sent, identifier, f"{endpoint}/{quote(identifier, safe='')}", response)


def _id_in(response: Response) -> str | None:
    try:
        found = response.body.get("id")
    except AssertionError:
        return None
    return found if isinstance(found, str) and found else None


@pytest.fixture(scope="session")
def run(request: pytest.FixtureRequest) -> Run:
    """The run this check belongs to."""
    return request.config.stash[RUN]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skips a check that writes what the target's schema does not have, or has as readOnly."""
    run = item.config.stash[RUN]
    for mark in item.iter_markers("needs_attribute"):
        schema = mark.kwargs["schema"]
        if run.features.schema(schema) is None:
            continue
        for path in mark.args:
            found = run.features.attribute(schema, path)
            if found is None:
                pytest.skip(f"/Schemas has no {path} in {schema}")
            if mark.kwargs["writable"] and found.get("mutability") == "readOnly":
                pytest.skip(f"/Schemas has {path} of {schema} as readOnly")
            if mark.kwargs["removable"] and found.get("required") is True:
                pytest.skip(f"/Schemas requires {path} of {schema}")


@pytest.fixture
def scim(run: Run) -> Iterator[ScimClient]:
    """A client for the target; what the check creates through it is deleted afterwards."""
    client = run.client()
    yield client
    run.left += client.clean_up()


@pytest.fixture
def anonymous(scim: ScimClient) -> ScimClient:
    """A client that sends no credentials."""
    return scim.with_credentials(())


@pytest.fixture(scope="session")
def payloads(run: Run) -> Payloads:
    """Builds resources to send."""
    return run.payloads


@pytest.fixture
def features(run: Run) -> Features:
    """What the target said in discovery; those exchanges are the evidence of the check."""
    run.recorder.current.extend(run.discovery)
    return run.features


@pytest.fixture(scope="session")
def users(run: Run) -> str:
    """The path of the User endpoint, ``/Users`` as a rule."""
    return _endpoint(run, CORE_USER, "/Users")


@pytest.fixture(scope="session")
def groups(run: Run) -> str:
    """The path of the Group endpoint, ``/Groups`` as a rule."""
    return _endpoint(run, CORE_GROUP, "/Groups")


def _endpoint(run: Run, schema: str, usual: str) -> str:
    found = run.features.resource_type(schema)
    return found.endpoint if found else usual


@pytest.fixture
def make_user(scim: ScimClient, users: str, payloads: Payloads) -> Maker:
    """Makes users: ``make_user(title="Engineer")``."""
    return Maker(scim, users, payloads.user, payloads.fitting)


@pytest.fixture
def make_group(scim: ScimClient, groups: str, payloads: Payloads, groups_offered: None) -> Maker:
    """Makes groups: ``make_group(members=[user.member])``."""
    return Maker(scim, groups, payloads.group, payloads.fitting)


@pytest.fixture
def user(make_user: Maker) -> Created:
    """A user with nothing but a ``userName``."""
    return make_user()


@pytest.fixture
def full_user(make_user: Maker, payloads: Payloads) -> Created:
    """A user with a value in most core attributes."""
    return make_user(payloads.full_user())


@pytest.fixture
def enterprise_user(make_user: Maker, payloads: Payloads, enterprise_offered: None) -> Created:
    """A user that carries the enterprise extension."""
    return make_user(payloads.enterprise_user())


@pytest.fixture
def group(make_group: Maker) -> Created:
    """A group without members."""
    return make_group()


@pytest.fixture
def member(make_user: Maker) -> Created:
    """The user that is in ``group_with_member``."""
    return make_user()


@pytest.fixture
def group_with_member(make_group: Maker, member: Created) -> Created:
    """A group whose only member is ``member``."""
    return make_group(members=[member.member])


@pytest.fixture
def members_shown(scim: ScimClient, make_group: Maker, member: Created, read: Read) -> None:
    """Blocks the check where no group shows who is in it, however they got there.

    Such a target may still keep who is added and removed, but nobody can tell.
    """
    group, members = make_group(), [member.member]
    ways: tuple[Callable[[], Created], ...] = (
        lambda: _after(group, scim.patch, {"op": "add", "path": "members", "value": members}),
        lambda: _after(group, scim.put, {**group.sent, "id": group.id, "members": members}),
        lambda: make_group(members=members),
    )
    if not any(expect.elements(read(way()), "members") for way in ways):
        raise Unmet("rfc7643-4.2-members-value-resource-id", "no group shows its members")


def _after(group: Created, send: Callable[..., Response], body: dict[str, Any]) -> Created:
    """``group`` once a request was sent to it, accepted or not."""
    send(group.path, body)
    return group


@pytest.fixture
def readable(user: Created, read: Read) -> None:
    """Blocks the check when ``user`` can't be read at all."""
    read(user)


@pytest.fixture
def replace(scim: ScimClient) -> Replace:
    """Replaces a resource by what was sent at its creation, with ``changes``; blocks on refusal."""

    def replaced(resource: Created, **changes: Any) -> Response:
        response = scim.put(resource.path, {**resource.sent, "id": resource.id, **changes})
        if not response.ok:
            raise Unmet(
                REPLACE_REQUIREMENT,
                f"{response.line}: a plain replace was refused with {response.status}",
            )
        return response

    return replaced


def _needs(run: Run, condition: str) -> None:
    """Skips where the target says that a condition does not hold; silence is no such word."""
    answer = run.features.applies(condition)
    if answer.holds is False:
        pytest.skip(answer.reason)


@pytest.fixture
def patch_offered(run: Run) -> None:
    """Skips the check when the target says that it has no PATCH."""
    _needs(run, "ServiceProviderConfig.patch.supported")


@pytest.fixture
def filters_offered(run: Run) -> None:
    """Skips the check when the target says that it does not filter."""
    _needs(run, "ServiceProviderConfig.filter.supported")


@pytest.fixture
def groups_offered(run: Run) -> None:
    """Skips the check when the target has no groups."""
    _needs(run, "ResourceTypes contains Group")


@pytest.fixture
def enterprise_offered(run: Run) -> None:
    """Skips the check when the target's users have no enterprise extension."""
    _needs(run, "User.schemaExtensions contains enterprise:2.0:User")


@pytest.fixture
def patchable(run: Run, patch_offered: None) -> None:
    """Blocks the check when the target carries out no PATCH at all; asked once per process."""
    if "patch" not in run.known:
        scim = run.client()
        user = Maker(
            scim, _endpoint(run, CORE_USER, "/Users"), run.payloads.user, run.payloads.fitting
        )()
        change = {"op": "replace", "path": "displayName", "value": "Patched"}
        response = scim.patch(user.path, change)
        run.known["patch"] = "" if response.ok else f"{response.line}: {response.status}"
        run.left += scim.clean_up()
    if run.known["patch"]:
        raise Unmet(PATCH_REQUIREMENT, f"a plain PATCH was refused: {run.known['patch']}")


@pytest.fixture
def patch(scim: ScimClient, patchable: None) -> Patch:
    """Applies operations to a resource, and expects that to succeed."""

    def patched(resource: Created, *operations: dict[str, Any]) -> Response:
        response = scim.patch(resource.path, *operations)
        expect.success(response)
        return response

    return patched


@pytest.fixture
def refuse(scim: ScimClient, patchable: None) -> Patch:
    """Applies operations that the target is to refuse, and returns the refusal.

    That the change was ignored with a success is a deviation; what became of
    the resource is for the check to see.
    """

    def refused(resource: Created, *operations: dict[str, Any]) -> Response:
        return scim.patch(resource.path, *operations)

    return refused


@pytest.fixture
def person(make_user: Maker, payloads: Payloads) -> Created:
    """A user with a name, a title, two emails and an address, to be changed."""
    mail = payloads.unique("mail")
    return make_user(
        displayName="Ada Lovelace",
        title="Engineer",
        name={"givenName": "Ada", "familyName": "Lovelace"},
        emails=[
            {"value": f"{mail}@example.com", "type": "work", "primary": True},
            {"value": f"{mail}@example.org", "type": "home"},
        ],
        addresses=[{"type": "work", "locality": "London", "streetAddress": "12 St James Square"}],
    )


@dataclass(frozen=True, slots=True)
class Crew:
    """Three users to be looked for; no check changes them.

    ``ada`` has every attribute; ``mia`` is not active and has no title; ``zoe``
    has the title Pilot.  Their userNames sort in this order, and begin with
    ``prefix``, which nobody else's does.
    """

    prefix: str
    ada: Created
    mia: Created
    zoe: Created

    @property
    def ids(self) -> tuple[str, str, str]:
        """The ids in the order of the names."""
        return self.ada.id, self.mia.id, self.zoe.id


@pytest.fixture(scope="session")
def crew(run: Run) -> Iterator[Crew]:
    """Three users, made once for all checks that only look."""
    run.recorder.start()
    client = run.client()
    endpoint = _endpoint(run, CORE_USER, "/Users")
    make = Maker(client, endpoint, run.payloads.user, run.payloads.fitting)
    prefix = run.payloads.unique("crew")
    name = run.target.user_name_pattern.format
    try:
        yield Crew(
            prefix,
            make(
                userName=name(unique=f"{prefix}-a"),
                externalId=f"{prefix}-AbC",
                displayName=f"AbC {prefix} ada",
                title=f"Engineer {prefix}",
                active=True,
                name={"givenName": f"Ada {prefix}", "familyName": "Lovelace"},
                emails=[
                    {"value": f"{prefix}-1@example.com", "type": "work", "primary": True},
                    {"value": f"{prefix}-2@example.org", "type": "home"},
                ],
            ),
            make(userName=name(unique=f"{prefix}-m"), active=False, displayName=f"{prefix} mia"),
            make(
                userName=name(unique=f"{prefix}-z"),
                title=f"Pilot {prefix}",
                displayName=f"{prefix} zoe",
                active=True,
            ),
        )
    finally:
        run.left += client.clean_up()


@pytest.fixture
def seek(scim: ScimClient, users: str, filters_offered: None) -> Seek:
    """Queries the users with a filter: ``seek('title pr', count=1)``."""

    def sought(text: str, **params: Any) -> Response:
        return scim.find(users, text, **params)

    return sought


@pytest.fixture
def listed(crew: Crew, seek: Seek) -> Seek:
    """Lists the crew: ``listed(sortBy="title")``; blocks where they can't be found."""
    everybody = f'userName sw "{crew.prefix}"'
    whole = seek(everybody)
    if whole.status != 200 or len(whole.resources) != 3:
        raise Unmet("rfc7644-3.4.2.2-operator-sw", f"{whole.line}: the crew was not found")

    def asked(**params: Any) -> Response:
        return seek(everybody, **params)

    return asked


@pytest.fixture
def page(run: Run, listed: Seek) -> Seek:
    """A page of the crew: ``page(startIndex=2, count=1)``."""
    _needs(run, "ServiceProviderConfig.pagination.index")
    return listed


@pytest.fixture
def one_by_one(page: Seek) -> Callable[..., list[str]]:
    """The ids on three pages of one; blocks where a page has more than was asked for."""

    def paged(**params: Any) -> list[str]:
        pages = [page(startIndex=start, count=1, **params) for start in (1, 2, 3)]
        for one in pages:
            if len(one.resources) > 1:
                raise Unmet(
                    "rfc7644-3.4.2.4-no-more-than-count",
                    f"{one.line}: the page has {len(one.resources)} resources",
                )
        return [str(resource.get("id")) for one in pages for resource in one.resources]

    return paged


@pytest.fixture
def outcome(scim: ScimClient) -> Callable[[Response], Response]:
    """What a write that succeeded has made of a resource.

    The answer itself, or what is found at its Location when it has no body:
    the body in the answer to a create is only a SHOULD.
    """

    def made_of(response: Response) -> Response:
        location = response.header("Location")
        if response.ok and not response.content and location:
            return scim.get(expect.resolved(scim, location))
        return response

    return made_of


@pytest.fixture
def bulk(scim: ScimClient, run: Run) -> Iterator[Bulk]:
    """Sends bulk jobs; what they made is deleted, also where the answer does not name it."""
    sender = Bulk(scim, run.journal)
    yield sender
    sender.clean_up()


@pytest.fixture
def unknown_user(users: str, crew: Crew, payloads: Payloads) -> str:
    """The path of a user that is not there."""
    return f"{users}/{quote(payloads.unknown_id(crew.ada.id), safe='')}"


@pytest.fixture
def read(scim: ScimClient) -> Read:
    """Reads a resource back: ``read(user)``; blocks the check when it can't be read."""

    def read_back(resource: Created) -> Response:
        response = scim.get(resource.path)
        if response.status != 200:
            raise Unmet(
                READ_REQUIREMENT,
                f"{response.line}: expected to read the resource back, got "
                f"{response.status} {response.reason}",
            )
        return response

    return read_back


@pytest.fixture
def enterprise_shown(enterprise_user: Created, read: Read) -> None:
    """Blocks the check when a user's enterprise extension is not shown under its URI."""
    container = "rfc7643-3.3-extension-container-key"
    expect.given(read(enterprise_user), f"{ENTERPRISE_USER}:department", container)


@pytest.fixture
def external_id_kept(
    make_user: Maker, payloads: Payloads, scim: ScimClient, users: str, read: Read
) -> None:
    """Blocks the check when the target keeps no externalId, however it got there."""
    mine = payloads.unique()
    made = make_user(externalId=mine)
    ways: tuple[Callable[[], Created], ...] = (
        lambda: made,
        lambda: _after(made, scim.put, {**made.sent, "id": made.id}),
    )
    if not any(read(way()).body.get("externalId") for way in ways):
        raise Unmet("rfc7643-3.1-externalid-readwrite", f"GET {made.path}: externalId was dropped")


@pytest.fixture
def external_id_in_its_case(crew: Crew, read: Read) -> None:
    """Blocks the check when an externalId is kept in another case than it was sent in."""
    sent, response = str(crew.ada.sent["externalId"]), read(crew.ada)
    kept = str(response.body.get("externalId"))
    if kept != sent and kept.lower() == sent.lower():
        raise Unmet("rfc7643-7-case-preserved-case-exact-values", f"{response.line}: {kept!r}")


@pytest.fixture
def display_name_kept(make_user: Maker, read: Read) -> None:
    """Blocks the check when the target makes a displayName of its own (a MAY)."""
    response = read(make_user(displayName="Grace Hopper"))
    found = expect.value(response.body, "displayName")
    if found != "Grace Hopper":
        raise Unmet(
            "rfc7643-4.1.1-displayname",
            f"{response.line}: displayName was sent as Grace Hopper, and is {expect.quoted(found)}",
        )
