"""The page: a :class:`Report` as one HTML text, which needs no file and no network."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from xml.etree.ElementTree import Element

from batchsdk.insight.estimate import Estimate
from batchsdk.insight.report import drawing, layout
from batchsdk.insight.report.drawing import Scale, duration
from batchsdk.insight.report.markup import as_html, element
from batchsdk.insight.report.model import Phase, Report, ReportedFailure, ReportedJob
from batchsdk.insight.usage import NO_TAG, Usage, UsageReport
from batchsdk.states import JobStatus
from batchsdk.workflow.steps import StepStatus


def render(report: Report) -> str:
    """Return the page's text."""
    script = _file("page.js")
    picture = layout.picture(report.jobs, report.runs)
    sections = [
        _failures(report.failures),
        _dependencies(picture),
        _timeline(report),
        _summary(report),
        _notes(report.notes),
    ]
    shown = [each for each in sections if each is not None]
    return as_html(
        element(
            "html",
            _head(report, script),
            element(
                "body",
                element("a", "To the timeline", class_="skip", href="#timeline"),
                element(
                    "header",
                    element("h1", f"Jobs of {report.title}"),
                    *_state(report),
                    element(
                        "p",
                        f"Stack {report.stack}, {report.region}; as AWS Batch reported it on "
                        f"{report.moment:%Y-%m-%d %H:%M:%S} UTC.",
                        class_="quiet",
                    ),
                ),
                _navigation(shown),
                element("main", *shown),
                element("script", script),
            ),
            lang="en",
        )
    )


def _file(name: str) -> str:
    return resources.files("batchsdk.insight.report").joinpath(name).read_text(encoding="utf-8")


def _head(report: Report, script: str) -> Element:
    # Nothing is loaded, and no script runs but ours: not even if some text were not escaped.
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", f"{report.title} ({report.stack})"),
        element("style", _file("page.css")),
    )


def _navigation(sections: Iterable[Element]) -> Element:
    links = [
        element("li", element("a", section[0].text or "", href=f"#{section.get('id')}"))
        for section in sections
    ]
    return element("nav", element("ul", *links), aria_label="Parts of this page")


def _section(name: str, title: str, *children: Element | None) -> Element:
    heading = element("h2", title, id=f"{name}-title")
    return element("section", heading, *children, id=name, aria_labelledby=f"{name}-title")


def _table(
    caption: str, columns: Sequence[str], rows: Iterable[Element], **attributes: object
) -> Element:
    heads = [
        element("th", name.removeprefix("#"), scope="col", class_=_number_class(name))
        for name in columns
    ]
    return element(
        "table",
        element("caption", caption),
        element("thead", element("tr", *heads)),
        element("tbody", *rows),
        **attributes,
    )


def _number_class(name: str) -> str | None:
    return "number" if name.startswith("#") else None


def _number(text: str, column: str) -> Element:
    return element("td", text, class_="number", data_column=column.removeprefix("#"))


def _state(report: Report) -> Iterator[Element]:
    yield element(
        "p",
        element("span", report.state, class_=f"status {report.state.lower()}"),
        f": {_progress(report)}",
        class_="state",
    )
    if report.next_step:
        yield element("p", "Next: ", element("code", report.next_step), class_="quiet")


def _progress(report: Report) -> str:
    """Return how far all has come, in words."""
    steps = Counter(str(each.status) for run in report.runs for each in run.steps)
    parts = []
    if steps:
        parts.append(f"{sum(steps.values())} steps: {_in_words(steps)}")
    total = sum(report.counts.values())
    parts.append(f"{total} job{'s' * (total != 1)}: {_in_words(report.counts) or 'none'}")
    span = Scale.of(report.jobs, report.moment).seconds if report.jobs else 0
    begun = [each.begun_at for each in report.runs if each.begun_at]
    if len(begun) == 1:
        parts.append(f"begun or resumed {begun[0]:%Y-%m-%d %H:%M:%S} UTC")
    return "; ".join([*parts, f"{duration(span)} from the first job on"])


def _in_words(counts: Mapping[str, int]) -> str:
    order = [*map(str, StepStatus), *map(str, JobStatus)]
    return ", ".join(f"{counts[each]} {each}" for each in sorted(counts, key=order.index))


def _summary(report: Report) -> Element:
    with_gpus = any(each.total.gpu_hours for each in report.usage)
    return _section(
        "summary",
        "Usage",
        element(
            "p",
            "What was asked for, times how long it was held, over all attempts: the numbers of ",
            element("code", "batchsdk usage"),
            ". Waited is the time from submission in which no attempt ran.",
            class_="quiet",
        ),
        *(_usage_table(each, with_gpus=with_gpus) for each in report.usage),
        *_estimate(report),
    )


