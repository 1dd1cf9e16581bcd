"""What checks of the protocol need of those of the schemas: resources of any type."""

from __future__ import annotations

from conformance.checks.rfc7643.conftest import generator, pick, specimen

__all__ = ["generator", "pick", "specimen"]
