"""What a habit of Okta is, and where habits are known from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_DOCS = "https://developer.okta.com/docs/"
_HELP = "https://help.okta.com/oie/en-us/Content/Topics/"
_SUPPORT = "https://support.okta.com/help/s/article/"

SOURCES = {
    "scim-20": f"{_DOCS}api/openapi/okta-scim/guides/scim-20",
    "scim-11": f"{_DOCS}api/openapi/okta-scim/guides/scim-11",
    "scim-concept": f"{_DOCS}concepts/scim/",
    "scim-faq": f"{_DOCS}concepts/scim/faqs/",
    "scim-2018": "https://github.com/oktadeveloper/okta-blog-archive (SCIM reference of 2018)",
    "prepare-guide": f"{_DOCS}guides/scim-provisioning-integration-prepare/",
    "connect-guide": f"{_DOCS}guides/scim-provisioning-integration-connect/",
    "oin-wizard": f"{_DOCS}guides/submit-oin-app/scim/main/",
    "entitlements-guide": f"{_DOCS}guides/scim-with-entitlements/main/",
    "test-plan": "https://developer.okta.com/standards/SCIM/SCIMFiles/okta-scim-test-plan-v2.xlsx",
    "management-api": "https://github.com/okta/okta-management-openapi-spec",
    "event-types": f"{_DOCS}okta-event-types.csv",
    "group-push-help": f"{_HELP}users-groups-profiles/usgp-group-push-main.htm",
    "troubleshooting": f"{_HELP}Provisioning/lcm/troubleshooting.htm",
    "on-premises": f"{_HELP}Provisioning/opp/OPP-provision-SCIM-messages.htm",
    "capture-2026": "https://github.com/Timothy-itayi/okta-iam-lifecycle-lab",
    "capture-firezone": "https://github.com/firezone/firezone (SCIM spike)",
    "flask-capture": "https://developer.okta.com/blog/2021/09/01/flask-scim-server",
    "scim-workshop": "https://developer.okta.com/blog/2023/07/28/scim-workshop",
    "fleet-53446": "https://github.com/fleetdm/fleet/issues/53446",
    "rancher-55220": "https://github.com/rancher/rancher/pull/55220",
    "scim-for-keycloak-144": "https://github.com/Captain-P-Goldfish/scim-for-keycloak/issues/144",
    "sdk-757": "https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/757",
    "sentry-88623": "https://github.com/getsentry/sentry/issues/88623",
    "sentry-122540": "https://github.com/getsentry/sentry/issues/122540",
    "snipe-it-14481": "https://github.com/grokability/snipe-it/issues/14481",
    "string-numbers": "https://support.okta.com/help/s/question/0D54z0000A4i091CQA/"
    "scim-provisioning-error-with-okta-scim-api",
    "linked-account": f"{_SUPPORT}Existing-SCIM-User-Being-Created-at-Assignment",
    "no-results": f"{_SUPPORT}okta-scim-connector-error-no-results-for-users-returned-when-"
    "testing-connection",
    "inactive-account": f"{_SUPPORT}Airbase-Provisioning-Error-Automatic-provisioning-of-user-"
    "to-app-Airbase-failed-User-account-is-inactive",
    "assigned-before": f"{_SUPPORT}Provisioning-Error-User-Was-Assigned-This-Application-Before-"
    "Provisioning-Was-Enabled-And-Not-Provisioned-In-The-Downstream-Application-Click-Provision-"
    "User",
    "namespace": f"{_SUPPORT}custom-scim-attribute-is-not-available-to-map-and-is-not-sent-to-scim",
    "group-batches": "https://github.com/okta/okta-developer-docs/pull/2105",
    "rename-with-push": "https://github.com/okta/okta-developer-docs/pull/1023",
    "no-fallback": "https://github.com/oktadeveloper/okta-blog-archive/pull/1956",
    "datadog": "https://docs.datadoghq.com/account_management/scim/okta/",
}


class Confidence(StrEnum):
    """How well a habit is known."""

    DOCUMENTED = "documented"
    SAMPLE = "sample"
    OBSERVED = "observed"
    INFERRED = "inferred"


@dataclass(frozen=True, slots=True)
class Habit:
    """One thing that Okta does; of an option, ``confidence`` is that of its default."""

    name: str
    what: str
    source: str
    confidence: Confidence
    default: Any = None
    choices: tuple[Any, ...] = ()

    @property
    def is_option(self) -> bool:
        """Whether it can be set."""
        return self.default is not None

    @property
    def link(self) -> str:
        """Where it is known from."""
        return SOURCES.get(self.source, "")
