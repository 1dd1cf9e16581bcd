"""The habits of Okta's SCIM client that can be chosen, each with where it is known from.

An option is what is documented to depend on the app, or what nobody outside
knows for sure.  An *inferred* default is the emulator's best reading, never a
fact about Okta.  What is not open is in ``facts.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any

from emulator.facts import FACTS
from emulator.habits import SOURCES, Confidence, Habit

__all__ = [
    "FACTS",
    "SOURCES",
    "BehaviourError",
    "Behaviours",
    "Confidence",
    "Habit",
    "chosen",
    "options",
]

D, T, O, I = Confidence  # noqa: E741


def _habit(
    default: Any, what: str, source: str, confidence: Confidence, choices: tuple[Any, ...] = ()
) -> Any:
    told = {"what": what, "source": source, "confidence": confidence, "choices": choices}
    return field(default=default, metadata=told)


# fmt: off
@dataclass(frozen=True, slots=True)
class Behaviours:
    """What can be chosen; the defaults are what is best known."""

    # The wire -------------------------------------------------------------------------
    plus_encoding: bool = _habit(
        False, "blanks in a filter are + (as in 2018) and not %20", "scim-20", T)
    quote_escaping: str = _habit(
        "backslash", "what becomes of a quote in the value of a filter", "scim-20", I,
        ("backslash", "none"))
    id_encoding: str = _habit(
        "least", "which characters of an id are percent-encoded in a path: those that would end "
        "it, or all that are reserved", "prepare-guide", I, ("least", "all"))
    double_slash: bool = _habit(
        False, "a base URL that ends in a slash gives //Users", "oin-wizard", I)
    delete_content_type: bool = _habit(
        False, "a DELETE has a Content-Type, though no body (the one sample has it)",
        "capture-2026", I)
    redirects: str = _habit(
        "error", "whether a GET is sent again to where a redirect of the same server points",
        "scim-faq", I, ("error", "follow"))
    connect_seconds: int = _habit(
        10, "how long a connection may take to come about", "scim-faq", I)
    read_seconds: int = _habit(
        60, "how long the endpoint may be silent", "scim-faq", D)
    token_refresh: bool = _habit(
        True, "OAuth 2.0: a 401 has the token fetched anew, once, and the request repeated",
        "oin-wizard", I)
    put_order: str = _habit(
        "received", "the order of keys in a PUT: as they came, or that of Okta's own objects "
        "(as in 2018)", "capture-firezone", O, ("received", "object"))

    # The connection -------------------------------------------------------------------
    probe_on_save: bool = _habit(
        True, "saving the integration repeats the probe of Test API (apps of the wizard)",
        "capture-2026", O)
    lookup_attribute: str = _habit(
        "identifier", "the left side of the lookup: the app's unique identifier field, or "
        "userName whatever it is", "connect-guide", I, ("identifier", "userName"))

    # Lists ----------------------------------------------------------------------------
    strict_numbers: bool = _habit(
        True, "totalResults and the like as strings stop the job", "scim-20", D)
    several_matches: str = _habit(
        "first", "a lookup that finds several takes the first, or fails", "scim-20", I,
        ("first", "error"))
    count_overflow: str = _habit(
        "accept", "a list with more resources than were asked for", "scim-11", I,
        ("accept", "truncate", "error"))
    import_advance: str = _habit(
        "page", "startIndex moves by 100, or by how many came", "scim-20", I,
        ("page", "received"))
    import_empty_page: str = _habit(
        "error", "an empty page before the end of an import", "scim-20", I, ("error", "end"))

    # People ---------------------------------------------------------------------------
    create_password: bool = _habit(
        True, "a create has a password; the feature PUSH_NEW_USERS_WITHOUT_PASSWORD takes it away",
        "management-api", D)
    create_status: str = _habit(
        "any", "whether a create may be answered 200", "rancher-55220", I, ("any", "201"))
    strict_resources: bool = _habit(
        False, "a user that was found or made must have schemas, userName and active too",
        "linked-account", I)
    changed_id: str = _habit(
        "ignore", "another id in the answer to a PUT (another userName is ignored)", "scim-20", I,
        ("ignore", "adopt"))
    vanished_account: str = _habit(
        "error", "an update meets 404: fail, or look for the account and create it",
        "event-types", I, ("error", "provision"))
    user_patch: bool = _habit(
        False, "attribute changes go out by PATCH without a path (catalogue apps that tick it; "
        "the body is inferred)", "scim-20", D)
    get_before_patch: bool = _habit(
        False, "a GET comes before the PATCH of active, as a diagram draws it",
        "flask-capture", O)
    put_fallback: bool = _habit(
        False, "501 to the PATCH of active has a GET and a PUT follow (the 2018 text says so, "
        "a test of that year not)", "no-fallback", O)
    reactivate_on_link: str = _habit(
        "when-inactive", "whether a linked account that is active gets the write of active too",
        "linked-account", I, ("when-inactive", "always"))
    reactivation_read: str = _habit(
        "answer", "where Okta reads that a reactivation took: in its answer, or by a GET",
        "snipe-it-14481", I, ("answer", "get"))
    reactivation_attempts: int = _habit(
        3, "how often a reactivation that did not take is tried", "snipe-it-14481", I)
    reactivation_seconds: int = _habit(
        300, "the wait between these tries", "snipe-it-14481", I)
    rate_limit_attempts: str = _habit(
        "calls",
        "whether the first call is one of the ten attempts after 429, or only its repetitions",
        "scim-concept",
        I,
        ("calls", "retries"),
    )
    rate_limit_again: str = _habit(
        "double",
        "what a further 429 with a Retry-After does: double the last wait, or wait what it says",
        "scim-concept",
        I,
        ("double", "retry-after"),
    )
    look_before_revoke: bool = _habit(
        True,
        "an account whose create got no answer is looked for when its person loses the app",
        "",
        I,
    )
    cleared: str = _habit(
        "keep", "what an update has for an attribute that lost its value in Okta", "datadog", I,
        ("keep", "empty-string", "null", "omit"))
    echo_non_primary: bool = _habit(
        True, "a PUT keeps the elements of an array that Okta does not map", "scim-20", I)
    username_change: str = _habit(
        "update", "a new username: an update, or a deactivation and a new account",
        "management-api", I, ("update", "new-account"))
    delete_users: bool = _habit(
        False, "deprovisioning deletes the account (granular deprovisioning, gated; the request "
        "is inferred)", "scim-20", D)

    # Groups ---------------------------------------------------------------------------
    group_lookup: bool = _habit(
        True, "a group is looked for by name before it is created (catalogue apps; wizard apps do)",
        "scim-20", D)
    adopt_group: bool = _habit(
        True, "a group that the lookup finds is linked; otherwise the push fails",
        "management-api", D)
    linked_members: str = _habit(
        "keep", "whether the first push to a linked group keeps who is in it", "test-plan", D,
        ("keep", "overwrite"))
    post_members: str = _habit(
        "resolved", "whether the create of a group has the members that are known, or none, "
        "or no such key", "flask-capture", O, ("resolved", "empty", "absent"))
    group_batch: int = _habit(
        100, "the most membership changes in one PATCH (100 to 1000, set per app)",
        "group-batches", D)
    batch_counts: str = _habit(
        "together", "whether joiners and leavers share the size of a batch", "group-batches", I,
        ("together", "apart"))
    large_groups: str = _habit(
        "whole", "whether a create or Push Now of more members than a batch is split",
        "group-batches", I, ("whole", "batches"))
    push_now_form: str = _habit(
        "path", "Push Now by PATCH: replace with the path members, or without a path",
        "scim-20", T, ("path", "no-path"))
    rename_id: bool = _habit(
        True, "a rename by PATCH has the id in its value", "scim-20", T)
    rename_on_membership: bool = _habit(
        False, "the name is sent with every membership change", "rename-with-push", D)
    verify_group: bool = _habit(
        False, "a GET of the group comes before a PATCH of it", "scim-20", I)
    display_in_members: str = _habit(
        "username", "what display of a member is", "scim-20", T, ("username", "null"))
    push_after_join: bool = _habit(
        True, "a person who gets an account is pushed to the pushed groups they are in",
        "group-push-help", I)
    groups_before_users: bool = _habit(
        False, "group pushes run before the accounts exist (the race that Okta warns of)",
        "group-push-help", I)

    # Waiting --------------------------------------------------------------------------
    group_retries: int = _habit(
        3, "how often a group push is repeated after a passing error", "event-types", I)
    group_retry_seconds: int = _habit(60, "the wait before such a repetition", "event-types", I)
# fmt: on


def _option(one: Field[Any]) -> Habit:
    told = one.metadata
    return Habit(
        one.name.replace("_", "-"),
        told["what"],
        told["source"],
        told["confidence"],
        one.default,
        told["choices"],
    )


def options() -> tuple[Habit, ...]:
    """Every option, with its default."""
    return tuple(_option(one) for one in fields(Behaviours))


class BehaviourError(ValueError):
    """An option that does not exist, or a value it can't have."""


