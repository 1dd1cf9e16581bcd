"""What Okta's documents print or observers saw, and the few readings that have no alternative.

The code follows these and offers no choice.  ``behaviours.py`` has the options.
"""

from __future__ import annotations

from emulator.habits import Confidence, Habit

D, T, O, I = Confidence  # noqa: E741

_WIRE = (
    Habit("user-agent", "User-Agent: Okta SCIM Client 1.0.0", "scim-20", T),
    Habit("accept", "Accept: application/scim+json; Accept-Charset: utf-8", "scim-2018", T),
    Habit("accept-encoding", "Accept-Encoding: gzip,deflate, without a blank", "scim-2018", T),
    Habit(
        "content-type",
        "Content-Type: application/scim+json; charset=utf-8 on requests with a body",
        "scim-2018",
        T,
    ),
    Habit(
        "header-order",
        "Accept, Accept-Charset, Content-Type, User-Agent, Authorization, Content-Length, Host, "
        "Connection, Accept-Encoding",
        "scim-2018",
        T,
    ),
    Habit("http-version", "HTTP/1.1 with Connection: Keep-Alive", "scim-2018", T),
    Habit("content-length", "bodies have a Content-Length and are not chunked", "scim-2018", T),
    Habit(
        "compact-bodies",
        "bodies are compact JSON in UTF-8 without a line end; the lengths of the samples say so",
        "scim-2018",
        I,
    ),
    Habit("key-order", "a create has its keys in the order of the samples", "scim-20", T),
    Habit(
        "authorization",
        "Bearer is put before the token, but for Header Auth, whose field goes out as it is",
        "connect-guide",
        D,
    ),
    Habit("https", "endpoints are https with a certificate of a public CA", "management-api", D),
    Habit("timeout", "60 seconds without a byte end a request", "scim-faq", D),
    Habit("query-order", "filter, startIndex, count, in this order", "scim-2018", T),
    Habit(
        "never", "no bulk, .search, Me, ServiceProviderConfig, sorting, projection, ETags",
        "scim-faq", D,
    ),
    Habit("media-type", "the media type of an answer is not looked at", "scim-20", I),
    Habit("status-number", "status in an Error may be a number", "scim-20", I),
    Habit("start-index-zero", "startIndex 0 in an answer does no harm", "scim-2018", I),
    Habit(
        "remote-message", "an error reads: phrase. Errors reported by remote server: detail",
        "sentry-88623", O,
    ),
    Habit(
        "invalid-json", "a body that is no JSON reads: Invalid JSON: Unrecognized token …",
        "capture-2026", O,
    ),
    Habit(
        "one-by-one", "one request per person or group; how many at once is not known",
        "scim-2018", D,
    ),
    Habit("location-ignored", "Location and ETag of an answer have no effect", "capture-2026", I),
)  # fmt: skip

_CONNECTION = (
    Habit("probe", "Test API asks for GET /Users?startIndex=1&count=2", "scim-11", D),
    Habit(
        "group-probe",
        "saving with Import Groups on asks for GET /Groups?startIndex=1&count=100",
        "scim-11",
        D,
    ),
    Habit(
        "no-results", "a probe answered without a list: No results for users returned",
        "no-results", D,
    ),
    Habit(
        "oauth2",
        "Okta has the authorization code grant; client credentials are the emulator's own",
        "scim-faq", D,
    ),
)  # fmt: skip

