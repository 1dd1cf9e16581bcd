"""The areas of SCIM: the feature of a requirement in words, and why it matters to a customer."""

from __future__ import annotations

from conformance.requirements import Level
from conformance.verdict import Verdict

_AREAS = {
    "discovery": (
        "Discovery",
        (
            "Clients configure themselves from what these documents say; where they are wrong, "
            "a feature is switched off or used when it must not be."
        ),
    ),
    "schema": (
        "Schemas",
        (
            "Attribute mappings are built from the published schema. What it misstates, an "
            "administrator maps to nothing."
        ),
    ),
    "auth": (
        "Authentication",
        "A client has to tell a wrong secret from a broken server, and nobody else may get in.",
    ),
    "create": (
        "Create",
        (
            "Provisioning starts here. An account that is created twice, or is not found again "
            "afterwards, is repaired by hand."
        ),
    ),
    "read": ("Read", "Every change begins with reading what is there."),
    "replace": (
        "Replace (PUT)",
        (
            "Some identity providers write whole accounts with PUT; what is kept or lost wrongly "
            "goes unnoticed until somebody misses it."
        ),
    ),
    "patch": (
        "Modify (PATCH)",
        (
            "Identity providers deactivate people and change groups with PATCH. A change that is "
            "applied wrongly, or reported and not applied, leaves access open."
        ),
    ),
    "delete": (
        "Delete",
        "An account that can still be reached after its deletion is a security finding.",
    ),
    "filter": (
        "Filter",
        (
            "Identity providers look an account up before they create it. A wrong match overwrites "
            "a stranger's account, and a missed one makes a duplicate."
        ),
    ),
    "query": (
        "Query",
        "Imports and look-ups read lists. What is wrong in a list is wrong for all in it.",
    ),
    "search": (
        "Search (POST)",
        "Queries with sensitive values belong in a body; a URL ends up in access logs.",
    ),
    "sort": ("Sort", "Clients that page through sorted lists miss or repeat what is out of order."),
    "pagination": (
        "Pagination",
        (
            "Imports page through all accounts: a page that is lost or repeated is an account "
            "that is lost or repeated."
        ),
    ),
    "cursor": (
        "Cursor pagination",
        "Large imports follow cursors: where one breaks, the import ends or starts over.",
    ),
    "projection": (
        "Projection",
        (
            "Clients that ask for part of a resource rely on getting that part, and on not getting "
            "what must not be shown."
        ),
    ),
    "bulk": (
        "Bulk",
        "A client that sends many changes at once repairs only what it is told has failed.",
    ),
    "etag": ("Versions", "Without versions two administrators overwrite each other's changes."),
    "me": ("/Me", "Self-service clients know their own account by this address only."),
    "user": ("Users", "These are the attributes that customers map first."),
    "enterprise": (
        "Enterprise users",
        "Departments and managers drive access rules in the customer's directory.",
    ),
    "group": (
        "Groups",
        "Membership of a group is what grants access, so a member too many or too few counts.",
    ),
    "resource": ("Resources", "Every client parses these parts of every resource."),
    "uri": (
        "Names and URIs",
        (
            "Attribute names and schema URIs hold all other parts together; a client that finds "
            "nothing under a name takes the value for missing."
        ),
    ),
    "error": (
        "Errors",
        (
            "The error is all that an administrator sees of a failed task, and what a client "
            "decides by whether to try again."
        ),
    ),
    "media-type": (
        "Media types",
        "A client that does not recognize the media type does not read the body.",
    ),
    "i18n": ("Languages", "Names in every script have to survive, and be found again."),
    "security": ("Security", "What leaks here is found by others first."),
    "okta-test-api": (
        "Okta: connection",
        "Until this test passes, an administrator of Okta can switch nothing on.",
    ),
    "okta-create": (
        "Okta: create users",
        (
            "What goes wrong here is a failed task for every new colleague, or a second account "
            "for an old one."
        ),
    ),
    "okta-update": (
        "Okta: update user attributes",
        "Okta sends a change once. What is lost then stays wrong until somebody notices.",
    ),
    "okta-deactivate": (
        "Okta: deactivate users",
        "Whoever leaves the company keeps access, or comes back to an empty account.",
    ),
    "okta-push": (
        "Okta: push groups",
        "A group that is stuck in error is not pushed any more, whoever joins or leaves it.",
    ),
    "okta-import": (
        "Okta: import",
        "Accounts that an import does not see are not matched, and are made a second time.",
    ),
    "okta-password": (
        "Okta: sync password",
        "People are locked out when a password does not arrive.",
    ),
    "okta-errors": (
        "Okta: errors and limits",
        "The detail of an error is all that Okta's administrator gets to read.",
    ),
    "okta-suite": (
        "Okta: its own tests",
        "An app gets into Okta's catalogue only when these tests pass.",
    ),
    "kantega": (
        "Kantega SSO",
        "These are promises of the product's own guide.",
    ),
}

_WEIGHT = {
    Verdict.VIOLATES: "There is no choice here, so clients do not check for it.",
    Verdict.DEVIATES: "Clients get by, but some will need a special case for this server.",
    Verdict.BLOCKED: "Nothing is known about this requirement until what blocks it is mended.",
    Verdict.BROKEN: "This is a fault of the suite, not of the target: please report it.",
}

_TOLERATED = (
    "The text can be read in a way that allows this, so it is no violation; clients differ."
)


def area(feature: str) -> str:
    """The name of an area."""
    return _AREAS[feature][0] if feature in _AREAS else feature.capitalize()


def area_order(feature: str) -> int:
    """Areas in the order of the table above; unknown ones last."""
    return list(_AREAS).index(feature) if feature in _AREAS else len(_AREAS)


def why(feature: str, level: Level, verdict: Verdict) -> str:
    """Why a failure matters, in a sentence or two."""
    weight = _WEIGHT.get(verdict, "")
    if verdict is Verdict.DEVIATES and level is Level.MUST:
        weight = _TOLERATED
    if verdict is Verdict.BROKEN or feature not in _AREAS:
        return weight
    return f"{_AREAS[feature][1]} {weight}".strip()
