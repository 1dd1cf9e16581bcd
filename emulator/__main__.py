"""``okta-emulator``: walkthrough, push and behaviours, at the terminal and for machines."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from emulator.behaviours import FACTS, Behaviours
from emulator.behaviours import options as choices
from emulator.clock import FastClock
from emulator.complaints import (
    FAILED,
    UNREACHABLE,
    UnreachableError,
    UsageError,
    complain,
    friendly,
    run,
)
from emulator.connection import Connection
from emulator.faults import faults
from emulator.integration import Integration
from emulator.journal import PushJournal
from emulator.options import (
    AppName,
    Auth,
    Choices,
    Curl,
    Har,
    Insecure,
    Json,
    Recording,
    Target,
    Token,
    behaviours_of,
    connection_of,
    endpoint,
    recording,
    release,
    transport_of,
)
from emulator.org import OktaOrg
from emulator.printing import habit_json, print_habits, print_outcome, print_step, step_json
from emulator.pushing import Outcome, Plan, prepare, push
from emulator.walkthrough import Step, Walkthrough, stopped, succeeded

app = typer.Typer(
    name="okta-emulator",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

#: A 429 on the way in is no reason to turn round, and a fault of the server may pass.
_WAIT_AND_SEE = {429, 500, 502, 503, 504}


def _version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"okta-emulator {release()}\n")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """An Okta org that provisions into any SCIM 2.0 endpoint, as Okta does.

    Exit status: 0 everything succeeded; 1 something did not; 2 interrupted;
    3 a bug of the emulator; 4 wrong options; 10 the endpoint can't be reached,
    does not let us in, or is not SCIM.
    """


# walkthrough --------------------------------------------------------------------------


@app.command()
def walkthrough(
    target: Target,
    token: Token = "",
    auth: Auth = "bearer",
    app_name: AppName = "kantega",
    behaviour: Choices = None,
    tag: Annotated[
        str, typer.Option(help="In the name of everything that is made; random by default.")
    ] = "",
    keep: Annotated[bool, typer.Option("--keep", help="Leave what was made.")] = False,
    har: Har = None,
    curl: Curl = None,
    as_json: Json = False,
    insecure: Insecure = False,
    seed: Annotated[
        int | None, typer.Option(help="Decides the ids of the org; random by default.")
    ] = None,
) -> None:
    """Play the guide from "Add integration" to "Push Groups", and show what an admin would see.

    Makes people and groups with the tag in their names, and deletes them at
    the end, also after Ctrl-C.  Exits 0 when every step sent just the
    documented requests and succeeded.
    """
    with friendly(), recording(har, curl) as record:
        name, settings = _tag(tag), behaviours_of(behaviour)
        chosen = secrets.randbelow(2**31) if seed is None else seed
        with endpoint(target, token) as (url, secret):
            made = connection_of(url, secret, auth)
            org = OktaOrg(seed=chosen, transport=lambda: transport_of(settings, insecure=insecure))
            walk = Walkthrough(org, made, app=app_name, tag=name, behaviours=settings)
            console = Console(highlight=False, soft_wrap=True, quiet=as_json)
            steps = asyncio.run(_walk(org, walk, record, console, keep=keep, tag=name))
        if as_json:
            told = {
                "target": url,
                "app": app_name,
                "tag": name,
                "seed": chosen,
                "succeeded": succeeded(steps),
                "steps": [step_json(one) for one in steps],
            }
            sys.stdout.write(json.dumps(told, indent=1) + "\n")
        console.print(f"{sum(one.succeeded for one in steps)} of {len(steps)} steps succeeded")
        if why := stopped(steps):
            raise UnreachableError(f"{url} can't be used: {why}")
        if not succeeded(steps):
            raise typer.Exit(FAILED)


def _tag(given: str) -> str:
    tag = given or f"okta-{secrets.token_hex(3)}"
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]{0,29}", tag):
        raise UsageError(f"--tag {tag!r}: say 1 to 30 letters, digits and hyphens")
    return tag


async def _walk(
    org: OktaOrg, walk: Walkthrough, record: Recording, console: Console, *, keep: bool, tag: str
) -> list[Step]:
    steps: list[Step] = []
    walk.integration.wire.observers.append(record.write)
    try:
        async for step in walk.play():
            steps.append(step)
            print_step(console, step)
    finally:
        # The deletes are not Okta's, and have no place in its wire log.
        walk.integration.wire.observers.clear()
        left = 0 if keep else await walk.clean_up()
        if left:
            complain("warning", f"{left} resources could not be deleted; {tag} is in their names")
        await org.aclose()
    return steps


# push ---------------------------------------------------------------------------------


@app.command("push")
def push_command(
    target: Target,
    token: Token = "",
    auth: Auth = "bearer",
    org: Annotated[Path | None, typer.Option(metavar="FILE", help="YAML file of an org.")] = None,
    users: Annotated[int, typer.Option(min=0, help="Generate so many people.")] = 0,
    groups: Annotated[int, typer.Option(min=0, help="Generate so many groups.")] = 0,
    largest: Annotated[
        int | None, typer.Option(min=0, help="Members of the first generated group.")
    ] = None,
    app_name: AppName = "oin",
    behaviour: Choices = None,
    concurrency: Annotated[int, typer.Option(min=1, max=256, help="Work at once.")] = 1,
    fault: Annotated[
        str, typer.Option("--faults", help="all=0.02, or NAME=RATE,…: see `behaviours`.")
    ] = "",
    retries: Annotated[int, typer.Option(min=0, help="Rounds of Retry Selected.")] = 0,
    journal: Annotated[
        Path, typer.Option(metavar="FILE", help="Remembers what was reached.")
    ] = Path("okta-push.jsonl"),
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the journal.")] = False,
    fast_clock: Annotated[
        bool,
        typer.Option(
            "--fast-clock",
            help="Jump over Okta's waits (429, repetitions of group pushes) instead of waiting: "
            "for --faults, not for an endpoint that limits rates.",
        ),
    ] = False,
    har: Har = None,
    curl: Curl = None,
    as_json: Json = False,
    insecure: Insecure = False,
    seed: Annotated[int, typer.Option(help="Decides ids, names and disturbances.")] = 0,
) -> None:
    """Push an org: a file, or generated people and groups.

    Nothing is deleted afterwards.  Exits 0 when everything is in the endpoint,
    and 1 when tasks are left.
    """
    with friendly(), recording(har, curl) as record:
        if (org is None) == (users == 0):
            raise UsageError("give either --org FILE or --users N")
        settings, disturbed = behaviours_of(behaviour), faults(fault, seed=seed) if fault else None
        with endpoint(target, token) as (url, secret):
            plan = Plan(
                connection_of(url, secret, auth), app_name, org, users, groups, largest, seed
            )
            okta = OktaOrg(
                seed=seed,
                faults=disturbed,
                concurrency=concurrency,
                clock=FastClock() if fast_clock else None,
                transport=lambda: transport_of(settings, insecure=insecure, limit=concurrency + 2),
            )
            integration = prepare(okta, plan)
            _choose(integration, settings)
            integration.wire.observers.append(record.write)
            asyncio.run(_knock(plan.connection, settings, insecure=insecure))
            outcome = _pushed(
                okta,
                plan,
                PushJournal(journal, plan.to_json(), resume=resume),
                retries,
                as_json=as_json,
            )
        if as_json:
            sys.stdout.write(json.dumps(outcome.to_json()) + "\n")
        else:
            print_outcome(Console(highlight=False, soft_wrap=True), outcome, journal)
        if not outcome.is_complete:
            answered = any(one.status is not None for one in integration.wire.entries)
            raise typer.Exit(FAILED if answered else UNREACHABLE)


def _choose(integration: Integration, settings: Behaviours) -> None:
    """What was chosen; the race, which a fault may have asked for, stays."""
    races = integration.app.behaviours.groups_before_users or settings.groups_before_users
    integration.app.behaviours = replace(settings, groups_before_users=races)


async def _knock(made: Connection, settings: Behaviours, *, insecure: bool) -> None:
    """Test API Credentials before a long push; raises UnreachableError."""
    async with OktaOrg.start(
        made, transport=lambda: transport_of(settings, insecure=insecure)
    ) as okta:
        tested = await okta.test_api()
        if not tested.passed and okta.wire.entries[-1].status not in _WAIT_AND_SEE:
            raise UnreachableError(f"{made.base_url} can't be used: {tested.message}")


def _pushed(
    okta: OktaOrg, plan: Plan, journal: PushJournal, retries: int, *, as_json: bool
) -> Outcome:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=Console(stderr=True), disable=as_json) as bar:
            return asyncio.run(_push(okta, plan, journal, retries, _teller(okta, bar)))
    except KeyboardInterrupt:
        complain("interrupted", f"go on with --resume --journal {journal.path}")
        raise
    finally:
        journal.close()


def _teller(okta: OktaOrg, bar: Progress) -> Callable[[Outcome], None]:
    shown = bar.add_task("pushing")

    def tell(outcome: Outcome) -> None:
        progress = okta.integration.provisioner.progress
        total = outcome.users + outcome.groups
        bar.update(
            shown,
            description=f"pushing: {okta.wire.count} requests, {progress.failed} failed",
            total=total,
            completed=min(progress.done, total),
        )

    return tell


async def _push(
    okta: OktaOrg,
    plan: Plan,
    journal: PushJournal,
    retries: int,
    tell: Callable[[Outcome], None],
) -> Outcome:
    try:
        return await push(okta, plan, journal=journal, rounds=retries, progress=tell)
    finally:
        await okta.aclose()


# behaviours ---------------------------------------------------------------------------


@app.command()
def behaviours(as_json: Json = False) -> None:
    """List every habit of Okta that the emulator has, its source, and what can be chosen."""
    if as_json:
        habits = [habit_json(one) for one in (*FACTS, *choices())]
        sys.stdout.write(json.dumps(habits, indent=1) + "\n")
    else:
        print_habits(Console(highlight=False))


def main() -> None:
    """The entry point of the console script."""
    run(app, "okta-emulator")


if __name__ == "__main__":
    main()
