"""What becomes of a pushed group: members, names, and its end, with what an admin reads."""

from __future__ import annotations

import httpx
import pytest

from tests.emulator.stage import CREW, ILYA, MIRA, Stage, refused
from tests.emulator.stage_of_groups import (
    APPS,
    ONE,
    PUSH,
    TASK,
    logged,
    mapping_of,
    operations,
    push,
)

pytestmark = pytest.mark.anyio


# Memberships --------------------------------------------------------------------------


async def test_leavers_are_removed_one_by_one_before_joiners_are_added() -> None:
    async with Stage() as stage:
        mira, ilya = stage.mira(), stage.ilya()
        crew = await stage.pushed(mira, ilya)
        new = stage.org.create_user("Ada", "Holm", login="ada.holm@corp.example")
        stage.app.assign(new)
        await stage.org.settle()
        stage.mark()
        stage.org.remove_member(crew, mira)
        stage.org.remove_member(crew, ilya)
        stage.org.add_member(crew, new)
        await stage.org.settle()

        account = stage.app.app_user(new).external_id
        assert stage.lines == [f"PATCH {ONE}"]
        assert operations(stage) == [
            {"op": "remove", "path": f'members[value eq "{MIRA}"]'},
            {"op": "remove", "path": f'members[value eq "{ILYA}"]'},
            {
                "op": "add",
                "path": "members",
                "value": [{"value": account, "display": "ada.holm@corp.example"}],
            },
        ]
        assert PUSH + "push_memberships" in logged(stage)


async def test_quote_in_an_id_is_escaped_in_the_path() -> None:
    async with Stage() as stage:
        mira = stage.mira()
        crew = await stage.pushed(mira)
        known = stage.app.app_user(mira)
        mapping = mapping_of(stage, crew)
        known.external_id, mapping.pushed = 'a"b', {'a"b': None}
        stage.endpoint.stores["/Users"]['a"b'] = {}
        stage.org.remove_member(crew, mira)
        await stage.org.settle()

        assert operations(stage)[0]["path"] == 'members[value eq "a\\"b"]'


@pytest.mark.parametrize(
    ("counts", "expected"),
    [("together", [(2, 0), (0, 2), (0, 1)]), ("apart", [(2, 2), (0, 1)])],
)
async def test_changes_come_in_batches(counts: str, expected: list[tuple[int, int]]) -> None:
    async with Stage(group_batch=2, batch_counts=counts) as stage:
        people = [stage.org.create_user("P", f"N{n}", login=f"p{n}@x.example") for n in range(5)]
        for person in people:
            stage.app.assign(person)
        crew = await stage.pushed(stage.mira(), stage.ilya())
        for person in people[:3]:
            stage.org.add_member(crew, person)
        for name in ("mira.voss@corp.example", "ilya.brandt@corp.example"):
            stage.org.remove_member(crew, name)
        await stage.org.settle()

        sizes = []
        for number in range(len(stage.sent)):
            found = operations(stage, number)
            removed = [one for one in found if one["op"] == "remove"]
            added = [len(one["value"]) for one in found if one["op"] == "add"]
            sizes.append((len(removed), sum(added)))
        assert sizes == expected


@pytest.mark.parametrize(
    ("choice", "create", "now"), [("whole", 5, [5]), ("batches", 2, [2, 2, 1])]
)
async def test_large_group_is_sent_whole_or_in_batches(
    choice: str, create: int, now: list[int]
) -> None:
    async with Stage(group_batch=2, large_groups=choice) as stage:
        crew = stage.org.create_group("Harbour Crew")
        for number in range(5):
            person = stage.org.create_user("P", f"N{number}", login=f"p{number}@x.example")
            stage.app.assign(person)
            stage.org.add_member(crew, person)
        await stage.org.settle()
        stage.mark()
        made = await push(stage, crew)
        assert len(stage.body(1)["members"]) == create
        stage.mark()
        stage.app.pushed.push_now(made)
        await stage.org.settle()

        sent = [operations(stage, number)[0] for number in range(len(stage.sent))]
        assert [len(one["value"]) for one in sent] == now
        assert [one["op"] for one in sent] == ["replace", "add", "add"][: len(now)]


async def test_name_can_be_sent_with_every_membership() -> None:
    async with Stage(rename_on_membership=True) as stage:
        mira = stage.mira()
        crew = await stage.pushed(mira)
        stage.org.remove_member(crew, mira)
        await stage.org.settle()

        assert operations(stage, 1) == [
            {"op": "replace", "value": {"id": CREW, "displayName": "Harbour Crew"}}
        ]


async def test_member_that_is_unknown_there_fails_the_push() -> None:
    async with Stage() as stage:
        mira = stage.mira()
        crew = await stage.pushed(mira)
        stage.endpoint.plan("PATCH", "/Groups", refused(404, "User not found."))
        stage.org.remove_member(crew, mira)
        await stage.org.settle()

        assert stage.told == [
            (
                f"{TASK}Error while updating user group membership for group Harbour Crew Not "
                "Found. Errors reported by remote server: User not found."
            )
        ]
        assert logged(stage, "FAILURE")[0] == "application.provision.group_membership.update"