def chosen(settings: Mapping[str, str]) -> Behaviours:
    """The behaviours with ``settings`` (name in kebab case → text); raises BehaviourError."""
    known = {one.name: one for one in options()}
    values: dict[str, Any] = {}
    for name, text in settings.items():
        habit = known.get(name)
        if habit is None:
            raise BehaviourError(f"no behaviour {name!r}; `okta-emulator behaviours` lists them")
        values[name.replace("-", "_")] = _value(habit, text)
    return Behaviours(**values)


def _value(habit: Habit, text: str) -> Any:
    if isinstance(habit.default, bool):
        if text.lower() not in {"on", "off", "true", "false"}:
            raise BehaviourError(f"behaviour {habit.name}={text!r}: say on or off")
        return text.lower() in {"on", "true"}
    if isinstance(habit.default, int):
        # Eight digits at most: longer ones are refused by int() with another error.
        is_number = text.isascii() and text.isdigit() and len(text) < 8
        if not is_number or not 1 <= int(text) <= 86_400:
            raise BehaviourError(f"behaviour {habit.name}={text!r}: say a number from 1 to 86400")
        return int(text)
    if text not in habit.choices:
        raise BehaviourError(f"behaviour {habit.name}={text!r}: say {' or '.join(habit.choices)}")
    return text
