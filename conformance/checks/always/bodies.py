"""What JSON Schema can say of a body: each annotation in our schemas is an invariant.

The schemas are in ``fixtures/schemas``, and one more is derived for each
resource type from what the target publishes; see ``conformance.declared``.
"""

from __future__ import annotations

from conformance import expect
from conformance.declared import annotated_requirements
from conformance.invariants import Looks, Seen, invariant


def _looks_for(requirement: str) -> Looks:
    def looks(seen: Seen) -> bool:
        finding = seen.findings.get(requirement)
        expect.that(not finding, f"{seen.response.line}: {finding}")
        return finding is not None

    return looks


for _requirement in sorted(annotated_requirements()):
    invariant(_requirement)(_looks_for(_requirement))
