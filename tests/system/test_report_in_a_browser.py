"""The report in a real browser: what a hostile target sends stays text, and scripts still work."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from conformance.report.html import write_views
from conformance.requirements import catalogue

#: Each would change the title of the page, were it markup anywhere.
ATTACKS = (
    "<script>document.title='PWNED'</script>",
    "<img src=x onerror=\"document.title='PWNED'\">",
    "\"'><svg onload=\"document.title='PWNED'\">",
    "</style></title></template></pre><script>document.title='PWNED'</script>",
    "--></script><script>document.title='PWNED'</script>",
    "<a href=\"javascript:document.title='PWNED'\" autofocus onfocus=\"document.title='PWNED'\">",
    "<iframe srcdoc=\"<script>parent.document.title='PWNED'</script>\"></iframe>",
    "<details open ontoggle=\"document.title='PWNED'\">",
    "{{ ''.__class__ }}{% raw %}",
    "&lt;img src=x onerror=document.title='PWNED'&gt;",
)
HOSTILE = " ".join(ATTACKS) + " \x1b[31m\x00\x9b\u202e\u2066 \ud800"

IDENTIFIER = "rfc7644-3.3-duplicate-create"


def exchange() -> dict[str, Any]:
    return {
        "number": 1,
        "method": HOSTILE,
        "url": f"javascript:document.title='PWNED'//{HOSTILE}",
        "request_headers": [[HOSTILE, HOSTILE]],
        "request_body": json.dumps({HOSTILE: [HOSTILE]}),
        "status": 400,
        "reason": HOSTILE,
        "response_headers": [[HOSTILE, HOSTILE]],
        "response_body": HOSTILE,
        "seconds": 0.01,
        "error": HOSTILE,
        "truncated": True,
    }


def verdict(identifier: str, word: str) -> dict[str, Any]:
    return {
        "type": "verdict",
        "requirement": identifier,
        "level": "MUST",
        "profile": HOSTILE,
        "section": HOSTILE,
        "verdict": word,
        "check": f"{HOSTILE}::{HOSTILE}",
        "reason": f"{HOSTILE}: expected {HOSTILE}, got {HOSTILE}",
        "seconds": 0.1,
        "blocked_by": HOSTILE,
        "waived": {"reason": HOSTILE, "link": f"javascript:{HOSTILE}", "expires": HOSTILE},
        "exchanges": [exchange()] * 3,
    }


def hostile_results(path: Path) -> None:
    run = {
        "type": "run",
        "tool": "scimproof",
        "version": HOSTILE,
        "catalogue_sha256": HOSTILE,
        "target": f"https://{HOSTILE}/scim",
        "started": HOSTILE,
        "profiles": ["rfc", HOSTILE],
        "features": {HOSTILE: True, HOSTILE + "2": False, "resource_types": [HOSTILE]},
        "options": {"read_only": True},
    }
    words = ("violates", "broken", "blocked", "deviates", "declines", "conforms", "untested")
    known = [verdict(one, words[n % 7]) for n, one in enumerate(list(catalogue())[:28])]
    unknown = [verdict(f"{HOSTILE}{word}", word) for word in words]
    end = {"type": "end", "requests": 1, "seconds": 1, "exit": 1, "notes": [HOSTILE]}
    lines = [run, verdict(IDENTIFIER, "violates"), *known, *unknown, end]
    path.write_text("".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8")


@pytest.fixture(scope="module")
def browser() -> str:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)
    if found is None:
        pytest.fail("the report is tested in a real browser: install chromium, then run again")
    return found


def dom(browser: str, page: Path) -> str:
    """The document after the scripts have run."""
    done = subprocess.run(
        [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            f"--user-data-dir={page.parent / 'browser'}",
            "--virtual-time-budget=5000",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def title(document: str) -> str:
    found = re.search(r"<title[^>]*>(.*?)</title>", document, re.DOTALL)
    assert found is not None, document[:500]
    return found[1]


@pytest.fixture
def hostile_page(tmp_path: Path) -> Path:
    hostile_results(tmp_path / "results.jsonl")
    page, _ = write_views(tmp_path / "results.jsonl", tmp_path)
    return page


def unlocked(page: Path) -> Path:
    """The page without its security policy: escaping alone has to hold."""
    text, removed = re.subn(
        r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text("utf-8")
    )
    assert removed == 1
    page.write_text(text, encoding="utf-8")
    return page


def test_markup_from_the_target_does_not_run(browser: str, hostile_page: Path) -> None:
    document = dom(browser, hostile_page)

    assert title(document).startswith("SCIM 2.0 conformance")
    assert "&lt;script&gt;document.title='PWNED'&lt;/script&gt;" in document


def test_markup_would_not_run_without_the_policy_either(browser: str, hostile_page: Path) -> None:
    document = dom(browser, unlocked(hostile_page))

    assert title(document).startswith("SCIM 2.0 conformance")
    elements = re.findall(r"<(script|img|svg|iframe|a|details)\b([^>]*)>", document)
    assert [one for one in elements if one[0] in {"svg", "iframe"}] == []
    assert [one for one in elements if re.search(r"\son\w+=|javascript:", one[1])] == []
    assert sum(1 for one in elements if one[0] == "script") == 1


@pytest.mark.parametrize("attack", ATTACKS[:4] + ATTACKS[6:8])
def test_the_attacks_are_real(browser: str, tmp_path: Path, attack: str) -> None:
    page = tmp_path / "page.html"
    page.write_text(f"<!DOCTYPE html><title>safe</title><p>{attack}</p>", encoding="utf-8")

    assert title(dom(browser, page)) == "PWNED"


def test_the_policy_stops_what_would_run(browser: str, hostile_page: Path) -> None:
    text = hostile_page.read_text("utf-8").replace("</main>", f"{ATTACKS[0]}{ATTACKS[1]}</main>")
    hostile_page.write_text(text, encoding="utf-8")

    assert title(dom(browser, hostile_page)).startswith("SCIM 2.0 conformance")


def test_the_script_of_the_table_runs_under_the_policy(browser: str, hostile_page: Path) -> None:
    document = dom(browser, hostile_page)

    table = document[document.index('<table id="results-table">') :]
    assert table.count('<tr class="collapsible"') == len(catalogue()) + 7


def test_nothing_of_the_target_can_paint_or_turn_the_text(hostile_page: Path) -> None:
    text = hostile_page.read_text("utf-8") + (hostile_page.parent / "junit.xml").read_text("utf-8")

    assert not set(text) & set("\x00\x1b\x9b\u202e\u2066")
    assert "␛[31m␀\\u009b\\u202e\\u2066" in text
