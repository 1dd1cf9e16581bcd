"""An org before an endpoint that answers as Okta's documents want it, and what was sent to it.

The endpoint is a respx router with a little memory: it gives the people and the
group of ``fixtures/okta`` the ids that they have there, so that bodies can be
compared byte by byte.
"""

from __future__ import annotations

import copy
import json
import re
from collections import defaultdict, deque
from collections.abc import Callable
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, unquote

import httpx
import respx

from emulator.application import Application
from emulator.attributes import GROUP, USER
from emulator.behaviours import Behaviours
from emulator.clock import SettableClock
from emulator.connection import Connection, Credentials, connection
from emulator.directory import Group, User
from emulator.org import OktaOrg
from emulator.tasks import EVENTS

BASE = "https://scim.example/v2"
TOKEN = "s3cret-token"
MIRA = "7c0e3f52-94b1-4d6a-8f35-1d2c9b7ae410"
ILYA = "5b1d77aa-0c3e-4a52-bb0e-6f1f0f7f9a01"
CREW = "c41a0b6e-2f5d-4c0b-9d77-3e8a5f6b1c20"
IDS = {"mira.voss@corp.example": MIRA, "ilya.brandt@corp.example": ILYA, "Harbour Crew": CREW}

LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"

Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


def listed(*resources: dict[str, Any], total: int | None = None) -> httpx.Response:
    """A ListResponse."""
    count = len(resources)
    return httpx.Response(
        200,
        json={
            "schemas": [LIST],
            "totalResults": count if total is None else total,
            "startIndex": 1,
            "itemsPerPage": count,
            "Resources": list(resources),
        },
    )


def refused(status: int, detail: str = "", **headers: str) -> httpx.Response:
    """A SCIM Error."""
    body = {"schemas": [ERROR], "detail": detail, "status": str(status)}
    return httpx.Response(status, json=body, headers=headers)


class Endpoint:
    """Users and groups in memory, and answers that were put there on purpose."""

    def __init__(self) -> None:
        self.stores: dict[str, dict[str, dict[str, Any]]] = {"/Users": {}, "/Groups": {}}
        self.sent: list[httpx.Request] = []
        self._planned: defaultdict[tuple[str, str], deque[Answer]] = defaultdict(deque)
        self.router = respx.MockRouter(base_url=BASE, assert_all_called=False)
        for name, store in self.stores.items():
            of_one = rf"^{name}/(?P<key>.+)$"
            self.router.get(name).mock(side_effect=self._answering(store, self._list))
            self.router.post(name).mock(side_effect=self._answering(store, self._create))
            self.router.route(path__regex=of_one).mock(
                side_effect=self._answering(store, self._one)
            )

    def plan(self, method: str, endpoint: str, *answers: Answer) -> None:
        """What the next such requests get, whatever is in the store."""
        self._planned[method, endpoint].extend(answers)

    def _answering(
        self,
        store: dict[str, dict[str, Any]],
        usual: Callable[[httpx.Request, dict[str, dict[str, Any]]], httpx.Response],
    ) -> Callable[..., httpx.Response]:
        def answer(request: httpx.Request, key: str = "") -> httpx.Response:
            self.sent.append(request)
            endpoint = "/Users" if store is self.stores["/Users"] else "/Groups"
            planned = self._planned[request.method, endpoint]
            if not planned:
                return usual(request, store)
            found = planned.popleft()
            if isinstance(found, Exception):
                raise found
            return found if isinstance(found, httpx.Response) else found(request)

        return answer

    def _list(self, request: httpx.Request, store: dict[str, dict[str, Any]]) -> httpx.Response:
        query = parse_qs(request.url.query.decode())
        wanted = re.fullmatch(r'(\w+) eq "(.*)"', query.get("filter", [""])[0])
        found = list(store.values())
        if wanted:
            name, value = wanted[1], wanted[2].casefold()
            found = [one for one in found if str(one.get(name)).casefold() == value]
        start, count = int(query["startIndex"][0]), int(query["count"][0])
        return listed(*found[start - 1 : start - 1 + count], total=len(found))

    def _create(self, request: httpx.Request, store: dict[str, dict[str, Any]]) -> httpx.Response:
        body = json.loads(request.content)
        name = str(body.get("userName") or body.get("displayName"))
        made = {**body, "id": IDS.get(name, f"id-{len(store)}")}
        made.pop("password", None)
        store[made["id"]] = made
        return httpx.Response(201, json=made)

    def _one(self, request: httpx.Request, store: dict[str, dict[str, Any]]) -> httpx.Response:
        key = unquote(request.url.path.rpartition("/")[2])
        if key not in store:
            return refused(404, "Resource not found.")
        match request.method:
            case "PUT":
                store[key] = json.loads(request.content)
            case "DELETE":
                del store[key]
                return httpx.Response(204)
            case "PATCH":
                for operation in json.loads(request.content)["Operations"]:
                    if "path" not in operation:
                        store[key].update(operation["value"])
        return httpx.Response(200, json=store[key])


