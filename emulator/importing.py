"""Import (To Okta): the pages Okta reads, and what it makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.application import Application
from emulator.directory import DirectoryError
from emulator.matching import ImportRow, Kind, Matcher, Matching, confirm
from emulator.scim_client import LOOKUP_PAGE, OktaScimClient, RemoteError
from emulator.tasks import SystemLog

__all__ = ["ImportResult", "ImportRow", "Kind", "Matching", "confirm", "import_now", "read_all"]

#: An endless list ends here.
_PAGES = 10_000


@dataclass(slots=True)
class ImportResult:
    """What an import found."""

    scanned: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    groups: int = 0
    inactive: int = 0
    #: The accounts that Okta did not know: the lines of the Import tab.
    rows: list[ImportRow] = field(default_factory=list)
    #: People who would lose the app, too many of them at once.
    is_stopped: bool = False
    errors: list[str] = field(default_factory=list)

    @property
    def unmatched(self) -> list[Mapping[str, Any]]:
        """The accounts that match nobody, as the endpoint has them."""
        return [one.account for one in self.rows if one.kind is Kind.NEW]

    @property
    def matched(self) -> dict[str, str]:
        """The accounts that were matched: account id → the login it belongs to."""
        return {one.account_id: one.login for one in self.rows if one.login is not None}

    @property
    def waiting(self) -> list[ImportRow]:
        """The lines that an admin has to confirm, or to ignore."""
        return [one for one in self.rows if not one.is_confirmed and not one.is_ignored]

    @property
    def text(self) -> str:
        """What the console says at the end."""
        return (
            f"{self.scanned} users scanned! {self.new} new users imported, "
            f"{self.updated} existing users updated, {self.unchanged} unchanged, "
            f"{self.removed} removed, {self.groups} groups scanned!"
        )


async def read_all(client: OktaScimClient, endpoint: str) -> list[dict[str, Any]]:
    """Every resource of an endpoint, page by page as Okta asks for them.

    startIndex moves by 100 whatever came, or by how many came; an empty page
    before the end is an error, or the end, as the behaviours say.  Raises RemoteError.
    """
    resources: list[dict[str, Any]] = []
    start = 1
    for _ in range(_PAGES):
        page = client.found(await client.list_page(endpoint, start))
        if not page.resources and client.behaviours.import_empty_page == "end":
            return resources
        if not page.resources and start <= page.total:
            raise RemoteError(
                f"{endpoint}: the page at startIndex={start} is empty, "
                f"though totalResults is {page.total}"
            )
        resources += page.resources
        by_page = client.behaviours.import_advance == "page"
        start += LOOKUP_PAGE if by_page else len(page.resources)
        if start > page.total:
            return resources
    raise RemoteError(f"{endpoint}: the list did not end after {_PAGES} pages")


async def import_now(
    app: Application, client: OktaScimClient, log: SystemLog, matching: Matching = Matching()
) -> ImportResult:
    """Read the accounts, apply the safeguard, and match the accounts with people.

    Raises RemoteError, and DirectoryError for a matching that can't be.
    """
    result = ImportResult()
    matcher = Matcher(app, matching)
    log.success("system.import.start", app.label)
    users = await read_all(client, "/Users")
    if app.connection is not None and app.connection.import_groups:
        app.target_groups = _named(await read_all(client, "/Groups"))
        result.groups = len(app.target_groups)
    active = [one for one in users if one.get("active") is not False]
    result.inactive = len(users) - len(active)
    result.scanned = len(active)
    by_account = {one.external_id: one for one in app.assigned() if one.external_id}
    seen = {_id(one) for one in active}
    missing = [one for account, one in by_account.items() if account not in seen]
    if len(missing) > matching.safeguard * len(by_account):
        result.is_stopped = True
        told = f"{len(missing)} of {len(by_account)} app users would be unassigned"
        log.failure("system.import.roadblock", told, app.label)
        return result
    for known in missing:
        app.lose(known)
    result.removed = len(missing)
    for account in active:
        if _id(account) in by_account:
            result.unchanged += 1
        else:
            _take(app, account, matcher, matching, result)
    log.success("system.import.complete", app.label, result.text)
    return result


def _id(account: Mapping[str, Any]) -> str:
    found = account.get("id")
    return found if isinstance(found, str) else ""


def _named(groups: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    pairs = ((one.get("id"), one.get("displayName")) for one in groups)
    return {key: name for key, name in pairs if isinstance(key, str) and isinstance(name, str)}


def _take(
    app: Application,
    account: Mapping[str, Any],
    matcher: Matcher,
    matching: Matching,
    result: ImportResult,
) -> None:
    """Match an account that is not known yet, and confirm that if nobody has to."""
    shown, name = account.get("userName"), account.get("name")
    if not _id(account):
        result.errors.append(f"{shown}: an account without an id")
        return
    if not (isinstance(name, Mapping) and name.get("familyName")):
        result.errors.append(f"{shown}: an account without a last name")
        return
    row = matcher.match(account)
    result.rows.append(row)
    if row.kind is Kind.NEW:
        result.new += 1
    else:
        result.updated += 1
    if matching.confirms(row.kind):
        try:
            confirm(app, row, activate_new=matching.activate_new)
        except DirectoryError as problem:
            result.errors.append(f"{shown}: {problem}")
