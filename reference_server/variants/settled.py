"""The ambiguities of which only one reading is legal, the server's own, and why."""

from __future__ import annotations

SETTLED: dict[str, str] = {
    "AMB-34": "status of an error is a string by section 3.12; any other type violates it",
}
