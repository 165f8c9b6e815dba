"""The page: a :class:`Report` as one HTML text, which needs no file and no network."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from importlib import resources
from xml.etree.ElementTree import Element

from batchsdk.insight.usage import Usage
from batchsdk.report import drawing, layout
from batchsdk.report.drawing import Scale, duration
from batchsdk.report.markup import as_html, element
from batchsdk.report.model import Phase, Report, ReportedFailure, ReportedJob
from batchsdk.states import JobStatus


def render(report: Report) -> str:
    """Return the page's text."""
    script = _file("page.js")
    picture = layout.picture(report.jobs)
    sections = [
        _summary(report),
        _failures(report.failures),
        _timeline(report),
        _dependencies(picture),
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
    return resources.files("batchsdk.report").joinpath(name).read_text(encoding="utf-8")


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


def _number(text: str) -> Element:
    return element("td", text, class_="number")


def _summary(report: Report) -> Element:
    jobs = [each for each in report.jobs if each.is_counted]
    counts = Counter(each.status for each in jobs)
    by_status = ", ".join(f"{counts[each]} {each}" for each in JobStatus if counts[each])
    kinds: dict[str, list[ReportedJob]] = defaultdict(list)
    for job in jobs:
        kinds[job.definition].append(job)
    rows = [_usage(name, members) for name, members in sorted(kinds.items())]
    if len(kinds) > 1:
        rows.append(_usage("all", jobs))
    span = Scale.of(report.jobs, report.moment).seconds if report.jobs else 0
    return _section(
        "summary",
        "Summary",
        element("p", f"{len(jobs)} jobs in {duration(span)}: {by_status or 'none'}."),
        _table(
            "Usage by job definition: what was asked for, times how long it was held. Every "
            "attempt counts.",
            ("Definition", "#Jobs", "#Ran", "#Waited", "#vCPU-hours", "#GiB-hours"),
            rows,
        ),
    )


def _usage(name: str, jobs: Sequence[ReportedJob]) -> Element:
    used = sum((each.usage for each in jobs), Usage())
    return element(
        "tr",
        element("th", name, scope="row"),
        _number(str(len(jobs))),
        _number(duration(used.run_seconds)),
        _number(duration(sum(each.queued_seconds for each in jobs))),
        _number(f"{used.vcpu_hours:.4f}"),
        _number(f"{used.gib_hours:.4f}"),
    )


def _failures(failures: Sequence[ReportedFailure]) -> Element | None:
    if not failures:
        return None
    return _section("failures", "Failures", *(_failure(each) for each in failures))


def _failure(failure: ReportedFailure) -> Element:
    tail = "\n".join(failure.log_tail)
    return element(
        "article",
        element("h3", element("a", failure.name, href=f"#job-{failure.job_id}")),
        element("p", failure.message),
        element(
            "pre", tail, tabindex=0, role="region", aria_label=f"End of the log of {failure.name}"
        )
        if tail
        else element("p", "It has no log.", class_="quiet"),
        element("p", failure.hint, class_="quiet"),
        id=f"failure-{failure.job_id}",
    )


def _timeline(report: Report) -> Element:
    scale = Scale.of(report.jobs, report.moment)
    names = {each.job_id: each.name for each in report.jobs}
    explained = {each.job_id for each in report.failures}
    table = _table(
        f"Each job's life, from {scale.start:%Y-%m-%d %H:%M:%S} UTC on.",
        ("Job", "Status", "Waits for", "#Waited", "#Ran", ""),
        [_row(job, scale, names, explained) for job in report.jobs],
        id="rows",
    )
    last = table.findall("thead/tr/th")[-1]
    last.set("class", "life")
    last.set("aria-label", "Timeline")
    last.append(drawing.axis(scale))
    region = element(
        "div", table, class_="scroll", tabindex=0, role="region", aria_label="Timeline of the jobs"
    )
    return _section("timeline", "Timeline", _legend(), _filter(report.jobs), region)


def _row(job: ReportedJob, scale: Scale, names: dict[str, str], explained: set[str]) -> Element:
    waits_for = ", ".join(names.get(each, each) for each in job.depends_on)
    status: Element | str = str(job.status)
    if job.job_id in explained:
        status = element("a", str(job.status), href=f"#failure-{job.job_id}")
    children = ", ".join(f"{count} {status}" for status, count in job.children.items())
    attempts = sum(each.attempt is not None for each in job.segments)
    details = [f"array of {job.array_size}: {children}"] if job.array_size else []
    details += [f"{attempts} attempts"] if attempts > 1 else []
    details += [f"after {job.escalation}"] if job.escalation else []
    return element(
        "tr",
        element(
            "th",
            job.name,
            element("small", job.job_id) if job.parent is None else None,
            *(element("small", each) for each in details),
            scope="row",
        ),
        element(
            "td", element("span", status, class_=f"status {job.status.lower()}"), title=job.reason
        ),
        element("td", waits_for),
        _number(duration(job.queued_seconds)),
        _number("" if job.array_size else duration(job.usage.run_seconds)),
        element("td", drawing.bar(job, scale), class_="life"),
        id=f"job-{job.job_id}",
        class_="child" if job.parent else None,
        data_status=job.status,
        data_words=f"{job.name} {job.job_id} {job.definition} {job.status}",
    )


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
    region = element(
        "div",
        drawing.dependencies(picture),
        class_="scroll wide",
        tabindex=0,
        role="region",
        aria_label="Picture of the dependencies",
    )
    return _section("dependencies", "Dependencies", region)


def _notes(notes: Sequence[str]) -> Element | None:
    if not notes:
        return None
    items = element("ul", *(element("li", each) for each in notes))
    return _section("notes", "Not on this page", items)
