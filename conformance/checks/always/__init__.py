"""Checks that look at every exchange of the run: see ``conformance.invariants``."""
