"""The one place that writes results: tables on a terminal, plain text in a pipe, or JSON."""

from __future__ import annotations

import dataclasses
import enum
import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click

from batchsdk.detail import JobDetail, JobSummary

# Where our short names differ from those of the AWS Batch API.
_API_NAMES = {"name": "jobName", "queue": "jobQueue", "definition": "jobDefinition"}


def plain(value: Any) -> Any:
    """Turn results into JSON-ready data: camelCase keys as in the AWS Batch API, ISO times."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        is_job = isinstance(value, JobDetail | JobSummary)
        return {
            (_API_NAMES.get(each.name) if is_job else None) or _camel_case(each.name): plain(
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


def _camel_case(name: str) -> str:
    return re.sub(r"_(.)", lambda match: match.group(1).upper(), name)


def shown(value: object) -> str:
    """Return a value as a reader wants it: times to the second, nothing for ``None``."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return str(value)


@dataclass(frozen=True)
class Renderer:
    """Writes results to standard output, and progress to standard error."""

    as_json: bool

    def json(self, value: Any) -> None:
        """Write one JSON value, indented."""
        click.echo(json.dumps(plain(value), indent=2, ensure_ascii=False))

    def json_line(self, value: Any) -> None:
        """Write one JSON value on one line, at once."""
        click.echo(json.dumps(plain(value), ensure_ascii=False))

    def line(self, text: str) -> None:
        """Write one line for people."""
        click.echo(text)

    def progress(self, text: str) -> None:
        """Write one line to standard error; nothing in JSON mode, where only errors go there."""
        if not self.as_json:
            click.echo(text, err=True)

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Write rows: a table on a terminal, else lines with tabs between the columns."""
        cells = [[" ".join(shown(cell).split()) for cell in row] for row in rows]
        if sys.stdout.isatty():
            _rich_table(columns, cells)
            return
        for row in (columns, *cells):
            click.echo("\t".join(row))

    def record(self, fields: Mapping[str, object]) -> None:
        """Write named values, a line each; empty ones are left out."""
        width = max(map(len, fields), default=0)
        for name, value in fields.items():
            text = shown(value)
            if text:
                click.echo(f"{name:<{width}}  {text}")


def _rich_table(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    # Imported here: only a terminal needs it, and it is slow to import.
    from rich import box  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in cells:
        table.add_row(*(Text(cell) for cell in row))  # Text: what jobs are called is no markup
    Console().print(table)
