"""Makes the pictures of the pages, docs/pictures/, from what the programs show: ``make pictures``.

The report is photographed by a headless Chromium. A test compares the texts of all of them with
what the programs show now.
"""

from __future__ import annotations

import contextlib
import html
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console, RenderableType
from rich.terminal_theme import TerminalTheme
from rich.text import Text

if TYPE_CHECKING:
    from batchsdk import Batch, Job, Report

PROJECT = Path(__file__).parents[1]
FOLDER = PROJECT / "docs" / "pictures"
EDIT = (("memory: 5000 ", "memory: 1000 "), ("c4.large", "c5.xlarge"))
"""The edit of Pulumi.local.yaml whose plan is shown: that of docs/tutorials/environment.md."""
WINDOW = "1000,900"
"""Width and height of the report, in pixels."""

# Fonts of the reader's own: rich's would be fetched from a server.
_FORMAT = re.sub(r"@font-face {{.*?}}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL).replace(
    "Fira Code, monospace", "ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace"
)
_LINE = re.compile(r'<text [^>]*clip-path="url\(#[\w-]+-line-(\d+)\)"[^>]*>(.*?)</text>')
_THEME = TerminalTheme(
    (24, 27, 34),
    (214, 219, 227),
    [
        *((72, 79, 92), (255, 123, 114), (98, 201, 120), (224, 175, 104)),
        *((121, 168, 255), (210, 153, 255), (86, 200, 216), (214, 219, 227)),
    ],
)


def plan() -> str:
    """Return what ``batch-platform plan`` tells of an edit that replaces an environment."""
    from batch_platform.__main__ import main as batch_platform  # noqa: PLC0415  # takes seconds

    text = (PROJECT / "Pulumi.local.yaml").read_text(encoding="utf-8")
    edited = text
    for before, after in EDIT:
        assert before in edited  # noqa: S101  # the picture would show no edit
        edited = edited.replace(before, after)
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        Path("before.yaml").write_text(text, encoding="utf-8")
        Path("Pulumi.local.yaml").write_text(edited, encoding="utf-8")
        shutil.copy(PROJECT / "Pulumi.yaml", folder)
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            batch_platform(["plan", "--stack", "local", "--against", "before.yaml"])
    wide = [
        textwrap.wrap(line, 100, subsequent_indent=" " * 9, break_on_hyphens=False) or [""]
        for line in printed.getvalue().splitlines()
    ]
    return "\n".join(part for parts in wide for part in parts)