def _estimate(report: Report) -> Iterator[Element]:
    """Say where the costs come from, and what they do not have."""
    estimate = next((each.estimate for each in report.usage if each.estimate), None)
    if estimate is None:
        return
    yield element("p", f"Costs: {estimate.text}. This is not a bill.")
    if estimate.remarks:
        items = [element("li", each) for each in estimate.remarks]
        yield element("ul", *items, class_="quiet")


def _usage_table(usage: UsageReport, *, with_gpus: bool) -> Element:
    runs = {each.group.partition(" ")[0] for each in usage.rows if each.group != NO_TAG}
    # The steps of one run: all on the page are of it.
    prefix = f"{runs.pop()} " if usage.by == "step" and len(runs) == 1 else ""
    rows = [(each.group.removeprefix(prefix), each.usage, each.estimate) for each in usage.rows]
    if len(rows) > 1:
        rows.append(("total", usage.total, usage.estimate))
    columns = ["#Jobs", "#Attempts", "#vCPU-hours", "#GiB-hours"]
    columns += ["#GPU-hours"] if with_gpus else []
    columns += ["#Ran", "#Waited"]
    columns += ["#Estimate"] if usage.estimate else []
    return _table(
        f"By {usage.by if usage.by != 'definition' else 'job definition'}",
        (usage.by.capitalize(), *columns),
        [_usage(name, used, cost, columns) for name, used, cost in rows],
        class_="cards",
    )


def _usage(name: str, used: Usage, cost: Estimate | None, columns: Sequence[str]) -> Element:
    values = {
        "#Jobs": str(used.jobs),
        "#Attempts": str(used.attempts),
        "#vCPU-hours": f"{used.vcpu_hours:.4f}",
        "#GiB-hours": f"{used.gib_hours:.4f}",
        "#GPU-hours": f"{used.gpu_hours:.4f}",
        "#Ran": duration(used.run_seconds),
        "#Waited": duration(used.wait_seconds),
        "#Estimate": cost.short if cost else "",
    }
    cells = [_number(values[each], each) for each in columns]
    return element("tr", element("th", name, scope="row"), *cells)


def _failures(failures: Sequence[ReportedFailure]) -> Element | None:
    if not failures:
        return None
    return _section("failures", "Failures", *(_failure(each) for each in failures))


def _failure(failure: ReportedFailure) -> Element:
    count = f" and {len(failure.alike)} more, alike" if failure.alike else ""
    return element(
        "article",
        element("h3", element("a", failure.name, href=f"#job-{failure.job_id}"), count),
        element("p", failure.message),
        _log(failure) if failure.log_tail else element("p", "It has no log.", class_="quiet"),
        element("p", failure.hint, class_="quiet") if failure.hint else None,
        _others(failure.alike),
        id=f"failure-{failure.job_id}",
    )


def _log(failure: ReportedFailure) -> Element | None:
    if not failure.log_tail:
        return None
    label = f"End of the log of {failure.name}"
    text = "\n".join(failure.log_tail)
    return element("pre", text, tabindex=0, role="region", aria_label=label)


def _others(alike: Sequence[ReportedFailure]) -> Element | None:
    if not alike:
        return None
    links = [
        element("li", element("a", each.name, href=f"#job-{each.job_id}"), _log(each))
        for each in alike
    ]
    return element(
        "details",
        element("summary", f"the {len(alike)} others" if len(alike) > 1 else "the other one"),
        element("ul", *links, class_="many"),
    )


def _timeline(report: Report) -> Element:
    scale = Scale.of(report.jobs, report.moment)
    names = {each.job_id: each.label for each in report.jobs}
    explained = {
        job_id: failure.job_id
        for failure in report.failures
        for job_id in (failure.job_id, *(each.job_id for each in failure.alike))
    }
    table = _table(
        f"Each job's life, from {scale.start:%Y-%m-%d %H:%M:%S} UTC on.",
        ("Job", "Status", "Waits for", "#Waited", "#Ran", ""),
        [_row(job, scale, names, explained) for job in report.jobs],
        id="rows",
        class_="cards",
    )
    last = table.findall("thead/tr/th")[-1]
    last.set("class", "life")
    last.set("aria-label", "Timeline")
    last.append(drawing.axis(scale))
    region = element(
        "div", table, class_="scroll", tabindex=0, role="region", aria_label="Timeline of the jobs"
    )
    return _section("timeline", "Timeline", _legend(), _filter(report.jobs), region)


