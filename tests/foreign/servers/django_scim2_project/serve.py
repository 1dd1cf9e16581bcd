"""Serves the project: ``python serve.py PORT FOLDER``; the database is in FOLDER."""

import os
import sys
from pathlib import Path

PORT, FOLDER = sys.argv[1:]
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
os.environ["SCIM_NETLOC"] = f"127.0.0.1:{PORT}"
os.environ["SCIM_DATABASE"] = str(Path(FOLDER) / "db.sqlite3")

import django  # noqa: E402 - it reads the settings
from django.core.management import call_command  # noqa: E402

django.setup()
call_command("migrate", run_syncdb=True, verbosity=0)
call_command("runserver", os.environ["SCIM_NETLOC"], use_reloader=False)
