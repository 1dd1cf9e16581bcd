"""The views are made of the results and nothing else, wherever and however pytest is set up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from conformance.report.html import ViewsError, write_views
from conformance.requirements import catalogue, digest

CATALOGUE = catalogue(("rfc",))
TARGET = "https://example.com/scim/v2"

#: A verdict of each kind, and what pytest calls it.
JUDGED = {
    "rfc7644-3.3-duplicate-create": ("violates", "failure"),
    "rfc7644-3.3-201-created": ("broken", "failure"),
    "rfc7643-2.3.2-non-boolean-input-boolean": ("blocked", "error"),
    "rfc7643-2.1-attribute-names-case-insensitive": ("deviates", "skipped"),
    "rfc7643-2.3.7-referential-integrity-optional": ("declines", "skipped"),
    "rfc7644-3.12-error-status-string": ("conforms", None),
    "rfc7644-3.12-error-urn": ("not applicable", "skipped"),
}


def exchange(number: int = 7, **changes: Any) -> dict[str, Any]:
    return {
        "number": number,
        "method": "POST",
        "url": f"{TARGET}/Users",
        "request_headers": [["Authorization", "Bearer [redacted]"]],
        "request_body": '{"userName":"ada-in-a-request"}',
        "status": 201,
        "reason": "Created",
        "response_headers": [["content-type", "application/scim+json"]],
        "response_body": '{"id":"ada-in-an-answer"}',
        "seconds": 0.01,
        "error": None,
        "truncated": False,
    } | changes


def run_line(**changes: Any) -> dict[str, Any]:
    return {
        "type": "run",
        "tool": "scimproof",
        "version": "0.1.0",
        "catalogue_sha256": digest(("rfc",)),
        "target": TARGET,
        "started": "2026-11-24T12:00:00Z",
        "profiles": ["rfc"],
        "features": {"ServiceProviderConfig.patch.supported": True, "/Me supported": False},
        "options": {"read_only": False},
    } | changes


def verdict_line(identifier: str, verdict: str, **changes: Any) -> dict[str, Any]:
    requirement = CATALOGUE[identifier]
    return {
        "type": "verdict",
        "requirement": identifier,
        "level": str(requirement.level),
        "profile": "rfc",
        "section": requirement.section,
        "verdict": verdict,
        "check": "conformance/checks/test_x.py::test_a_statement",
        "reason": "" if verdict == "conforms" else "POST /Users: expected 409 Conflict, got 201",
        "seconds": 0.25,
        "exchanges": [exchange()],
    } | changes


def end_line(**changes: Any) -> dict[str, Any]:
    return {"type": "end", "requests": 800, "seconds": 7.1, "exit": 1, "notes": []} | changes


def write(folder: Path, lines: Iterable[dict[str, Any]]) -> Path:
    path = folder / "results.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8")
    return path


def judged_lines() -> list[dict[str, Any]]:
    lines = [verdict_line(one, verdict) for one, (verdict, _) in JUDGED.items()]
    lines[2]["blocked_by"] = "rfc7644-3.3-201-created"
    return [run_line(), *lines, end_line(notes=["the canary changed: meta.version"])]


class Page(HTMLParser):
    """What a reader without scripts sees: the text, the links, and what could run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: set[str] = set()
        self.ids: list[str] = []
        self.running: list[str] = []
        self._unread = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self._unread += tag in {"script", "style", "template"}
        self.ids += [str(values["id"])] if "id" in values else []
        self.links |= {str(values["href"])} if "href" in values else set()
        self.running += [tag] if tag == "script" else []
        self.running += [name for name in values if name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in {"script", "style", "template"}

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.words += data.split()

    @property
    def text(self) -> str:
        return " ".join(self.words)


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The views of a run with a verdict of each kind."""
    folder = tmp_path_factory.mktemp("views")
    write_views(write(folder, judged_lines()), folder)
    return folder


@pytest.fixture(scope="module")
def page(views: Path) -> Page:
    return Page((views / "report.html").read_text("utf-8"))


# report.html --------------------------------------------------------------------------


def test_the_head_answers_and_says_what_was_judged(page: Page) -> None:
    assert "Conforms to SCIM 2.0: no, 1 MUST violated; 2 could not be judged" in page.text
    assert f"Target {TARGET}" in page.text
    assert "24 November 2026, 12:00 UTC" in page.text
    assert "scimproof 0.1.0" in page.text
    assert digest(("rfc",))[:12] in page.text
    assert "800 requests in 7.1 s" in page.text
    assert "Says it offers patch Says it does not /Me" in page.text
    assert "the canary changed: meta.version" in page.text
    testable = sum(1 for one in CATALOGUE.values() if one.binds_the_target)
    assert f"5 of {testable} testable requirements have a check and were judged" in page.text


def test_the_matrix_is_there_without_scripts(page: Page) -> None:
    untested = len(CATALOGUE) - len(JUDGED)

    assert "Verdict MUST SHOULD MAY All" in page.text
    assert "violates a MUST, or a rule that holds by definition, did not hold 1 0 0 1" in page.text
    assert "declines a MAY is not offered 0 0 1 1" in page.text
    assert f"{untested} All" in page.text
    assert page.text.split("no check ran ")[1].split()[3] == str(untested)


def test_every_requirement_is_there_with_its_sentence_and_section(page: Page) -> None:
    text = page.text
    for requirement in CATALOGUE.values():
        assert requirement.id in text
        assert " ".join(requirement.statement.split()) in text
        assert requirement.link in page.links


def test_a_failure_has_all_that_is_needed_to_act(page: Page) -> None:
    card = page.text.split("Violated 1")[1].split("Broken checks")[0]

    assert CATALOGUE["rfc7644-3.3-duplicate-create"].statement in card
    assert "Asked POST /Users Expected 409 Conflict What came 201" in card
    assert "Why it matters Provisioning starts here." in card
    assert "How it is graded Readers of the RFC differ here." in card
    assert '{ "userName": "ada-in-a-request" }' in card
    assert '{ "id": "ada-in-an-answer" }' in card
    assert "curl -i -X POST" in card
    assert "Authorization: Bearer $SCIM_TOKEN" in card


def test_what_blocks_is_linked(page: Page) -> None:
    card = page.text.split("Blocked 1")[1].split("Deviations")[0]

    assert "Blocked by rfc7644-3.3-201-created" in card
    assert "#rfc7644-3.3-201-created" in page.links


def test_what_conforms_is_told_in_one_line_per_exchange(tmp_path: Path) -> None:
    line = verdict_line("rfc7644-3.12-error-status-string", "conforms")
    write_views(write(tmp_path, [run_line(), line, end_line()]), tmp_path)

    text = (tmp_path / "report.html").read_text("utf-8")

    assert "POST /Users → 201 Created" in Page(text).text
    assert "ada-in" not in text


def test_links_lead_to_the_page_itself_or_to_the_rfcs(page: Page) -> None:
    elsewhere = {one for one in page.links if not one.startswith(("#", "https://www.rfc-editor."))}

    assert elsewhere == {"https://pypi.python.org/pypi/pytest-html"}
    assert {one[1:] for one in page.links if one.startswith("#")} <= set(page.ids)


def test_ids_are_used_once(page: Page) -> None:
    assert len(page.ids) == len(set(page.ids))


def test_the_page_is_locked_and_fits_a_phone(views: Path) -> None:
    text = (views / "report.html").read_text("utf-8")

    assert text.index("Content-Security-Policy") < text.index("<title")
    assert "default-src 'none'; script-src 'sha256-" in text
    assert '<meta name="viewport" content="width=device-width, initial-scale=1"/>' in text
    assert '<html lang="en">' in text
    assert 'http-equiv="refresh"' not in text


def test_a_cut_off_run_says_so_and_misses_nothing(tmp_path: Path) -> None:
    lines = [run_line(), verdict_line("rfc7644-3.12-error-status-string", "conforms")]
    write_views(write(tmp_path, lines), tmp_path)

    text = Page((tmp_path / "report.html").read_text("utf-8")).text

    assert "Conforms to SCIM 2.0: undecided, the run was cut off before its end" in text
    assert text.count("the run was cut off before this") == len(CATALOGUE) - 1


def test_blocked_requirements_share_one_card(tmp_path: Path) -> None:
    blame = "rfc7644-3.3-201-created"
    names = [one for one in CATALOGUE if one != blame][:50]
    lines = [verdict_line(one, "blocked", blocked_by=blame) for one in names]
    write_views(write(tmp_path, [run_line(), *lines, end_line()]), tmp_path)

    page = Page((tmp_path / "report.html").read_text("utf-8"))

    assert f"50 requirements blocked by {blame}" in page.text
    assert page.text.count("curl -i") == 1
    assert set(names) <= set(page.ids)


def test_a_waiver_is_told_and_undoes_no_violation(tmp_path: Path) -> None:
    waiver = {
        "reason": "fixed in 4.2",
        "link": "https://bugs.example.com/1",
        "expires": "2027-01-31",
    }
    line = verdict_line("rfc7644-3.3-duplicate-create", "violates", waived=waiver)
    bad = verdict_line(
        "rfc7644-3.3-201-created", "violates", waived=waiver | {"link": "javascript:alert(1)"}
    )
    write_views(write(tmp_path, [run_line(), line, bad, end_line()]), tmp_path)

    page = Page((tmp_path / "report.html").read_text("utf-8"))

    assert "no, 2 MUSTs violated (known and waived)" in page.text
    assert "violates, waived" in page.text
    assert "https://bugs.example.com/1" in page.links
    assert "javascript:alert(1)" in page.text
    assert not [one for one in page.links if one.startswith("javascript")]


def test_a_requirement_of_another_version_is_not_dropped(tmp_path: Path) -> None:
    strange = verdict_line("rfc7644-3.3-201-created", "violates") | {"requirement": "rfc1-x"}
    lines = [run_line(catalogue_sha256="0" * 64), strange, end_line()]
    write_views(write(tmp_path, lines), tmp_path)

    text = Page((tmp_path / "report.html").read_text("utf-8")).text

    assert "no, 1 MUST violated" in text
    assert "of another version than this page" in text
    assert "1 requirement unknown to this version of scimproof" in text


# junit.xml ----------------------------------------------------------------------------


def test_junit_has_one_case_for_each_requirement(views: Path) -> None:
    suite = ET.parse(views / "junit.xml").getroot()[0]
    cases = {str(one.get("name")): one for one in suite.iter("testcase")}

    assert suite.get("name") == "scimproof"
    assert set(cases) == set(CATALOGUE)
    assert len(list(suite.iter("testcase"))) == len(CATALOGUE)
    for identifier, (verdict, kind) in JUDGED.items():
        told = {one.get("name"): one.get("value") for one in cases[identifier].iter("property")}
        assert told == {
            "requirement": identifier,
            "verdict": verdict,
            "level": str(CATALOGUE[identifier].level),
            "link": CATALOGUE[identifier].link,
        }
        found = [one.tag for one in cases[identifier] if one.tag != "properties"]
        assert found == ([kind] if kind else []), identifier


def test_junit_knows_the_run(views: Path) -> None:
    suite = ET.parse(views / "junit.xml").getroot()[0]
    facts = {one.get("name"): one.get("value") for one in suite.findall("properties/property")}

    assert facts["target"] == TARGET
    assert facts["answer"] == ("Conforms to SCIM 2.0: no, 1 MUST violated; 2 could not be judged")
    assert (suite.get("failures"), suite.get("errors")) == ("2", "1")


# Surroundings -------------------------------------------------------------------------


def test_nothing_of_the_users_pytest_matters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --nonsense\n")
    (tmp_path / "conftest.py").write_text("raise SystemExit('the conftest was loaded')\n")
    (tmp_path / "conformance").mkdir()
    (tmp_path / "conformance" / "__init__.py").write_text("raise SystemExit('shadowed')\n")
    folder = tmp_path / "my $HOME reports %PATH% é"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTEST_ADDOPTS", "--nonsense")
    monkeypatch.setenv("PYTEST_PLUGINS", "nonsense")
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    monkeypatch.setenv("LC_ALL", "C")

    made = write_views(write(folder, judged_lines()), folder)

    assert made == [folder / "report.html", folder / "junit.xml"]
    assert sorted(one.name for one in folder.iterdir()) == [
        "junit.xml",
        "report.html",
        "results.jsonl",
    ]


def test_the_replay_raises_no_warning(tmp_path: Path) -> None:
    path = write(tmp_path, judged_lines())

    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "conformance.report.replay", str(path)],
        cwd=tmp_path,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_order_of_a_run_does_not_show(tmp_path: Path, views: Path) -> None:
    first, *middle, last = judged_lines()
    write_views(write(tmp_path, [first, *reversed(middle), last]), tmp_path)

    shuffled = Page((tmp_path / "report.html").read_text("utf-8"))
    straight = Page((views / "report.html").read_text("utf-8"))

    assert ours(shuffled) == ours(straight)


def ours(page: Page) -> str:
    """The page between what pytest-html says of itself."""
    return page.text.partition("Conforms to SCIM")[2].partition("All requirements, to sort")[0]


def test_views_that_cannot_be_made_leave_no_old_ones(tmp_path: Path) -> None:
    lines = judged_lines()
    write_views(write(tmp_path, lines), tmp_path)
    lines[1]["verdict"] = "perhaps"

    with pytest.raises(ViewsError, match="line 2 can't be understood: 'perhaps' is not a valid"):
        write_views(write(tmp_path, lines), tmp_path)

    assert [one.name for one in tmp_path.iterdir()] == ["results.jsonl"]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, judged_lines())

    with pytest.raises(ViewsError, match="No such file or directory"):
        write_views(path, tmp_path / "nowhere")


def test_three_thousand_exchanges_fit(tmp_path: Path) -> None:
    """All fail, with bodies as long as evidence gets, made of what escaping makes longest."""
    bodies = {"request_body": "[" * 4096, "response_body": '"&' * 2048, "truncated": True}
    names = list(CATALOGUE)[:500]
    lines = [
        verdict_line(one, "violates", exchanges=[exchange(n, **bodies) for n in range(6)])
        for one in names
    ]
    write_views(write(tmp_path, [run_line(), *lines, end_line()]), tmp_path)

    report = tmp_path / "report.html"
    assert report.stat().st_size < 8_000_000
    assert set(names) <= set(Page(report.read_text("utf-8")).ids)
