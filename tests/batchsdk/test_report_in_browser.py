"""The report as a reader sees it: in a real browser, light and dark, with keys alone."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from batchsdk.insight.report.model import (
    Phase,
    Report,
    ReportedEdge,
    ReportedFailure,
    ReportedJob,
    ReportedRun,
    ReportedStep,
    Segment,
)
from batchsdk.insight.usage import Usage, UsageReport, UsageRow
from batchsdk.states import JobStatus
from batchsdk.workflow.steps import StepStatus
from tests.batchsdk.browser import Browser

pytestmark = pytest.mark.browser

START = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
NASTY = "</script><img src=x onerror=\"document.title='owned'\">&\x1b[31mred"


def job(number: int, *, name: str | None = None, **changes: Any) -> ReportedJob:
    """A job that waited a second and ran for two."""
    begin = START + timedelta(seconds=number)
    middle, end = begin + timedelta(seconds=1), begin + timedelta(seconds=3)
    fields: dict[str, Any] = {
        "job_id": f"id-{number}",
        "name": name or f"nightly-{number}",
        "status": JobStatus.SUCCEEDED,
        "reason": None,
        "exit_code": 0,
        "queue": "default",
        "definition": "hello:1",
        "depends_on": (),
        "array_size": None,
        "children": {},
        "parent": None,
        "segments": (
            Segment(phase=Phase.QUEUED, start=begin, end=middle),
            Segment(phase=Phase.RUNNING, start=middle, end=end, attempt=1),
        ),
        "usage": Usage(jobs=1, attempts=1, run_seconds=2, wait_seconds=1),
    }
    return ReportedJob(**(fields | changes))


def report(*jobs: ReportedJob, failures: tuple[ReportedFailure, ...] = ()) -> Report:
    return Report(
        title="nightly",
        stack="dev",
        region="us-east-1",
        moment=START + timedelta(hours=1),
        jobs=jobs,
        failures=failures,
        notes=("something is left out",),
    )


SMALL = report(
    job(0),
    job(1, depends_on=("id-0",)),
    job(2, name=NASTY, status=JobStatus.FAILED, exit_code=3, depends_on=("id-0",), reason=NASTY),
    failures=(
        ReportedFailure(
            job_id="id-2", name=NASTY, message=NASTY, log_tail=(NASTY, "last"), hint=NASTY
        ),
    ),
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    running = Browser(tmp_path_factory.mktemp("profile"))
    yield running
    running.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Callable[[Report], Browser]:
    def write_and_open(made: Report) -> Browser:
        path = tmp_path / "run.html"
        made.write(path)
        browser.open(path)
        return browser

    return write_and_open


def test_the_page_loads_nothing_and_logs_no_error(opened):
    browser = opened(SMALL)
    asked = [
        each["params"]["request"]["url"]
        for each in browser.events
        if each["method"] == "Network.requestWillBeSent"
    ]
    assert [url.rpartition("/")[2] for url in asked] == ["run.html"]
    troubles = {"Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"}
    assert [each for each in browser.events if each["method"] in troubles] == []


def test_names_and_logs_are_text_and_never_markup(opened):
    browser = opened(SMALL)
    assert browser.evaluate("document.title") == "nightly (dev)"
    assert browser.evaluate("document.images.length") == 0
    assert browser.evaluate("document.querySelector('pre').textContent").splitlines() == [
        NASTY.replace("\x1b[31m", ""),
        "last",
    ]


def test_every_job_has_a_row_a_bar_and_its_times_in_text(opened):
    browser = opened(SMALL)
    assert browser.evaluate("document.querySelectorAll('#rows tbody tr').length") == 3
    assert browser.evaluate("document.querySelectorAll('#rows svg.bar').length") == 3
    label = browser.evaluate("document.querySelector('svg.bar').getAttribute('aria-label')")
    assert label == "nightly-0: waits its turn 1.0 s; runs or ran (attempt 1) 2.0 s"
    cells = "[...document.querySelectorAll('#job-id-1 td')].slice(0, 4).map(td => td.innerText)"
    assert browser.evaluate(cells) == ["SUCCEEDED", "nightly-0", "1.0 s", "2.0 s"]
    left, width = browser.evaluate(
        "(() => { const [waits, runs] = document.querySelectorAll('#job-id-1 rect');"
        "const box = runs.getBoundingClientRect(), bar = runs.ownerSVGElement"
        ".getBoundingClientRect();"
        "return [(box.left - bar.left) / bar.width, box.width / bar.width] })()"
    )
    # Of five seconds: begins at 2, lasts 2.
    assert (round(left, 2), round(width, 2)) == (0.4, 0.4)


def test_the_dependencies_are_drawn_and_lead_to_the_rows(opened):
    browser = opened(SMALL)
    assert browser.evaluate("document.querySelectorAll('.dag a.box').length") == 3
    assert browser.evaluate("document.querySelectorAll('.dag path.arrow').length") == 2
    links = "[...document.querySelectorAll('a')].map(a => a.getAttribute('href'))"
    for link in browser.evaluate(links):
        assert browser.evaluate(f"document.getElementById({link[1:]!r}) !== null"), link


def test_it_is_read_by_assistive_technology(opened):
    browser = opened(SMALL)
    nodes = browser.call("Accessibility.getFullAXTree")["nodes"]
    seen = [
        (node["role"]["value"], (node.get("name") or {}).get("value", ""))
        for node in nodes
        if not node["ignored"]
    ]
    for wanted in (
        ("heading", "Jobs of nightly"),
        ("region", "Timeline of the jobs"),
        ("searchbox", "Name, id or definition contains"),
        ("combobox", "Status"),
        ("rowheader", "nightly-0 id-0"),
        ("columnheader", "Waited"),
        ("main", ""),
        ("navigation", "Parts of this page"),
    ):
        assert wanted in seen, wanted
    named = {"link", "region", "searchbox", "combobox", "image", "button", "table"}
    assert [each for each in seen if each[0] in named and not each[1].strip()] == []


def test_it_is_used_with_keys_alone(opened):
    browser = opened(SMALL)
    browser.press("Tab", 9)
    assert browser.evaluate("document.activeElement.className") == "skip"
    reached = set()
    for _ in range(20):
        reached.add(browser.evaluate("document.activeElement.id || document.activeElement.tagName"))
        browser.press("Tab", 9)
    assert {"filter-text", "filter-status", "A", "DIV", "PRE", "a"} <= reached


def test_the_filter_leaves_the_rows_that_fit_and_says_how_many(opened):
    browser = opened(SMALL)
    browser.evaluate("document.getElementById('filter-text').focus()")
    browser.type("nightly-1")
    visible = (
        "[...document.querySelectorAll('#rows tbody tr')]"
        ".filter(row => row.offsetHeight > 0).map(row => row.id)"
    )
    assert browser.evaluate(visible) == ["job-id-1"]
    count = "document.getElementById('filter-count').textContent"
    assert browser.evaluate(count) == "1 of 3 rows"
    # A link to a hidden row brings all of them back.
    browser.evaluate(
        "new Promise(done => { addEventListener('hashchange', () => setTimeout(done));"
        " location.hash = '#job-id-2' })"
    )
    assert browser.evaluate(count) == "3 of 3 rows"


CONTRAST = """
(() => {
  const rgb = (text) => text.match(/[0-9.]+/g).map(Number);
  const light = (text) => {
    const linear = (c) => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
    const [r, g, b] = rgb(text).map((c) => linear(c / 255));
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const ratio = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + .05) / (low + .05);
  };
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const colour = getComputedStyle(node).backgroundColor;
      if (colour !== "rgba(0, 0, 0, 0)") return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const found = [];
  for (const node of document.querySelectorAll("body *")) {
    const style = getComputedStyle(node);
    const own = [...node.childNodes].some((each) => each.nodeType === 3 && each.data.trim());
    const add = (what, colour) => found.push([what, ratio(colour, ground(node))]);
    if (node.matches("svg text")) add("text", style.fill);
    else if (own && !node.closest("svg")) add("text", style.color);
    else if (node.matches(".bar rect, .legend rect")) add(node.className.baseVal, style.fill);
    else if (node.matches(".dag rect")) add("box", style.stroke);
  }
  return found;
})()
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_enough_in_light_and_dark(opened, scheme):
    browser = opened(SMALL)
    browser.prefer(scheme)
    ground = browser.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (max(map(int, re.findall(r"\d+", ground))) > 128) is (scheme == "light")
    found = browser.evaluate(CONTRAST)
    # WCAG 2.2: 1.4.3 (text, 4.5) and 1.4.11 (graphics, 3).
    poor = [each for each in found if each[1] < (4.5 if each[0] == "text" else 3)]
    assert poor == []
    assert {"text", "box", "queued", "running", "failed", "blocked", "starting"} <= {
        each[0] for each in found
    }


