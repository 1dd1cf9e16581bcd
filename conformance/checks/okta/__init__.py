"""What Okta does to a target: the emulator acts, and the suite's own client judges."""
