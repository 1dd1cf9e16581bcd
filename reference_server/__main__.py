"""``python -m reference_server``: open the database, print the URLs, serve."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace

import uvicorn
from starlette.types import ASGIApp

from reference_server import defects, variants
from reference_server.app import ScimServer, Site
from reference_server.features import Features
from reference_server.local import add_local_resources
from reference_server.options import Options, UsageError, parse
from reference_server.profile import POLICIES
from reference_server.protocol import BoundedProtocol
from reference_server.schemas import DEVICE, GROUP, USER, ResourceType
from reference_server.store import Store
from reference_server.tenants import Tenant, is_known, open_tenant


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to stop; the exit status is 2 for what cannot be done."""
    options = parse(arguments)
    try:
        if options.list_defects:
            _list_defects(options)
            return 0
        if options.list_variants:
            _list_variants(options)
            return 0
        chosen = _chosen_defects(options.defects)
        other_ways = _chosen_variants(options.variants)
        store = _open(options.database)
        tenants = _tenants(store, options)
        listener = _listen(options)
    except UsageError as problem:
        print(f"scim-reference-server: {problem}", file=sys.stderr)  # noqa: T201
        return 2
    app: ASGIApp = ScimServer([_site(tenant, store, options) for tenant, _ in tenants])
    if chosen:
        app = defects.wrap(app, chosen)
    if other_ways:
        app = variants.wrap(app, other_ways)
    # uvicorn stops in order and then raises the signal again, which would end in a traceback.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    _announce(tenants, listener, options)
    if options.until_eof:
        threading.Thread(target=_end_with_input, daemon=True).start()
    _serve(app, listener)
    store.close()
    return 0


def _end_with_input() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _serve(app: ASGIApp, listener: socket.socket) -> None:
    config = uvicorn.Config(
        app,
        http=BoundedProtocol,
        ws="none",
        lifespan="off",
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except (KeyboardInterrupt, SystemExit):
        return


def _open(path: str) -> Store:
    try:
        return Store(path)
    except sqlite3.Error as problem:
        raise UsageError(f"the database {path!r} cannot be opened: {problem}") from None


def _tenants(store: Store, options: Options) -> list[tuple[Tenant, str | None]]:
    opened = []
    for name in options.tenants:
        if options.token is None and not options.is_loopback and not is_known(store, name):
            raise UsageError(
                f"{options.host} can be reached by others; choose a secret with --token"
            )
        try:
            tenant, secret = open_tenant(store, name, options.token)
        except ValueError as problem:
            raise UsageError(str(problem)) from None
        if POLICIES[options.profile].has_local_resources:
            add_local_resources(store, tenant.id)
        opened.append((tenant, secret))
    return opened


def _site(tenant: Tenant, store: Store, options: Options) -> Site:
    site = _plain_site(tenant, store, options)
    if options.second_token is None:
        return site
    # Without a URL of its own, for it is no site of the server's list.
    other, _ = open_tenant(store, f"{tenant.name or 'default'}~second", options.second_token)
    return replace(site, second=_plain_site(other, store, options))


def _plain_site(tenant: Tenant, store: Store, options: Options) -> Site:
    return Site.of(
        tenant,
        store,
        resource_types(options.features),
        features=options.features,
        policy=POLICIES[options.profile](),
        me=options.me,
    )


def resource_types(features: Features) -> tuple[ResourceType, ...]:
    """The resource types that are offered."""
    user = USER if features.enterprise else replace(USER, extensions=())
    types = [user]
    if features.groups:
        types.append(GROUP)
    if features.device:
        types.append(DEVICE)
    return tuple(types)


def _listen(options: Options) -> socket.socket:
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    # The protocol is named because asyncio turns Nagle's delay off only where it is.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((options.host, options.port))
        # From here on connections are taken, so the URL can be announced.
        listener.listen(1024)
    except OSError as problem:
        listener.close()
        reason = problem.strerror or "the address is not one of this machine"
        raise UsageError(f"cannot listen on {options.host}:{options.port}: {reason}") from None
    return listener


def _announce(
    tenants: list[tuple[Tenant, str | None]], listener: socket.socket, options: Options
) -> None:
    port = listener.getsockname()[1]
    host = f"[{options.host}]" if ":" in options.host else options.host
    lines = []
    for tenant, secret in tenants:
        url = f"http://{host}:{port}{tenant.base}"
        if options.as_json or options.ready_fd is not None:
            lines.append(json.dumps({"url": url, "token": secret, "tenant": tenant.name or None}))
            continue
        lines.append(f"SCIM base URL: {url}")
        if secret:
            lines.append(f"Token: {secret}")
    text = "".join(f"{line}\n" for line in lines)
    if options.ready_fd is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    try:
        with os.fdopen(options.ready_fd, "w") as stream:
            stream.write(text)
    except OSError as problem:
        print(f"scim-reference-server: --ready-fd: {problem.strerror}", file=sys.stderr)  # noqa: T201


def _chosen_defects(names: Sequence[str]) -> list[defects.Defect]:
    known = defects.all_defects() if names else {}
    for name in names:
        if name not in known:
            raise UsageError(f"there is no defect {name!r}; --list-defects names them all")
    return [known[name] for name in names]


def _chosen_variants(names: Sequence[str]) -> list[variants.Variant]:
    known = variants.all_variants() if names else {}
    for name in names:
        if name not in known:
            raise UsageError(f"there is no variant {name!r}; --list-variants names them all")
    return [known[name] for name in names]


def _list_defects(options: Options) -> None:
    for one in defects.all_defects().values():
        if options.as_json:
            fields = {
                "name": one.name,
                "does": one.description,
                "requirement": one.requirement,
                "options": list(one.options),
            }
            print(json.dumps(fields))  # noqa: T201
        else:
            print(f"{one.name}\n    {one.description}\n    breaks {one.requirement}")  # noqa: T201
            if one.options:
                print(f"    needs {' '.join(one.options)}")  # noqa: T201


def _list_variants(options: Options) -> None:
    for one in variants.all_variants().values():
        if options.as_json:
            fields = {
                "name": one.name,
                "does": one.description,
                "of": one.of,
                "deviates": one.deviates,
                "profiles": one.profiles,
            }
            print(json.dumps(fields))  # noqa: T201
        else:
            print(f"{one.name}\n    {one.description}\n    {one.of}")  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