LONG = "a-step-with-a-name-that-is-longer-than-a-telephone-is-wide-for-all-regions"


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_its_window(opened, width):
    jobs = [job(number, name=f"{LONG}-{number}", reason="x" * 200) for number in range(3)]
    jobs += [job(9, name=LONG, command="y" * 500, parameters={"z" * 300: 5}, depends_on=("id-0",))]
    alike = ReportedFailure(job_id="id-1", name=LONG, message="m" * 300, log_tail=(), hint="")
    failure = ReportedFailure(
        job_id="id-0", name=LONG, message="m" * 300, log_tail=("l" * 500,), hint="", alike=(alike,)
    )
    steps = tuple(
        ReportedStep(name=name, status=status, job_ids=ids, deferred=why)
        for name, status, ids, why in (
            (LONG, StepStatus.SUCCEEDED, ("id-9",), ""),
            ("gate", StepStatus.SKIPPED, (), "waits for the end of the other"),
        )
    )
    edges = (ReportedEdge(before=LONG, after="gate", by_client=True),)
    row = UsageRow(group=LONG, usage=Usage(jobs=1000, run_seconds=1e6, vcpu_hours=1e5))
    made = dataclasses.replace(
        report(*jobs, failures=(failure,)),
        runs=(ReportedRun(name="nightly", steps=steps, edges=edges),),
        usage=(UsageReport(by="definition", rows=(row, row), total=row.usage),),
        next_step=f"batchsdk resume {LONG}",
    )
    browser = opened(made)
    window = {"height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.call("Emulation.setDeviceMetricsOverride", width=width, **window)
    browser.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    inner, whole = browser.evaluate("[innerWidth, document.documentElement.scrollWidth]")
    browser.call("Emulation.clearDeviceMetricsOverride")
    assert (inner, whole <= width) == (width, True)
    # Labels are whole, in lines.
    lines = "[...document.querySelectorAll('.dag .box text:not(.state)')].map(t => t.textContent)"
    assert "".join(browser.evaluate(lines)) == f"{LONG}gate"
    assert browser.evaluate("document.querySelectorAll('.dag .arrow.by-client').length") == 1
    assert browser.evaluate("document.querySelector('p.state').textContent").startswith("SUCC")


def test_a_thousand_jobs_stay_usable(opened):
    middle = [job(number, depends_on=("id-0",)) for number in range(1, 999)]
    last = job(999, depends_on=tuple(each.job_id for each in middle[:20]))
    browser = opened(report(job(0), *middle, last))
    assert browser.evaluate("document.querySelectorAll('#rows tbody tr').length") == 1000
    assert browser.evaluate("document.querySelectorAll('.dag a.box').length") == 4
    # The page itself stays short and narrow: long parts scroll in themselves.
    assert browser.evaluate("document.documentElement.scrollHeight / innerHeight") < 6
    assert browser.evaluate("document.documentElement.scrollWidth <= innerWidth") is True
    browser.evaluate("document.getElementById('filter-text').focus()")
    browser.type("nightly-99")
    count = "document.getElementById('filter-count').textContent"
    assert browser.evaluate(count) == "11 of 1000 rows"
