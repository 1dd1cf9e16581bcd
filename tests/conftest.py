"""What holds for all our tests: no property fails because the machine is busy."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# Speed is measured in benchmarks/, never asserted in a test.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")