async def test_retry_after_a_failed_push_sends_everybody() -> None:
    async with Stage() as stage:
        mira = stage.mira()
        crew = await stage.pushed(mira)
        stage.endpoint.plan("PATCH", "/Groups", refused(501, "not supported"))
        stage.org.remove_member(crew, mira)
        await stage.org.settle()
        stage.mark()
        stage.org.retry()
        await stage.org.settle()

        assert operations(stage) == [{"op": "replace", "path": "members", "value": []}]
        assert stage.told == []
        assert mapping_of(stage, crew).status == "ACTIVE"


@APPS
async def test_nothing_is_sent_when_nothing_changed(app: str) -> None:
    async with Stage(app) as stage:
        mira = stage.mira()
        crew = await stage.pushed(mira)
        stage.org.remove_member(crew, mira)
        stage.org.add_member(crew, mira)
        await stage.org.settle()

        assert stage.lines == []


async def test_memberships_wait_for_push_now_when_not_immediate() -> None:
    async with Stage() as stage:
        mira = stage.mira()
        crew = await stage.pushed(mira)
        stage.app.pushed.is_immediate = False
        stage.org.remove_member(crew, mira)
        await stage.org.settle()
        assert stage.lines == []
        stage.app.pushed.push_now(mapping_of(stage, crew))
        await stage.org.settle()

        assert operations(stage)[0] == {"op": "replace", "path": "members", "value": []}


async def test_person_who_gets_an_account_joins_the_pushed_groups() -> None:
    for joins, count in ((True, 1), (False, 0)):
        async with Stage(push_after_join=joins) as stage:
            crew = await stage.pushed(stage.mira())
            ilya = stage.ilya()
            stage.org.add_member(crew, ilya)
            await stage.org.settle()
            stage.mark()
            stage.app.assign(ilya)
            await stage.org.settle()
            assert stage.lines.count(f"PATCH {ONE}") == count


# Push Now, rename, unlink -------------------------------------------------------------


async def test_push_now_can_have_no_path() -> None:
    async with Stage(push_now_form="no-path") as stage:
        crew = await stage.pushed()
        stage.app.pushed.push_now(mapping_of(stage, crew))
        await stage.org.settle()

        value = {"members": [], "id": CREW, "displayName": "Harbour Crew"}
        assert operations(stage) == [{"op": "replace", "value": value}]


@pytest.mark.parametrize("with_id", [True, False])
async def test_rename_has_the_id_or_not(with_id: bool) -> None:
    async with Stage(rename_id=with_id) as stage:
        crew = await stage.pushed()
        stage.org.update_group(crew, name="Dockers")
        await stage.org.settle()

        value = operations(stage)[0]["value"]
        assert value == ({"id": CREW} if with_id else {}) | {"displayName": "Dockers"}
        assert PUSH + "mapping.app.group.renamed" in logged(stage)


@APPS
async def test_rename_can_be_off_and_then_deactivates(app: str) -> None:
    async with Stage(app) as stage:
        stage.app.pushed.renames = False
        crew = await stage.pushed()
        stage.org.update_group(crew, name="Dockers")
        await stage.org.settle()

        assert stage.lines == []
        assert mapping_of(stage, crew).status == "INACTIVE"


@pytest.mark.parametrize(("app", "verify"), [("aiw", False), ("oin", True)])
async def test_vanished_group_is_an_error_and_is_not_made_anew(app: str, verify: bool) -> None:
    async with Stage(app, verify_group=verify) as stage:
        mira = stage.mira()
        crew = await stage.pushed(mira)
        stage.endpoint.stores["/Groups"].clear()
        stage.org.remove_member(crew, mira)
        await stage.org.settle()

        assert stage.lines == [f"GET {ONE}"]
        assert mapping_of(stage, crew).status == "ERROR"
        assert logged(stage, "FAILURE")[0] == "application.provision.group.verify_exists"


async def test_vanished_group_is_noticed_by_a_rename_too() -> None:
    async with Stage() as stage:
        crew = await stage.pushed()
        stage.endpoint.stores["/Groups"].clear()
        stage.org.update_group(crew, name="Dockers")
        await stage.org.settle()

        assert logged(stage, "FAILURE")[0] == "application.provision.group.verify_exists"


@pytest.mark.parametrize("answer", [httpx.Response(204), refused(404, "gone")])
async def test_unlink_with_delete_deletes_the_group(answer: httpx.Response) -> None:
    async with Stage() as stage:
        crew = await stage.pushed(stage.mira())
        stage.endpoint.plan("DELETE", "/Groups", answer)
        stage.app.pushed.unlink(mapping_of(stage, crew), delete=True)
        await stage.org.settle()

        assert stage.lines == [f"DELETE {ONE}"]
        assert stage.app.pushed.of(crew) is None
        assert PUSH + "delete_appgroup" in logged(stage)


async def test_refused_delete_is_a_task() -> None:
    async with Stage() as stage:
        crew = await stage.pushed()
        stage.endpoint.plan("DELETE", "/Groups", refused(403, "never"))
        stage.app.pushed.unlink(mapping_of(stage, crew), delete=True)
        await stage.org.settle()

        assert stage.told == [
            (
                f"{TASK}Error while deleting user group Harbour Crew: Forbidden. Errors reported "
                "by remote server: never"
            )
        ]
        assert logged(stage, "FAILURE")[0] == "application.provision.group.remove"


async def test_group_deleted_in_okta_is_deleted_there() -> None:
    async with Stage() as stage:
        crew = await stage.pushed()
        stage.org.delete_group(crew)
        await stage.org.settle()

        assert stage.lines == [f"DELETE {ONE}"]
