"""Checks of what only one kind of app sends."""

from __future__ import annotations

import pytest

catalogue_app_only = pytest.mark.parametrize("kind", ["oin"], indirect=True)
wizard_app_only = pytest.mark.parametrize("kind", ["aiw"], indirect=True)
