"""docs/reference.md: current, whole, and every link leads somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.batch_platform.schema_validation import schema
from tools import config_reference

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def page() -> str:
    return config_reference.PAGE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def anchors(page: str) -> list[str]:
    """Every link name of the page: of rows, and of headings as renderers make them."""
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    made = [re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings]
    return re.findall(r'<a id="([^"]+)">', page) + made


def test_the_page_is_current(page: str) -> None:
    assert page == config_reference.reference(), "run `make docs`"


def test_link_names_are_unique(anchors: list[str]) -> None:
    assert sorted(anchors) == sorted(set(anchors))


@pytest.mark.parametrize("name", ["reference.md", "configuration.md", "platform.md"])
def test_links_to_the_page_lead_somewhere(name: str, anchors: list[str]) -> None:
    text = (DOCS / name).read_text(encoding="utf-8")
    wanted = r"\]\(#([^)]+)\)" if name == "reference.md" else r"reference\.md#([^)]+)\)"
    assert set(re.findall(wanted, text)) - set(anchors) == set()


def _paths(value: dict[str, Any], path: str) -> Iterator[str]:
    """Yield the link name of every key below ``value``, but for those of the API's own form."""
    if reference := value.get("$ref"):
        value = schema()["$defs"][reference.rpartition("/")[2]]
        if "of the AWS Batch API: https://" in value["description"]:
            return
    for key, each in value.get("properties", {}).items():
        yield f"{path}-{key}".lower()
        yield from _paths(each, f"{path}-{key}")
    for inner in (value.get("items"), value.get("additionalProperties")):
        yield from _paths(inner, path) if isinstance(inner, dict) else ()
    for inner in (*value.get("oneOf", ()), *value.get("anyOf", ())):
        yield from _paths(inner, path)


def test_every_key_has_its_row(anchors: list[str]) -> None:
    blocks = schema()["properties"]["config"]["properties"]
    wanted = {
        path
        for name, block in blocks.items()
        for path in _paths(block, name.removeprefix("batch-platform:"))
    }
    assert len(wanted) > 100
    assert wanted - set(anchors) == set()


@pytest.mark.parametrize(
    ("link", "cells"),
    [
        ("computeenvironments-maxvcpus", ("whole number", "`256`", "vCPUs", "at least 1")),
        ("computeenvironments-type", ("`EC2`, `SPOT`, `FARGATE`", "**required**", "", "On-Demand")),
        ("computeenvironments-allocationstrategy-spot", ("`BEST_FIT`", "`SPOT_PRICE", "", "Batch")),
        (
            "computeenvironments-launchtemplate-rootvolume-throughput",
            ("whole number", "", "MiB per second", "125 to 2000"),
        ),
        ("network-subnetids", ("list of text", "**required**", "", "1 to 16 items")),
        ("jobdefinitions-memory", ("whole number", "", "MiB", "at least 4")),
        ("jobdefinitions-volumes", ("[block](#jobdefinitionsvolumes) by name", "`{}`", "", "")),
        ("jobdefinitions-ecsproperties", ("API_EcsTaskProperties|API_EcsProperties", "", "", "")),
        ("loggroup-retentionindays", ("`0`, `1`, `3`", "`30`", "days", "forever")),
    ],
)
def test_a_row_tells_type_default_unit_and_rule(
    page: str, link: str, cells: tuple[str, ...]
) -> None:
    (row,) = [line for line in page.splitlines() if line.startswith(f'| <a id="{link}">')]
    told = [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[2:-1]]
    assert len(told) == len(cells)
    for cell, wanted in zip(told, cells, strict=True):
        assert any(part in cell for part in wanted.split("|")), (cell, wanted)
    assert cells[2] == told[2]


COUNTS = {
    *(
        "priority",
        "attempts",
        "threshold",
        "keep",
        "keepRevisions",
        "arraySize",
        "maximumRetryAttempts",
        "schedulingPriority",
        "swappiness",
    ),
    *(
        "efa",
        "partitionCount",
        "fromPort",
        "toPort",
        "softLimit",
        "hardLimit",
        "weightFactor",
        "availabilityZones",
    ),
    "version",
}
"""Numbers that are of nothing, or of what their name says."""


def test_every_amount_has_its_unit(page: str) -> None:
    rows = [re.split(r"(?<!\\)\|", line) for line in page.splitlines() if line.startswith("| <a")]
    lacking = {
        re.findall(r"`(\w+)`", row[1])[0]
        for row in rows
        if "number" in row[2] and "`spot`" not in row[2] and not row[4].strip()
    }
    assert lacking <= COUNTS, "name it in the docstring: seconds, MiB, vCPUs, …"
