"""Users, groups and the token: what the library leaves to the project."""
