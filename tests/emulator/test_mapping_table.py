"""Usernames and the mapping table of an app."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.attributes import USER, Apply, MappingError, mapping
from emulator.bodies import created_body
from emulator.mapping_table import pushed
from emulator.org import OktaOrg
from emulator.queue import Job
from tests.emulator.offline import connected, done, person

# Usernames ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("format_name", "expected"),
    [
        ("okta-username", "ada@example.com"),
        ("email", "ada.x@mail.example"),
        ("okta-username-prefix", "ada"),
        ("email-prefix", "ada.x"),
        ('String.toUpperCase(user.firstName) + "-" + user.lastName', "ADA-X"),
        ('user.login + "." + app.tenant', "ada@example.com.north"),
    ],
)
def test_the_username_has_the_format_of_the_sign_on_tab(format_name: str, expected: str) -> None:
    org = OktaOrg()
    app = org.add_app("oin", user_name_format=format_name, settings={"tenant": "north"}).app
    ada = person(org, email="ada.x@mail.example")

    assert app.user_name_of(ada.id) == expected


def test_a_username_that_was_typed_at_the_assignment_stands() -> None:
    org, app = connected()
    ada = person(org)
    app.assign(ada, userName="countess")

    assert app.user_name_of(ada.id) == "countess"


def test_a_wrong_format_is_refused_and_changes_nothing() -> None:
    org, app = connected()
    ada = person(org)

    with pytest.raises(MappingError, match=r"username format 'user\.' is none of okta-username"):
        app.use_user_name_format("user.")

    assert app.user_name_of(ada.id) == "ada@example.com"


def test_a_format_that_gives_no_name_is_an_error_that_names_the_person() -> None:
    org, app = connected()
    ada = person(org)
    app.use_user_name_format("user.nickName")

    with pytest.raises(MappingError, match=r"'user.nickName' gives ada@example.com no name"):
        app.user_name_of(ada.id)


def test_another_username_format_is_pushed_when_it_is_applied() -> None:
    org, app = connected()
    app.assign(person(org))
    done(app)

    app.use_user_name_format("okta-username-prefix")
    assert done(app) == []
    app.use_user_name_format("email-prefix", apply_now=True)

    assert done(app) == []  # ada is ada in both
    app.use_user_name_format("email", apply_now=True)
    assert done(app) == [("ada@example.com", Job.PROFILE)]


# Mappings -------------------------------------------------------------------------------


def body_of(app: Any, user: Any) -> dict[str, Any]:
    return created_body(
        app.mappings,
        app.values_of(user.id),
        user_name=app.user_name_of(user.id),
        external_id=user.id,
        password=None,
    )


def test_a_row_that_is_added_is_sent() -> None:
    org, app = connected("kantega")
    ada = person(org, title="Countess")

    app.add_mapping(mapping("title", "title", "user.title"))

    assert body_of(app, ada)["title"] == "Countess"


def test_a_custom_attribute_is_sent_only_with_a_namespace() -> None:
    org, app = connected("kantega")
    org.add_attribute("berth")
    ada = org.create_user("Ada", "X", berth="A1")
    urn = "urn:example:harbour:2.0:User"

    app.add_mapping(mapping("berth", "berth", "user.berth", namespace=""))
    assert "A1" not in str(body_of(app, ada))
    app.remove_mapping("berth")
    app.add_mapping(mapping("berth", "berth", "user.berth", namespace=urn))

    body = body_of(app, ada)
    assert body[urn] == {"berth": "A1"}
    assert body["schemas"] == [USER, urn]


@pytest.mark.parametrize("variable", ["userName", "givenName", "familyName"])
def test_a_base_row_can_not_be_removed(variable: str) -> None:
    _, app = connected()

    with pytest.raises(MappingError, match=f"{variable!r} is a base attribute"):
        app.remove_mapping(variable)


def test_other_rows_can_be_removed() -> None:
    org, app = connected("kantega")
    ada = person(org)

    app.remove_mapping("emailType")

    assert "type" not in body_of(app, ada)["emails"][0]
    with pytest.raises(MappingError, match="no attribute 'emailType' in the mapping table"):
        app.remove_mapping("emailType")


@pytest.mark.parametrize(
    ("variable", "external", "told"),
    [
        ("title", "x", "variable 'title' is mapped already"),
        ("x", "title", "external name 'title' of x is that of title already"),
        ("userName", "userName", "configured in Sign On settings"),
    ],
)
def test_a_row_that_says_what_another_says_is_refused(
    variable: str, external: str, told: str
) -> None:
    _, app = connected()

    with pytest.raises(MappingError, match=told):
        app.add_mapping(mapping(variable, external, "user.title"))


def test_a_row_may_get_another_source() -> None:
    org, app = connected("kantega")
    ada = person(org, nickName="The Countess")

    app.alter_mapping("displayName", expression="user.nickName")

    assert body_of(app, ada)["displayName"] == "The Countess"
    with pytest.raises(MappingError, match="mapping of displayName"):
        app.alter_mapping("displayName", expression="user.")


def test_what_is_not_mapped_is_not_sent() -> None:
    org, app = connected("kantega")
    ada = person(org)

    app.alter_mapping("displayName", apply=Apply.NEVER)

    assert "displayName" not in body_of(app, ada)


@pytest.mark.parametrize(
    ("apply", "jobs"),
    [
        (Apply.CREATE_AND_UPDATE, [("ada@example.com", Job.PROFILE)]),
        (Apply.CREATE, []),
        (Apply.NEVER, []),
    ],
)
def test_only_what_applies_on_update_is_pushed(apply: Apply, jobs: list[Any]) -> None:
    org, app = connected()
    ada = person(org)
    app.alter_mapping("title", apply=apply)
    app.assign(ada)
    done(app)

    org.update_user(ada, title="Countess")

    assert done(app) == jobs


def test_an_attribute_without_a_namespace_pushes_nothing() -> None:
    org, app = connected("kantega")
    ada = person(org)
    app.add_mapping(mapping("title", "title", "user.title", namespace=""))
    app.assign(ada)
    done(app)

    org.update_user(ada, title="Countess")

    assert done(app) == []
    assert "title" not in [one.variable for one in pushed(app.mappings)]


def test_a_change_of_the_table_is_pushed_only_when_it_is_applied() -> None:
    org, app = connected("kantega")
    ada, bob = person(org, title="Cook"), person(org, "Bob")
    app.assign(ada)
    app.assign(bob)
    done(app)

    app.add_mapping(mapping("title", "title", "user.title"))
    assert done(app) == []
    app.alter_mapping("title", expression='user.title == "Cook" ? "Chef" : null', apply_now=True)

    # Bob has no title, before and after.
    assert done(app) == [("ada@example.com", Job.PROFILE)]


def test_a_mapping_that_fails_does_not_stop_the_org() -> None:
    org, app = connected("kantega")
    app.add_mapping(mapping("rank", "rank", "Convert.toInt(user.title)", namespace="urn:x"))
    ada = person(org, title="1")
    app.assign(ada)
    done(app)

    org.update_user(ada, title="first")
    assert done(app) == [("ada@example.com", Job.PROFILE)]

    with pytest.raises(MappingError, match="mapping of rank"):
        app.values_of(ada.id)
