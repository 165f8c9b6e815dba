"""The one place that writes results: tables on a terminal, plain text in a pipe, JSON or CSV."""

from __future__ import annotations

import csv
import dataclasses
import enum
import io
import json
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click

from batchsdk.jobs.detail import JobDetail, JobSummary
from batchsdk.names import camel_case
from batchsdk.printable import printable, printable_json

# Where our short names differ from those of the AWS Batch API.
_API_NAMES = {"name": "jobName", "queue": "jobQueue", "definition": "jobDefinition"}

STATUS_STYLES: Mapping[str, str] = {
    "RUNNABLE": "yellow",
    "STARTING": "cyan",
    "RUNNING": "cyan",
    "SUCCEEDED": "green",
    "FAILED": "red",
}
"""Colours of statuses on a terminal that has colours (and NO_COLOR is not set)."""


_FORMULA_STARTS = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\N{FULLWIDTH EQUALS SIGN}",
    "\N{FULLWIDTH PLUS SIGN}",
    "\N{FULLWIDTH HYPHEN-MINUS}",
    "\N{FULLWIDTH COMMERCIAL AT}",
)
"""What a spreadsheet takes for the beginning of a formula, in any width."""


class Output(enum.StrEnum):
    """How results are written. By default a table on a terminal, and plain text in a pipe."""

    JSON = "json"
    CSV = "csv"
    TABLE = "table"


def plain(value: Any) -> Any:
    """Turn results into JSON-ready data: camelCase keys as in the AWS Batch API, ISO times."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        is_job = isinstance(value, JobDetail | JobSummary)
        return {
            (_API_NAMES.get(each.name) if is_job else None) or camel_case(each.name): plain(
                getattr(value, each.name)
            )
            for each in dataclasses.fields(value)
            if each.name != "raw"
        }
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, datetime) else value


def shown(value: object) -> str:
    """Return a value as a reader wants it: times to the second, nothing for ``None``.

    What could act on a terminal is escaped.
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return printable(str(value))


@dataclass(frozen=True)
class Renderer:
    """Writes results to standard output, and progress to standard error."""

    output: Output | None = None
    """As the user asked; ``None`` is a table on a terminal and plain text elsewhere."""

    @property
    def as_json(self) -> bool:
        """Results, and errors, are JSON."""
        return self.output is Output.JSON

    @property
    def as_csv(self) -> bool:
        """Results are comma-separated values with a line of names."""
        return self.output is Output.CSV

    @property
    def as_table(self) -> bool:
        """Lists are tables for people."""
        return self.output is Output.TABLE or (self.output is None and sys.stdout.isatty())

    def json(self, value: Any) -> None:
        """Write one JSON value, indented."""
        click.echo(printable_json(json.dumps(plain(value), indent=2, ensure_ascii=False)))

    def json_line(self, value: Any) -> None:
        """Write one JSON value on one line, at once."""
        click.echo(printable_json(json.dumps(plain(value), ensure_ascii=False)))

    def line(self, text: str) -> None:
        """Write one line for people; what could act on a terminal is escaped."""
        click.echo(printable(text))

    def raw_line(self, text: str) -> None:
        """Write one line as it is, with whatever a terminal makes of it."""
        click.echo(text, color=True)  # click would take the colours out in a pipe

    def progress(self, text: str) -> None:
        """Write one line to standard error; nothing in JSON mode, where only errors go there."""
        if not self.as_json:
            click.echo(printable(text), err=True)

    def table(
        self,
        columns: Sequence[str],
        rows: Sequence[Sequence[object]],
        *,
        folded: Collection[str] = (),
        dropped: Sequence[str] = (),
    ) -> None:
        """Write rows: a table on a terminal, CSV if asked for, else tabs between the columns.

        Args:
            columns: their titles; CSV has them in lower case with ``_`` for spaces.
            rows: the cells; a ``JobStatus`` has its colour. A tuple is several texts: each on a
                line of its own on a terminal, with spaces between them elsewhere.
            folded: the columns whose texts a terminal may fold. The others, such as ids, stay whole
                however narrow the terminal is.
            dropped: the columns that a terminal which is too narrow does without, the first one
                first; standard error names them.
        """
        if self.as_csv:
            _write_csv([_field_name(each) for each in columns], rows)
        elif self.as_table:
            from batchsdk.cli.terminal_table import write_table  # noqa: PLC0415  # imports rich

            left_out = write_table(columns, rows, folded=folded, dropped=dropped)
            if left_out:
                self.progress(f"no room for {', '.join(left_out)}: --output csv has all")
        else:
            for row in (columns, *rows):
                click.echo("\t".join(one_line(cell) for cell in row))

    def records(self, records: Sequence[Mapping[str, object]]) -> None:
        """Write records of the same named values: a line for each value, or a CSV line for each.

        Without CSV, empty values are left out.
        """
        if self.as_csv:
            columns = list(dict.fromkeys(name for record in records for name in record))
            rows = [[record.get(name) for name in columns] for record in records]
            _write_csv([_field_name(each) for each in columns], rows)
            return
        for number, record in enumerate(records):
            if number:
                click.echo()
            width = max(map(len, record), default=0)
            for name, value in record.items():
                between = f"\n{'':<{width}}  " if self.as_table else " "
                text = between.join(map(shown, value)) if isinstance(value, tuple) else shown(value)
                if text:
                    click.echo(f"{name:<{width}}  {text}")


def one_line(value: object) -> str:
    """Return a cell as one line of text that cannot act on a terminal."""
    texts = map(shown, value) if isinstance(value, tuple) else (shown(value),)
    return " ".join(" ".join(texts).split())


def _field_name(column: str) -> str:
    # A name of the user's own (not in capitals) stays as it is.
    return column.lower().replace(" ", "_") if column.isupper() else column.replace(" ", "_")


def _write_csv(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([_cell(column) for column in columns])
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    click.echo(text.getvalue(), nl=False)


def _cell(value: object) -> object:
    """Return a cell that no spreadsheet runs as a formula and no terminal obeys."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        value = one_line(value)
    if not isinstance(value, str):
        return value
    # OWASP, CSV Injection: a leading apostrophe makes the cell a text.
    return printable(f"'{value}" if value.startswith(_FORMULA_STARTS) else value)
