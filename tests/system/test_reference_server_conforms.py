"""The judge on the right server, in all its legal variants: no red, ever."""

from __future__ import annotations

import pytest

from tests.system.conftest import Judge

#: The verdicts that no right server may get.
RED = ("violates", "blocked", "broken", "deviates")


@pytest.mark.parametrize("status", ["200", "204"])
def test_no_red_whichever_status_patch_answers(judge: Judge, status: str) -> None:
    judged = judge("--target=reference", "--no-views", reference=("--patch-status", status))

    assert {one: judged.counts[one] for one in RED} == dict.fromkeys(RED, 0), judged.output
    assert judged.status == 0


@pytest.mark.parametrize(
    "feature",
    [
        "patch",
        "bulk",
        "filter",
        "sort",
        "etag",
        "changePassword",
        "pagination",
        "cursor",
        "search",
        "me",
        "root-query",
        "groups",
        "enterprise",
        "device",
    ],
)
def test_a_feature_that_is_off_is_not_applicable_and_never_red(judge: Judge, feature: str) -> None:
    judged = judge("--target=reference", "--no-views", reference=("--without", feature))

    red = {one: verdict for one, verdict in judged.verdicts.items() if verdict in RED}
    # That a server should have PATCH is a sentence of its own, and a SHOULD.
    red.pop("rfc7644-3.5-patch-recommended", None)
    assert red == {}, judged.output
    assert judged.status == 0


def test_workers_and_random_order_give_the_same_verdicts(judge: Judge) -> None:
    one = judge("--target=reference", "--no-views")
    several = judge("--target=reference", "--no-views", "-n", "2")
    shuffled = judge("--target=reference", "--no-views", "-p", "randomly")

    assert several.verdicts == one.verdicts, several.output
    assert shuffled.verdicts == one.verdicts, shuffled.output


def test_a_run_writes_three_files_and_leaves_nothing(judge: Judge) -> None:
    judged = judge("--target=reference")

    names = {path.name for path in judged.folder.iterdir()}
    assert names == {"results.jsonl", "report.html", "junit.xml"}, judged.output
    assert judged.lines[-1]["notes"] == []


def test_secrets_appear_in_no_file_and_no_output(judge: Judge) -> None:
    secret = "very-secret-9f2c77aa"
    judged = judge(
        "--target=reference", "--header=X-Secret: " + secret, "-v", SCIM_TOKEN="unused-1234567"
    )

    written = "".join(path.read_text("utf-8") for path in judged.folder.iterdir())
    assert secret not in written + judged.output
    assert judged.status == 0


def test_a_read_only_run_writes_nothing(judge: Judge) -> None:
    judged = judge("--target=reference", "--no-views", "--read-only")

    methods = {
        exchange["method"]
        for line in judged.lines
        if line["type"] == "verdict"
        for exchange in line["exchanges"]
        if not exchange["url"].endswith("/.search")
    }
    assert methods <= {"GET", "HEAD", "OPTIONS"}
    assert judged.counts["violates"] == judged.counts["broken"] == 0, judged.output


def test_a_limit_of_requests_is_kept(judge: Judge) -> None:
    judged = judge("--target=reference", "--no-views", "--max-requests=60")

    assert judged.lines[-1]["requests"] <= 60
    assert judged.counts["violates"] == judged.counts["broken"] == 0, judged.output