def _row(
    job: ReportedJob, scale: Scale, names: dict[str, str], explained: Mapping[str, str]
) -> Element:
    waits_for = ", ".join(names.get(each, each) for each in job.depends_on)
    status: Element | str = str(job.status)
    if job.job_id in explained:
        status = element("a", str(job.status), href=f"#failure-{explained[job.job_id]}")
    children = ", ".join(f"{count} {status}" for status, count in job.children.items())
    attempts = sum(each.attempt is not None for each in job.segments)
    details = [f"array of {job.array_size}: {children}"] if job.array_size else []
    details += [f"{attempts} attempts"] if attempts > 1 else []
    details += [f"after {job.escalation}"] if job.escalation else []
    return element(
        "tr",
        element(
            "th",
            job.label,
            element("small", job.job_id) if job.parent is None else None,
            *(element("small", each) for each in details),
            scope="row",
        ),
        element(
            "td",
            element("span", status, class_=f"status {job.status.lower()}"),
            title=job.reason,
            data_column="Status",
        ),
        element("td", waits_for, data_column="Waits for"),
        _number("" if job.array_size else duration(job.usage.wait_seconds), "Waited"),
        _number("" if job.array_size else duration(job.usage.run_seconds), "Ran"),
        element("td", drawing.bar(job, scale), _details(job), class_="life"),
        id=f"job-{job.job_id}",
        class_="child" if job.parent else None,
        data_status=job.status,
        data_words=f"{job.label} {job.name} {job.job_id} {job.definition} {job.status}",
    )


def _details(job: ReportedJob) -> Element | None:
    """Return what the job is, for who opens it; a child is what its array is."""
    if job.parent is not None:
        return None
    lengths = [f"{name} ({length} characters)" for name, length in job.parameters.items()]
    rows = {
        "Name": job.name,
        "Definition": job.definition,
        "Queue": job.queue,
        "Command": job.command,
        "Parameters": ", ".join(lengths),
        "Reason": job.reason or "",
        "Exit code": "" if job.exit_code is None else str(job.exit_code),
    }
    shown = [
        part
        for name, text in rows.items()
        if text
        for part in (element("dt", name), element("dd", text))
    ]
    return element("details", element("summary", "details"), element("dl", *shown))


def _legend() -> Element:
    return element(
        "ul",
        *(
            element(
                "li",
                element(
                    "svg",
                    element(
                        "rect",
                        class_=each.name.lower(),
                        y=5 if each in (Phase.BLOCKED, Phase.QUEUED) else 1,
                        width=26,
                        height=4 if each in (Phase.BLOCKED, Phase.QUEUED) else 12,
                    ),
                    viewBox="0 0 26 14",
                    aria_hidden="true",
                ),
                str(each),
            )
            for each in Phase
        ),
        class_="legend",
        aria_label="Colours of the timeline",
    )


def _filter(jobs: Sequence[ReportedJob]) -> Element:
    present = {each.status for each in jobs}
    choices = [element("option", str(each), value=each) for each in JobStatus if each in present]
    return element(
        "div",
        element(
            "label",
            "Name, id or definition contains",
            element("input", type="search", id="filter-text", autocomplete="off"),
        ),
        element(
            "label",
            "Status",
            element("select", element("option", "any", value=""), *choices, id="filter-status"),
        ),
        element("span", id="filter-count", role="status"),
        id="filter",
        class_="filter",
        role="search",
        hidden="hidden",
    )


def _dependencies(picture: layout.Picture) -> Element | None:
    if picture.left_out:
        text = f"{picture.left_out} boxes are too many to draw: see “Waits for” in the timeline."
        return _section("dependencies", "Dependencies", element("p", text))
    if not picture.boxes:
        return None
    kept = "Dashed: a client keeps the order, as AWS Batch cannot." if picture.by_client else None
    region = element(
        "div",
        drawing.dependencies(picture),
        class_="scroll wide",
        tabindex=0,
        role="region",
        aria_label="Picture of the dependencies",
    )
    words = element("p", kept, class_="quiet") if kept else None
    return _section("dependencies", "Dependencies", words, region)


def _notes(notes: Sequence[str]) -> Element | None:
    if not notes:
        return None
    items = element("ul", *(element("li", each) for each in notes))
    return _section("notes", "Not on this page", items)
