"""The addresses of one endpoint, which all begin with the base URL of its app.

To parse an address takes longer than to make the rest of a request.  So the
base is parsed once, and where the transport takes the target of the request
line apart from the address, nothing else is.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import httpx

#: As httpx has it.
_LENGTH_LIMIT = 65_536


class Address(NamedTuple):
    """Where a request goes."""

    url: httpx.URL
    #: What stands in the request line; an extension of httpx has the same name.
    target: bytes
    #: The whole address for people.
    text: str


class Addresses:
    """Makes addresses from texts that begin with ``base``, and from others."""

    def __init__(self, base: str, *, takes_targets: bool) -> None:
        """``takes_targets``: the transport looks for the path at the target and at nothing else."""
        self._base = base
        self._takes_targets = takes_targets

    @cached_property
    def _root(self) -> Address:
        url = httpx.URL(f"{self._base}/")
        return Address(url, url.raw_path.removesuffix(b"/"), str(url).removesuffix("/"))

    def of(self, text: str) -> Address:
        """The address that ``text`` says, its path already encoded; raises ValueError.

        httpx.InvalidURL, which is no ValueError, is raised too.
        """
        if not self._takes_targets or not text.startswith(f"{self._base}/"):
            url = httpx.URL(text)
            return Address(url, url.raw_path, str(url))
        if len(text) > _LENGTH_LIMIT:
            raise ValueError(f"an address of {len(text)} characters is too long")
        root, rest = self._root, text.removeprefix(self._base)
        return Address(root.url, root.target + rest.encode("ascii"), root.text + rest)
