"""Import (To Okta), the pure part: which account belongs to whom, and what a confirmation does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from emulator.application import Application
from emulator.attributes import USER, AttributeMapping, MappingError
from emulator.directory import DirectoryError, User, UserStatus


class Kind(StrEnum):
    """How an account was matched with a person."""

    EXACT = "exact match"
    PARTIAL = "partial match"
    NEW = "new user"


@dataclass(frozen=True, slots=True)
class Matching:
    """The settings of the To Okta page.

    ``attributes`` are those of Okta that must all be the same: ``login``,
    ``email``, or any that a mapping row sends as it is.  A partial match is
    first and last name.  What is not confirmed by itself waits for an admin.
    """

    attributes: tuple[str, ...] = ("login",)
    safeguard: float = 0.2
    allow_partial: bool = False
    confirm_exact: bool = True
    confirm_partial: bool = False
    confirm_new: bool = False
    activate_new: bool = True

    def confirms(self, kind: Kind) -> bool:
        """Whether a match of this kind needs no admin."""
        match kind:
            case Kind.EXACT:
                return self.confirm_exact
            case Kind.PARTIAL:
                return self.confirm_partial
            case Kind.NEW:
                return self.confirm_new


@dataclass(slots=True)
class ImportRow:
    """A line of the Import tab: an account, whom it may belong to, and whether that is settled."""

    account: Mapping[str, Any]
    kind: Kind
    login: str | None = None
    is_confirmed: bool = False
    #: An admin said that it is to stay out of Okta.
    is_ignored: bool = False

    @property
    def account_id(self) -> str:
        """Its id, which becomes the External ID."""
        return str(self.account["id"])


class Matcher:
    """Finds people by what an account has; made once for an import."""

    def __init__(self, app: Application, matching: Matching) -> None:
        """Raises DirectoryError for an attribute that no mapping row sends as it is."""
        self._app = app
        self._attributes = matching.attributes
        self._rows = {one: self._row(one) for one in matching.attributes}
        self._exact: dict[tuple[str, ...], list[User]] = {}
        self._partial: dict[tuple[str, ...], list[User]] = {}
        for user in app.directory.users.values():
            if user.status is UserStatus.DEPROVISIONED:
                continue
            _file(self._exact, self._key_of(user), user)
            if matching.allow_partial:
                names = (user.profile.get("firstName"), user.profile.get("lastName"))
                _file(self._partial, _folded(names), user)

    def _row(self, attribute: str) -> AttributeMapping | None:
        if attribute in {"login", "email"}:
            return None
        for row in self._app.mappings:
            if row.source.text.strip() == f"user.{attribute}":
                return row
        raise DirectoryError(
            f"can't match by {attribute!r}: no mapping row sends user.{attribute} as it is"
        )

    def _key_of(self, user: User) -> _Key:
        found = [
            self._user_name(user) if one == "login" else user.profile.get(one)
            for one in self._attributes
        ]
        return _folded(found)

    def _user_name(self, user: User) -> str:
        try:
            return self._app.user_name_of(user.id)
        except MappingError:
            return user.login

    def match(self, account: Mapping[str, Any]) -> ImportRow:
        """Whom an account belongs to; when several fit, an admin has to say."""
        exact = self._exact.get(_folded(self._value(account, one) for one in self._attributes), [])
        if len(exact) == 1:
            return ImportRow(account, Kind.EXACT, exact[0].login)
        name = account.get("name")
        if isinstance(name, Mapping):
            key = _folded((name.get("givenName"), name.get("familyName")))
            partial = self._partial.get(key, [])
            if len(partial) == 1:
                return ImportRow(account, Kind.PARTIAL, partial[0].login)
        return ImportRow(account, Kind.NEW)

    def _value(self, account: Mapping[str, Any], attribute: str) -> Any:
        row = self._rows[attribute]
        if row is not None:
            return value_at(account, row)
        if attribute == "login":
            return account.get("userName")
        return primary(account.get("emails"))


_Key = tuple[str, ...]


def _folded(values: Iterable[Any]) -> _Key:
    """Values to compare; none when one is missing, as nobody matches by having nothing."""
    found = [str(one).casefold() if one not in {None, ""} else "" for one in map(_plain, values)]
    return tuple(found) if all(found) else ()


def _plain(value: Any) -> Any:
    return value if isinstance(value, (str, int, float)) else None


def _file(index: dict[tuple[str, ...], list[User]], key: _Key, user: User) -> None:
    if key:
        index.setdefault(key, []).append(user)


def value_at(resource: Mapping[str, Any], row: AttributeMapping) -> Any:
    """What a resource has where a mapping row writes; None when there is nothing."""
    place = resource if row.namespace == USER else resource.get(row.namespace)
    if not isinstance(place, Mapping):
        return None
    path = row.path
    found = place.get(path.key)
    if path.selector is not None:
        elements = found if isinstance(found, list) else []
        wanted = path.selector
        found = next(
            (
                one
                for one in elements
                if isinstance(one, Mapping) and one.get(wanted.key) == wanted.value
            ),
            None,
        )
        return found.get(path.sub or "value") if isinstance(found, Mapping) else None
    if path.sub is None:
        return found
    return found.get(path.sub) if isinstance(found, Mapping) else None


def primary(values: Any) -> str | None:
    """The value whose ``primary`` is true, else the first."""
    elements = [one for one in values if isinstance(one, dict)] if isinstance(values, list) else []
    chosen = next((one for one in elements if one.get("primary") is True), None)
    chosen = chosen or (elements[0] if elements else {})
    value = chosen.get("value")
    return value if isinstance(value, str) else None


# Confirming ---------------------------------------------------------------------------


def confirm(app: Application, row: ImportRow, *, activate_new: bool = True) -> User:
    """Confirm Assignments: link an account to its person, who is made if there is none.

    Nothing is sent for that.  Raises DirectoryError, as for a person who has
    another account already.
    """
    person = _made(app, row.account, activate_new) if row.login is None else None
    person = person or app.directory.user(row.login or "")
    app.adopt(person, row.account_id)
    if app.behaviours.push_after_join:
        app.pushed.account_appeared(person.id)
    row.login, row.is_confirmed = person.login, True
    return person


def _made(app: Application, account: Mapping[str, Any], activate: bool) -> User:
    name = account.get("name")
    name = name if isinstance(name, Mapping) else {}
    user_name, email = str(account.get("userName", "")), primary(account.get("emails"))
    login = user_name if "@" in user_name else email
    if login is None:
        raise DirectoryError(
            f"account {user_name!r} has neither a username nor an e-mail to make a login of"
        )
    return app.directory.create_user(
        str(name.get("givenName") or ""),
        str(name.get("familyName") or ""),
        login=login,
        email=email or login,
        activate=activate,
    )
