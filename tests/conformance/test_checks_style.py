"""The rules of a check, held over the syntax trees of all of them."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import conformance
from conformance.invariants import invariants
from conformance.requirements import PROFILES, catalogue

CHECKS = Path(conformance.__file__).parent / "checks"
#: What the docstring of a module begins with, or has in it, by its folder.
SUBJECTS = {
    "rfc7643": "RFC 7643",
    "rfc7644": "RFC 764",
    "rfc9865": "RFC 9865",
    "okta": "Okta",
    "kantega": "Kantega SSO",
}
MODULES = sorted(one for folder in SUBJECTS for one in CHECKS.glob(f"{folder}/test_*.py"))


def _trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in MODULES:
        yield path, ast.parse(path.read_text("utf-8"))


def _checks() -> Iterator[tuple[Path, ast.FunctionDef]]:
    for path, tree in _trees():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield path, node


def _requirements(check: ast.FunctionDef) -> list[str]:
    return [
        str(ast.literal_eval(one.args[0]))
        for one in check.decorator_list
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)
        if one.func.id == "requirement"
    ]


def _id(item: object) -> str:
    return item.name if isinstance(item, ast.FunctionDef | Path) else str(item)


@pytest.mark.parametrize(("path", "check"), list(_checks()), ids=_id)
def test_check_keeps_the_rules(path: Path, check: ast.FunctionDef) -> None:
    requirements = _requirements(check)
    assert len(requirements) == 1, "a check names exactly one requirement"
    requirement = catalogue(PROFILES)[requirements[0]]
    assert requirement.binds_the_target, f"{requirement.id} does not bind the target"
    for node in ast.walk(check):
        assert not isinstance(node, ast.If | ast.While | ast.For | ast.Try | ast.Assert), (
            f"line {getattr(node, 'lineno', '?')}: a check has no branch, no loop and no assert"
        )
        assert "skip" not in ast.dump(node) or not isinstance(node, ast.Call), "skip in a fixture"
    assert "should" not in check.name.split("_"), "the name is a statement about the server"
    # ``patch`` expects a success, and ``…_attribute`` compares what is published; the others
    # are expectations about what Okta did.
    expecting = ("id='expect'", "id='patch'", "_attribute'", "id='outcome'", "id='spec'")
    assert any(one in ast.dump(check) for one in expecting), "a check expects something"


@pytest.mark.parametrize("path", MODULES, ids=_id)
def test_module_says_what_it_is_about(path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    assert SUBJECTS[path.parent.name] in said


def test_a_requirement_is_checked_in_one_file() -> None:
    files = defaultdict(set)
    for path, check in _checks():
        files[_requirements(check)[0]].add(path.name)
    assert {one: sorted(names) for one, names in files.items() if len(names) > 1} == {
        # Two clients at the same time are a file of their own, and so are refusals.
        "rfc7644-3.5.2.1-add-member": [
            "test_3_5_2_1_add_operation.py",
            "test_concurrent_writers.py",
        ],
        "rfc7644-3.5.2.1-add-existing-value-no-change": [
            "test_3_5_2_1_add_operation.py",
            "test_3_5_2_1_add_undefined.py",
        ],
        "rfc7644-3.5.2.3-replace-boolean": [
            "test_3_5_2_3_replace.py",
            "test_3_5_2_3_replace_refusals.py",
        ],
    }


def test_a_requirement_has_a_check_or_an_invariant_and_not_both() -> None:
    checked = {_requirements(check)[0] for _, check in _checks()}
    assert sorted(checked & set(invariants())) == []


def test_at_least_180_requirements_have_a_check() -> None:
    checked = {_requirements(check)[0] for _, check in _checks()}
    assert len(checked | set(invariants())) >= 180
