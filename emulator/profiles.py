"""What a person's profile may have: Okta's base attributes, and the org's own."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Mapping
from typing import Any

from emulator.lifecycle import DirectoryError

#: Okta's base profile.  https://developer.okta.com/docs/api/openapi/okta-management/ (User profile)
_BASE = """
    city costCenter countryCode department displayName division email employeeNumber firstName
    honorificPrefix honorificSuffix lastName locale login manager managerId middleName mobilePhone
    nickName organization postalAddress preferredLanguage primaryPhone profileUrl secondEmail state
    streetAddress timezone title userType zipCode
"""
BASE_ATTRIBUTES = frozenset(_BASE.split())
#: What nobody can be without.
REQUIRED = ("login", "email", "firstName", "lastName")

#: Data types of the profile editor, and what they are in Python.
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "string array": (list,),
}

#: Many people share the values of these, so that one copy of each is enough.
_SHARED_NAMES = """
    city costCenter countryCode department division firstName honorificPrefix honorificSuffix
    lastName locale manager managerId organization preferredLanguage state timezone title userType
"""
_SHARED = frozenset(_SHARED_NAMES.split())


class ProfileSchema:
    """The profile editor: which attributes there are, and of which type."""

    def __init__(self) -> None:
        #: The org's own attributes: name → data type.
        self.custom: dict[str, str] = {}

    def add(self, name: str, data_type: str = "string") -> None:
        """Add an attribute; raises DirectoryError for one that is there or can't be."""
        if not name.isidentifier() or not name.isascii():
            raise DirectoryError(
                f"attribute {name!r}: a variable name has letters, digits and underscores"
            )
        if data_type not in TYPES:
            raise DirectoryError(
                f"attribute {name!r}: no data type {data_type!r}; choose from {', '.join(TYPES)}"
            )
        if name in BASE_ATTRIBUTES or name in self.custom:
            raise DirectoryError(f"attribute {name!r} is in the profile already")
        self.custom[name] = data_type

    def checked(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """``values`` as they are kept; raises DirectoryError for the first that can't be."""
        return {sys.intern(name): self._value(name, value) for name, value in values.items()}

    def _value(self, name: str, value: Any) -> Any:
        data_type = "string" if name in BASE_ATTRIBUTES else self.custom.get(name)
        if data_type is None:
            raise DirectoryError(
                f"attribute {name!r} is not defined in the profile; {self._advice(name)}",
                "E0000001",
            )
        if value is None:
            if name in REQUIRED:
                raise DirectoryError(f"{name}: the field cannot be left blank", "E0000001")
            return None
        is_bool = isinstance(value, bool)
        fits = isinstance(value, TYPES[data_type]) and is_bool == (data_type == "boolean")
        if not fits:
            raise DirectoryError(
                f"{name} {value!r} is no {data_type}, which this attribute is", "E0000001"
            )
        if data_type == "string array" and not all(isinstance(one, str) for one in value):
            raise DirectoryError(f"{name} {value!r} has elements that are no strings", "E0000001")
        if name in REQUIRED and not str(value).strip():
            raise DirectoryError(f"{name}: the field cannot be left blank", "E0000001")
        return sys.intern(str(value)) if name in _SHARED else value

    def _advice(self, name: str) -> str:
        close = difflib.get_close_matches(name, [*BASE_ATTRIBUTES, *self.custom], 1)
        if close:
            return f"{close[0]!r} is, or add the other in the profile editor (add_attribute)"
        return "add it in the profile editor first (add_attribute)"
