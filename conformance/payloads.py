"""Resources to send: seeded, recognizable, and no larger than the check needs.

Every resource carries the run's tag in its unique attribute, so that a person
who finds one knows where it came from, and ``scimproof clean`` finds it again.
"""

from __future__ import annotations

import copy
import random
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from faker import Faker

from conformance.discovery import CORE_GROUP, CORE_USER, ENTERPRISE_USER, Features
from conformance.generated import Generator, is_required, subs_of

#: Every unique name the suite makes begins like this.
TAG = "scimproof-"


@dataclass
class Payloads:
    """Builds users and groups for one run, and the extra attributes that its target wants.

    ``seed`` decides the people's names; the tag is new in every run, so that
    two runs with one seed do not meet in the target.
    """

    seed: int = 0
    worker: str = ""
    user_name_pattern: str = "{unique}@example.com"
    user_defaults: dict[str, Any] = field(default_factory=dict)
    group_defaults: dict[str, Any] = field(default_factory=dict)
    #: What the target declares; what it requires goes into every resource.
    features: Features = field(default_factory=Features)

    def __post_init__(self) -> None:
        self._tag = f"{TAG}{uuid.uuid4().hex[:8]}{self.worker}"
        self._number = 0
        # Only what is asked of it: all its providers take a while to load.
        self._faker = Faker("en_US", providers=["faker.providers.person"])
        self._faker.seed_instance(self.seed)
        self.random = random.Random(self.seed)  # noqa: S311  names, not secrets

    def unique(self, word: str = "") -> str:
        """A name nobody has, in lower case, with ``word`` in it: ``scimproof-6ab026e0-group-7``."""
        middle = f"-{word}" if word else ""
        self._number += 1
        return f"{self._tag}{middle}-{self._number}"

    def state(self) -> tuple[Any, ...]:
        """What decides the next names and values; ``restore`` takes it."""
        return self._number, self._faker.random.getstate(), self.random.getstate()

    def restore(self, state: tuple[Any, ...]) -> None:
        """Go back to what ``state`` returned: the same names and values come again."""
        self._number, names, values = state
        self._faker.random.setstate(names)
        self.random.setstate(values)

    def user_name(self, word: str = "") -> str:
        """A ``userName`` nobody has, in the form the target file asks for."""
        return self.user_name_pattern.format(unique=self.unique(word))

    def user(self, **attributes: Any) -> dict[str, Any]:
        """The least User: ``schemas``, ``userName`` and what the target file adds.

        ``attributes`` are added or replaced; None leaves one out.
        """
        body: dict[str, Any] = {"schemas": [CORE_USER], "userName": self.user_name()}
        wanted = self._required(CORE_USER, but=body.keys() | attributes.keys())
        return _naming(_merged(body, wanted, self.user_defaults, attributes), wanted)

    def full_user(self, **attributes: Any) -> dict[str, Any]:
        """A person with a value in most attributes of the core schema."""
        body: dict[str, Any] = {"schemas": [CORE_USER], "userName": self.user_name()}
        person = self._person() | attributes
        wanted = self._required(CORE_USER, but=body.keys() | person.keys())
        return _naming(_merged(body, wanted, self.user_defaults, person), wanted)

    def _person(self) -> dict[str, Any]:
        first, last = self._faker.first_name(), self._faker.last_name()
        mail = self.unique("mail")
        return {
            "externalId": self.unique("external"),
            "name": {
                "formatted": f"{first} {last}",
                "givenName": first,
                "familyName": last,
            },
            "displayName": f"{first} {last}",
            "nickName": first,
            "title": "Engineer",
            "userType": "Employee",
            "preferredLanguage": "en-US",
            "locale": "en-US",
            "timezone": "Europe/Oslo",
            "active": True,
            "emails": [
                {"value": f"{mail}@example.com", "type": "work", "primary": True},
                {"value": f"{mail}@example.org", "type": "home"},
            ],
            "phoneNumbers": [{"value": "tel:+1-201-555-0123", "type": "work"}],
            "addresses": [
                {
                    "type": "work",
                    "streetAddress": "100 Universal City Plaza",
                    "locality": "Hollywood",
                    "region": "CA",
                    "postalCode": "91608",
                    "country": "US",
                }
            ],
        }

    def enterprise_user(self, **extension: Any) -> dict[str, Any]:
        """The least User that carries the enterprise extension."""
        values = {"department": "Research", "employeeNumber": self.unique()} | extension
        return self.user(schemas=[CORE_USER, ENTERPRISE_USER], **{ENTERPRISE_USER: values})

    def group(self, **attributes: Any) -> dict[str, Any]:
        """The least Group: ``schemas``, ``displayName`` and what the target file adds."""
        body: dict[str, Any] = {"schemas": [CORE_GROUP], "displayName": self.unique("group")}
        wanted = self._required(CORE_GROUP, but=body.keys() | attributes.keys())
        return _naming(_merged(body, wanted, self.group_defaults, attributes), wanted)

    def fitting(self, body: dict[str, Any]) -> dict[str, Any]:
        """``body`` as the target's own schema lets it be, in the parts of its complex attributes.

        What an object has there, and the schema does not define, is left out, and what the schema
        requires of it is added.  An attribute that would have no parts left is sent as it is.
        """
        urn = next((one for one in (CORE_USER, CORE_GROUP) if one in body.get("schemas", ())), "")
        fitted = dict(body)
        for one in self.features.attributes(urn):
            name, parts = str(one.get("name")), subs_of(one)
            if parts and name in body:
                fitted[name] = self._fitting(parts, body[name])
        return fitted

    def _fitting(self, parts: list[dict[str, Any]], value: Any) -> Any:
        if isinstance(value, list):
            return [self._fitting(parts, one) for one in value]
        if not isinstance(value, dict):
            return value
        known = {one["name"] for one in parts}
        kept = {name: one for name, one in value.items() if name in known}
        missing = [one for one in parts if is_required(one) and one["name"] not in kept]
        return self.generator.values(missing, only_required=True) | kept if kept else value

    @property
    def generator(self) -> Generator:
        """Makes values for attributes that only the target's schemas tell of."""
        return Generator(self.unique, self.random)

    def _required(self, schema: str, *, but: Collection[str]) -> dict[str, Any]:
        """What the target's own schemas require of a core type, besides ``but``.

        A person's attributes get a person's values, and all others generated ones.
        """
        definitions = [
            one
            for one in self.features.attributes(schema)
            if is_required(one) and one.get("name") not in but
        ]
        found = self.generator.values(definitions, only_required=True)
        if found and schema == CORE_USER:
            person = self._person()
            found = {name: person.get(name, value) for name, value in found.items()}
        kind = self.features.resource_type(schema)
        for urn, required in kind.extensions if kind else ():
            inner = self.generator.values(self.features.attributes(urn), only_required=True)
            if required and inner and urn not in but:
                found[urn] = inner
        return found

    def unknown_id(self, like: str) -> str:
        """An id that nothing has, shaped like ``like``: digits stay digits, letters letters."""
        if like.isdigit() and len(like) < 10:
            return "999999937"  # fits a 32-bit column, far from any counter
        hexadecimal = all(one in "0123456789abcdefABCDEF-" for one in like)
        letters = "abcdef" if hexadecimal else "abcdefghijklmnopqrstuvwxyz"
        return "".join(self._other(one, letters) for one in like)

    def _other(self, one: str, letters: str) -> str:
        if one.isdigit():
            return self.random.choice("123456789")
        if one.isalpha():
            other = self.random.choice(letters)
            return other.upper() if one.isupper() else other
        return one


def _merged(*parts: dict[str, Any]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for part in parts:
        merged.update(copy.deepcopy(part))
    return {name: value for name, value in merged.items() if value is not None}


def _naming(body: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """The body, whose ``schemas`` also names the extensions that the target requires."""
    named = body.get("schemas")
    if not isinstance(named, list) or not named:
        return body
    more = [one for one in wanted if one.startswith("urn:") and one in body and one not in named]
    return {**body, "schemas": [*named, *more]} if more else body
