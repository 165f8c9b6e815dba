"""The map is true: every place that it names exists, and every module and folder is on it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("batchsdk", "batch_platform", "localaws")
MAP = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([^`\n]+)`", MAP))


def places(page: str) -> list[str]:
    """Return what a page names as a file or a folder."""
    named = re.findall(r"`([\w./]+)`", (ROOT / page).read_text(encoding="utf-8"))
    return [each for each in named if each.endswith((".py", ".md", ".toml", "/"))]


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "docs/decisions.md"])
def test_every_place_that_is_named_exists(page):
    found = places(page)
    assert found
    folders = [ROOT / name for name in (*PACKAGES, "docs", "policy", "tests", "tools")]
    missing = [
        each
        for each in found
        if not (ROOT / each).exists() and not any(list(where.rglob(each)) for where in folders)
    ]
    assert missing == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_room_is_on_the_map(package):
    folder = ROOT / package
    rooms = {each.stem for each in folder.glob("*.py")} | {
        f"{each.name}/" for each in folder.iterdir() if (each / "__init__.py").exists()
    }
    assert rooms - {"__init__", "__main__"} - NAMED == set()
