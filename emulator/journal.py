"""What a push has reached, line by line on disk, so that it goes on after any end.

Each line is handed to the operating system when it is written.  A line that was
cut in half is passed over: what it told is looked for in the endpoint again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from emulator.application import Application, SyncState
from emulator.push_groups import PushMapping
from emulator.queue import Job
from emulator.snapshot import adopt_account, adopt_group


class JournalError(ValueError):
    """A journal that belongs to another push, or can't be read or written."""


class PushJournal:
    """Remembers the accounts and groups that a push has made."""

    def __init__(self, path: Path, plan: dict[str, Any], *, resume: bool) -> None:
        """Open a journal for the push that ``plan`` describes; raises JournalError."""
        self.path = path
        self._plan = plan
        self.accounts: dict[str, str] = {}
        #: Source group → id in the endpoint, and the digest of the members that were sent.
        self.groups: dict[str, tuple[str, str]] = {}
        known = self._read(must_exist=resume)
        is_new = not (resume and self._take(known))
        try:
            self._file: IO[str] = path.open("w" if is_new else "a", encoding="utf-8")
        except OSError as problem:
            raise self._trouble(problem) from None
        if is_new:
            self._write({"push": plan})
        elif not known.endswith("\n"):
            # Else the first line that comes would be lost with the one that was cut.
            self._write_text("\n")

    def _read(self, *, must_exist: bool) -> str:
        if self.path.exists() and not self.path.is_file():
            raise JournalError(f"{self.path} is no ordinary file; name another one")
        try:
            text = self.path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            if not must_exist:
                return ""
            raise JournalError(
                f"{self.path} does not exist; there is nothing to resume, leave --resume out"
            ) from None
        except OSError as problem:
            raise self._trouble(problem) from None
        head = '{"push":'
        if not text.startswith(head[: len(text)]):
            raise JournalError(f"{self.path} is no journal of a push; name another file")
        return text

    def _take(self, text: str) -> bool:
        """Read what was reached; False when the first line was cut, and so nothing was."""
        first, end, rest = text.partition("\n")
        plan = _parsed(first).get("push")
        if plan is None and not end:
            return False
        if plan != self._plan:
            raise JournalError(
                f"{self.path} belongs to another push; repeat --target, --org, --users, "
                "--groups, --largest, --app and --seed as they were"
            )
        for line in map(_parsed, rest.splitlines()):
            match line:
                case {"user": str(user), "account": str(account)}:
                    self.accounts[user] = account
                case {"group": str(group), "target": str(target), "members": str(members)}:
                    self.groups[group] = (target, members)
        return True

    def take_up(self, app: Application) -> None:
        """Let an app know what had been reached."""
        for user_id, account in self.accounts.items():
            if user_id in app.directory.users:
                adopt_account(app, app.directory.users[user_id], account)
        for mapping in app.pushed:
            target, members = self.groups.get(mapping.source, ("", ""))
            if not target:
                continue
            if members == _digest(app.pushed.eligible(mapping)):
                adopt_group(app, mapping, target)
            else:
                _add_again(app, mapping, target)

    def note(self, app: Application, subject: str, job: Job) -> None:
        """Write down what a job has reached."""
        if job.is_of_group:
            self._note_group(app.pushed.mappings.get(subject))
            return
        known = app.users.get(subject)
        if known is None or known.external_id is None:
            return
        is_new = self.accounts.get(subject) != known.external_id
        if is_new and known.sync_state is SyncState.SYNCHRONIZED:
            self.accounts[subject] = known.external_id
            self._write({"user": subject, "account": known.external_id})

    def _note_group(self, mapping: PushMapping | None) -> None:
        if mapping is None or mapping.target_id is None:
            return
        is_known = mapping.pushed is not None and not mapping.error
        members = _digest(mapping.pushed or ()) if is_known else ""
        if self.groups.get(mapping.source) != (mapping.target_id, members):
            self.groups[mapping.source] = (mapping.target_id, members)
            line = {"group": mapping.source, "target": mapping.target_id, "members": members}
            self._write(line)

    def _write(self, line: dict[str, Any]) -> None:
        self._write_text(json.dumps(line, separators=(",", ":")) + "\n")

    def _write_text(self, text: str) -> None:
        try:
            self._file.write(text)
            self._file.flush()
        except OSError as problem:
            raise self._trouble(problem) from None

    def _trouble(self, problem: OSError) -> JournalError:
        return JournalError(f"journal {self.path}: {problem.strerror or problem}")

    def close(self) -> None:
        """No more lines."""
        try:
            self._file.close()
        except OSError as problem:
            raise self._trouble(problem) from None


def _add_again(app: Application, mapping: PushMapping, target: str) -> None:
    """A group whose members may be there in part: all of them are added once more.

    Added and not replaced, because the group may have been there before the
    push, with members that are not Okta's.
    """
    app.queue.drop(mapping.id, Job.PUSH, Job.MEMBERS)
    mapping.target_id, mapping.pushed = target, {}
    app.queue.add(mapping.id, Job.MEMBERS)


def _digest(accounts: Iterable[str]) -> str:
    """The same for the same members, in few letters however many they are."""
    return hashlib.sha256("\n".join(sorted(accounts)).encode("utf-8", "replace")).hexdigest()[:20]


def _parsed(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
