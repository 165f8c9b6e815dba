"""The pictures of the pages show what the programs show now."""

from __future__ import annotations

import pytest

import batchsdk
from tools import pictures


def lines(name: str) -> list[str]:
    return pictures.svg_text((pictures.FOLDER / name).read_text(encoding="utf-8"))


def test_the_plan_of_a_replacement():
    shown = pictures.svg("plan", "", pictures.plan(), 102)
    assert lines("plan.svg") == pictures.svg_text(shown), "make pictures"
    assert any("compute environment default: replace" in line for line in lines("plan.svg"))


@pytest.mark.every_case
def test_top_and_a_report(stack, tmp_path):
    batch = batchsdk.connect(outputs=stack.outputs.to_mapping())
    with pictures.busy(batch, tmp_path / "ledger.db"):
        shown = pictures.svg("top", "batchsdk top", pictures.top(batch), 120)
        report = batch.report("nightly", ledger=tmp_path / "ledger.db")
    assert pictures.masked(lines("top.svg")) == pictures.masked(pictures.svg_text(shown))
    photographed = pictures.comment((pictures.FOLDER / "report.png").read_bytes())
    assert {"Failures", "Dependencies", "Timeline", "Waited"} <= set(photographed)
    assert photographed == pictures.report_text(report.html)


@pytest.mark.parametrize("picture", sorted(pictures.FOLDER.iterdir()), ids=lambda each: each.name)
def test_a_picture_is_small_and_asks_nothing_of_a_server(picture):
    content = picture.read_bytes()
    assert len(content) < 150_000
    addresses = content.count(b"://") if picture.suffix == ".svg" else 0
    # The name of SVG, and rich's own.
    assert addresses == content.count(b"http://www.w3.org") + content.count(b"www.textualize.io")
