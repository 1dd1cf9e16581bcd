"""Serves canaille on SQLite: ``python serve.py PORT FOLDER``; the database is in FOLDER."""

import datetime as dt
import os
import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from canaille import create_app
from canaille.app import models
from canaille.backends import Backend

PORT, FOLDER = int(sys.argv[1]), Path(sys.argv[2])
TOKEN = os.environ["SCIM_TOKEN"]


class Threaded(ThreadingMixIn, WSGIServer):
    """Answers each request in a thread."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Does not write a line for each request."""

    def log_message(self, *_):
        pass


def register_client():
    """An OIDC client that is allowed to provision, and its token; it stands for no user."""
    client = models.Client(
        client_id="judge",
        client_name="judge",
        client_secret="not-a-secret",
        grant_types=["client_credentials"],
        scope=["openid"],
    )
    Backend.instance.save(client)
    token = models.Token(
        token_id="judge",
        access_token=TOKEN,
        client=client,
        subject=None,
        type="access_token",
        scope=client.scope,
        issue_date=dt.datetime.now(dt.UTC),
        lifetime=24 * 3600,
        audience=[client],
    )
    Backend.instance.save(token)


app = create_app(
    config={
        "SECRET_KEY": "not-a-secret",
        "SERVER_NAME": f"127.0.0.1:{PORT}",
        "PREFERRED_URL_SCHEME": "http",
        "CANAILLE": {"DATABASE": "sql"},
        "CANAILLE_SQL": {"DATABASE_URI": f"sqlite:///{FOLDER / 'db.sqlite3'}"},
        "CANAILLE_OIDC": {},
        "CANAILLE_SCIM": {"ENABLE_SERVER": True},
    }
)
with app.app_context():
    register_client()
make_server("127.0.0.1", PORT, app, Threaded, Quiet).serve_forever()