def demo() -> str:
    """Run the demo; return its last steps and its summary, with their colours."""
    done = subprocess.run(
        [sys.executable, "-m", "examples.demo", "--executor", "process"],
        cwd=PROJECT,
        env={**os.environ, "COLUMNS": "80", "FORCE_COLOR": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stdout.splitlines()
    plain = [Text.from_ansi(line).plain for line in lines]
    first = next(number for number, line in enumerate(plain) if line.startswith("4. "))
    last = max(number for number, line in enumerate(plain) if line.startswith("└"))
    return "\n".join(lines[first : last + 1])


@contextlib.contextmanager
def busy(batch: Batch, ledger: Path) -> Iterator[None]:
    """Run a workflow of which a job fails, beside jobs that run and that wait.

    Args:
        batch: a stack with the job definition ``hello``, on the local AWS.
        ledger: for the run.
    """
    import batchsdk  # noqa: PLC0415  # found by the path that main() sets

    check = 'if [ "$day" = 31 ]; then echo "no data for day 31"; exit 3; fi; echo "day $day"'
    with batch.workflow("nightly") as workflow:
        extract = workflow.submit("hello", name="extract", memory=100, command=["echo", "3 files"])
        transform = workflow.sweep(
            "hello",
            name="transform",
            over={"day": ["29", "30", "31"]},
            memory=100,
            command=["sh", "-c", check],
            after=[extract],
        )
        workflow.submit("hello", name="load", memory=100, after=[transform])
        when = batchsdk.failed(transform)
        workflow.submit("hello", name="alarm", memory=100, command=["echo", "call"], when=when)
    with contextlib.suppress(batchsdk.WorkflowFailedError):
        workflow.run(ledger=ledger, name="nightly").wait()
    jobs = [batch.submit("hello", name="train", memory=100, command=["sleep", "300"])]
    try:
        _until(jobs[0], "RUNNING")
        jobs += [
            batch.submit("hello", name="evaluate", memory=100, depends_on=jobs),
            batch.submit("hello", name="too-large", memory=5000),
        ]
        _until(jobs[1], "PENDING")
        _until(jobs[2], "RUNNABLE", has_reason=True)
        yield
    finally:
        for job in jobs:
            job.terminate("the picture is made")


def _until(job: Job, status: str, *, has_reason: bool = False) -> None:
    while (seen := job.describe()).status != status or (has_reason and not seen.status_reason):
        time.sleep(0.05)


def top(batch: Batch) -> RenderableType:
    """Return the screen of ``batchsdk top``."""
    from batchsdk.cli.top_view import view  # noqa: PLC0415  # as in busy()

    activity = batch.activity()
    return view(activity.look(), title=activity.title, trouble="", has_keys=True)


def svg(name: str, title: str, shown: RenderableType, width: int) -> str:
    """Return the picture of a terminal.

    Args:
        name: unique among the pictures of a page.
        title: of the terminal's window: the command.
        shown: text, or what rich draws.
        width: columns.
    """
    console = Console(
        record=True,
        width=width,
        height=24,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        highlight=False,
    )
    console.print(shown)
    return console.export_svg(title=title, theme=_THEME, code_format=_FORMAT, unique_id=name)


def svg_text(picture: str) -> list[str]:
    """Return the lines of text of such a picture, with one space between words."""
    lines: dict[int, list[str]] = {}
    for number, part in _LINE.findall(picture):
        lines.setdefault(int(number), []).append(html.unescape(part))
    return [" ".join(" ".join(parts).split()) for _, parts in sorted(lines.items())]


def report_text(page: str) -> list[str]:
    """Return the headings, names of columns and steps of a report: what no run has otherwise."""
    found = re.findall(r"<(h[1-4]|th|label)\b[^>]*>(.*?)</\1>", page, flags=re.DOTALL)
    told = [" ".join(html.unescape(re.sub("<[^>]*>", " ", text)).split()) for _, text in found]
    return sorted({each for each in masked(told) if "9" not in each})


def masked(lines: list[str]) -> list[str]:
    """Return lines without what differs in each run: ids, times, the stack's name; in no order."""
    ids = re.compile(
        r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b[0-9a-f]{8}…?|\b(local|dev|hello)(-[\w-]+)?\b"
    )
    hidden = (re.sub(r"\d+([.,:/ -]\d+)*", "9", ids.sub("ID", each)) for each in lines)
    return sorted(each for each in hidden if each)


def photograph(made: Report) -> bytes:
    """Return a PNG of a report as Chromium shows it, in which the page's text is told too."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    assert found is not None  # noqa: S101  # next() has raised
    with tempfile.TemporaryDirectory() as folder:
        page, picture = Path(folder, "run.html"), Path(folder, "run.png")
        made.write(page)
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        options += [f"--user-data-dir={folder}/profile", f"--window-size={WINDOW}"]
        options += [f"--screenshot={picture}", page.as_uri()]
        subprocess.run([found, *options], check=True, capture_output=True)
        told = report_text(page.read_text(encoding="utf-8"))
        return with_comment(picture.read_bytes(), "\n".join(told))


def with_comment(png: bytes, text: str) -> bytes:
    """Return a PNG with a text before its end (PNG specification, 11.3.3.4 iTXt)."""
    chunk = b"iTXtComment\0\0\0\0\0" + text.encode()
    size = len(chunk) - 4
    end = png.rindex(b"IEND") - 4
    checksum = zlib.crc32(chunk).to_bytes(4, "big")
    return png[:end] + size.to_bytes(4, "big") + chunk + checksum + png[end:]


def comment(png: bytes) -> list[str]:
    """Return the lines of the text that :func:`with_comment` wrote."""
    begin = png.index(b"iTXtComment\0\0\0\0\0")
    size = int.from_bytes(png[begin - 4 : begin], "big")
    return png[begin + 4 : begin + 4 + size].partition(b"\0\0\0\0\0")[2].decode().split("\n")


def main() -> None:
    """Write every picture."""
    sys.path.insert(0, str(PROJECT))
    os.environ["PYTHONPATH"] = str(PROJECT)
    import batchsdk  # noqa: PLC0415  # found by the line above
    from examples import demo as example  # noqa: PLC0415

    FOLDER.mkdir(exist_ok=True)
    write("plan.svg", svg("plan", "batch-platform plan --stack local", plan(), 102))
    write("demo.svg", svg("demo", "make demo", Text.from_ansi(demo()), 80))
    example.console = Console(file=io.StringIO())
    with example.local_aws("process") as outputs, tempfile.TemporaryDirectory() as folder:
        batch = batchsdk.connect(outputs=outputs)
        ledger = Path(folder, "ledger.db")
        with busy(batch, ledger):
            write("top.svg", svg("top", "batchsdk top", top(batch), 120))
            made = batch.report("nightly", ledger=ledger)
            (FOLDER / "report.png").write_bytes(photograph(made))


def write(name: str, picture: str) -> None:
    """Write a picture that is text."""
    text = "\n".join(line.rstrip() for line in picture.splitlines())
    (FOLDER / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
