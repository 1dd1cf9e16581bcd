"""What is not on this machine must be reached by https: proven with a target that has a name."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme

from conformance.embedded import EmbeddedServer
from conformance.plugin import CHECKS
from tests.system.conftest import Judge
from tests.system.front import front_of

TOKEN = "token-of-the-server-elsewhere"
HOST = "scim.example.com"
HTTPS = {"rfc7644-7.2-tls-required", "kantega-https"}

Ask = Callable[[str], dict[str, str]]


@pytest.fixture
def front(tmp_path: Path) -> Iterator[str]:
    """The proxy by which the server is another machine; its CA is in ``ca.pem``."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    server = EmbeddedServer.start(["--profile=kantega", f"--token={TOKEN}"])
    try:
        with front_of(urlsplit(server.url).port or 0, context) as url:
            yield url
    finally:
        server.stop()


@pytest.fixture
def verdicts_by(front: str, judge: Judge, tmp_path: Path) -> Ask:
    """The verdicts on the server behind the front end, by scheme."""

    def asked(scheme: str) -> dict[str, str]:
        file = tmp_path / f"{scheme}.toml"
        bundle = '\nca_bundle = "ca.pem"' if scheme == "https" else ""
        file.write_text(f'url = "{scheme}://{HOST}/scim/v2"{bundle}\n', "utf-8")
        judged = judge(
            *(
                str(CHECKS / one)
                for one in ("rfc7644/test_7_security.py", "kantega/test_tenant_and_secret.py")
            ),
            f"--target-file={file}",
            "--profile=rfc,kantega",
            "--no-views",
            SCIM_TOKEN=TOKEN,
            **{f"{scheme}_proxy": front, "no_proxy": "", "NO_PROXY": ""},
        )
        assert judged.verdicts.keys() >= HTTPS, judged.output
        return judged.verdicts

    return asked


def test_https_is_found_where_it_is(verdicts_by: Ask) -> None:
    verdicts = verdicts_by("https")

    assert {verdicts[one] for one in HTTPS} == {"conforms"}


def test_http_is_found_where_it_is_and_reddens_nothing_else(verdicts_by: Ask) -> None:
    right, wrong = verdicts_by("https"), verdicts_by("http")

    red = {"violates", "deviates", "declines", "blocked", "broken"}
    assert {one for one in wrong if wrong[one] in red and right[one] not in red} == HTTPS
