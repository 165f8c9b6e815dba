"""What hurts users of other Batch stacks: each of the twenty has a test whose name says which."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAINS = range(1, 21)
NAMED = re.compile(r"test_pain_(\d\d)_\w+")


def collected() -> Iterator[str]:
    """Yield the names of functions that pytest collects: of a module, none within another."""
    for path in (ROOT / "tests").rglob("test_*.py"):
        module = ast.parse(path.read_text(encoding="utf-8"))
        yield from (one.name for one in module.body if isinstance(one, ast.FunctionDef))


@pytest.fixture(scope="module")
def tests() -> set[str]:
    return {name for name in collected() if NAMED.fullmatch(name)}


def test_every_pain_has_a_test(tests: set[str]) -> None:
    assert {int(name.split("_")[2]) for name in tests} == set(PAINS)


def test_the_page_names_for_every_pain_tests_that_there_are(tests: set[str]) -> None:
    page = (ROOT / "docs" / "platform.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \|.*\|(.*)\|$", page, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(PAINS)
    for number, cell in rows:
        named = re.findall(r"`(\w+)`", cell)
        assert named
        assert set(named) <= tests
        assert all(name.startswith(f"test_pain_{int(number):02}_") for name in named)
