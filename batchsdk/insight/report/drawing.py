"""The drawings of a report: a job's life as a bar, the axis of time, the dependencies."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element

from batchsdk.insight.report.layout import Box, Picture
from batchsdk.insight.report.markup import element
from batchsdk.insight.report.model import Phase, ReportedJob, ReportedStep, Segment
from batchsdk.workflow.steps import StepStatus

_WIDTH = 1000
_HEIGHT = 14
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
"""Seconds between two marks of the axis."""
_MOST_MARKS = 8
_BOX_WIDTH, _LINE_HEIGHT, _GAP_X, _GAP_Y = 200, 16, 60, 14
_LABEL_LENGTH = 26
"""Characters of a line in a box; a longer label has several lines."""
_BOX_PADDING = 14


def duration(seconds: float) -> str:
    """Return a duration as people write it: ``0.8 s``, ``12 s``, ``3 min 5 s``, ``2 h 10 min``."""
    if seconds < 10:  # noqa: PLR2004  # below, tenths matter
        return f"{seconds:.1f} s"
    hours, rest = divmod(round(seconds), 3600)
    minutes, rest = divmod(rest, 60)
    units = [(hours, "h"), (minutes, "min"), (0 if hours else rest, "s")]
    return " ".join(f"{count} {unit}" for count, unit in units if count)


@dataclass(frozen=True)
class Scale:
    """The time that the timeline spans."""

    start: datetime
    end: datetime

    @classmethod
    def of(cls, jobs: Sequence[ReportedJob], moment: datetime) -> Scale:
        """Take it from all parts of all lives."""
        times = [time for job in jobs for each in job.segments for time in (each.start, each.end)]
        start, end = min(times, default=moment), max(times, default=moment)
        return cls(start, max(end, start + timedelta(seconds=1)))

    @property
    def seconds(self) -> float:
        """How long it is."""
        return (self.end - self.start).total_seconds()

    def at(self, time: datetime) -> float:
        """Return where a time is, from 0 to the width of the drawing."""
        return round((time - self.start).total_seconds() / self.seconds * _WIDTH, 2)


def bar(job: ReportedJob, scale: Scale) -> Element:
    """Draw the life of one job; in words, too, for those who do not see it."""
    parts = [_rectangle(each, scale) for each in job.segments]
    words = "; ".join(_words(each) for each in job.segments) or "no times are known"
    return element(
        "svg",
        *parts,
        class_="bar",
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        preserveAspectRatio="none",
        role="img",
        aria_label=f"{job.label}: {words}",
    )


def _rectangle(part: Segment, scale: Scale) -> Element:
    left, right = scale.at(part.start), scale.at(part.end)
    waits = part.phase in (Phase.BLOCKED, Phase.QUEUED)
    return element(
        "rect",
        element("title", _words(part)),
        class_=part.phase.name.lower(),
        x=left,
        y=5 if waits else 1,
        width=round(max(right - left, 1.5), 2),
        height=_HEIGHT - 10 if waits else _HEIGHT - 2,
    )


def _words(part: Segment) -> str:
    attempt = f" (attempt {part.attempt})" if part.attempt else ""
    return f"{part.phase}{attempt} {duration(part.seconds)}"


def axis(scale: Scale) -> Element:
    """Draw the marks of time, from the start of the first job on."""
    step = next(
        (each for each in _STEPS if scale.seconds / each <= _MOST_MARKS),
        86400 * (int(scale.seconds / 86400 / _MOST_MARKS) + 1),
    )
    marks = [
        element("span", f"+{duration(seconds)}" if seconds else "0", style=f"left:{share:.2f}%")
        for seconds in range(0, int(scale.seconds) + 1, step)
        if (share := seconds / scale.seconds * 100) < 90  # noqa: PLR2004  # it needs room to its right
    ]
    return element("div", *marks, class_="axis", aria_hidden="true")


def dependencies(picture: Picture) -> Element:
    """Draw boxes and arrows, from left to right in the order in which jobs can run."""
    columns = max((each.column for each in picture.boxes), default=0) + 1
    rows = max((each.row for each in picture.boxes), default=0) + 1
    width = columns * _BOX_WIDTH + (columns - 1) * _GAP_X + 4
    tall = _BOX_PADDING + _LINE_HEIGHT * (
        1 + max((len(_lines(each.label)) for each in picture.boxes), default=1)
    )
    height = rows * (tall + _GAP_Y)
    tip = element(
        "marker",
        element("path", d="M0,0 L8,4 L0,8 z"),
        id="tip",
        viewBox="0 0 8 8",
        refX=8,
        refY=4,
        markerWidth=7,
        markerHeight=7,
        orient="auto",
    )
    return element(
        "svg",
        element("defs", tip),
        *(
            _arrow(
                _corner(picture.boxes[one], tall),
                _corner(picture.boxes[other], tall),
                tall,
                by_client=(one, other) in picture.by_client,
            )
            for one, other in picture.arrows
        ),
        *(_box(each, tall) for each in picture.boxes),
        class_="dag",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="group",
        aria_label=f"{len(picture.boxes)} boxes of jobs, {len(picture.arrows)} arrows; the column "
        "“Waits for” of the timeline says the same",
    )


def _lines(label: str) -> list[str]:
    """Return the label in lines that fit into a box, whole."""
    return textwrap.wrap(label, _LABEL_LENGTH) or [""]


def _corner(box: Box, tall: int) -> tuple[int, int]:
    return 2 + box.column * (_BOX_WIDTH + _GAP_X), 2 + box.row * (tall + _GAP_Y)


def _arrow(one: tuple[int, int], other: tuple[int, int], tall: int, *, by_client: bool) -> Element:
    (x1, y1), (x2, y2) = one, other
    x1, y1, y2 = x1 + _BOX_WIDTH, y1 + tall // 2, y2 + tall // 2
    middle = (x1 + x2) // 2
    path = f"M{x1},{y1} C{middle},{y1} {middle},{y2} {x2},{y2}"
    kept = "arrow by-client" if by_client else "arrow"
    title = element("title", "kept by the client") if by_client else None
    return element("path", title, class_=kept, d=path, marker_end="url(#tip)")


def _box(box: Box, tall: int) -> Element:
    x, y = _corner(box, tall)
    state = _state(box)
    lines = _lines(box.label)
    deferred = box.step.deferred if box.step else ""
    origin = _origin(box.step) if box.step else ""
    drawn = [
        element("title", f"{box.label}: {state}{f'; {deferred}' if deferred else ''}{origin}"),
        element("rect", x=x, y=y, width=_BOX_WIDTH, height=tall, rx=6),
        *(
            element("text", line, x=x + 10, y=y + 19 + number * _LINE_HEIGHT)
            for number, line in enumerate(lines)
        ),
        element("text", state, class_="state", x=x + 10, y=y + 19 + len(lines) * _LINE_HEIGHT),
    ]
    kind = f"box {box.status.lower()}{' deferred' if deferred else ''}"
    if not box.jobs:
        return element("g", *drawn, class_=kind)
    return element("a", *drawn, class_=kind, href=f"#job-{box.jobs[0].job_id}")


def _state(box: Box) -> str:
    """Return what a box says below its label."""
    children = box.jobs[0].children if len(box.jobs) == 1 else {}
    if box.step is not None and (not box.jobs or box.step.status is StepStatus.UPSTREAM_FAILED):
        how = ", by the client" if box.step.deferred else ""
        is_cached = box.step.cached or (
            box.step.cached_points and box.step.status is StepStatus.SUCCEEDED
        )
        return f"{box.status}{', cached' if is_cached else how}"
    points = sum(box.step.cached_points.values()) if box.step else 0
    cached = f", {points:,} cached" if points else ""
    if len(box.jobs) == 1 and not children:
        return f"{box.status}{cached}"
    counts = (f"{count} {status}" for status, count in (children or box.statuses).items())
    return f"{', '.join(counts)}{cached}"


def _origin(step: ReportedStep) -> str:
    """Return which earlier runs the results of a step are of; empty if they are of this run."""
    if step.cached:
        return f"; of run {step.cached}"
    return "".join(f"; {count:,} of run {run}" for run, count in step.cached_points.items())
