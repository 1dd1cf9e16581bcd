"""Made-up orgs of any size: the same people and groups for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from emulator.directory import Directory, Group, User

#: Department → its cost center.
DEPARTMENTS = {
    "Engineering": "100",
    "Design": "110",
    "Support": "120",
    "Sales": "200",
    "Marketing": "210",
    "Finance": "300",
    "Legal": "310",
    "Operations": "400",
    "Research": "130",
    "Security": "140",
    "People": "410",
    "Facilities": "420",
}
_DEPARTMENTS = list(DEPARTMENTS)
_TITLES = ("Engineer", "Designer", "Analyst", "Manager", "Consultant", "Accountant", "Counsel")
_TYPES = ("Employee", "Contractor", "Intern")
#: City, country, locale, time zone.
_PLACES = (
    ("Oslo", "NO", "nb-NO", "Europe/Oslo"),
    ("Berlin", "DE", "de-DE", "Europe/Berlin"),
    ("Lyon", "FR", "fr-FR", "Europe/Paris"),
    ("Boston", "US", "en-US", "America/New_York"),
)
_LOCALES = ("en_US", "de_DE", "no_NO", "fr_FR")

#: Faker is slow beside everything else; names are drawn from a stock of this size.
_STOCK = 400


class People:
    """A stock of names, and people made of it."""

    def __init__(self, seed: int = 0, domain: str = "example.com") -> None:
        self._random = random.Random(f"people {seed}")  # noqa: S311  made-up people
        # It takes half a second to load, which only made-up orgs should pay.
        from faker import Faker  # noqa: PLC0415

        faker = Faker(list(_LOCALES))
        faker.seed_instance(seed)
        self._first = [faker.first_name() for _ in range(_STOCK)]
        self._last = [faker.last_name() for _ in range(_STOCK)]
        self._domain = domain
        self._made = 0

    def profile(self) -> dict[str, Any]:
        """The attributes of one more person; the login has a number, so that it is unique."""
        self._made += 1
        first, last = self._random.choice(self._first), self._random.choice(self._last)
        return {
            "first_name": first,
            "last_name": last,
            "login": f"{_plain(first)}.{_plain(last)}.{self._made}@{self._domain}",
            "department": self._random.choice(_DEPARTMENTS),
            "title": self._random.choice(_TITLES),
            "userType": self._random.choice(_TYPES),
        }

    def employee(self) -> dict[str, Any]:
        """A person as an HR system knows one: with a place, a number and a cost center."""
        profile = self.profile()
        city, country, locale, zone = self._random.choice(_PLACES)
        return {
            **profile,
            "employeeNumber": f"{10_000 + self._made}",
            "costCenter": DEPARTMENTS[profile["department"]],
            "organization": "Harbour Works",
            "city": city,
            "countryCode": country,
            "locale": locale,
            "timezone": zone,
        }


def _plain(name: str) -> str:
    letters = (one for one in name.lower() if one.isascii() and one.isalnum())
    return "".join(letters) or "x"


def populate(
    directory: Directory,
    *,
    users: int,
    groups: int = 0,
    seed: int = 0,
    largest: int | None = None,
    domain: str = "example.com",
) -> tuple[list[User], list[Group]]:
    """Fill a directory; ``largest`` is how many members the first group has.

    The other groups have between none and twenty members each.
    """
    people = People(seed, domain)
    made = [directory.create_user(**people.profile()) for _ in range(users)]
    choose = random.Random(f"groups {seed}")  # noqa: S311  made-up groups
    created = []
    for number, name in zip(range(groups), _group_names(), strict=False):
        group = directory.create_group(name, f"Made-up group {number + 1}")
        size = largest if number == 0 and largest is not None else choose.randint(0, 20)
        for user in choose.sample(made, min(size, len(made))):
            directory.add_member(group, user)
        created.append(group)
    return made, created


def _group_names() -> Iterator[str]:
    number = 0
    while True:
        number += 1
        department = _DEPARTMENTS[(number - 1) % len(_DEPARTMENTS)]
        yield f"{department} {number:03}"


# A company ----------------------------------------------------------------------------


def found_company(
    directory: Directory, *, users: int = 500, seed: int = 0, domain: str = "example.com"
) -> None:
    """Fill a directory with a company: departments and places by rule, managers, projects.

    Everybody but the head of the company has a manager: the head of the
    department, and those have the head of the company.
    """
    people = People(seed, domain)
    made = [directory.create_user(**people.employee()) for _ in range(users)]
    heads: dict[str, User] = {}
    for user in made:
        heads.setdefault(user.profile["department"], user)
    for user in made:
        head = heads[user.profile["department"]]
        manager = made[0] if user is head else head
        if user is not manager:
            directory.update_user(user, manager=manager.name, managerId=manager.login)
    for head in heads.values():
        title = f"Head of {head.profile['department']}"
        directory.update_user(head, title=title, userType="Employee")
    for department in _DEPARTMENTS:
        _group_by_rule(directory, department, f'user.department == "{department}"', "Department")
    for city, country, _, _ in _PLACES:
        _group_by_rule(
            directory, f"Office {city}", f'user.city == "{city}"', f"Office in {country}"
        )
    _group_by_rule(
        directory, "Contractors", 'String.toLowerCase(user.userType) == "contractor"', "By contract"
    )
    choose = random.Random(f"company {seed}")  # noqa: S311  made-up groups
    for name in ("Lighthouse", "Breakwater", "Ferry", "Crane"):
        group = directory.create_group(f"Project {name}", "Filled by hand")
        for user in choose.sample(made, min(len(made), choose.randint(5, 25))):
            directory.add_member(group, user)


def _group_by_rule(directory: Directory, name: str, expression: str, description: str) -> None:
    group = directory.create_group(name, description)
    directory.rules.activate(directory.create_rule(name, expression, group))