_USERS = (
    Habit(
        "lookup",
        'an account is looked for by filter=userName eq "…"&startIndex=1&count=100 first',
        "scim-20",
        D,
    ),
    Habit("lookup-case", "the name is looked for in the case that Okta has", "scim-20", T),
    Habit("status-404", "a lookup answered 404 with an Error means: not there", "scim-20", D),
    Habit("numbers", "numbers of a list must be JSON numbers, or the job stops", "scim-20", D),
    Habit(
        "numbers-silent", "such a job fails in the log without a reason", "string-numbers", O
    ),
    Habit("key-case", "the keys of a list may be in lower case", "scim-2018", D),
    Habit(
        "random-password",
        "a random password of 8 characters is in a create, even with Sync Password off",
        "scim-20",
        D,
    ),
    Habit("create-groups", "groups is [] in every create", "scim-20", T),
    Habit("create-active", "active is true in every create", "scim-20", T),
    Habit("external-id", "externalId is the Okta user's id, and no mapping row", "scim-20", T),
    Habit("empty-omitted", "a value that is empty is left out of a create", "capture-2026", O),
    Habit(
        "extension-with-value", "an extension and its URN are sent only with a value in it",
        "capture-2026", O,
    ),
    Habit("no-namespace", "an attribute without a namespace is never sent", "namespace", D),
    Habit("empty-answer", "a create answered without a body is an error", "scim-20", D),
    Habit("conflict-stops", "after a 409 to a create nothing else is sent", "scim-20", D),
    Habit("get-before-put", "every PUT is made of the answer to a GET", "scim-20", D),
    Habit("put-echo", "what Okta does not map goes back as it came", "capture-firezone", O),
    Habit(
        "put-active-only", "by PUT, a deactivation changes active and nothing else",
        "capture-firezone", O,
    ),
    Habit("patch-status", "catalogue apps change active and password by PATCH", "scim-20", D),
    Habit(
        "patch-password", "a password goes out as a replace without a path", "scim-20", I
    ),
    Habit("no-activation", "with Deactivate Users off, an inactive account is an error",
          "inactive-account", D),
    Habit("delayed-reactivation", "an account that stays inactive puts the job off",
          "snipe-it-14481", O),
    Habit(
        "import-of-profile", "with Update User Attributes off a link reads and writes nothing",
        "on-premises", D,
    ),
    Habit(
        "profile-error", "a refused update reads: Error while trying to push profile update for …",
        "fleet-53446", O,
    ),
    Habit(
        "external-id-cleared",
        "a deprovisioned app user forgets the account; a reassignment looks for it again",
        "management-api",
        D,
    ),
    Habit("suspend-silent", "suspending and unsuspending send nothing", "scim-20", D),
    Habit("delete-silent", "deleting a deactivated person sends nothing", "scim-concept", D),
    Habit("create-only-silent", "a row that applies on create sends no update", "connect-guide", D),
    Habit(
        "assigned-before", "who was assigned before provisioning was on waits for Provision User",
        "assigned-before", D,
    ),
)  # fmt: skip

_GROUPS = (
    Habit("only-provisioned-members", "members without an account are skipped", "scim-20", D),
    Habit("member-shape", "a member is value and display, without type and $ref", "scim-20", T),
    Habit("group-external-id", "groups have no externalId", "scim-20", T),
    Habit("members-after-create", "a push of members follows a create", "flask-capture", O),
    Habit(
        "members-remove-add", "one remove per leaver, then one add for the joiners", "scim-20", T
    ),
    Habit("push-now", "Push Now replaces the whole list", "scim-20", T),
    Habit("push-now-empty", "Push Now of an empty group replaces by []", "sdk-757", O),
    Habit(
        "membership-error",
        "a refused push reads: Error while updating user group membership for group …, no colon",
        "scim-for-keycloak-144", O,
    ),
    Habit("group-put", "apps of the wizard send GET and PUT for every change", "scim-20", T),
    Habit("rename-form", "a rename by PATCH has no path", "scim-20", T),
    Habit("unknown-member", "a member the server does not know fails the push", "sentry-122540", O),
    Habit(
        "vanished-group", "a group that is gone is an error; it is not made anew",
        "group-push-help", D,
    ),
    Habit("leave-silent", "unlink and leave, and deactivate, send nothing", "test-plan", D),
    Habit(
        "rename-deactivates", "without Rename app groups a new name deactivates the mapping",
        "event-types", D,
    ),
)  # fmt: skip

_RUNNING = (
    Habit("no-retry", "no retry after an error, but for 429 and group pushes",
          "troubleshooting", D),
    Habit("not-implemented", "501 to a PATCH is an error like others", "no-fallback", O),
    Habit(
        "rate-limit",
        "429: wait Retry-After whole seconds, else 300; doubled each time; 10 times",
        "scim-concept",
        D,
    ),
    Habit("group-retry", "a group push that met a passing error is repeated", "event-types", D),
    Habit("page-size", "lookups and imports ask for 100", "scim-20", D),
    Habit("import-unfiltered", "an import has no filter, a later one neither", "scim-faq", D),
    Habit("import-active-only", "inactive users are not imported", "scim-concept", D),
    Habit("last-name", "an account without a last name is not imported", "scim-workshop", O),
    Habit("safeguard", "an import that would unassign more than 20 % stops", "event-types", D),
    Habit(
        "discovery",
        "ResourceTypes and Schemas are for entitlements only, which the emulator does not have",
        "entitlements-guide",
        D,
    ),
)  # fmt: skip

FACTS: tuple[Habit, ...] = (*_WIRE, *_CONNECTION, *_USERS, *_GROUPS, *_RUNNING)
