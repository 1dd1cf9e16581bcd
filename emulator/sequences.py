"""Which requests Okta is documented to send for each event, so that a run can be held against it.

Written from the documents and not from the provisioner, so that a mistake in
the one shows in the other.  A request is known by its kind: ``FIND /Users``
is a lookup, ``LIST /Users`` the probe, ``PUT /Users/{id}`` a replace.  One in
brackets may be missing: after a reactivation Okta reads the account only when
the answer did not show it (inferred).

https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from emulator.behaviours import Behaviours
from emulator.tasks import WireProfile
from emulator.wirelog import Entry

Requests = tuple[str, ...]

_FIND_USER, _NEW_USER = "FIND /Users", "POST /Users"
_GET_USER, _PUT_USER, _PATCH_USER = "GET /Users/{id}", "PUT /Users/{id}", "PATCH /Users/{id}"
_FIND_GROUP, _NEW_GROUP = "FIND /Groups", "POST /Groups"
_GET_GROUP, _PUT_GROUP, _PATCH_GROUP = "GET /Groups/{id}", "PUT /Groups/{id}", "PATCH /Groups/{id}"
_READ_AND_PUT_GROUP = (_GET_GROUP, _PUT_GROUP)

#: What an event without traffic sends.
NOTHING: Requests = ()


@dataclass(frozen=True, slots=True)
class Sequences:
    """The requests of each event, for a wire profile and the options that change them."""

    profile: WireProfile
    behaviours: Behaviours = Behaviours()

    @property
    def _is_oin(self) -> bool:
        return self.profile is WireProfile.OIN

    # People ---------------------------------------------------------------------------

    @property
    def test(self) -> Requests:
        """Test API integration, with Import Groups unchecked."""
        return ("LIST /Users",)

    @property
    def save(self) -> Requests:
        """Save, with Import Groups unchecked."""
        return self.test if self.behaviours.probe_on_save and not self._is_oin else NOTHING

    @property
    def assign_new(self) -> Requests:
        """Assigned, and no account there."""
        return (_FIND_USER, _NEW_USER)

    @property
    def link(self) -> Requests:
        """Assigned, and an account there that is active."""
        always = self.behaviours.reactivate_on_link == "always"
        return (_FIND_USER, *(self._reactivation if always else ()), _GET_USER, _PUT_USER)

    @property
    def update(self) -> Requests:
        """A mapped attribute has another value."""
        if self._is_oin and self.behaviours.user_patch:
            return (_PATCH_USER,)
        return (_GET_USER, _PUT_USER)

    @property
    def unassign(self) -> Requests:
        """The app is taken away, or the person deactivated."""
        return ("DELETE /Users/{id}",) if self.behaviours.delete_users else self._status

    @property
    def reassign(self) -> Requests:
        """A member of a pushed group is assigned again, where the account was deactivated."""
        if self.behaviours.delete_users:
            # Another account, which the group does not have yet.
            follows = self.membership(2) if self.behaviours.push_after_join else NOTHING
            return (*self.assign_new, *follows)
        return (_FIND_USER, *self._reactivation, _GET_USER, _PUT_USER)

    @property
    def _status(self) -> Requests:
        """The write of ``active``."""
        if not self._is_oin:
            return (_GET_USER, _PUT_USER)
        return (_GET_USER, _PATCH_USER) if self.behaviours.get_before_patch else (_PATCH_USER,)

    @property
    def _reactivation(self) -> Requests:
        is_read = self.behaviours.reactivation_read == "get"
        return (*self._status, _GET_USER if is_read else f"[{_GET_USER}]")

    # Groups ---------------------------------------------------------------------------

    def push_new(self, members: int) -> Requests:
        """A group is pushed that is not there; ``members`` of it have an account."""
        if not self._is_oin:
            return (_FIND_GROUP, _NEW_GROUP, *_READ_AND_PUT_GROUP)
        lookup = (_FIND_GROUP,) if self.behaviours.group_lookup else ()
        return (*lookup, _NEW_GROUP, *self._batches(members))

    def membership(self, changes: int = 1) -> Requests:
        """So many people joined or left."""
        if not self._is_oin:
            return _READ_AND_PUT_GROUP
        name = (_PATCH_GROUP,) if self.behaviours.rename_on_membership else ()
        return (*self._check, *self._batches(changes), *name)

    @property
    def push_now(self) -> Requests:
        """Push Now: everybody, whatever was sent before."""
        return (*self._check, _PATCH_GROUP) if self._is_oin else _READ_AND_PUT_GROUP

    @property
    def rename(self) -> Requests:
        """The group has another name."""
        return self.push_now

    @property
    def unlink_and_delete(self) -> Requests:
        """Unlink pushed group, delete the group in the target app."""
        return ("DELETE /Groups/{id}",)

    @property
    def _check(self) -> Requests:
        return (_GET_GROUP,) if self.behaviours.verify_group else ()

    def _batches(self, changes: int) -> Requests:
        return (_PATCH_GROUP,) * -(-changes // self.behaviours.group_batch)


def kind(entry: Entry) -> str:
    """What kind of request an entry is: ``FIND /Users``, ``PUT /Groups/{id}``."""
    found = re.search(r"/(Users|Groups)(?:/([^?/]+))?(?:\?(.*))?$", entry.path)
    if not found:
        return f"{entry.method} {entry.path}"
    endpoint, identifier, query = found.groups()
    if identifier:
        return f"{entry.method} /{endpoint}/{{id}}"
    if entry.method == "GET":
        return f"{'FIND' if 'filter=' in (query or '') else 'LIST'} /{endpoint}"
    return f"{entry.method} /{endpoint}"


def fits(sent: Sequence[str], expected: Iterable[str]) -> bool:
    """Whether just the expected requests were sent, in their order."""
    pattern = "".join(
        f"(?:{re.escape(one[1:-1])}\n)?" if one.startswith("[") else f"{re.escape(one)}\n"
        for one in expected
    )
    return re.fullmatch(pattern, "".join(f"{one}\n" for one in sent)) is not None
