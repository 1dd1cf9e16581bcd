"""The guide, played against an endpoint in this process."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable

import httpx
import pytest

from emulator.behaviours import Behaviours, chosen, options
from emulator.clock import SettableClock
from emulator.connection import Authentication, Credentials, connection
from emulator.org import OktaOrg
from emulator.walkthrough import Step, Walkthrough, stopped, succeeded
from tests.emulator.endpoint import BASE, TOKEN, Endpoint

pytestmark = pytest.mark.anyio

APPS = ("kantega", "oin", "aiw")


class Played:
    """A guide that was played, and what it left."""

    def __init__(self, endpoint: Endpoint, org: OktaOrg, walk: Walkthrough) -> None:
        self.endpoint = endpoint
        self.org = org
        self.walk = walk
        self.steps: list[Step] = []
        self.left = 0

    @property
    def problems(self) -> dict[str, tuple[str, ...]]:
        """What did not go well, by step."""
        return {one.title: one.problems for one in self.steps if one.problems}


async def play(
    endpoint: Endpoint,
    app: str = "kantega",
    *,
    token: str = TOKEN,
    clean_up: bool = True,
    behaviours: Behaviours = Behaviours(),
) -> Played:
    """Play the whole guide."""
    org = OktaOrg(clock=SettableClock(), transport=lambda: endpoint)
    made = connection(BASE, Credentials(secret=token))
    walk = Walkthrough(org, made, app=app, tag="okta-1a2b3c", behaviours=behaviours)
    played = Played(endpoint, org, walk)
    try:
        async for step in walk.play():
            played.steps.append(step)
    finally:
        played.left = await walk.clean_up() if clean_up else 0
        await org.aclose()
    return played


def answering(
    is_meant: Callable[[httpx.Request], bool], *answers: httpx.Response | Exception | None
) -> Callable[[httpx.Request], httpx.Response | None]:
    """Answers the first requests that are meant, one by one; the rest goes its usual way."""
    waiting = list(answers)

    def answer(request: httpx.Request) -> httpx.Response | None:
        if not waiting or not is_meant(request):
            return None
        given = waiting.pop(0)
        if isinstance(given, Exception):
            raise given
        return given

    return answer


@pytest.mark.parametrize("app", APPS)
async def test_every_step_succeeds_against_a_correct_endpoint(app: str) -> None:
    played = await play(Endpoint(), app)

    assert played.problems == {}
    assert succeeded(played.steps)
    assert stopped(played.steps) == ""


@pytest.mark.parametrize("app", APPS)
async def test_nothing_is_left(app: str) -> None:
    played = await play(Endpoint(), app)

    assert played.left == 0
    assert played.endpoint.resources == {"Users": {}, "Groups": {}}


@pytest.mark.parametrize("app", APPS)
async def test_the_whole_log_belongs_to_steps(app: str) -> None:
    played = await play(Endpoint(), app, clean_up=False)

    numbers = [entry.number for step in played.steps for entry in step.entries]

    assert numbers == list(range(1, len(played.endpoint.requests) + 1))


async def test_an_answer_without_a_body_to_a_patch_costs_one_read() -> None:
    played = await play(Endpoint(patch_status=204), "oin")

    assert played.problems == {}


def settings() -> list[str]:
    """Every option with each value that is not its default."""
    found = ["group-batch=1", "group-batch=2"]
    for habit in options():
        if isinstance(habit.default, bool):
            found.append(f"{habit.name}={'off' if habit.default else 'on'}")
        found += [f"{habit.name}={one}" for one in habit.choices if one != habit.default]
    return found


@pytest.mark.parametrize("option", settings())
@pytest.mark.parametrize("app", ["oin", "aiw"])
async def test_options_change_what_is_expected_as_they_change_what_is_sent(
    app: str, option: str
) -> None:
    name, _, value = option.partition("=")
    played = await play(Endpoint(), app, behaviours=chosen({name: value}))

    assert played.problems == {}


async def test_other_peoples_data_stays_as_it_was() -> None:
    endpoint = Endpoint()
    endpoint.add("Users", userName="ada@example.com", active=True)
    endpoint.add("Groups", displayName="harbour", members=[])
    before = json.dumps(endpoint.resources, sort_keys=True)

    await play(endpoint)

    assert json.dumps(endpoint.resources, sort_keys=True) == before


async def test_everything_that_is_made_has_the_tag_in_its_name() -> None:
    played = await play(Endpoint(), clean_up=False)

    names = [one["userName"] for one in played.endpoint.resources["Users"].values()]
    names += [one["displayName"] for one in played.endpoint.resources["Groups"].values()]

    assert len(names) == 7
    assert [one for one in names if "okta-1a2b3c" not in one] == []


async def test_a_wrong_token_ends_the_guide_at_its_test() -> None:
    played = await play(Endpoint(), token="wrong-token")

    assert [one.title for one in played.steps] == ["Add integration", "Test API integration"]
    assert stopped(played.steps) == (
        "Error authenticating: Unauthorized. Errors reported by remote server: wrong token"
    )
    assert not succeeded(played.steps)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (httpx.Response(200, html="<html>sign in</html>"), "No results for users returned"),
        (httpx.Response(200, json={}), "No results for users returned"),
        (httpx.Response(302, headers={"Location": "/login"}), "Found"),
        (httpx.ConnectError("refused"), "Connect to scim.example:443 failed: refused"),
        (httpx.ReadTimeout("silence"), "Read timed out"),
    ],
    ids=["html", "no-list", "redirect", "refused", "hanging"],
)
async def test_an_endpoint_that_is_none_ends_the_guide_at_its_test(
    answer: httpx.Response | Exception, told: str
) -> None:
    played = await play(Endpoint(answering(lambda _: True, answer)))

    assert len(played.steps) == 2
    assert told in stopped(played.steps)
    assert played.left == 0


async def test_an_endpoint_that_lets_everybody_in_fails_one_step() -> None:
    def open_door(request: httpx.Request) -> None:
        request.headers["Authorization"] = f"Bearer {TOKEN}"

    played = await play(Endpoint(open_door))

    assert list(played.problems) == ["Test with a wrong token"]


async def test_an_endpoint_behind_oauth2_is_tested_without_a_wrong_token() -> None:
    def issue(request: httpx.Request) -> httpx.Response | None:
        is_for_us = request.url.host == "idp.example"
        return httpx.Response(200, json={"access_token": TOKEN}) if is_for_us else None

    endpoint = Endpoint(issue)
    org = OktaOrg(clock=SettableClock(), transport=lambda: endpoint)
    credentials = Credentials(
        Authentication.OAUTH2, secret="client-secret", name="id", token_url="https://idp.example/t"
    )
    walk = Walkthrough(org, connection(BASE, credentials))

    steps = [step async for step in walk.play()]
    left = await walk.clean_up()
    await org.aclose()

    assert succeeded(steps)
    assert len(steps) == 25
    assert left == 0
    assert endpoint.resources == {"Users": {}, "Groups": {}}


async def test_a_refused_create_is_told_in_the_words_of_the_task() -> None:
    refused = httpx.Response(400, json={"detail": "no people today"})
    played = await play(Endpoint(answering(lambda one: one.method == "POST", refused)))

    told = " ".join(played.problems["Assign people"])

    assert "Automatic provisioning of user ada.okta-1a2b3c@example.com" in told
    assert "no people today" in told
    assert not succeeded(played.steps)


async def test_a_request_too_many_fails_the_step() -> None:
    endpoint = Endpoint()
    org = OktaOrg(clock=SettableClock(), transport=lambda: endpoint)
    walk = Walkthrough(org, connection(BASE, Credentials(secret=TOKEN)))
    steps: list[Step] = []

    async for step in walk.play():
        steps.append(step)
        if step.title == "Configure To App":
            # Not in the guide: the step after it sees a person nobody expects.
            walk.integration.app.assign(org.create_user("Extra", "Person"))
    await org.aclose()

    failed = next(one for one in steps if one.problems)
    assert failed.title == "Assign people"
    assert "documented is" in failed.problems[0]


async def test_a_429_is_waited_for_and_no_problem() -> None:
    endpoint = Endpoint(
        answering(
            lambda one: one.method in {"POST", "PATCH", "PUT"},
            *(httpx.Response(429, headers={"Retry-After": "7"}) for _ in range(3)),
        )
    )

    played = await play(endpoint)

    assert isinstance(played.org.clock, SettableClock)
    assert played.problems == {}
    assert played.org.clock.slept != []
    assert Counter(entry.status for step in played.steps for entry in step.entries)[429] == 3


async def test_a_create_whose_answer_is_lost_is_cleaned_up_by_name() -> None:
    endpoint = Endpoint()

    def lose_the_first_create(request: httpx.Request) -> httpx.Response | None:
        if request.method != "POST":
            return None
        endpoint.before = lambda _: None
        endpoint.add("Users", **json.loads(request.content))
        raise httpx.ReadError("Connection reset")

    endpoint.before = lose_the_first_create
    played = await play(endpoint)

    assert "Assign people" in played.problems
    assert endpoint.resources == {"Users": {}, "Groups": {}}


async def test_what_cannot_be_deleted_is_counted() -> None:
    played = await play(
        Endpoint(lambda one: httpx.Response(405) if one.method == "DELETE" else None)
    )

    assert played.left == 8
    assert list(played.problems) == ["Unlink a group and delete it"]


async def test_a_guide_that_never_began_has_nothing_to_clean_up() -> None:
    org = OktaOrg(transport=Endpoint)

    assert await Walkthrough(org, connection(BASE)).clean_up() == 0


async def test_the_account_of_a_person_who_comes_back_must_be_the_same() -> None:
    endpoint = Endpoint()

    def forget(request: httpx.Request) -> None:
        """An endpoint that hides and drops who was deactivated."""
        users = endpoint.resources["Users"]
        for key in [key for key, one in users.items() if one.get("active") is False]:
            del users[key]

    endpoint.before = forget
    played = await play(endpoint, "oin")

    told = " ".join(played.problems["Assign the person again"])
    assert "the account was" in told
    assert "documented is FIND /Users, PATCH /Users/{id}" in told