class Stage:
    """An org with one app before an endpoint; for ``async with``."""

    def __init__(self, app: str = "oin", *, made: Connection | None = None, **options: Any) -> None:
        self.endpoint = Endpoint()
        self.clock = SettableClock()
        self.org = OktaOrg.start(
            made or connection(BASE, Credentials(secret=TOKEN)),
            app=app,
            label="Harbour App",
            behaviours=Behaviours(**options),
            clock=self.clock,
            transport=lambda: httpx.MockTransport(self.endpoint.router.async_handler),
        )
        self._mark = 0

    async def __aenter__(self) -> Stage:
        await self.org.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.org.aclose()
        unknown = {one.event_type for one in self.org.log.events} - set(EVENTS)
        assert not unknown

    @property
    def app(self) -> Application:
        """The app."""
        return self.org.app

    # People and groups ----------------------------------------------------------------

    def mira(self, **attributes: Any) -> User:
        """The person of the exchanges."""
        return self.org.create_user("Mira", "Voss", login="mira.voss@corp.example", **attributes)

    def ilya(self) -> User:
        """Another one."""
        return self.org.create_user("Ilya", "Brandt", login="ilya.brandt@corp.example")

    def account(self, person: User, **changes: Any) -> dict[str, Any]:
        """The account of a person in the endpoint, as the exchanges have it."""
        first, last = person.profile["firstName"], person.profile["lastName"]
        key = IDS[person.login]
        made = {
            "schemas": [USER],
            "id": key,
            "externalId": person.id,
            "meta": {
                "resourceType": "User",
                "created": "2026-02-13T15:05:24Z",
                "lastModified": "2026-02-13T15:05:55Z",
                "location": f"{BASE}/Users/{key}",
            },
            "userName": person.login,
            "name": {"formatted": f"{first} {last}", "givenName": first, "familyName": last},
            "emails": [{"primary": True, "value": person.login, "type": "work"}],
            "displayName": f"{first} {last}",
            "locale": "en-US",
            "groups": [],
            "active": True,
            **changes,
        }
        self.endpoint.stores["/Users"][key] = made
        return made

    async def provisioned(self, *people: User) -> None:
        """Assign people who have accounts, and forget what was sent for it."""
        for person in people:
            self.account(person)
            self.app.assign(person)
        await self.org.settle()
        assert not list(self.org.tasks)
        self.mark()

    async def pushed(self, *people: User) -> Group:
        """The group of the exchanges with these members, pushed; what was sent is forgotten."""
        await self.provisioned(*people)
        crew = self.org.create_group("Harbour Crew")
        for person in people:
            self.org.add_member(crew, person)
        self.app.pushed.push(crew)
        await self.org.settle()
        assert not list(self.org.tasks)
        self.mark()
        return crew

    # What was sent --------------------------------------------------------------------

    def mark(self) -> None:
        """What comes from now on is of interest."""
        self._mark = len(self.endpoint.sent)

    @property
    def sent(self) -> list[httpx.Request]:
        """The requests since the mark."""
        return self.endpoint.sent[self._mark :]

    @property
    def lines(self) -> list[str]:
        """Method and path of each."""
        return [f"{one.method} {one.url.path.removeprefix('/v2')}" for one in self.sent]

    def body(self, number: int) -> Any:
        """The body of one request since the mark."""
        return json.loads(self.sent[number].content)

    @property
    def told(self) -> list[str]:
        """What the open tasks say."""
        return [one.message for one in self.org.tasks]

    def events(self, result: str) -> list[tuple[str, str | None]]:
        """Type and reason of the events that ended so."""
        return [(one.event_type, one.reason) for one in self.org.log.events if one.result == result]

    def stored(self, key: str, endpoint: str = "/Users") -> dict[str, Any]:
        """What the endpoint has."""
        return copy.deepcopy(self.endpoint.stores[endpoint][key])


def group_body(**changes: Any) -> dict[str, Any]:
    """The group of the exchanges as the endpoint has it."""
    return {"schemas": [GROUP], "id": CREW, "displayName": "Harbour Crew", "members": [], **changes}
