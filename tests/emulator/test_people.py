"""Made-up orgs."""

from __future__ import annotations

import tracemalloc

from emulator.connection import Credentials, connection
from emulator.directory import Directory
from emulator.org import OktaOrg
from emulator.people import DEPARTMENTS, found_company, populate
from emulator.snapshot import document_of


def test_the_same_seed_makes_the_same_org() -> None:
    documents = []
    for seed in (7, 7, 8):
        org = OktaOrg(seed=seed)
        populate(org, users=30, groups=5, seed=seed)
        documents.append((document_of(org), list(org.users), list(org.groups)))

    assert documents[0] == documents[1]
    assert documents[0] != documents[2]


def test_an_org_has_the_size_that_was_asked_for() -> None:
    org = Directory()

    users, groups = populate(org, users=40, groups=14, largest=33)

    assert len(users) == len(org.users) == 40
    assert len(groups) == 14
    assert len(groups[0].members) == 33
    assert all(len(one.members) <= 20 for one in groups[1:])
    assert len({one.name for one in groups}) == 14


def test_the_largest_group_is_not_larger_than_the_org() -> None:
    _, groups = populate(Directory(), users=3, groups=1, largest=5_000)

    assert len(groups[0].members) == 3


def test_made_up_people_are_nobodys_neighbours() -> None:
    users, _ = populate(Directory(), users=50)

    assert all(one.login.endswith("@example.com") and one.login.isascii() for one in users)
    assert len({one.login for one in users}) == 50
    assert any(not one.name.isascii() for one in users)


def test_a_company_has_departments_by_rule_and_managers() -> None:
    org = Directory()

    found_company(org, users=60)

    for department in DEPARTMENTS:
        inside = {one.id for one in org.users.values() if one.profile["department"] == department}
        assert set(org.members(department)) == inside
    without = [one for one in org.users.values() if "managerId" not in one.profile]
    assert len(without) == 1
    assert {
        org.user(one.profile["managerId"]).id for one in org.users.values() if one not in without
    }
    assert org.group("Project Ferry").members


def test_questions_about_one_person_look_at_no_other() -> None:
    """A hundred times the people cost a membership nothing."""
    touched = []
    for size in (10, 1_000):
        org = OktaOrg()
        app = org.add_app("oin").app
        app.enable(connection("https://scim.example/v2", Credentials(secret="x" * 20)))
        populate(org, users=size)
        app.assign_group("Everyone")
        counted = _Counted(org.users)
        org.users, app.users = counted, _Counted(app.users)
        app.values._users = app.users

        user = org.create_user("Ada", "Lovelace")
        list(org.groups_of(user.id))
        org.deactivate(user)
        org.activate(user)
        touched.append((counted.touched, app.users.touched))

    assert touched[0] == touched[1]


class _Counted(dict):  # type: ignore[type-arg]
    """Counts how often somebody is looked at."""

    touched = 0

    def __getitem__(self, key: object) -> object:
        self.touched += 1
        return super().__getitem__(key)

    def get(self, key: object, default: object = None) -> object:
        self.touched += 1
        return super().get(key, default)

    def __iter__(self):  # type: ignore[no-untyped-def]
        self.touched += len(self)
        return super().__iter__()

    def values(self):  # type: ignore[no-untyped-def]
        self.touched += len(self)
        return super().values()

    def items(self):  # type: ignore[no-untyped-def]
        self.touched += len(self)
        return super().items()

    def keys(self):  # type: ignore[no-untyped-def]
        self.touched += len(self)
        return super().keys()


def test_an_idle_person_with_an_account_costs_less_than_3_kb() -> None:
    size = 2_000
    org = OktaOrg()
    app = org.add_app("oin").app
    app.enable(connection("https://scim.example/v2", Credentials(secret="x" * 20)))
    populate(org, users=1)  # what is loaded once
    tracemalloc.start()
    try:
        populate(org, users=size, groups=20, domain="example.org")
        app.assign_group("Everyone")
        for user in app.queue.wave():
            app.adopt(user, f"2819c223-7f76-453a-919d-{user}")
        used, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert sum(1 for one in app.assigned() if one.external_id) == size + 1
    assert used / size < 3_000
